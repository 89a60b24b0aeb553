"""Risk signs are named when they are said, with the writer's own words."""

from __future__ import annotations

from typing import Any

import pytest

from webhook.safety.indicators import Indicator, original_words, risk_indicators
from webhook.safety.phrases import find, load, matching_form, phrase

ENTRIES = load("indicators.yml")["indicators"]
NAMES = {
    "strangulation",
    "threat_to_kill",
    "weapon",
    "separation",
    "stalking",
    "pregnancy_or_baby",
    "escalation",
    "sexual_violence",
    "suicide_self",
    "suicide_other",
    "child",
    "honour",
    "animals",
    "isolation",
    "fear",
}


def by_name(entry: dict[str, Any]) -> str:
    return str(entry["name"])


@pytest.mark.parametrize("entry", ENTRIES, ids=by_name)
def test_entry_names_its_sign_in_each_example(entry: dict[str, Any]) -> None:
    assert len(entry["examples"]) >= 3
    for text in entry["examples"]:
        assert entry["name"] in {found.name for found in risk_indicators(text)}, text


@pytest.mark.parametrize("entry", ENTRIES, ids=by_name)
def test_entry_is_silent_on_its_counters(entry: dict[str, Any]) -> None:
    assert len(entry["counter"]) >= 3
    compiled = phrase(entry["pattern"], entry.get("unless", ()))
    assert [text for text in entry["counter"] if find(compiled, matching_form(text))] == []


def test_every_sign_has_an_entry_and_no_other() -> None:
    assert {entry["name"] for entry in ENTRIES} == NAMES
    assert {entry.get("indicator") for entry in load("lexicon.yml")["entries"]} - {None} <= NAMES


def test_several_signs_are_named_at_once() -> None:
    names = {
        found.name for found in risk_indicators("Im pregnant and he Strangled me, the kids saw")
    }
    assert {"pregnancy_or_baby", "strangulation", "child"} <= names


def test_words_are_those_of_the_writer() -> None:
    [found] = [i for i in risk_indicators("He's got a KNIFE!! plz") if i.name == "weapon"]
    assert found == Indicator("weapon", "He's got a KNIFE!!")


def test_words_that_cannot_be_placed_are_given_as_matched() -> None:
    assert original_words("k n i f e", "knife") == "knife"


def test_nothing_is_guessed_from_ordinary_words() -> None:
    assert risk_indicators("can i get help with my council tax please") == []
