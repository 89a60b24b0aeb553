"""Signing in by the provider and changing one's second step, in a browser."""

from __future__ import annotations

import re

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Page, expect

from tests.fixtures.console import PASSWORD, SECRET, Console, code, watched
from tests.fixtures.provider import TownHall
from webhook.core.staff import Role
from webhook.store import audit

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


def check(page: Page, what: str) -> None:
    """Accessible in light and dark, at the width of a phone and of a desk; never too wide."""
    size = page.viewport_size
    for width, scheme in ((320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = Axe().run(page, options=RULES).response["violations"]
        assert found == [], (what, [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found])
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (what, width, wide)
    assert size is not None
    page.set_viewport_size(size)


def test_p8_browser_goes_to_the_provider_and_nowhere_else(
    console_with_provider: Console, town_hall: TownHall
) -> None:
    """Somebody signs in by the provider and does the second step; a stranger is not let in."""
    console = console_with_provider
    console.account("Sam")
    town_hall.asks = True
    page = watched(console.browser.new_context(), "http://127.0.0.1:")
    asked: set[str] = set()
    page.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    page.goto(f"{console.web.base}/hub/")
    check(page, "sign-in")
    assert asked == {console.web.base}
    page.get_by_role("link", name="Sign in with Town Hall").click()
    expect(page.get_by_role("heading", name="Town Hall sign-in")).to_be_visible()
    page.get_by_role("button", name="I am Sam").click()
    page.get_by_label("Code from your app").fill(code())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
    assert "code=" not in page.url
    page.get_by_role("link", name="Sam").click()
    page.get_by_role("button", name="Sign out").click()
    town_hall.person = {"email": "nobody@hub.example", "email_verified": True}
    page.get_by_role("link", name="Sign in with Town Hall").click()
    page.get_by_role("button", name="I am Sam").click()
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    check(page, "not-signed-in")
    page.get_by_role("link", name="Go to the sign-in page").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert asked == {console.web.base, town_hall.base}


def authenticator(page: Page) -> CDPSession:
    """A device that makes passkeys without asking."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return device


def test_second_step_is_added_named_used_and_taken_away(localhost: Console) -> None:
    console, base = localhost, localhost.web.settings.public_url
    sam = console.account("Sam", Role.ADVOCATE)
    page = watched(console.browser.new_context(), base)
    authenticator(page)
    page.context.add_cookies([{"name": "hub", "value": sam.token, "url": base}])
    page.goto(f"{base}/hub/account")
    page.get_by_role("link", name="Look or change").click()
    expect(page.get_by_role("heading", name="Code app")).to_be_visible()
    expect(page.get_by_role("button", name="Make a passkey")).to_have_count(0)
    check(page, "second-step-closed")
    page.get_by_role("link", name="Confirm that it is you").click()
    page.get_by_label("Your password").fill("not the password")
    page.get_by_role("button", name="Confirm by password").click()
    expect(page.get_by_role("alert")).to_contain_text("did not match")
    check(page, "confirm")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm by password").click()
    expect(page.get_by_text("It is the only one you have.")).to_be_visible()
    page.get_by_label("Name for it").fill("Work laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Work laptop")).to_be_visible()
    check(page, "second-step-open")
    page.get_by_label("Name", exact=True).first.fill("Laptop at the desk")
    page.get_by_role("button", name="Save the name").first.click()
    expect(page.get_by_role("heading", name="Laptop at the desk")).to_be_visible()
    page.get_by_role("button", name="Remove Code app").click()
    expect(page.get_by_role("heading", name="Code app")).to_have_count(0)
    page.get_by_role("link", name="Set up an app").click()
    secret = page.get_by_label("Key").input_value()
    assert secret != SECRET
    check(page, "code-app")
    page.get_by_label("Name for it").fill("Work phone")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Work phone")).to_be_visible()
    page.get_by_role("button", name="Make new codes").click()
    expect(page.locator(".codes li")).to_have_count(10)
    check(page, "recovery-codes")
    page.goto(f"{base}/hub/account/confirm")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("You can make changes")).to_be_visible()
    found = console.web.database.write_now(lambda s: audit.find(s, audit.Search()))
    actions = [entry.action for entry in reversed(found)]
    assert [a for a in actions if re.match("account|session.(conf|ref)", a)] == [
        "session.refused", "session.confirmed", "account.factor_added", "account.factor_named",
        "account.factor_removed", "account.factor_added", "account.recovery_made",
        "session.confirmed",
    ]  # fmt: skip
