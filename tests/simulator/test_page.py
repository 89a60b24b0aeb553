"""The phone page in Chromium: what a newcomer does first, at phone width and on a desk."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.simulator.carrier import OTHER_PHONE, PHONE, TestCarrier
from tests.simulator.servers import Helpline, until

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, carrier: TestCarrier) -> Iterator[Page]:
    """An open phone, 320 pixels wide, that must not complain or reach beyond the simulator."""
    opened = browser.new_page(viewport={"width": 320, "height": 640})
    problems: list[str] = []
    opened.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))

    def keep_in(route: Route) -> None:
        if not route.request.url.startswith(carrier.base):
            problems.append(route.request.url)
        route.continue_()

    opened.route("**/*", keep_in)
    opened.goto(carrier.base)
    yield opened
    opened.close()
    assert problems == []


def write(page: Page, body: str) -> None:
    box = page.get_by_label("Your text").first
    box.fill(body)
    box.press("Enter")


def test_newcomer_texts_and_reads_the_reply(
    page: Page, carrier: TestCarrier, helpline: Helpline
) -> None:
    write(page, "hi is this a good place to ask something")
    log = page.get_by_role("log", name="Texts")
    mine = log.locator(".mine")
    expect(mine).to_contain_text("hi is this a good place to ask something")
    expect(mine).to_contain_text("Sent")
    assert until(lambda: helpline.texts)[0].form["From"] == PHONE
    carrier.send(body="a" * 161)
    reply = log.locator(".theirs")
    expect(reply).to_contain_text("2 parts · GSM-7")
    expect(reply).to_contain_text("Delivered")


def test_undelivered_reply_shows_its_code(page: Page, carrier: TestCarrier) -> None:
    page.get_by_text("Make something go wrong").click()
    page.get_by_label("What").select_option("undelivered")
    page.get_by_role("button", name="Set").click()
    expect(page.get_by_role("list", name="Faults in force")).to_contain_text("1 left")
    carrier.send(body="are you there")
    expect(page.locator(".theirs")).to_contain_text("Not delivered (30003)")
    expect(page.get_by_role("list", name="Faults in force")).to_be_empty()


def test_picture_is_sent_without_words(page: Page, helpline: Helpline) -> None:
    page.get_by_role("button", name="Send a picture without words").click()
    expect(page.locator(".mine")).to_contain_text("Picture")
    form = until(lambda: helpline.texts)[0].form
    assert (form["Body"], form["NumMedia"]) == ("", "1")


def test_markup_in_a_text_stays_text(page: Page, carrier: TestCarrier) -> None:
    carrier.send(body="<b>bold</b><script>1</script>")
    expect(page.locator(".theirs .body")).to_have_text("<b>bold</b><script>1</script>")


def test_shift_enter_makes_a_new_line(page: Page, helpline: Helpline) -> None:
    box = page.get_by_label("Your text")
    box.fill("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    box.press("Enter")
    expect(page.locator(".mine")).to_have_count(1)
    assert until(lambda: helpline.texts)[0].form["Body"] == "one\ntwo"


def test_helpline_that_refuses_is_told_in_words(page: Page, helpline: Helpline) -> None:
    helpline.answers.append(403)
    write(page, "hello")
    expect(page.get_by_role("alert")).to_have_text("The helpline refused the text (HTTP 403).")


def test_changed_number_has_its_own_screen(page: Page, carrier: TestCarrier) -> None:
    write(page, "first phone")
    expect(page.locator(".mine")).to_have_count(1)
    page.get_by_label("This phone's number").fill("07700 900456")
    page.get_by_role("button", name="Change").click()
    expect(page.locator(".mine")).to_have_count(0)
    expect(page).to_have_url(re.compile("number=%2B447700900456"))
    write(page, "second phone")
    expect(page.locator(".mine")).to_contain_text("second phone")
    assert [text["body"] for text in carrier.screen(OTHER_PHONE)] == ["second phone"]


def test_impossible_number_is_refused_in_words(page: Page) -> None:
    page.get_by_label("This phone's number").fill("12")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("alert")).to_contain_text("Try 07700 900123")


def test_phones_side_by_side_from_the_address(page: Page, carrier: TestCarrier) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{carrier.base}/?number=07700900123&number=+447700900456")
    expect(page.locator(".phone")).to_have_count(2)
    carrier.send(to=OTHER_PHONE, body="to the second")
    expect(page.get_by_label("Phone +44 7700 900456")).to_contain_text("to the second")
    expect(page.get_by_label("Phone +44 7700 900123").locator(".theirs")).to_have_count(0)
    page.get_by_role("button", name="Add another phone").click()
    expect(page.locator(".phone")).to_have_count(3)


def test_page_says_that_it_is_a_simulator(page: Page) -> None:
    expect(page.get_by_role("heading", name="Carrier simulator")).to_be_visible()
    expect(page.get_by_text("This is not a real phone")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible_and_fits_320_pixels(
    page: Page, carrier: TestCarrier, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    write(page, "hello")
    carrier.fault("failed")
    carrier.send(body="failed")
    expect(page.locator(".theirs")).to_contain_text("Failed")
    carrier.send(body="w" * 200)
    expect(page.locator(".theirs").last).to_contain_text("Delivered")
    page.get_by_text("Make something go wrong").click()
    expect(page.get_by_label("What")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_page_allows_nothing_from_elsewhere(carrier: TestCarrier) -> None:
    answer = carrier.http.get("/")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


def test_files_outside_the_list_are_not_served(carrier: TestCarrier) -> None:
    for path in ("/static/phone.html", "/static/..%2Fapp.py", "/static/"):
        assert carrier.http.get(path).status_code == 404


def test_foreign_host_name_is_turned_away(carrier: TestCarrier) -> None:
    answer = carrier.http.get("/simulator/config", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
