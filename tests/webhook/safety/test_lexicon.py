"""Each entry of the danger lexicon raises its examples and leaves its counters alone."""

from __future__ import annotations

from typing import Any

import pytest

from webhook.core.triage import Triage
from webhook.safety.lexicon import dangers
from webhook.safety.phrases import find, load, matching_form, phrase

FILES = ("lexicon.yml", "lexicon_languages.yml")
ENTRIES = [entry for file in FILES for entry in load(file)["entries"]]
KINDS = {"", "child", "suicide", "other", "harmer", "medical"}


def by_id(entry: dict[str, Any]) -> str:
    return str(entry["id"])


@pytest.mark.parametrize("entry", ENTRIES, ids=by_id)
def test_entry_raises_each_of_its_examples(entry: dict[str, Any]) -> None:
    raised = {
        text: [found.id for found, _ in dangers(matching_form(text))] for text in entry["examples"]
    }
    assert [text for text, ids in raised.items() if entry["id"] not in ids] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=by_id)
def test_entry_leaves_its_counters_alone(entry: dict[str, Any]) -> None:
    compiled = phrase(entry["pattern"], entry.get("unless", ()))
    assert [text for text in entry["counter"] if find(compiled, matching_form(text))] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=by_id)
def test_entry_is_complete_and_says_why(entry: dict[str, Any]) -> None:
    assert len(entry["examples"]) >= 3
    assert len(entry["counter"]) >= 3
    assert entry["why"]
    assert entry.get("kind", "") in KINDS
    assert Triage.parse(entry["level"]) in Triage


def test_ids_are_unique() -> None:
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)
