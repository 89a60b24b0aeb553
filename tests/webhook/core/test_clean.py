"""What an inbound text keeps and what it loses before it is stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook.core.clean import clean_inbound


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("he\x00lp", "help"),
        ("be\x07ep\x1b[0m", "beep[0m"),
        ("\u202edlrow\u202c \u2066x\u2069", "dlrow x"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("tab\tstays", "tab\tstays"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
        ),
        (
            "\u06a9\u0645\u06a9 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u06a9\u0645\u06a9 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\ud800x", "x"),
        ("", ""),
    ],
)
def test_unsafe_characters_go_and_words_stay(raw: str, clean: str) -> None:
    assert clean_inbound(raw) == clean


def test_text_is_capped_at_the_longest_sms() -> None:
    assert len(clean_inbound("\x00" * 50 + "a" * 5000)) == 1600


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_inbound(text)
    assert clean_inbound(once) == once
    assert once.encode("utf-8").decode("utf-8") == once
