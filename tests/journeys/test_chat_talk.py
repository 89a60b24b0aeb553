"""Talking on the web chat: states, retries, losses, the person who joins, and deleting it all."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.fixtures.person import LAPTOP, Person
from tests.fixtures.web import says, until
from webhook.core.messages import Mode

pytestmark = pytest.mark.browser


def test_message_goes_from_sending_to_sent(person: Person) -> None:
    held: list[Route] = []
    person.start()
    person.hide_from_server("/*/messages", lambda route: held.append(route))
    bubble = person.write("hello")
    expect(bubble).to_contain_text("Sending…")
    until(lambda: held or person.page.wait_for_timeout(10))
    held[0].continue_()
    expect(bubble.locator(".state")).to_have_text("Sent")
    expect(person.theirs.last).to_contain_text("I hear you.")


def test_answer_has_its_time_and_who_said_it(person: Person) -> None:
    person.start()
    said = person.exchange("hello")
    expect(said.locator(".by")).to_have_text("Computer")
    expect(said.locator(".meta")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    expect(person.mine.locator(".by")).to_have_text("You")


def test_p1_message_whose_answer_was_lost_is_sent_again_as_one(person: Person) -> None:
    lost: list[int] = []

    def lose_answer(route: Route) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    def hide_echo(route: Route) -> None:
        if len(lost) < 2:
            route.abort()
        else:
            route.continue_()

    person.start()
    person.hide_from_server("/*/messages", lose_answer)
    person.hide_from_server("/*/events", hide_echo)
    expect(person.write("hello").locator(".state")).to_have_text("Sent", timeout=15000)
    expect(person.theirs).to_have_count(2)
    assert lost == [200, 200]
    assert person.web.said(person.conversation_id, "person") == ["hello"]
    expect(person.mine).to_have_count(1)


def test_failed_message_is_sent_by_a_tap(person: Person) -> None:
    person.start()
    person.exchange("first")
    person.hide_from_server("/*/messages", lambda route: route.fulfill(status=500))
    bubble = person.write("second")
    retry = person.button("Not sent. Tap to try again")
    expect(retry).to_be_visible(timeout=15000)
    expect(person.notice).to_have_text("Your message was not sent. You can try again.")
    person.page.unroute("**/chat/api/conversations/*/messages")
    retry.click()
    expect(bubble.locator(".state")).to_have_text("Sent")
    expect(person.notice).to_have_text("")
    assert person.web.said(person.conversation_id, "person") == ["first", "second"]


def test_typing_is_shown_until_the_answer_comes(person: Person) -> None:
    waiting = person.start().page.locator("#typing")
    asked = until_told(person)
    person.write("hello")
    expect(waiting).to_have_text("Answering…")
    asked()
    expect(person.theirs).to_have_count(2)
    expect(waiting).to_have_text("")


def until_told(person: Person) -> Callable[[], None]:
    """Let the assistant wait until the returned function is called."""
    told = threading.Event()

    def slowly(_: str) -> dict[str, object]:
        told.wait(10)
        return says("I hear you.")

    person.web.bot.answer = slowly
    return told.set


def test_person_who_joined_is_told_named_and_seen_typing(person: Person) -> None:
    person.start()
    person.exchange("hello")
    conversation = person.conversation_id
    person.web.set_mode(conversation, Mode.WAITING)
    expect(person.page.get_by_text("We have asked for a person")).to_be_visible()
    person.web.set_mode(conversation, Mode.STAFF, "Sam")
    expect(person.page.locator("#who")).to_have_text("A person has joined: Sam")
    person.web.ring(conversation, "typing:advocate")
    expect(person.page.locator("#typing")).to_have_text("Sam – typing…")
    person.web.advocate_says(conversation, "Hi, I'm Sam.")
    expect(person.theirs.last.locator(".by")).to_have_text("Sam – a person")
    expect(person.page.locator("#typing")).to_have_text("")


def test_advocate_is_told_that_the_person_types(person: Person) -> None:
    person.start()
    person.exchange("hello")
    person.web.set_mode(person.conversation_id, Mode.STAFF, "Sam")
    expect(person.page.locator("#who")).to_contain_text("Sam")
    with person.page.expect_response("**/typing") as told:
        person.box.press_sequentially("i")
    assert told.value.status == 204


def test_suggestions_say_what_can_also_be_typed(person: Person) -> None:
    person.web.bot.answer = lambda text: says(
        f"You said {text}.", quick_replies=["Yes", "Not sure"] if text == "hello" else []
    )
    person.start()
    person.exchange("hello")
    person.button("Not sure").click()
    expect(person.theirs.last).to_contain_text("You said Not sure.")
    expect(person.mine.last).to_contain_text("Not sure")
    expect(person.page.get_by_role("group", name="Quick answers")).to_be_hidden()
    person.exchange("hello")
    expect(person.exchange("Not sure")).to_contain_text("You said Not sure.")


def test_person_can_be_asked_for_at_any_time(person: Person) -> None:
    wanted = [{"command": "request_handover", "reason": "asked"}]
    person.web.bot.answer = lambda _: says("I have asked.", commands=wanted)
    person.start().button("Ask for a person").click()
    expect(person.page.locator("#who")).to_contain_text("We have asked for a person")
    expect(person.button("Ask for a person")).to_be_hidden()


def test_long_text_arrives_whole_and_in_order(person: Person) -> None:
    text = " ".join(f"Sentence number {n} 👩‍👩‍👧 of what happened." for n in range(120))
    person.start().box.fill(text)
    person.button("Send").click()
    expect(person.mine.last.locator(".state")).to_have_text("Sent", timeout=15000)
    said = person.web.said(person.conversation_id, "person")
    assert len(said) > 2
    assert " ".join(said) == text


def test_text_without_any_space_is_not_cut_inside_a_sign(person: Person) -> None:
    text = "👩‍👩‍👧" * 400
    person.start().write(text)
    expect(person.mine.last.locator(".state")).to_have_text("Sent", timeout=15000)
    said = person.web.said(person.conversation_id, "person")
    assert "".join(said) == text
    assert all(part.startswith("👩") and part.endswith("👧") for part in said)


def test_newest_message_stays_in_view_when_a_keyboard_opens(person: Person) -> None:
    person.start()
    for number in range(4):
        person.exchange(f"message {number}")
    person.page.set_viewport_size({"width": 390, "height": 420})
    expect(person.theirs.last).to_be_in_viewport(ratio=0.95)


def test_scroll_told_of_while_room_is_taken_hides_nothing(person: Person) -> None:
    person.start()
    for number in range(4):
        person.exchange(f"message {number}")
    person.log.evaluate(
        "e => { e.style.maxHeight = '140px'; e.dispatchEvent(new Event('scroll')); }"
    )
    expect(person.theirs.last).to_be_in_viewport(ratio=0.9)


def test_reading_back_is_not_torn_away_by_new_messages(person: Person) -> None:
    person.start()
    for number in range(8):
        person.exchange(f"message {number}")
    person.log.evaluate("e => e.scrollTo(0, 0)")
    newest = person.button("New message")
    expect(newest).to_be_hidden()
    person.web.advocate_says(person.conversation_id, "Something new.")
    newest.click()
    expect(person.log.get_by_text("Something new.")).to_be_in_viewport()
    expect(newest).to_be_hidden()


def test_pasted_markup_stays_text(person: Person) -> None:
    text = "<img src=x onerror=alert(1)><b>bold</b>"
    expect(person.start().write(text).locator(".text")).to_have_text(text)
    assert person.log.locator("img, b").count() == 0


def test_enter_sends_on_a_laptop_and_shift_enter_does_not(
    people: Callable[..., Person],
) -> None:
    person = people(viewport=LAPTOP).start()
    person.box.press_sequentially("one")
    person.page.keyboard.press("Shift+Enter")
    person.box.press_sequentially("two")
    person.page.keyboard.press("Enter")
    expect(person.mine.locator(".text")).to_have_text("one\ntwo", use_inner_text=True)


def test_enter_is_a_new_line_on_a_phone(people: Callable[..., Person]) -> None:
    person = people(has_touch=True, is_mobile=True).start()
    person.box.press_sequentially("one")
    person.page.keyboard.press("Enter")
    expect(person.box).to_have_value("one\n")


def test_p1_nothing_is_lost_while_offline(person: Person) -> None:
    person.start()
    person.exchange("before")
    conversation = person.conversation_id
    person.context.set_offline(True)
    expect(person.notice).to_contain_text("You are offline. Your messages are safe.")
    first, second = person.write("while offline 1"), person.write("while offline 2")
    expect(first).to_contain_text("Waiting to send")
    person.web.set_mode(conversation, Mode.STAFF, "Sam")
    person.web.advocate_says(conversation, "Said meanwhile.")
    person.context.set_offline(False)
    for bubble in (first, second):
        expect(bubble.locator(".state")).to_have_text("Sent", timeout=15000)
    expect(person.log.get_by_text("Said meanwhile.")).to_have_count(1)
    expect(person.theirs).to_have_count(3)  # The first words, one answer, and this: none twice.
    expect(person.notice).to_have_text("")
    said = person.web.said(conversation, "person")
    assert said == ["before", "while offline 1", "while offline 2"]


def test_broken_stream_is_made_again(person: Person) -> None:
    broken: list[Route] = []

    def break_it(route: Route) -> None:
        if len(broken) < 3:
            broken.append(route)
            route.abort()
        else:
            route.continue_()

    person.start()
    person.hide_from_server("/*/events", break_it)
    person.write("hello")
    expect(person.notice).to_have_text("Trying to reconnect. Your messages are safe.")
    expect(person.theirs).to_have_count(2, timeout=15000)
    expect(person.notice).to_have_text("")
    assert len(broken) == 3


def test_busy_service_is_told_and_tried_again(person: Person) -> None:
    refused: list[Route] = []

    def refuse(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route)
            route.fulfill(status=429)

    person.start()
    person.hide_from_server("", refuse)
    bubble = person.write("help me")
    expect(person.notice).to_contain_text("In danger, call 999.")
    expect(bubble.locator(".state")).to_have_text("Sent", timeout=15000)
    expect(person.notice).to_have_text("")


def test_idle_chat_is_warned_and_never_cut(person: Person) -> None:
    person.page.clock.install()
    person.start()
    person.exchange("hello")
    person.page.clock.fast_forward("06:00")
    expect(person.notice).to_have_text("")  # The jump also looked like a broken stream.
    person.page.clock.fast_forward(11000)
    expect(person.notice).to_contain_text("This chat is still open and stays open.")
    person.page.clock.fast_forward("03:00:00")
    person.exchange("still here")
    expect(person.notice).to_have_text("")
