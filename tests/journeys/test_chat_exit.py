"""Leaving the web chat: at once, by thumb, key or link, online or not, and Back shows nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.person import Person
from tests.fixtures.web import until

pytestmark = pytest.mark.browser

SECRET = "he broke my phone last night"


def talking(person: Person) -> Person:
    person.start()
    person.exchange(SECRET)
    return person


def assert_left(person: Person) -> None:
    """The neutral page is there, and the hub knows not to follow up."""
    person.page.wait_for_url(person.web.settings.exit_url)
    assert SECRET not in person.text()
    row = until(lambda: person.web.only() if person.web.only().quiet else None)
    assert row.state["left_by_exit"] is True


def press_shift(page: Page, times: int) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


def test_exit_replaces_the_page_and_ends_as_quiet(person: Person) -> None:
    talking(person).exit.click()
    assert_left(person)


def test_back_after_exit_shows_the_page_before(person: Person) -> None:
    person.page.goto(f"{person.web.base}/readyz")
    talking(person).exit.click()
    assert_left(person)
    person.page.go_back()
    assert person.page.url == f"{person.web.base}/readyz"
    person.page.go_forward()
    assert SECRET not in person.text()


def test_page_is_blank_before_any_network(person: Person) -> None:
    """The words are gone when the beacon is sent, and stay gone if no other page ever comes."""
    person.page.add_init_script(
        """const send = navigator.sendBeacon.bind(navigator);
        navigator.sendBeacon = (...given) => {
            window.wordsAtBeacon = document.body.textContent;
            return send(...given);
        };"""
    )
    talking(person)
    person.context.route("**/livez", lambda route: route.abort("aborted"))
    person.exit.click(no_wait_after=True)
    person.page.wait_for_function("window.wordsAtBeacon === 'Loading.'")
    until(lambda: person.web.only().quiet)
    assert person.page.url.endswith("/chat")
    assert SECRET not in person.text()
    colour = "getComputedStyle(document.body).backgroundColor"
    assert person.page.evaluate(colour) == "rgb(255, 255, 255)"


def test_shift_three_times_leaves_also_while_typing(person: Person) -> None:
    talking(person)
    person.box.press_sequentially("he is com")
    press_shift(person.page, 3)
    assert_left(person)


def test_capital_letters_do_not_leave(person: Person) -> None:
    talking(person)
    for letter in "HELP ME":
        person.page.keyboard.press(f"Shift+{letter}" if letter != " " else "Space")
    press_shift(person.page, 2)
    person.page.keyboard.press("a")
    press_shift(person.page, 2)
    expect(person.box).to_have_value("HELP MEa")
    expect(person.page.locator("#exit-status")).to_have_text("Shift, press 1 more time to exit.")


def test_two_presses_of_shift_are_forgotten_after_five_seconds(person: Person) -> None:
    person.page.clock.install()
    talking(person)
    press_shift(person.page, 2)
    person.page.clock.fast_forward(5100)
    expect(person.page.locator("#exit-status")).to_have_text("Exit this page expired.")
    press_shift(person.page, 2)
    expect(person.box).to_be_visible()


def test_exit_works_offline(person: Person) -> None:
    talking(person)
    person.context.set_offline(True)
    person.exit.click(no_wait_after=True)
    until(lambda: _gone(person))


def _gone(person: Person) -> bool:
    person.page.wait_for_timeout(20)
    try:
        return SECRET not in person.text()
    except Exception:  # The page is between two documents.
        return False


def test_exit_from_the_first_screen_needs_no_conversation(person: Person) -> None:
    person.open().exit.click()
    person.page.wait_for_url(person.web.settings.exit_url)


def test_leaving_otherwise_shows_no_talk_on_back(person: Person) -> None:
    talking(person)
    person.page.goto(f"{person.web.base}/livez")
    person.page.go_back()
    expect(person.button("Start chat")).to_be_visible()
    assert SECRET not in person.text()


def test_page_kept_by_the_browser_holds_no_talk(person: Person) -> None:
    """The automated browser keeps no pages for Back, so its two events are given by hand."""
    talking(person)
    person.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert SECRET not in person.text()
    with person.page.expect_navigation():
        person.page.evaluate(
            "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
        )
    expect(person.button("Start chat")).to_be_visible()


def test_exit_is_a_link_without_javascript(people: Callable[..., Person]) -> None:
    person = people(java_script_enabled=False).open()
    person.page.get_by_role("link", name="Exit", exact=True).click()
    person.page.wait_for_url(person.web.settings.exit_url)


def test_exit_is_the_first_thing_reached_by_keyboard(person: Person) -> None:
    person.open().page.keyboard.press("Tab")
    first = person.page.get_by_role("link", name="Exit this page now")
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()
    person.page.keyboard.press("Enter")
    person.page.wait_for_url(person.web.settings.exit_url)


@pytest.mark.parametrize("size", [(390, 844), (390, 340), (320, 256), (844, 200), (1280, 800)])
def test_exit_stays_in_reach_whatever_the_keyboard_covers(
    person: Person, size: tuple[int, int]
) -> None:
    """A keyboard makes the page lower (`interactive-widget=resizes-content`)."""
    talking(person)
    for number in range(3):
        person.exchange(f"and again {number}")
    person.page.set_viewport_size({"width": size[0], "height": size[1]})
    person.box.focus()
    for thing in (person.exit, person.box, person.button("Send")):
        expect(thing).to_be_in_viewport(ratio=0.95)
    box = person.exit.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    # Thumbs reach the lower half.
    assert box["y"] + box["height"] > size[1] * 0.6


def test_foot_follows_a_keyboard_that_only_covers(person: Person) -> None:
    """As on iOS, where the visual viewport shrinks and the page does not."""
    talking(person)
    person.page.evaluate(
        """() => {
            const seen = window.visualViewport;
            Object.defineProperty(seen, "height", {value: 280, configurable: true});
            Object.defineProperty(seen, "offsetTop", {value: 40, configurable: true});
            seen.dispatchEvent(new Event("resize"));
        }"""
    )
    for thing in (person.exit, person.box):
        box = thing.bounding_box()
        assert box is not None
        assert box["y"] >= 40
        assert box["y"] + box["height"] <= 320


def test_page_says_plainly_that_history_stays(person: Person) -> None:
    person.open()
    expect(person.page.get_by_text("the history of this browser will show a page")).to_be_visible()
    person.page.get_by_text("What to do about history").click()
    expect(person.page.get_by_text("delete only this page")).to_be_visible()


def test_exit_in_mid_sentence_then_back_shows_nothing(person: Person) -> None:
    """P6: a journey. She hears steps, leaves in mid-sentence, and he presses Back."""
    person.page.goto(f"{person.web.base}/readyz")
    talking(person)
    person.box.press_sequentially("he just came ho")
    person.exit.click()
    assert_left(person)
    person.page.go_back()
    assert SECRET not in person.text()
    assert "he just came" not in person.text()
    assert person.stored() == {}
    bot_said = person.web.said(person.conversation_id, "bot")
    person.web.ring(person.conversation_id, "message")
    assert person.web.said(person.conversation_id, "bot") == bot_said
