"""At the hub: two advocates and one person, from the queue to a closed conversation."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.fixtures.console import Account, Console
from tests.fixtures.web import opened, until
from webhook.core.messages import Mode
from webhook.core.staff import Role
from webhook.store import hub_settings
from webhook.store.hub_settings import HubSettings
from webhook.store.models import Case

pytestmark = pytest.mark.browser


def joined(console: Console, account: Account, conversation: str) -> Page:
    """A page on which somebody has joined a conversation."""
    page = console.page(account)
    page.goto(f"{console.web.base}/hub/c/{conversation}")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_label("Message to the person")).to_be_visible()
    page.wait_for_load_state("load")
    return page


def mode(console: Console, conversation: str) -> Callable[[], str | None]:
    def read() -> str | None:
        row = console.web.conversation(conversation)
        return row.mode if row else None

    return read


def test_person_is_joined_talked_with_and_handed_back(console: Console) -> None:
    sam = console.account("Sam")
    page = console.page(sam)
    page.goto(f"{console.web.base}/hub/")
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    chat = opened(console.web, age_band="16-17")
    chat.write("he said he will kill me if i leave")
    row = page.locator(".row")
    expect(row).to_contain_text("Urgent", timeout=5000)
    row.get_by_role("button", name="Join").click()
    expect(page.locator("[data-scene=holder]")).to_have_text("With you")
    expect(page.locator(".summary")).to_contain_text("he said he will kill me if i leave")
    page.wait_for_load_state("load")  # the keys work from then on
    box = page.get_by_label("Message to the person")
    box.fill("Hello, I am Sam. Are you safe to write?")
    box.press("Control+Enter")
    expect(page.locator(".message.advocate")).to_contain_text("Are you safe to write?")
    expect(box).to_have_value("")
    until(lambda: "Hello, I am Sam. Are you safe to write?" in console.web.said(chat.id))
    chat.write("yes he is out", 2)
    expect(page.locator(".message.person").last).to_contain_text("yes he is out")
    page.get_by_text("Hand back", exact=True).first.click()
    page.get_by_label("What should the automated helper do?").select_option("safety_planning")
    page.get_by_role("button", name="Hand back").click()
    page.wait_for_url(re.compile(r"/hub/$"))
    assert mode(console, chat.id)() == Mode.BOT
    chat.write("thank you", 3)
    until(lambda: console.web.said(chat.id)[-1] == "I hear you.")


def test_p5_bot_is_silent_while_sam_is_there(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    until(lambda: len(console.web.said(chat.id)) >= 2)
    page = joined(console, console.account("Sam"), chat.id)
    before = console.web.said(chat.id, "bot")
    for number in range(2, 5):
        chat.write(f"message {number}", number)
        expect(page.locator(".message.person").last).to_contain_text(f"message {number}")
    until(lambda: all(row.status != "received" for row in console.web.rows(chat.id)))
    assert console.web.said(chat.id, "bot") == before
    assert before[-1].startswith("Sam is joining you here now")


def test_two_advocates_race_and_one_is_told_who_won(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    sam, alex = console.account("Sam"), console.account("Alex")
    pages = [console.page(sam), console.page(alex)]
    for page in pages:
        page.goto(f"{console.web.base}/hub/c/{chat.id}")
    for page in pages:
        page.get_by_role("button", name="Join").evaluate(
            "button => setTimeout(() => button.form.requestSubmit(), 50)"
        )
    won = page_with(pages, "With you")
    lost = pages[1 - pages.index(won)]
    name = "Sam" if won is pages[0] else "Alex"
    expect(lost.get_by_role("alert")).to_have_text(f"{name} has this conversation.")


def page_with(pages: list[Page], text: str) -> Page:
    until(lambda: any(text in page.locator("main").inner_text() for page in pages))
    return next(page for page in pages if text in page.locator("main").inner_text())


def test_reconnecting_misses_nothing_and_doubles_nothing(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    page = joined(console, console.account("Sam"), chat.id)
    page.context.set_offline(True)
    for number in range(2, 6):
        chat.write(f"while away {number}", number)
    page.context.set_offline(False)
    shown = page.locator(".message.person .text")
    expect(shown).to_have_count(5, timeout=15000)
    assert shown.all_inner_texts()[1:] == [f"while away {n}" for n in range(2, 6)]
    page.problems.clear()  # type: ignore[attr-defined]


def test_p6_quiet_conversation_needs_an_override_with_a_reason(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    page = joined(console, console.account("Sam"), chat.id)
    chat.write("gtg hes back", 2)
    expect(page.get_by_text("Not safe to write.")).to_be_visible()
    box = page.get_by_label("Message to the person")
    box.fill("Are you there?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".composer [data-problem]")).to_contain_text("not safe")
    assert "Are you there?" not in console.web.said(chat.id)
    page.locator("#override").select_option("life")
    page.locator("#override-words").fill("Police are with us on the phone")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message.advocate")).to_contain_text("Are you there?")
    expect(page.locator(".event").last).to_contain_text("although it was marked not safe")


def test_draft_survives_a_crash_of_the_browser(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    sam = console.account("Sam")
    page = joined(console, sam, chat.id)
    with page.expect_response("**/draft"):
        page.get_by_label("Message to the person").type("I was about to say")
    page.context.close()
    again = console.page(sam)
    again.goto(f"{console.web.base}/hub/c/{chat.id}")
    expect(again.get_by_label("Message to the person")).to_have_value("I was about to say")


def test_transfer_keeps_both_for_a_moment_and_tells_the_person(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    sam, alex = console.account("Sam"), console.account("Alex")
    page = joined(console, sam, chat.id)
    page.get_by_text("Pass on", exact=True).click()
    page.get_by_label("To somebody").select_option(label="Alex")
    page.locator("#offer-note").fill("Needs to know about injunctions")
    page.get_by_role("button", name="Ask them").click()
    other = console.page(alex)
    other.goto(f"{console.web.base}/hub/?name=mine")
    other.get_by_role("button", name="Accept").click()
    expect(other.locator(".log")).to_contain_text("Needs to know about injunctions")
    expect(page.locator("[data-scene=holder]")).to_have_text("With Alex")
    assert console.web.said(chat.id, "bot")[-1].startswith("Alex is here now")
    expect(page.get_by_role("button", name="Leave")).to_be_visible()
    page.get_by_role("button", name="Leave").click()
    until(lambda: console.web.said(chat.id, "bot")[-1].startswith("Sam has left now"))


def test_number_is_masked_until_a_reason_is_given(console: Console) -> None:
    conversation = console.text("he strangled me last night", "+447700900456")
    page = console.page(console.account("Sam"))
    page.goto(f"{console.web.base}/hub/c/{conversation}")
    number = page.locator("[data-number]")
    expect(number).to_have_text("••••• ••• 456")
    assert "+447700900456" not in page.content()
    page.get_by_text("Show number", exact=True).click()
    page.locator("#reveal-words").fill("She asked us to ring her")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(number).to_have_text("+447700900456")


def test_typing_shows_on_the_other_side(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    page = joined(console, console.account("Sam"), chat.id)
    shown = page.locator("[data-typing]")
    until(
        lambda: (
            chat.post("typing", {}).is_success
            and page.wait_for_timeout(200) is None
            and shown.text_content() == "The person is typing …"
        )
    )


def test_collision_is_shown_to_the_other_advocate(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    page = joined(console, console.account("Sam"), chat.id)
    other = console.page(console.account("Alex"))
    other.goto(f"{console.web.base}/hub/c/{chat.id}")
    expect(other.locator("[data-others]")).to_contain_text("Sam has this open")
    page.get_by_label("Message to the person").type("Hello")
    expect(other.locator("[data-others]")).to_contain_text("Sam is writing here")


def test_emergency_nobody_claims_pages_the_manager_and_tells_the_person(console: Console) -> None:
    console.web.database.write_now(hub_settings.write, HubSettings(target_emergency=1))
    console.account("Lee", Role.MANAGER, number="+447700900789")
    conversation = console.text("hes got a knife hes coming at me")
    pages = until(lambda: console.texts_to("+447700900789"))
    assert pages[0].startswith("Someone has been waiting for 1 min")
    for word in ("abuse", "violence", "helpline", "emergency", "knife"):
        assert word not in pages[0].lower()
    until(lambda: "Nobody has been able to join you yet" in console.web.said(conversation)[-1])


def test_sheet_pack_and_closing_play_through(console: Console) -> None:
    chat = opened(console.web)
    chat.write("he strangled me and said he will kill me")
    sam = console.account("Sam")
    page = joined(console, sam, chat.id)
    page.get_by_role("link", name="Risk sheet").click()
    strangled = page.get_by_role("group", name=re.compile("strangle, choke"))
    expect(strangled.get_by_label("Yes")).to_be_checked()
    expect(strangled).to_contain_text("Their words: strangled me")
    expect(page.get_by_role("heading", name="Refer to MARAC and IDVA")).to_be_visible()
    page.get_by_role("group", name=re.compile("very frightened")).get_by_label("Yes").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Strangulation or choking")).to_be_visible()
    page.get_by_role("link", name="Back to the conversation").click()
    page.get_by_role("link", name="Refer").click()
    page.get_by_label("Do they agree to it?").select_option("yes")
    page.get_by_label("Who must not receive this").fill("Anyone at his work")
    page.get_by_role("button", name="Make the pack").click()
    expect(page.get_by_role("heading", name="Referral: MARAC and IDVA")).to_be_visible()
    expect(page.locator(".pack")).to_contain_text("Anyone at his work")
    page.get_by_role("link", name="Back to the conversation").click()
    page.get_by_role("link", name="Close").click()
    page.wait_for_url("**/close")
    page.wait_for_load_state("load")
    page.get_by_label("What came of it").select_option("referred")
    with page.expect_response("**/draft"):
        page.get_by_label("One line for whoever is next").type("Referred to IDVA tonight")
    page.reload()
    expect(page.get_by_label("One line for whoever is next")).to_have_value(
        "Referred to IDVA tonight"
    )
    expect(page.get_by_label("What came of it")).to_have_value("referred")
    page.locator("#route").select_option("marac_idva")
    page.get_by_label("Were they safe").select_option("yes")
    page.get_by_role("button", name="Close").click()
    page.wait_for_url(re.compile(r"/hub/$"))
    assert mode(console, chat.id)() == Mode.CLOSED
    case = console.web.database.write_now(lambda s: s.scalars(select(Case)).one())
    assert (case.outcome, case.route) == ("referred", "marac_idva")
    assert case.referrals == ["marac_idva:consent"]


def test_advocate_whose_browser_vanishes_loses_nobody(console: Console) -> None:
    console.web.database.write_now(hub_settings.write, HubSettings(vanish=2))
    chat = opened(console.web)
    chat.write("can i talk to someone")
    until(lambda: len(console.web.said(chat.id)) >= 2)
    page = joined(console, console.account("Sam"), chat.id)
    page.context.close()
    until(lambda: "cut off" in console.web.said(chat.id, "bot")[-1])
    assert mode(console, chat.id)() == Mode.WAITING
    other = console.page(console.account("Alex"))
    other.goto(f"{console.web.base}/hub/")
    expect(other.locator(".row")).to_have_count(1)


def test_hub_works_without_redis_only_slower(console_without_redis: Console) -> None:
    console = console_without_redis
    chat = opened(console.web)
    chat.write("can i talk to someone")
    page = joined(console, console.account("Sam"), chat.id)
    chat.write("are you there", 2)
    expect(page.locator(".message.person").last).to_contain_text("are you there")
    page.get_by_label("Message to the person").fill("Yes, I am here.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.advocate")).to_contain_text("Yes, I am here.")


def test_stream_that_is_blocked_degrades_to_asking(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    page = console.page(console.account("Sam"))
    page.route("**/hub/live*", lambda route: route.abort())
    page.set_default_timeout(15000)
    page.goto(f"{console.web.base}/hub/c/{chat.id}")
    chat.write("are you there", 2)
    expect(page.locator(".message.person").last).to_contain_text("are you there", timeout=15000)
    page.problems.clear()  # type: ignore[attr-defined]


def test_p2_hub_is_alerted_while_the_assistant_is_away(console: Console) -> None:
    page = console.page(console.account("Sam"))
    page.goto(f"{console.web.base}/hub/")
    console.web.bot.away = True
    chat = opened(console.web)
    chat.write("how do i get a passport for my daughter")
    alert = page.locator(".row.alert")
    expect(alert).to_contain_text("The automated helper is away")
    expect(page.locator(f"[data-id='{chat.id}']")).to_be_visible()
    alert.get_by_role("button", name="Seen").click()
    expect(alert).to_have_count(0)
