"""At the hub: opening hours, words when closed, areas, services; and forms without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.console import Account, Console
from tests.fixtures.web import opened, until
from webhook.core.staff import Role
from webhook.store import conversations

pytestmark = pytest.mark.browser


def shut(page: Page, console: Console) -> None:
    """Close the hub on every weekday but for a minute that is long over or far off."""
    page.goto(f"{console.web.base}/hub/opening")
    for box in page.locator(".week input").all():
        box.fill("00:01-00:02")
    page.get_by_role("button", name="Save hours").click()
    expect(page.get_by_text("Closed until")).to_be_visible()


def test_hours_are_set_told_and_shown_on_board_and_queue(console: Console) -> None:
    lee = console.account("Lee", Role.MANAGER)
    page = console.page(lee)
    shut(page, console)
    chat = opened(console.web)
    chat.write("PERSON")
    until(lambda: len(console.web.said(chat.id)) >= 2)
    assert "People are back here" in console.web.said(chat.id)[1]
    page.goto(f"{console.web.base}/hub/board")
    expect(page.get_by_text("Closed until")).to_be_visible()
    page.goto(f"{console.web.base}/hub/")
    expect(page.get_by_text("Closed until")).to_be_visible()
    expect(page.locator(".wait")).to_contain_text("for opening")
    page.goto(f"{console.web.base}/hub/audit?action=setting.changed")
    expect(page.locator("tbody tr")).to_have_count(7)
    expect(page.locator("tbody tr").first).to_contain_text("opening")


def test_times_that_cannot_be_read_stay_in_the_form(console: Console) -> None:
    page = console.page(console.account("Lee", Role.MANAGER))
    page.goto(f"{console.web.base}/hub/opening")
    page.get_by_label("Wednesday").fill("nine to five")
    page.get_by_role("button", name="Save hours").click()
    expect(page.get_by_role("alert")).to_contain_text("Wednesday: write times as 09:00-17:00")
    expect(page.get_by_label("Wednesday")).to_have_value("nine to five")
    page.get_by_label("By text").fill("Back {opens}. The helpline is shut. Call 999, press 55.")
    page.get_by_role("button", name="Save words").click()
    expect(page.get_by_role("alert")).to_contain_text("Words by text: tells too much")


def test_area_is_edited_and_used_for_who_names_its_postcode(console: Console) -> None:
    lee = console.account("Lee", Role.MANAGER)
    page = console.page(lee)
    page.goto(f"{console.web.base}/hub/areas")
    card = page.get_by_role("region", name="Halton")
    card.get_by_label("Name").fill("Halton and Runcorn")
    card.get_by_label("Postcode districts, with commas").fill("wa7, wa8")
    card.get_by_label("Local routes").fill("Ring the duty desk first.")
    card.get_by_role("button", name="Save").click()
    card = page.get_by_role("region", name="Halton and Runcorn")
    expect(card.get_by_label("Postcode districts, with commas")).to_have_value("WA7, WA8")
    chat = opened(console.web)
    chat.write("im in wa7 and can i talk to someone")
    until(lambda: len(console.web.said(chat.id)) >= 2)
    row = console.web.database.read_now(conversations.get, chat.id)
    assert row.area == "halton"
    hub = console.client(lee)
    assert hub.post(f"/hub/c/{chat.id}/claim").status_code == 303
    page.goto(f"{console.web.base}/hub/c/{chat.id}/referral")
    expect(page.get_by_text("Ring the duty desk first.")).to_be_visible()
    page.goto(f"{console.web.base}/hub/c/{chat.id}")
    expect(page.get_by_text("Halton and Runcorn").first).to_be_visible()
    page.goto(f"{console.web.base}/hub/areas")
    card = page.get_by_role("region", name="Halton and Runcorn")
    card.get_by_label("This helpline serves it").uncheck()
    card.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Not served")
    page.goto(f"{console.web.base}/hub/c/{chat.id}")
    expect(page.get_by_text("Outside our area")).to_be_visible()


def test_number_of_a_service_is_edited_and_unchecked_until_checked(console: Console) -> None:
    page = console.page(console.account("Lee", Role.MANAGER))
    page.goto(f"{console.web.base}/hub/directory")
    card = page.get_by_role("region", name="Karma Nirvana")
    card.get_by_role("button", name="Checked today").click()
    expect(card).to_contain_text("by Lee")
    card.locator("summary").click()
    card.get_by_label("Phone number").fill("call us")
    card.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("use digits and spaces")
    expect(card.get_by_label("Phone number")).to_have_value("call us")
    card.get_by_label("Phone number").fill("0808 2000 247")
    card.get_by_label("Hours").fill("mon-sat 08:00-20:00")
    card.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Changed here: hours, phone")
    expect(card).to_contain_text("Not yet")
    expect(card).to_contain_text("Mon-sat 08:00-20:00")
    page.goto(f"{console.web.base}/hub/audit?action=content.changed")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_conversation_is_led_without_scripts(console: Console) -> None:
    lee: Account = console.account("Lee", Role.MANAGER)
    chat = opened(console.web)
    chat.write("can i talk to someone")
    until(lambda: len(console.web.said(chat.id)) >= 2)
    context = console.browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "hub", "value": lee.token, "url": console.web.base}])
    page = context.new_page()
    page.goto(f"{console.web.base}/hub/c/{chat.id}")
    page.get_by_role("button", name="Join").click()
    page.get_by_label("Message to the person").fill("Hello, I am Lee.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message.advocate")).to_contain_text("Hello, I am Lee.")
    page.locator("summary", has_text="Private note").click()
    page.get_by_label("Only staff see this").fill("works at the garage")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".message.note")).to_contain_text("works at the garage")
    page.locator("summary", has_text="Hand back").click()
    page.get_by_role("button", name="Hand back").click()
    page.wait_for_url("**/hub/")
    page.goto(f"{console.web.base}/hub/c/{chat.id}")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="Close").click()
    page.get_by_label("What came of it").select_option("informed")
    page.get_by_label("Route", exact=True).select_option("commissioned")
    page.get_by_label("Were they safe").select_option("yes")
    page.get_by_label("One line").fill("all said")
    page.get_by_role("button", name="Close").click()
    page.wait_for_url("**/hub/")
    assert "Hello, I am Lee." in console.web.said(chat.id)
