"""The danger lexicon: what a message says that must never depend on a model.

lexicon.yml holds English, lexicon_languages.yml the commonest words of other languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from webhook.core.triage import Triage
from webhook.safety.phrases import Phrase, find, load, phrase


@dataclass(frozen=True)
class Danger:
    """One entry of the lexicon, compiled; `language` is "" for English."""

    id: str
    level: Triage
    coded: bool
    kind: str
    indicator: str
    language: str
    phrase: Phrase


def dangers(plain: str) -> Iterator[tuple[Danger, str]]:
    """The entries that a matching form raises, in the order of the files, with the words found."""
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
            language=entry.get("language", ""),
            phrase=phrase(entry["pattern"], entry.get("unless", ())),
        )
        for file in ("lexicon.yml", "lexicon_languages.yml")
        for entry in load(file)["entries"]
    )
