"""What identifies a person is masked; what only looks like it stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.safety.redact import redact


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ring me on 07700 900123", "ring me on [phone]"),
        ("07700900123 or 07700-900-456", "[phone] or [phone]"),
        ("+44 7700 900123", "[phone]"),
        ("o7700 9OO123 is mine", "[phone] is mine"),
        ("(07700) 900 123", "([phone]"),
        ("jo.b+x@example.com please", "[email] please"),
        ("jo @ example . co . uk", "[email]"),
        ("im in ls6 2ab", "im in [postcode]"),
        ("SW1A 1AA", "[postcode]"),
        ("nhs 943 476 5919", "nhs [nhs number]"),
        ("ni AB 12 34 56 C", "ni [ni number]"),
        ("card 4242 4242 4242 4242", "card [card]"),
        (
            "sort code 12-34-56 account number 12345678",
            "sort code [sort code] account number [account]",
        ),
        ("his car is AB12 CDE", "his car is [plate]"),
        ("a blue van ab12cde", "a blue van [plate]"),
        ("i live at 14 Acacia Road", "i live at [address]"),
        ("flat 3, 22b Long Mill Lane now", "[address] now"),
        ("add me @sarah_x99", "add me [handle]"),
        ("my snap is sarah_x99", "my snap is [handle]"),
        ("My name is Sarah Jane", "My name is [name]"),
        ("hi my names priya and im scared", "hi my names [name] and im scared"),
        ("im called Tom", "im called [name]"),
        ("her name is Li", "her name is [name]"),
        ("dob 12/03/1999", "dob [date]"),
        ("born on 3rd March 1988", "born on [date]"),
    ],
)
def test_identifiers_are_masked(text: str, masked: str) -> None:
    # "(07700)" leaves its opening bracket, "my names priya" is how people write "my name's".
    assert redact(text) == masked


@pytest.mark.parametrize(
    "text",
    """call 999 or 101|samaritans 116 123|respect 0808 802 4040|he earns 25000 a year|at 10.30 on 12 may|in 2019
3 kids and 2 dogs|call me back later|call me when you can|he hit me 10 times|room 4
i owe 1234567890 pounds
QQ123456C|a walk down the road|2 streets away|born in leeds|my name|he is 45|24/7
\U0001f62d\U0001f62d""".replace("\n", "|").split("|"),
)
def test_ordinary_numbers_and_words_stay(text: str) -> None:
    assert redact(text) == text


PIECES = st.sampled_from(
    ["07700 900123", "jo@example.com", "ls6 2ab", "my name is ", "Jo", "@", "[name]", "12-34-56 ", "AB12 CDE", " ",
     "943 476 5919", "14 Acacia Road", "snap: ", "dob ", "1/2/1999", "0", "1", "\U0001f62d"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=8).map("".join)))
@settings(max_examples=500, deadline=None)
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
