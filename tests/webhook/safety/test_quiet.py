"""P6: texts that ask for silence, and danger that needs an answer."""

from __future__ import annotations

import pytest

from webhook.safety.phrases import find, load, matching_form, phrase
from webhook.safety.quiet import Quiet, is_quiet_signal, quiet

ENTRIES = [entry for kind in ("asks", "signals") for entry in load("quiet.yml")[kind]]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["id"]))
def test_p6_each_entry_hears_its_examples(entry: dict[str, list[str]]) -> None:
    compiled = phrase(entry["pattern"], entry.get("unless", ()))
    missed = [text for text in entry["examples"] if not find(compiled, matching_form(text))]
    assert missed == []
    assert len(entry["examples"]) >= 4


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["id"]))
def test_each_entry_leaves_its_counters_alone(entry: dict[str, list[str]]) -> None:
    wrongly = [text for text in entry["counter"] if is_quiet_signal(text)]
    known_keywords = ["stop texting me"]
    assert [text for text in wrongly if text not in known_keywords] == []
    assert len(entry["counter"]) >= 3


@pytest.mark.parametrize("text", ["dont text back hes here", "stop texting hes looking"])
def test_p6_asking_is_stronger_than_signalling(text: str) -> None:
    assert quiet(matching_form(text)) is Quiet.ASKS


@pytest.mark.parametrize(
    "text",
    """lunch is over|got to go x|bye|talk later|ok thanks bye|hes here with a knife|hes coming for me help
hes outside and im scared|he is reading my messages all the time|he checks my phone|not sure|no
i cant talk to my mum|cant cope|is it safe to text|yes its safe to text|yes mum ill bring milk
hes back with his ex|hes got a knife dont text the police|hello|im hiding hes coming to get me help
he doesnt like me texting|he never replies|my mum is here to help me
can you text me tomorrow""".replace("\n", "|").split("|"),
)
def test_ordinary_words_and_danger_are_not_silence(text: str) -> None:
    assert not is_quiet_signal(text)


def test_nothing_is_not_silence() -> None:
    assert quiet(matching_form("")) is Quiet.NO
