"""Whole journeys of young people on the web chat, and how little it takes to open."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.fixtures.person import LAPTOP, Person
from tests.fixtures.web import says, until
from webhook.core.messages import Mode
from webhook.core.triage import Triage

pytestmark = pytest.mark.browser


def test_twelve_year_old_with_a_fight_downstairs(people: Callable[..., Person]) -> None:
    """P2, P10: on a phone in her room. She hears of 999, a safer place and a person who comes."""
    person = people(has_touch=True, is_mobile=True)
    person.web.bot.answer = lambda _: says("Are your brothers with you?", triage="urgent")
    person.open()
    expect(person.page.get_by_role("link", name="Call 999")).to_be_visible()
    person.start("Under 13")
    expect(person.theirs.first).to_contain_text("it is not your fault")
    said = person.exchange("my dad is hitting my mum right now downstairs im scared")
    expect(said).to_contain_text("999")
    expect(said).to_contain_text("55")
    conversation = person.conversation_id
    assert person.web.only().triage is Triage.EMERGENCY
    expect(person.page.locator("#who")).to_contain_text("We have asked for a person")
    person.exchange("im in my room with my brother")
    person.web.set_mode(conversation, Mode.STAFF, "Sam")
    person.web.advocate_says(conversation, "Hi, I'm Sam. Stay in your room. Is the door shut?")
    expect(person.page.locator("#who")).to_have_text("A person has joined: Sam")
    person.write("yes")
    until(lambda: person.web.said(conversation, "person")[-1] == "yes")
    person.exit.click()
    person.page.wait_for_url(person.web.settings.exit_url)
    assert until(lambda: person.web.only().quiet)


def test_fifteen_year_old_whose_pictures_are_shared(people: Callable[..., Person]) -> None:
    """P7: on a shared laptop. He gets words for his age, a choice, and deletes it all."""
    person = people(viewport=LAPTOP)
    answers = {
        "hi": says("Hi. What is going on?"),
        "someone is sending round pics of me": says(
            "That is not OK, and it is not your fault. What would help most?",
            intent="teen_relationship",
            quick_replies=["Get them taken down", "Tell someone"],
        ),
        "Get them taken down": says("We can do that one step at a time."),
    }
    person.web.bot.answer = answers.__getitem__
    person.start("13 to 15")
    person.exchange("hi")
    person.exchange("someone is sending round pics of me")
    person.button("Get them taken down").click()
    expect(person.theirs.last).to_contain_text("one step at a time")
    assert person.stored() == {}
    conversation = person.conversation_id
    person.button("Delete this chat").click()
    person.button("Delete it").click()
    expect(person.page.get_by_role("heading", name="This chat is deleted")).to_be_visible()
    assert "pics of me" not in person.text()
    assert person.web.conversation(conversation) is None


def test_network_lost_and_regained_during_handover(person: Person) -> None:
    """P1: nothing that either of them wrote meanwhile is lost, doubled or out of order."""
    wanted = [{"command": "request_handover", "reason": "asked"}]
    person.web.bot.answer = lambda _: says("I have asked for a person.", commands=wanted)
    person.start("16 or 17").button("Ask for a person").click()
    expect(person.page.locator("#who")).to_contain_text("We have asked for a person")
    conversation = person.conversation_id
    person.context.set_offline(True)
    expect(person.notice).to_contain_text("Your messages are safe.")
    person.web.set_mode(conversation, Mode.STAFF, "Sam")
    person.web.advocate_says(conversation, "Hi, I'm Sam.")
    person.web.advocate_says(conversation, "Take your time.")
    for text in ("are you there", "hello"):
        person.write(text)
    person.context.set_offline(False)
    expect(person.page.locator("#who")).to_have_text("A person has joined: Sam", timeout=15000)
    for text in ("Hi, I'm Sam.", "Take your time.", "are you there", "hello"):
        expect(person.log.get_by_text(text, exact=True)).to_have_count(1)
    until(lambda: len(person.web.said(conversation, "person")) == 3)
    assert person.web.said(conversation, "person")[1:] == ["are you there", "hello"]
    expect(person.notice).to_have_text("")


def test_two_tabs_are_two_chats(person: Person) -> None:
    """P7: nothing passes between tabs, and leaving one leaves the other alone."""
    other = Person(person.web, person.context, person.context.new_page())
    person.start()
    person.exchange("in the first tab")
    first = person.conversation_id
    other.start()
    other.exchange("in the second tab")
    second = other.conversation_id
    assert first != second
    assert "second tab" not in person.text()
    person.exit.click()
    person.page.wait_for_url(person.web.settings.exit_url)
    other.exchange("still here")
    assert other.web.said(second, "person") == ["in the second tab", "still here"]


def test_duplicated_tab_does_not_show_a_kept_chat(person: Person) -> None:
    person.start(keep=True)
    person.exchange("keep this")
    with person.page.expect_popup() as opened:
        person.page.evaluate("window.open(location.href)")  # Copies the tab's sessionStorage
    expect(opened.value.get_by_role("button", name="Start chat")).to_be_visible()
    assert "keep this" not in opened.value.evaluate("document.documentElement.textContent")


def test_without_javascript_the_page_still_helps(people: Callable[..., Person]) -> None:
    """P10: 999 and the silent call, Childline and the number to text."""
    page = people(java_script_enabled=False).open().page
    shown = page.locator("#start")
    for words in ("Call 999", "press 55 when asked", "0800 1111"):
        expect(shown.get_by_text(words).first).to_be_visible()
    # Playwright's own text search leaves <noscript> out.
    instead = page.locator("noscript")
    expect(instead).to_contain_text("Text us: 07700 900000", use_inner_text=True)
    expect(instead.locator("a[href='sms:+447700900000']")).to_be_visible()
    expect(instead.locator("a[href='tel:999']")).to_be_visible()
    expect(page.get_by_text("Shift").first).to_be_hidden()
    expect(page.get_by_role("button", name="Start chat")).to_be_hidden()
    expect(page.get_by_role("link", name="Exit", exact=True)).to_be_in_viewport()


def test_first_screen_tells_what_it_is_and_asks_nothing(person: Person) -> None:
    page = person.open().page
    for words in (
        "A computer answers first.",
        "You can ask for a person at any time.",
        "Only people who work here can read it.",
        "unless you or someone else could get badly hurt",
        "Can't speak? On a mobile, press 55 when asked.",
        "Childline is there too, free",
        "You don't have to say.",
    ):
        expect(page.get_by_text(words).first).to_be_visible()
    asked = page.locator("input:not([type=radio]):not([type=checkbox]), select").count()
    assert asked == 0
    assert page.locator("textarea:visible").count() == 0
    assert page.title() == "Chat"


def test_talking_leaves_nothing_in_the_browser(person: Person) -> None:
    """P7, P8: no cookie, no storage, and no request to anybody else (see `people`)."""
    person.start()
    person.exchange("hello")
    assert person.stored() == {}
    script = "indexedDB.databases().then((all) => caches.keys().then((c) => [...all, ...c]))"
    assert person.page.evaluate(script) == []
    assert person.page.evaluate("Notification.permission") == "default"
    assert person.page.title() == "Chat"


def test_opens_on_slow_3g_within_two_seconds_and_100_kb(person: Person) -> None:
    """Slow 3G as Lighthouse has it: 400 ms for every request, 400 kbit/s."""
    session = person.context.new_cdp_session(person.page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 400,
            "downloadThroughput": 50_000,
            "uploadThroughput": 50_000,
        },
    )
    person.page.add_init_script(
        """new MutationObserver(() => {
            const start = document.getElementById("go");
            if (start && !start.hidden) window.usable ??= performance.now();
        }).observe(document, {subtree: true, childList: true, attributes: true});"""
    )
    person.open()
    person.page.wait_for_function("window.usable")
    loaded: list[dict[str, Any]] = person.page.evaluate(
        """["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
            .map((e) => ({name: e.name, size: e.decodedBodySize + 300}))"""
    )
    assert len(loaded) > 6
    assert sum(entry["size"] for entry in loaded) < 100_000
    assert person.page.evaluate("window.usable") < 2000


def test_no_address_of_a_page_holds_a_token_or_id(person: Person) -> None:
    seen: list[str] = []
    person.page.on("request", lambda request: seen.append(request.url))
    person.start()
    person.exchange("hello")
    assert re.search(r"/chat$", person.page.url)
    assert all("?" not in url for url in seen)
    bearers = [url for url in seen if len(url.rsplit("/", 1)[-1]) == 43]
    assert bearers == []
