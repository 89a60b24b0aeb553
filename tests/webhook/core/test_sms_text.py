"""Segment counting and splitting: published vectors, edges and invariants."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.core.graphemes import graphemes
from webhook.core.sms_text import Encoding, encoding, fold, is_gsm7, segments, split

EMOJI = "\U0001f600"
FLAG = "\U0001f1ec\U0001f1e7"
RAINBOW = "\U0001f3f3\ufe0f\u200d\U0001f308"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 159 + "{", 2),
        ("{" * 80, 1),
        ("{" * 81, 2),
        ("a" * 152 + "\u20ac" + "a" * 152, 3),
        (EMOJI + "1" * 68, 1),
        (EMOJI + "1" * 69, 2),
        (FLAG + "1" * 66, 1),
        (FLAG + "1" * 67, 2),
        (RAINBOW + "1" * 64, 1),
        (RAINBOW + "1" * 65, 2),
        ("\u0443" * 70, 1),
        ("\u0443" * 71, 2),
        ("\u0443" * 135, 3),
    ],
)
def test_segments_follow_the_published_vectors(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize("text", ["\u00e7", "\u00e1", "\u2019", "\t", EMOJI, "e\u0301"])
def test_one_foreign_character_makes_it_ucs2(text: str) -> None:
    assert encoding("ok " + text) is Encoding.UCS2


def test_gsm7_letters_and_extension_stay_gsm7() -> None:
    assert encoding("\u00a3\u00e9\u00e0\u00c7\u03a9 {\u20ac}") is Encoding.GSM7


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("You\u2019re \u201cok\u201d", 'You\'re "ok"'),
        ("9\u201310pm\u2014or\u2026", "9-10pm-or..."),
        ("no\u00a0break\u2009thin", "no break thin"),
        ("cafe\u0301, na\u00efve, \u00e7a", "caf\u00e9, naive, ca"),
        ("Za\u017c\u00f3\u0142\u0107", "Zazolc"),
        ("\u0443\u0436\u0435 \u017c\u2026", "\u0443\u0436\u0435 \u017c..."),
        (EMOJI + "\u2019", EMOJI + "'"),
        ("plain @\u00a3$", "plain @\u00a3$"),
    ],
)
def test_fold_replaces_look_alikes_and_nothing_else(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_short_text_is_one_part_unchanged() -> None:
    assert split("Are you safe?\nSay yes or no.") == ["Are you safe?\nSay yes or no."]


def test_empty_or_blank_text_gives_no_part() -> None:
    assert split("") == split(" \n ") == []


def test_cuts_fall_between_sentences() -> None:
    parts = split("You can call them any time today. " * 20)
    assert len(parts) > 1
    assert all(part.endswith("today.") for part in parts)


def test_long_sentence_is_cut_between_words() -> None:
    parts = split("word " * 200)
    assert set(" ".join(parts).split()) == {"word"}


@pytest.mark.parametrize(
    "whole", ["0808 2000 247", "+44 7700 900123", "https://example.org/a.b?c=d"]
)
def test_number_or_address_is_never_cut(whole: str) -> None:
    for lead in range(120, 165):
        parts = split(f"{'a' * lead} {whole} {'b ' * 100}", 1)
        assert any(whole in part for part in parts)


def test_endless_word_is_cut_between_characters() -> None:
    parts = split(RAINBOW * 40, 1)
    assert "".join(parts) == RAINBOW * 40
    assert all(part.startswith("\U0001f3f3") for part in parts)


@given(st.text("ab .!?\n1{\u20ac\u2019\u0443\U0001f600", max_size=900), st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_parts_fit_and_lose_only_spaces(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(segments(part) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@given(st.text(max_size=80))
def test_graphemes_join_to_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text("abc \u2019\u2026\u00e7\u00ea\u00a0\u2014", max_size=80))
def test_folded_western_text_is_gsm7(text: str) -> None:
    assert is_gsm7(fold(text))
