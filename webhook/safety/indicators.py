"""The high-risk signs that a message names, with the words that name them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from webhook.safety.phrases import Phrase, find, load, matching_form, phrase


@dataclass(frozen=True)
class Indicator:
    """A sign, named as in indicators.yml, and the writer's own words for it."""

    name: str
    words: str


def risk_indicators(text: str, plain: str | None = None) -> list[Indicator]:
    """Every sign that `text` names, each once; `plain` is its matching form if already known."""
    plain = matching_form(text) if plain is None else plain
    found: dict[str, Indicator] = {}
    for name, entry in _entries():
        match = None if name in found else find(entry, plain)
        if match:
            found[name] = Indicator(name, original_words(text, match[0]))
    return list(found.values())


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
        (
            entry["name"],
            phrase(entry["pattern"], entry.get("unless", ()), entry.get("needs", ())),
        )
        for entry in load("indicators.yml")["indicators"]
    )
