"""The web chat for everybody: every state under axe, by keyboard, enlarged, dark, right to left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.fixtures.person import LAPTOP, PHONE, Person
from tests.fixtures.web import says
from webhook.core.messages import Mode

pytestmark = pytest.mark.browser

LOOKS = {
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
    "laptop": {"viewport": LAPTOP},
    "dark": {"viewport": PHONE, "color_scheme": "dark"},
    "contrast": {"viewport": PHONE, "contrast": "more"},
    "forced": {"viewport": PHONE, "forced_colors": "active"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "zoom": {"viewport": {"width": 320, "height": 256}},  # 1280 x 1024 at 400 %
}
SMALL = """() => [...document.querySelectorAll("a, button, textarea, summary, label")]
    .filter((e) => e.checkVisibility() && !e.closest(".unseen, .skip, .card p"))
    .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
    .filter(([, box]) => box.height < 43.9 || box.width < 43.9)
    .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
COVERED = """() => {
    const active = document.activeElement;
    const box = active.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 20)];
    const at = document.elementFromPoint(x, y);
    const label = at?.closest("label");
    const own = active.contains(at) || at?.contains(active) || label?.contains(active);
    return own ? "" : `${active.id || active.textContent} under ${at?.id || at?.className}`;
}"""


def assert_well(person: Person) -> None:
    person.assert_accessible()
    assert not person.page.evaluate(SIDEWAYS)
    assert person.page.evaluate(SMALL) == []


@pytest.mark.parametrize("look", LOOKS)
def test_every_state_is_accessible(people: Callable[..., Person], look: str) -> None:
    person = people(**LOOKS[look])
    person.web.bot.answer = lambda _: says("Are you safe right now?", quick_replies=["Yes", "No"])
    person.open()
    assert_well(person)  # The first screen
    person.page.get_by_text("What to do about history").click()
    assert_well(person)
    person.start()
    assert_well(person)  # Empty
    person.exchange("hello")
    assert_well(person)  # Talking, with suggestions
    conversation = person.conversation_id
    person.web.ring(conversation, "typing:advocate")
    expect(person.page.locator("#typing")).not_to_be_empty()
    assert_well(person)  # Typing
    person.web.set_mode(conversation, Mode.WAITING)
    expect(person.page.locator("#who")).to_contain_text("asked for a person")
    assert_well(person)  # Waiting
    person.web.set_mode(conversation, Mode.STAFF, "Sam")
    person.web.advocate_says(conversation, "Hi, I'm Sam.")
    expect(person.log.get_by_text("Sam – a person")).to_be_visible()
    assert_well(person)  # Joined


@pytest.mark.parametrize("look", ["phone", "dark", "zoom"])
def test_every_trouble_is_accessible(people: Callable[..., Person], look: str) -> None:
    person = people(**LOOKS[look]).start()
    person.exchange("hello")
    person.hide_from_server("/*/messages", lambda route: route.fulfill(status=400))
    person.write("again")
    expect(person.button("Not sent. Tap to try again")).to_be_visible()
    assert_well(person)  # Failed
    person.context.set_offline(True)
    expect(person.notice).to_contain_text("You are offline")
    assert_well(person)  # Offline
    person.context.set_offline(False)
    person.web.set_mode(person.conversation_id, Mode.CLOSED)
    expect(person.log.get_by_text("This chat has ended.")).to_be_visible(timeout=15000)
    assert_well(person)  # Ended
    person.button("Delete this chat").click()
    assert_well(person)  # Asking
    person.button("Delete it").click()
    expect(person.page.get_by_role("heading", name="This chat is deleted")).to_be_visible()
    assert_well(person)  # Deleted


@pytest.mark.parametrize("look", ["phone", "laptop", "zoom"])
def test_focus_is_never_covered(people: Callable[..., Person], look: str) -> None:
    person = people(**LOOKS[look])
    person.web.bot.answer = lambda _: says("Are you safe?", quick_replies=["Yes", "No"])
    person.open()
    _tab_through(person, 14)
    person.start()
    for number in range(4):
        person.exchange(f"line {number}")
    _tab_through(person, 12)


def _tab_through(person: Person, steps: int) -> None:
    for _ in range(steps):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("document.activeElement !== document.body"):
            assert person.page.evaluate(COVERED) == ""


def test_first_screen_opens_at_its_beginning_when_enlarged(people: Callable[..., Person]) -> None:
    person = people(**LOOKS["zoom"]).open()
    expect(person.button("Start chat")).to_be_visible()
    expect(person.page.get_by_role("heading", name="You can talk")).to_be_in_viewport()
    person.start()
    for number in range(3):
        person.exchange(f"line {number}")
    person.page.evaluate("window.scrollTo(0, 0)")
    person.page.set_viewport_size({"width": 320, "height": 250})
    expect(person.button("Delete this chat")).to_be_in_viewport()


def test_whole_journey_by_keyboard_alone(people: Callable[..., Person]) -> None:
    person = people(viewport=LAPTOP)
    person.web.bot.answer = lambda text: says(f"You said {text}.", quick_replies=["Tell me more"])
    person.open()
    press = person.page.keyboard.press
    _tab_to(person, "Under 13")
    press("ArrowRight")
    expect(person.page.get_by_label("13 to 15")).to_be_checked()
    _tab_to(person, "Start chat")
    press("Enter")
    expect(person.box).to_be_focused()
    person.page.keyboard.type("my dad shouts")
    press("Enter")
    expect(person.theirs.last).to_contain_text("You said my dad shouts.")
    expect(person.box).to_be_focused()
    _tab_to(person, "Tell me more", backwards=True)
    press("Enter")
    expect(person.theirs.last).to_contain_text("You said Tell me more.")
    _tab_to(person, "Delete this chat", backwards=True)
    press("Enter")
    press("Escape")
    expect(person.button("Delete this chat")).to_be_focused()
    press("Enter")
    _tab_to(person, "Delete it")
    press("Enter")
    expect(person.page.get_by_role("heading", name="This chat is deleted")).to_be_visible()


def _tab_to(person: Person, name: str, *, backwards: bool = False) -> None:
    words = """document.activeElement.textContent.trim()
        || document.activeElement.parentElement.innerText"""
    for _ in range(30):
        person.page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if person.page.evaluate(words) == name:
            return
    raise AssertionError(f"{name} cannot be reached")


def test_choosing_a_suggestion_keeps_the_focus_useful(person: Person) -> None:
    person.web.bot.answer = lambda _: says("Are you safe?", quick_replies=["Yes"])
    person.start()
    person.exchange("hello")
    person.button("Yes").click()
    expect(person.box).to_be_focused()


def test_messages_are_a_log_and_states_are_apart(person: Person) -> None:
    person.start()
    person.exchange("hello")
    assert person.log.get_attribute("role") == "log"
    assert person.log.locator("[role=status]").count() == 0
    for state in ("#who", "#net", "#typing"):
        assert person.page.locator(state).get_attribute("role") == "status"
    # "Sending" and "Sent" are not read out for every message; a failure is, as a status.
    assert person.mine.locator(".meta").get_attribute("aria-live") == "off"


def test_history_is_not_read_out_again_after_a_reload(person: Person) -> None:
    person.start(keep=True)
    person.exchange("hello")
    person.page.reload()
    expect(person.log).to_have_attribute("aria-live", "off")
    expect(person.theirs).to_have_count(2)
    expect(person.log).not_to_have_attribute("aria-live", "off")


def test_screen_reader_order_is_way_out_talk_writing(person: Person) -> None:
    person.start()
    person.exchange("hello")
    order = person.page.evaluate(
        """() => ["[data-leave]", "#call", "#delete", "#who", "#person", "#log", "#exit", "#text",
            "#send"].map((s) => document.querySelector(s)).every((e, i, all) => !i ||
            all[i - 1].compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)"""
    )
    assert order


def test_right_to_left_words_and_page_fit(person: Person) -> None:
    person.start()
    before = person.theirs.count()
    person.write("میرے شوہر نے میرا فون توڑ دیا 07700 900123")
    expect(person.theirs).to_have_count(before + 2)  # in Urdu, and then in English
    translated, said = person.theirs.nth(before), person.theirs.nth(before + 1)
    assert translated.locator(".text").evaluate("e => getComputedStyle(e).direction") == "rtl"
    bubble = person.mine.last.locator(".text")
    assert bubble.get_attribute("dir") == "auto"
    assert bubble.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert said.locator(".text").evaluate("e => getComputedStyle(e).direction") == "ltr"
    person.page.evaluate("document.documentElement.dir = 'rtl'")
    assert_well(person)
    exit_box, send_box = person.exit.bounding_box(), person.button("Send").bounding_box()
    assert exit_box is not None
    assert send_box is not None
    assert exit_box["x"] > send_box["x"]


def test_nothing_moves_when_motion_is_reduced(people: Callable[..., Person]) -> None:
    for motion, expected in (("reduce", "none"), ("no-preference", "breathe")):
        person = people(reduced_motion=motion).start()
        person.exchange("hello")
        person.web.ring(person.conversation_id, "typing:advocate")
        expect(person.page.locator("#typing")).not_to_be_empty()
        moving = "getComputedStyle(document.querySelector('#typing'), '::before').animationName"
        assert person.page.evaluate(moving) == expected


def test_wider_text_spacing_cuts_nothing(person: Person) -> None:
    """WCAG 1.4.12."""
    person.start()
    person.exchange("hello")
    person.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
                word-spacing: .16em !important; }`);
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert_well(person)
    for thing in (person.exit, person.button("Send"), person.button("Delete this chat")):
        assert thing.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
