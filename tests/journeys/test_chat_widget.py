"""The web chat inside a partner's page: only where allowed, untouched by its styles, and out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI, Response
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.fixtures.person import LAPTOP, Person
from tests.fixtures.web import ScriptedBot, Web, listening, running, serving, until

pytestmark = pytest.mark.browser

HOSTILE = """
* { color: lime !important; font-size: 40px !important; } button, iframe { display: none; }
div { position: static !important; visibility: hidden; }
"""


@dataclass
class School:
    """A partner's page on an origin of its own, with the chat on it."""

    base: str
    web: Web
    page: Page

    @property
    def chat(self) -> FrameLocator:
        """The chat inside the page."""
        return self.page.frame_locator("iframe[title=Chat]")

    def show(self) -> School:
        """Press the chat's button."""
        self.page.get_by_role("button", name="Chat", exact=True).click()
        return self


def school_app(chat: list[str]) -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def page() -> Response:
        html = f"""<!doctype html><html lang="en"><title>School</title><style>{HOSTILE}</style>
            <h1>School</h1><script src="{chat[0]}/chat/widget.js" data-area="leeds" defer></script>
            """
        policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src {chat[0]}; "
        policy += f"frame-src {chat[0]}"
        return Response(html, media_type="text/html", headers={"Content-Security-Policy": policy})

    @app.get("/before")
    async def before() -> str:
        return "before"

    return app


@pytest.fixture(params=[True])
def school(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    valkey_url: str,
    scripted_bot: tuple[ScriptedBot, str],
    chromium: Browser,
) -> Iterator[School]:
    """A school's page; the parameter says whether the school may embed the chat."""
    bound, base = listening()
    chat: list[str] = []
    allowed = {"chat_origins": base} if request.param else {}
    with (
        serving(school_app(chat), bound),
        running(tmp_path, *scripted_bot, redis_url=valkey_url, **allowed) as web,
        chromium.new_context(viewport=LAPTOP) as context,
    ):
        chat.append(web.base)
        page = context.new_page()
        page.goto(base + "/before")
        page.goto(base)
        yield School(base, web, page)


def test_widget_talks_from_a_partner_page(school: School) -> None:
    school.show().chat.get_by_role("button", name="Start chat").click()
    school.chat.get_by_label("Your message").fill("hello")
    school.chat.get_by_role("button", name="Send").click()
    expect(school.chat.get_by_text("I hear you.")).to_be_visible()
    row = school.web.only()
    assert (row.area, row.state["heard_from"]) == ("leeds", "partner_site")
    assert school.page.context.cookies() == []


def test_nothing_of_the_chat_loads_before_it_is_asked_for(school: School) -> None:
    assert len(school.page.frames) == 1
    school.show()
    until(lambda: len(school.page.frames) == 2 or school.page.wait_for_timeout(10))


def test_partner_styles_do_not_reach_the_chat(school: School) -> None:
    button = school.page.get_by_role("button", name="Chat", exact=True)
    expect(button).to_be_visible()
    assert button.evaluate("e => getComputedStyle(e).color") == "rgb(255, 255, 255)"
    school.show()
    assert school.chat.locator("body").evaluate("e => getComputedStyle(e).fontSize") == "17px"
    box = school.page.locator("iframe").bounding_box()
    assert box is not None
    assert box["height"] > 500


def test_exit_in_the_widget_leaves_the_whole_page(school: School) -> None:
    school.show().chat.get_by_role("button", name="Start chat").click()
    school.chat.get_by_label("Your message").fill("hello")
    school.chat.get_by_role("button", name="Send").click()
    expect(school.chat.get_by_text("I hear you.")).to_be_visible()
    school.chat.get_by_role("link", name="Exit", exact=True).click()
    school.page.wait_for_url(school.web.settings.exit_url)
    until(lambda: school.web.only().quiet)
    school.page.go_back()
    assert school.page.url == school.base + "/before"


@pytest.mark.parametrize("focus", ["frame", "page"])
def test_shift_leaves_from_the_frame_and_from_the_page(school: School, focus: str) -> None:
    school.show().chat.get_by_role("button", name="Start chat").click()
    school.chat.get_by_label("Your message").fill("hello")
    school.chat.get_by_role("button", name="Send").click()
    expect(school.chat.get_by_text("I hear you.")).to_be_visible()
    if focus == "page":
        school.page.get_by_role("button", name="Hide").focus()
    for _ in range(3):
        school.page.keyboard.press("Shift")
    school.page.wait_for_url(school.web.settings.exit_url)
    until(lambda: school.web.only().quiet)


def press_shift_on_the_page(school: School, when_asked_to_leave: str) -> None:
    """Shift three times beside a frame that does something else first when told to leave."""
    school.page.context.add_init_script(
        f"""window.addEventListener("message", (event) => {{
            if (event.data?.chat !== "leave" || event.data.late) return;
            event.stopImmediatePropagation();
            const {{ source, origin }} = event;
            const data = {{ chat: "leave", late: true }};
            const heard = () =>
              window.dispatchEvent(new MessageEvent("message", {{ data, source, origin }}));
            {when_asked_to_leave};
        }}, true);"""
    )
    school.show().chat.get_by_role("button", name="Start chat").click()
    school.chat.get_by_label("Your message").fill("hello")
    school.chat.get_by_role("button", name="Send").click()
    expect(school.chat.get_by_text("I hear you.")).to_be_visible()
    school.page.get_by_role("button", name="Hide").focus()
    for _ in range(3):
        school.page.keyboard.press("Shift")


def test_page_stays_blank_until_a_slow_frame_has_told_the_server(school: School) -> None:
    press_shift_on_the_page(school, "setTimeout(heard, 300)")
    expect(school.page.get_by_role("heading", name="School")).not_to_be_visible()
    school.page.wait_for_url(school.web.settings.exit_url)
    until(lambda: school.web.only().quiet)


def test_frame_that_does_not_answer_keeps_nobody_on_the_page(school: School) -> None:
    press_shift_on_the_page(school, "void heard")
    school.page.wait_for_url(school.web.settings.exit_url)


@pytest.mark.parametrize("school", [False], indirect=True)
def test_page_that_is_not_a_partner_cannot_embed(school: School) -> None:
    school.show()
    frame = until(lambda: school.page.frames[1:] or school.page.wait_for_timeout(10))[0]
    until(lambda: "chat/frame" not in frame.url or school.page.wait_for_timeout(10))
    assert school.chat.get_by_role("button", name="Start chat").count() == 0


def test_full_page_cannot_be_embedded_at_all(school: School) -> None:
    school.page.evaluate(
        """(url) => {
            const frame = document.createElement("iframe");
            frame.id = "full";
            frame.src = url;
            document.body.append(frame);
        }""",
        school.web.base + "/chat",
    )
    frame = until(lambda: school.page.frames[1:] or school.page.wait_for_timeout(10))[0]
    until(lambda: not frame.url.endswith("/chat") or school.page.wait_for_timeout(10))
    assert school.page.frame_locator("#full").get_by_text("You can talk").count() == 0


def test_widget_can_be_hidden_and_shown_with_its_talk(school: School) -> None:
    school.show().chat.get_by_role("button", name="Start chat").click()
    school.page.get_by_role("button", name="Hide").click()
    expect(school.page.locator("iframe")).to_be_hidden()
    school.show()
    expect(school.chat.get_by_label("Your message")).to_be_visible()


def test_demo_shows_the_widget_on_a_school_page(people: Callable[..., Person]) -> None:
    person = people(viewport=LAPTOP).open("/chat/demo")
    expect(person.page.get_by_role("heading", name="Term dates")).to_be_visible()
    person.assert_accessible()
    person.page.get_by_role("button", name="Chat", exact=True).click()
    frame = person.page.frame_locator("iframe[title=Chat]")
    expect(frame.get_by_role("button", name="Start chat")).to_be_visible()
    person.assert_accessible()
