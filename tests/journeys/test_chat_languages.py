"""Web chat in other languages: translated words have their language and their direction."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.fixtures.person import Person

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("text", "lang", "direction"),
    [("ساعدوني زوجي يضربني الآن", "ar", "rtl"), ("pomocy mąż mnie bije", "pl", "ltr")],
)
def test_p10_danger_is_told_in_their_language(
    person: Person, text: str, lang: str, direction: str
) -> None:
    person.start()
    before = person.theirs.count()
    person.write(text)
    expect(person.theirs).to_have_count(before + 2)
    translated, english = (person.theirs.nth(before + at).locator(".text") for at in (0, 1))
    expect(translated).to_have_attribute("lang", lang)
    expect(translated).to_have_attribute("dir", direction)
    expect(translated).to_contain_text("999")
    expect(translated).to_contain_text("55")
    assert english.get_attribute("lang") is None
    assert english.get_attribute("dir") == "auto"
    person.assert_accessible()
