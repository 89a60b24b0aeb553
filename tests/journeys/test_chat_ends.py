"""Leaving, coming back and deleting on the web chat, and the safety behaviours of texting."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.fixtures.person import Person
from tests.fixtures.web import until
from webhook.core.messages import Mode

pytestmark = pytest.mark.browser


def test_reload_resumes_only_if_the_person_chose_so(person: Person) -> None:
    person.start("13 to 15", keep=True)
    person.exchange("keep this")
    conversation = person.conversation_id
    person.page.reload()
    expect(person.log.get_by_text("keep this")).to_be_visible()
    expect(person.theirs).to_have_count(2)
    person.exchange("and go on")
    assert person.web.said(conversation, "person") == ["keep this", "and go on"]


def test_reload_starts_afresh_otherwise(person: Person) -> None:
    person.start()
    person.exchange("do not keep this")
    assert person.stored() == {}
    person.page.reload()
    expect(person.button("Start chat")).to_be_visible()
    assert "do not keep this" not in person.text()


def test_kept_chat_is_not_resumed_by_coming_back(person: Person) -> None:
    person.start(keep=True)
    person.exchange("keep this")
    person.page.goto(f"{person.web.base}/livez")
    person.open()
    expect(person.button("Start chat")).to_be_visible()
    assert person.stored() == {}


def test_unsent_message_survives_a_kept_reload(person: Person) -> None:
    person.start(keep=True)
    person.exchange("first")
    person.hide_from_server("/*/messages", lambda route: route.abort())
    person.write("second")
    person.page.unroute("**/chat/api/conversations/*/messages")
    person.page.reload()
    expect(person.mine.last).to_contain_text("second")
    until(lambda: person.web.said(person.conversation_id, "person") == ["first", "second"])


def test_p7_deleting_asks_once_and_leaves_nothing(person: Person) -> None:
    person.start(keep=True)
    person.exchange("forget this")
    conversation = person.conversation_id
    person.button("Delete this chat").click()
    person.button("Keep it").click()
    expect(person.log.get_by_text("forget this")).to_be_visible()
    person.button("Delete this chat").click()
    person.button("Delete it").click()
    expect(person.page.get_by_role("heading", name="This chat is deleted")).to_be_visible()
    assert person.web.conversation(conversation) is None
    assert "forget this" not in person.text()
    assert person.stored() == {}
    person.button("Start a new chat").click()
    expect(person.button("Start chat")).to_be_visible()


def test_deleting_says_so_when_it_did_not_work(person: Person) -> None:
    person.start()
    person.exchange("forget this")
    person.hide_from_server("/*/erase", lambda route: route.abort())
    person.button("Delete this chat").click()
    person.button("Delete it").click()
    expect(person.page.get_by_role("alert")).to_contain_text("That did not work.")


def test_deleting_by_words_shows_the_same(person: Person) -> None:
    person.start()
    person.exchange("DELETE")
    person.button("Yes").click()
    expect(person.page.get_by_role("heading", name="This chat is deleted")).to_be_visible()


def test_chat_that_ended_goes_on_with_a_new_one(person: Person) -> None:
    person.start()
    person.exchange("hello")
    ended = person.conversation_id
    person.web.set_mode(ended, Mode.CLOSED)
    expect(person.log.get_by_text("This chat has ended.")).to_be_visible()
    person.exchange("one more thing")
    assert person.conversation_id != ended
    assert person.web.said(person.conversation_id, "person") == ["one more thing"]


def test_message_to_a_chat_that_ended_meanwhile_is_not_lost(person: Person) -> None:
    person.start()
    person.exchange("hello")
    ended = person.conversation_id
    person.hide_from_server("/*/events", lambda route: route.abort())
    person.context.set_offline(True)
    bubble = person.write("are you there")
    person.web.set_mode(ended, Mode.CLOSED)
    person.context.set_offline(False)
    expect(bubble.locator(".state")).to_have_text("Sent", timeout=15000)
    until(lambda: person.conversation_id != ended)
    assert person.web.said(person.conversation_id, "person") == ["are you there"]


def test_p6_quiet_signal_is_met_with_silence(person: Person) -> None:
    person.start()
    person.exchange("hello")
    expect(person.write("cant talk hes here").locator(".state")).to_have_text("Sent")
    until(lambda: person.web.only().quiet)
    expect(person.theirs).to_have_count(2)


def test_p10_emergency_names_999_on_the_page(person: Person) -> None:
    person.web.bot.away = True
    said = person.start("Under 13").exchange("he has got a knife and is coming up the stairs")
    expect(said).to_contain_text("999")
    expect(said).to_contain_text("press 55")


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ("Under 13", "it is not your fault"),
        ("13 to 15", "it is not your fault"),
        ("16 or 17", "Swearing is fine"),
        ("18 or over", "ask for a person at any time"),
        ("I'd rather not say", "ask for a person at any time"),
        (None, "ask for a person at any time"),
    ],
)
def test_first_words_fit_the_age_told(person: Person, age: str | None, words: str) -> None:
    person.start(age)
    expect(person.theirs.first).to_contain_text(words)
    person.exchange("hello")
    bands = {"Under 13": "under13", "13 to 15": "13-15", "16 or 17": "16-17"}
    expected = "18plus" if age == "18 or over" else bands.get(age or "")
    assert person.web.only().age_band == expected
