"""Holds every sentence that a person may be sent to the house rules; `python -m checks.words`.

Readability is the automated readability index over all texts of one file (it says little about a
single short message): https://en.wikipedia.org/wiki/Automated_readability_index
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import textstat

from checks.files import FIXED, RESPONSES, load
from checks.translations import translation_breaches
from webhook.safety import wording

FLOWS = Path("bot/flows")
DETAILS = Path("bot/details")
RULES = Path("nlu_data/rules")

_AGES_AND_TIMES = re.compile(r"(?:_young)?(?:_again)?$")
HIGHEST_GRADE = 6.0  # readability, about age 11


@dataclass(frozen=True)
class Words:
    """One text that may be sent: where it is written, for which channel, what it says."""

    file: str
    name: str
    channel: str
    text: str


def main() -> int:
    """Print every breach; 1 if there is any."""
    words = [*responses(), *fixed_replies()]
    found = [breach for said in words for breach in breaches(said)]
    found += [*hard_files(words), *unused_or_missing(), *translation_breaches()]
    for breach in found:
        sys.stdout.write(f"{breach}\n")
    sys.stdout.write(f"words: {len(words)} texts, {len(found)} breaches\n")
    return 1 if found else 0


def responses() -> Iterator[Words]:
    """Every text of the assistant's responses."""
    for path in sorted(RESPONSES.glob("*.yml")):
        for name, variants in (load(path).get("responses") or {}).items():
            for variant in variants:
                if variant.get("text"):
                    channel = variant.get("channel", "web")
                    yield Words(path.name, name, channel, " ".join(variant["text"].split()))


def fixed_replies() -> Iterator[Words]:
    """Every text that is spoken without the assistant."""
    for name, entry in load(FIXED)["replies"].items():
        for group in (entry, entry.get("child") or {}):
            for channel in ("sms", "web"):
                for text in group.get(channel) or []:
                    yield Words(FIXED.name, name, channel, text)


def breaches(said: Words) -> Iterator[str]:
    """What one text does against the rules."""
    where, sms = f"{said.file}: {said.name} ({said.channel})", said.channel == "sms"
    yield from (f"{where}: {breach}" for breach in wording.breaches(said.text, sms=sms))
    lowered = said.text.lower()
    if said.name.startswith("emergency") and not ("999" in lowered and "55" in lowered):
        yield f"{where}: an emergency names 999 and 55"


def hard_files(words: list[Words]) -> Iterator[str]:
    """Files whose texts together are too hard to read."""
    for file in sorted({said.file for said in words}):
        texts = [said.text for said in words if said.file == file]
        grade = textstat.automated_readability_index(" ".join(texts))
        if grade > HIGHEST_GRADE:
            yield f"{file}: readability {grade:.1f}, at most {HIGHEST_GRADE}"


def unused_or_missing() -> Iterator[str]:
    """Utterances that nothing says, and ones that are said and do not exist."""
    defined = {
        name for path in RESPONSES.glob("*.yml") for name in load(path).get("responses") or {}
    }
    said = set(_said_by_data()) | set(_said_by_code())
    families = {_base(name) for name in said} | said
    for name in sorted(said - defined):
        yield f"{name}: is said and does not exist"
    for name in sorted(defined):
        base = _base(name)
        if name not in said and base not in families:
            yield f"{name}: nothing says it"


def _base(name: str) -> str:
    """The utterance that a variant stands in for."""
    return re.sub(r"_for_(?:worried|perp|pro)$", "", _AGES_AND_TIMES.sub("", name))


def _said_by_data() -> Iterator[str]:
    for path in FLOWS.glob("*.yml"):
        flows = load(path)
        for topic in flows.get("topics") or []:
            yield from [*(topic.get("steps") or []), *(topic.get("then") or [])]
            yield from filter(None, [topic.get("hub")])
        for name, answers in (flows.get("asks") or {}).items():
            yield from [] if name.startswith("fixed_") else [name]  # the service's own, in FIXED
            yield from (answer for answer in answers.values() if answer != "@next")
        yield from _utterances(
            [
                flows.get(key) or []
                for key in ("forms", "instead", "personal", "questions", "leaning", "remarks")
            ]
        )
    for path in DETAILS.glob("*.yml"):
        yield from (d["say"] for d in load(path)["details"] if "say" in d)
    for path in RULES.glob("*.yml"):
        for rule in load(path).get("rules") or []:
            yield from (step["action"] for step in rule["steps"] if "action" in step)


def _utterances(data: object) -> Iterator[str]:
    """Every name of an utterance anywhere in a part of the flows."""
    if isinstance(data, str):
        yield from [data] if data.startswith("utter_") else []
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from (*_utterances(key), *_utterances(value))
    elif isinstance(data, list):
        for value in data:
            yield from _utterances(value)


def _said_by_code() -> Iterator[str]:
    for path in [*Path("bot/policies").glob("*.py"), Path("bot/config.yml")]:
        yield from re.findall(r"\butter_[a-z0-9_]+\b", path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
