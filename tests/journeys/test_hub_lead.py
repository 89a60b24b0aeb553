"""At the hub: the first manager, accounts, the board, the second look, ready replies, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, Route, expect

from tests.fixtures.console import PASSWORD, Console, code, watched
from tests.fixtures.web import opened, until
from webhook.core.staff import Role

pytestmark = pytest.mark.browser


def window(console: Console) -> Page:
    """A browser in which nobody is signed in."""
    return watched(console.browser.new_context(), console.web.base)


def test_first_manager_comes_in_by_the_link_and_adds_an_advocate(console: Console) -> None:
    path = until(lambda: (f := console.web.settings.first_link).exists() and f.read_text() and f)
    assert path.stat().st_mode & 0o777 == 0o600
    page = window(console)
    page.goto(path.read_text().strip())
    page.get_by_label("Sign-in name").fill("mo@hub.example")
    page.get_by_label("Name that people are told").fill("Mo")
    page.get_by_label("New password").fill(PASSWORD)
    assert "#" not in page.url
    page.get_by_role("button", name="Save and sign in").click()
    sign_in(page, "mo@hub.example", PASSWORD)
    secret = page.get_by_label("Key").input_value()
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="Go to the hub").click()
    page.get_by_role("link", name="Staff").click()
    page.get_by_label("Sign-in name").fill("sam@hub.example")
    page.get_by_label("Name that people are told").first.fill("Sam")
    page.get_by_role("button", name="Add", exact=True).click()
    link = page.get_by_label("Link", exact=True).input_value()
    other = window(console)
    other.goto(link)
    other.get_by_label("New password").fill("blue spoon in the drawer")
    other.get_by_role("button", name="Save and sign in").click()
    sign_in(other, "sam@hub.example", "blue spoon in the drawer")
    expect(other.get_by_role("heading", name="Set up the second step")).to_be_visible()


def sign_in(page: Page, login: str, password: str) -> None:
    page.get_by_label("Sign-in name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Continue").click()


def test_sign_in_with_code_and_sign_out(console: Console) -> None:
    sam = console.account("Sam")
    page = window(console)
    page.goto(f"{console.web.base}/hub/")
    sign_in(page, sam.login, "wrong password here")
    expect(page.get_by_role("alert")).to_contain_text("did not match")
    sign_in(page, sam.login, PASSWORD)
    page.get_by_label("Code from your app").fill(code())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
    page.get_by_role("link", name="Sam").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{console.web.base}/hub/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_passkey_signs_in_without_a_code(localhost: Console) -> None:
    console, base = localhost, localhost.web.settings.public_url
    page = watched(console.browser.new_context(), base)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    lee = console.client(console.account("Kim", Role.MANAGER))
    answer = lee.post(
        "/hub/staff", data={"login": "pat@hub.example", "chosen_name": "Pat", "role": "advocate"}
    )
    token = re.search(r"link#([\w-]+)", answer.text)
    assert token is not None
    page.goto(f"{base}/hub/door/link#{token[1]}")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    sign_in(page, "pat@hub.example", PASSWORD)
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto(f"{base}/hub/account")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "pat@hub.example", PASSWORD)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()


def test_board_reassigns_and_a_manager_takes_over(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    until(lambda: len(console.web.said(chat.id)) >= 2)
    sam, lee = console.account("Sam"), console.account("Lee", Role.MANAGER)
    advocate = console.page(sam)
    advocate.goto(f"{console.web.base}/hub/c/{chat.id}")
    advocate.get_by_role("button", name="Join").click()
    expect(advocate.get_by_label("Message to the person")).to_be_visible()
    page = console.page(lee)
    page.goto(f"{console.web.base}/hub/board")
    expect(page.get_by_role("row", name=re.compile("Sam"))).to_contain_text("1 of 5")
    page.get_by_role("button", name="Take over").click()
    expect(page.locator("[data-scene=holder]")).to_have_text("With you")
    expect(advocate.locator("[data-scene=holder]")).to_have_text("With Lee")
    assert "in place of Sam" in console.web.said(chat.id, "bot")[-1]


def test_waiting_person_is_offered_to_somebody_from_the_board(console: Console) -> None:
    chat = opened(console.web)
    chat.write("he strangled me last week")
    sam, lee = console.account("Sam"), console.account("Lee", Role.MANAGER)
    advocate, page = console.page(sam), console.page(lee)
    advocate.goto(f"{console.web.base}/hub/?name=mine")
    page.goto(f"{console.web.base}/hub/board")
    row = page.locator(f"[data-id='{chat.id}']")
    row.get_by_label("Give to").select_option(label="Sam")
    row.get_by_role("button", name="Offer").click()
    expect(page.locator(f"[data-id='{chat.id}']")).to_contain_text("Offered to Sam")
    expect(advocate.get_by_text("Offered to you")).to_be_visible()
    advocate.get_by_role("button", name="Decline").click()
    expect(page.locator(f"[data-id='{chat.id}']")).not_to_contain_text("Offered to Sam")


def test_decision_gets_a_second_look_by_somebody_else(console: Console) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    sam, lee = console.account("Sam"), console.account("Lee", Role.MANAGER)
    hub = console.client(sam)
    assert hub.post(f"/hub/c/{chat.id}/claim").status_code == 303
    how = {"outcome": "informed", "route": "commissioned", "safe": "yes", "line": "all said"}
    assert hub.post(f"/hub/c/{chat.id}/close", data=how).status_code == 303
    page = console.page(lee)
    page.goto(f"{console.web.base}/hub/reviews")
    expect(page.locator(".card")).to_contain_text("by Sam")
    page.get_by_label("Second look").select_option("learn")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Nothing to review.")).to_be_visible()
    page.get_by_role("link", name="Reviewed").click()
    expect(page.locator(".card")).to_contain_text("something to learn (Lee)")


def test_ready_reply_is_chosen_by_keyboard_and_changed_before_sending(console: Console) -> None:
    lee = console.account("Lee", Role.MANAGER)
    page = console.page(lee)
    page.goto(f"{console.web.base}/hub/replies")
    page.get_by_label("Shortcut", exact=True).fill("safe")
    page.get_by_label("Words").fill("Is it safe to write now?")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="/safe")).to_be_visible()
    chat = opened(console.web)
    chat.write("can i talk to someone")
    until(lambda: len(console.web.said(chat.id)) >= 2)
    page.goto(f"{console.web.base}/hub/c/{chat.id}")
    page.wait_for_load_state("load")
    page.keyboard.press("c")
    page.wait_for_url("**/c/*")
    box = page.get_by_label("Message to the person")
    expect(box).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("r")
    expect(box).to_be_focused()
    page.keyboard.type("Hello. /sa")
    expect(page.locator("#canned li")).to_contain_text("Is it safe to write now?")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Hello. Is it safe to write now?")
    page.keyboard.type(" Take your time.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.advocate")).to_contain_text(
        "Hello. Is it safe to write now? Take your time."
    )


def test_ready_replies_that_come_late_are_not_offered_for_words_that_are_gone(
    console: Console,
) -> None:
    chat = opened(console.web)
    chat.write("can i talk to someone")
    sam = console.account("Sam")
    assert console.client(sam).post(f"/hub/c/{chat.id}/claim").status_code == 303
    page = console.page(sam)
    held: list[Route] = []
    page.route("**/canned", lambda route: held.append(route))  # noqa: PLW0108 (its type is asked for)
    page.goto(f"{console.web.base}/hub/c/{chat.id}")
    box = page.get_by_label("Message to the person")
    page.wait_for_load_state("load")
    box.press_sequentially("/")
    until(lambda: page.wait_for_timeout(1) or held)
    box.press("Backspace")
    with page.expect_response("**/canned"):
        held[0].fulfill(json=[{"shortcut": "safe", "language": "en", "text": "Safe to write?"}])
    page.evaluate("() => fetch(location.href).then((answer) => answer.text())")
    expect(page.locator("#canned")).to_be_hidden()
    box.press_sequentially("/")
    expect(page.locator("#canned li")).to_contain_text("Safe to write?")
    assert len(held) == 1


def test_settings_are_kept_and_audited(console: Console) -> None:
    page = console.page(console.account("Lee", Role.MANAGER))
    page.goto(f"{console.web.base}/hub/settings")
    page.get_by_label("Join an emergency within (seconds)").fill("45")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_label("Join an emergency within (seconds)")).to_have_value("45")
    page.get_by_label("One a line, as code: words").first.fill("not a list")
    page.get_by_role("button", name="Save").nth(1).click()
    expect(page.get_by_role("alert")).to_contain_text("write each line as code: words")
    page.goto(f"{console.web.base}/hub/audit?action=setting.changed")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("target_emergency")


def test_shortcuts_are_listed_and_lists_work_by_keyboard(console: Console) -> None:
    for number in ("+447700900456", "+447700900457"):
        console.text("he strangled me last week", number)
    page = console.page(console.account("Sam"))
    page.goto(f"{console.web.base}/hub/")
    # The order holds from when both were read: the more urgent one comes first.
    expect(page.locator(".row", has_text="Urgent")).to_have_count(2)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator(".row .open").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".row .open").nth(1)).to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url(re.compile("name=mine"))


def test_wellbeing_choices_blur_hide_and_take_a_break(console: Console, tmp_path: Path) -> None:
    chat = opened(console.web)
    chat.write("he strangled me last week")
    until(lambda: len(console.web.said(chat.id)) >= 2)
    page = console.page(console.account("Sam"))
    page.goto(f"{console.web.base}/hub/account")
    page.get_by_label("Blur distressing messages").check()
    page.get_by_label("Hide how many are waiting").check()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{console.web.base}/hub/c/{chat.id}")
    words = page.locator(".message.person .text")
    expect(words).to_be_hidden()
    page.locator(".message.person summary").click()
    expect(words).to_be_visible()
    expect(page.locator("[data-count=waiting]")).to_be_empty()
    assert page.title() == "Conversation"
    page.goto(f"{console.web.base}/hub/account")
    page.get_by_role("button", name="Take a break").click()
    expect(page.get_by_text("You are on a break.")).to_be_visible()


def test_service_is_checked_and_put_into_a_message(console: Console) -> None:
    lee = console.account("Lee", Role.MANAGER)
    page = console.page(lee)
    page.goto(f"{console.web.base}/hub/directory")
    card = page.get_by_role("region", name="Karma Nirvana")
    expect(card).to_contain_text("Not yet")
    card.get_by_role("button", name="Checked today").click()
    expect(card).to_contain_text("by Lee")
    chat = opened(console.web)
    chat.write("can i talk to someone")
    assert console.client(lee).post(f"/hub/c/{chat.id}/claim").status_code == 303
    page.goto(f"{console.web.base}/hub/c/{chat.id}")
    page.locator("summary", has_text="Services").click()
    page.get_by_label("Find").fill("karma")
    page.get_by_role("button", name="Put into the message").click()
    expect(page.get_by_label("Message to the person")).to_have_value("Karma Nirvana: 0800 5999 247")
