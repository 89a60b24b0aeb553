"""The shared contract of normalising, row by row, and its invariants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.safety.normalise import MAX_CHARS, normalise

FIXTURE = Path(__file__).parents[2] / "fixtures" / "normalise.jsonl"
ROWS = [json.loads(line) for line in FIXTURE.read_text(encoding="utf-8").splitlines()]
TRICKY = st.text("helpkni fe013457@$!.-_* \u200b\u0435\u03bfKA'\u2019\u0301\U0001f52a", max_size=60)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: ascii(row["raw"])[:30])
def test_each_row_of_contract_holds(row: dict[str, str]) -> None:
    assert normalise(row["raw"]) == row["normal"]


def test_contract_has_breadth_and_no_repeats() -> None:
    assert len({row["raw"] for row in ROWS}) == len(ROWS) >= 150


@given(st.one_of(st.text(max_size=200), TRICKY))
@settings(max_examples=600, deadline=None)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(min_size=1500, max_size=2500))
@settings(max_examples=30, deadline=None)
def test_result_is_never_longer_than_limit(text: str) -> None:
    assert len(normalise(text)) <= MAX_CHARS
