"""Holds every translated reply to its English: numbers, the silent call, length, letters, marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError

from checks.catalogue import extracted
from webhook.core.sms_text import Encoding, encoding, fold, segments
from webhook.safety.translations import CORE, LANGUAGES, LOCALES, entries, read_catalogue

# Letters outside GSM-7 fit 67 to a segment, so a third is allowed there.
MOST_SEGMENTS = {Encoding.GSM7: 2, Encoding.UCS2: 3}
OWN_SCRIPT = frozenset({"ur", "uk", "ar"})
# The word to say in a call, and what a button of the page is called.
LATIN_KEPT = frozenset({"police", "Exit"})
_KEPT = re.compile(r"\{\w+\}|[0-9]+(?: [0-9]+)*")
_TO_SAY = re.compile(r"\bsay:? police\b")
_LATIN = re.compile(r"[A-Za-z]+")
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
_DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
REVIEW_NOTE = "Needs review by a native-speaking worker."


def translation_breaches(folder: Path = LOCALES) -> Iterator[str]:
    """What is wrong with any language's catalogue; a whole language may be missing."""
    for code in LANGUAGES:
        try:
            found = entries(read_catalogue(code, folder))
        except (OSError, UnicodeError, PoFileError) as error:
            yield f"{code}: cannot be read ({type(error).__name__})"
            continue
        yield from _missing_or_odd(code, found)
        for message in found:
            yield from (f"{code} {message.context}: {what}" for what in breaches(code, message))


def breaches(code: str, message: Message) -> Iterator[str]:
    """What one translated text does against the rules."""
    said, english = str(message.string or ""), str(message.id)
    if not said.strip() or said == english:
        yield "is not translated"
        return
    if sorted(_KEPT.findall(english)) != sorted(_KEPT.findall(said)):
        yield f"keeps other numbers or placeholders than {_KEPT.findall(english)}"
    if _TO_SAY.search(english) and "police" not in said:
        yield "lacks the word to say in the call: police"
    if str(message.context).startswith("emergency") and not ("999" in said and "55" in said):
        yield "an emergency names 999 and 55"
    yield from _odd_letters(code, said)
    yield from _too_long(message, said)
    if message.fuzzy != (REVIEW_NOTE in message.user_comments):
        yield "its fuzzy mark and its note of review go together"
    if not any(line.startswith("Back:") for line in message.user_comments):
        yield 'has no "Back:" line that says it in English again'


def _odd_letters(code: str, said: str) -> Iterator[str]:
    if _OTHER_DIGITS.search(said):
        yield "999 and 55 stand in the digits of the telephone"
    if _DIRECTION_MARKS.search(said):
        yield "has marks of direction, which the page and the phone do not need"
    if code in OWN_SCRIPT and (left := set(_LATIN.findall(said)) - LATIN_KEPT):
        yield f"has Latin letters left: {', '.join(sorted(left))}"


def _too_long(message: Message, said: str) -> Iterator[str]:
    if str(message.context).split("/")[1] != "sms":
        return
    sent = fold(said)
    if segments(sent) > MOST_SEGMENTS[encoding(sent)]:
        yield f"{segments(sent)} segments, at most {MOST_SEGMENTS[encoding(sent)]}"


def _missing_or_odd(code: str, found: list[Message]) -> Iterator[str]:
    """The core is there as it stands in English today, and nothing else is."""
    needed = {
        (entry.context, entry.text)
        for entry in extracted()
        if entry.context.split("/")[0] in CORE and not entry.context.endswith("/child")
    }
    there = {(str(message.context), str(message.id)) for message in found}
    for name, text in sorted(needed - there):
        yield f"{code} {name}: there is no translation of {text[:40]!r}"
    for name, text in sorted(there - needed):
        yield f"{code} {name}: is not of the core, or its English changed: {text[:40]!r}"
