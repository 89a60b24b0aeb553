"""Every page of the hub in light and dark, from 320 pixels up: accessible, and no wider than it."""

from __future__ import annotations

import contextlib
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.fixtures.console import Account, Console
from tests.fixtures.web import opened, until
from webhook.core.staff import Role
from webhook.store import content

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}}


def check(page: Page, what: str) -> None:
    """No fault by axe, and nothing that needs scrolling sideways."""
    found = Axe().run(page, options=RULES).response["violations"]
    assert found == [], (what, [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found])
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, (what, wide)


@pytest.fixture
def held(console: Console) -> tuple[Console, Account, str]:
    """A manager who is with somebody, with every kind of line in the transcript."""
    lee = console.account("Lee", Role.MANAGER, number="+447700900789")
    console.account("Sam")
    console.text("hes outside with a hammer", "+447700900456")
    chat = opened(console.web, age_band="16-17")
    chat.write("he strangled me and said he will kill me if i leave")
    until(lambda: len(console.web.said(chat.id)) >= 2)
    hub = console.client(lee)
    path = f"/hub/c/{chat.id}"
    assert hub.post(f"{path}/claim").status_code == 303
    sent = {"text": "Hello, I am Lee.", "client_id": uuid.uuid4().hex}
    assert hub.post(f"{path}/say", data=sent).status_code == 200
    assert hub.post(f"{path}/note", data={"text": "works at the garage"}).status_code == 200
    console.web.database.write_now(content.save_canned, "safe", "en", "Is it safe to write now?")
    return console, lee, chat.id


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible_and_fits(
    held: tuple[Console, Account, str], width: int, scheme: str
) -> None:
    console, lee, conversation = held
    page = console.page(lee, width, 800)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    pages = ["?name=waiting", "?name=mine", "?name=all", "board", "reviews", "staff", "replies"]
    pages += [
        "settings",
        "opening",
        "areas",
        "directory",
        "audit",
        "account",
        "door/sign-in",
        "door/link",
    ]
    pages += [f"c/{conversation}{part}" for part in ("", "/sheet", "/referral", "/close")]
    for path in pages:
        page.goto(f"{console.web.base}/hub/{path}")
        expect(page.locator("main")).not_to_be_empty()
        check(page, path)


def test_states_of_a_conversation_are_accessible(held: tuple[Console, Account, str]) -> None:
    console, lee, conversation = held
    page = console.page(lee, 320, 800)
    page.goto(f"{console.web.base}/hub/c/{conversation}")
    for summary in page.locator("details.act > summary").all():
        summary.click()
    check(page, "every form open")
    page.get_by_label("Message to the person").type("/")
    expect(page.locator("#canned li")).to_be_visible()
    check(page, "ready replies")
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 1, "y": 1})
    page.keyboard.press("?")
    check(page, "shortcuts")
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.get_by_text("Connection lost.")).to_be_visible()
    check(page, "offline")
    page.context.set_offline(False)
    page.problems.clear()  # type: ignore[attr-defined]


def test_transcript_is_a_live_region_and_focus_is_kept(held: tuple[Console, Account, str]) -> None:
    console, lee, conversation = held
    page = console.page(lee)
    page.goto(f"{console.web.base}/hub/c/{conversation}")
    expect(page.get_by_role("log", name="Transcript")).to_be_visible()
    box = page.get_by_label("Message to the person")
    box.focus()
    hub = console.client(lee)
    sent = {"text": "And another.", "client_id": uuid.uuid4().hex}
    hub.post(f"/hub/c/{conversation}/say", data=sent)
    expect(page.get_by_role("log")).to_contain_text("And another.")
    expect(box).to_be_focused()


def test_whole_conversation_is_handled_by_keyboard_alone(
    held: tuple[Console, Account, str],
) -> None:
    console, lee, _ = held
    page = console.page(lee)
    page.goto(f"{console.web.base}/hub/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    _open_first(page)
    page.wait_for_load_state("load")
    page.keyboard.press("c")
    expect(page.get_by_label("Message to the person")).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("r")
    page.keyboard.type("Are you safe?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.advocate")).to_contain_text("Are you safe?")


def _open_first(page: Page) -> None:
    """Go to the first row and open it; a live update may redraw the rows under the keys."""
    for _ in range(10):
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        with contextlib.suppress(AssertionError):
            expect(page.get_by_role("log")).to_be_visible(timeout=3000)
            return
    raise AssertionError("the keys open no conversation")
