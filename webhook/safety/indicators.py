"""The high-risk signs that a message names, with the words that name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from webhook.safety.lexicon import Danger, dangers
from webhook.safety.phrases import Phrase, find, load, matching_form, phrase


@dataclass(frozen=True)
class Indicator:
    """A sign, named as in indicators.yml, and the writer's own words for it."""

    name: str
    words: str


def risk_indicators(text: str) -> list[Indicator]:
    """Every sign that `text` names, each once."""
    plain = matching_form(text)
    return indicators(text, plain, dangers(plain))


def indicators(text: str, plain: str, found: Iterable[tuple[Danger, str]]) -> list[Indicator]:
    """The same for a known matching form and the lexicon's entries found in it."""
    words = {entry.indicator: said for entry, said in found if entry.indicator}
    for name, entry in _entries():
        match = find(entry, plain)
        if match:
            words[name] = max(match[0], words.get(name, ""), key=len)
    return [Indicator(name, original_words(text, said)) for name, said in words.items()]


def original_words(text: str, matched: str) -> str:
    """The part of `text` whose matching form is `matched`; `matched` itself if none is found."""
    words = text.split()
    forms = [matching_form(word).split() for word in words]
    wanted = matched.split()
    owners = [at for at, form in enumerate(forms) for _ in form]
    flat = [word for form in forms for word in form]
    for start in range(len(flat) - len(wanted) + 1):
        if flat[start : start + len(wanted)] == wanted:
            first, last = owners[start], owners[start + len(wanted) - 1]
            return " ".join(words[first : last + 1])
    return matched


@cache
def _entries() -> tuple[tuple[str, Phrase], ...]:
    return tuple(
        (entry["name"], phrase(entry["pattern"], entry.get("unless", ())))
        for entry in load("indicators.yml")["indicators"]
    )
