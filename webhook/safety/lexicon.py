"""The danger lexicon: what a message says that must never depend on a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from webhook.core.triage import Triage
from webhook.safety.phrases import Phrase, find, load, phrase


@dataclass(frozen=True)
class Danger:
    """One entry of lexicon.yml, compiled."""

    id: str
    level: Triage
    coded: bool
    kind: str
    indicator: str
    phrase: Phrase


def dangers(plain: str) -> Iterator[tuple[Danger, str]]:
    """The entries that a matching form raises, in the order of the file, with the words found."""
    for entry in _entries():
        match = find(entry.phrase, plain)
        if match:
            yield entry, match[0]


@cache
def _entries() -> tuple[Danger, ...]:
    return tuple(
        Danger(
            id=entry["id"],
            level=Triage.parse(entry["level"]),
            coded=entry.get("coded", False),
            kind=entry.get("kind", ""),
            indicator=entry.get("indicator", ""),
            phrase=phrase(entry["pattern"], entry.get("unless", ())),
        )
        for entry in load("lexicon.yml")["entries"]
    )
