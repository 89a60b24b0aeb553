"""SMS text: folding to GSM-7, counting segments exactly as Twilio bills them, splitting.

The counting is a port of Twilio's calculator (npm sms-segments-calculator 1.3.0, smart encoding
off); tests compare the two over generated texts.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache

from webhook.core.graphemes import graphemes
from webhook.core.smart_encoding import table

_BASIC = frozenset(
    "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    "\u00a1\u00a3\u00a4\u00a5\u00a7\u00bf\u00c4\u00c5\u00c6\u00c7\u00c9\u00d1\u00d6\u00d8\u00dc"
    "\u00df\u00e0\u00e4\u00e5\u00e6\u00e8\u00e9\u00ec\u00f1\u00f2\u00f6\u00f8\u00f9\u00fc"
    "\u0393\u0394\u0398\u039b\u039e\u03a0\u03a3\u03a6\u03a8\u03a9"
)
# These take two septets, an escape and a character, and may not be torn apart.
_EXTENDED = frozenset("\f[\\]^{|}~\u20ac")
_GSM7 = _BASIC | _EXTENDED

_SEGMENT_BITS = 140 * 8
_HEADER_BITS = 6 * 8  # The user data header that every part of a longer message carries.

# Letters that no decomposition leads back to GSM-7.
_UNDECOMPOSED = str.maketrans(
    {"\u0142": "l", "\u0141": "L", "\u0111": "d", "\u0110": "D", "\u0131": "i", "\u0153": "oe"}
)
_DECOMPOSED = re.compile("[A-Za-z][\u0300-\u036f]+")
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s)[^.!?\n]*)*[.!?]*[\"')]*(?:\s+|$)")
# A unit that is never cut: a telephone number with its spaces, or anything without a space.
_WORD = re.compile(r"(?:\+?\d[\d ]*\d(?=\D|$)\S*|\S+)\s*|\s+")


class Encoding(StrEnum):
    """How a text travels."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


def is_gsm7(text: str) -> bool:
    """Whether every character is in GSM-7 or its extension."""
    return _GSM7.issuperset(text)


def encoding(text: str) -> Encoding:
    """One character outside GSM-7 makes the whole text UCS-2."""
    return Encoding.GSM7 if is_gsm7(text) else Encoding.UCS2


def segments(text: str) -> int:
    """How many SMS segments `text` is billed as; an empty text is one."""
    sizes = _sizes(text)
    if sum(sizes) <= _SEGMENT_BITS:
        return 1
    free = _SEGMENT_BITS
    filled: list[int] = []
    for at, size in enumerate(sizes):
        if free < size:
            return _count_with_headers(filled, sizes[at:])
        filled.append(size)
        free -= size
    return 1


def _count_with_headers(first: list[int], rest: list[int]) -> int:
    """Segments once the first is full: it gets a header too and passes on what no longer fits."""
    passed_on = 0
    while sum(first) > _SEGMENT_BITS - _HEADER_BITS:
        passed_on += first.pop()
    count, free = 2, _SEGMENT_BITS - _HEADER_BITS - passed_on - rest[0]
    for size in rest[1:]:
        if free < size:
            count, free = count + 1, _SEGMENT_BITS - _HEADER_BITS
        free -= size
    return count


def _sizes(text: str) -> list[int]:
    """The size in bits of each unit that may not be torn apart."""
    if is_gsm7(text):
        return [14 if char in _EXTENDED else 7 for char in text]
    clusters = graphemes(text)
    units = (part for c in clusters for part in (c if c == "\r\n" else (c,)))
    return [8 * len(unit.encode("utf-16-le", "surrogatepass")) for unit in units]


def fold(text: str) -> str:
    """`text` with punctuation and spaces that GSM-7 lacks replaced by look-alikes.

    Accents go too when that makes the whole text GSM-7; in a text that stays UCS-2 they cost
    nothing, and a language keeps its letters.
    """
    composed = _DECOMPOSED.sub(lambda m: unicodedata.normalize("NFC", m[0]), text)
    plain = composed.translate(_smart())
    bare = "".join(_without_accent(char) for char in plain.translate(_UNDECOMPOSED))
    return bare if is_gsm7(bare) else plain


@cache
def _smart() -> dict[int, str]:
    return table()


def _without_accent(char: str) -> str:
    if char in _GSM7:
        return char
    base = unicodedata.normalize("NFD", char)[0]
    return base if base in _BASIC else char


def split(text: str, max_segments: int = 2) -> list[str]:
    """Parts of at most `max_segments` each, cut between sentences, else between words.

    Nothing but white space at the cuts is lost; numbers and addresses stay whole unless one alone
    is too long. An empty text gives no part.
    """
    parts: list[str] = []
    current = ""
    for unit in _units(text.strip(), max_segments):
        if current and segments((current + unit).rstrip()) > max_segments:
            parts.append(current.rstrip())
            current = unit.lstrip()
        else:
            current += unit
    return [part for part in [*parts, current.rstrip()] if part]


def _units(text: str, limit: int) -> list[str]:
    """Sentences; the words of a sentence that is too long; the characters of such a word."""
    units: list[str] = []
    for sentence in _SENTENCE.findall(text):
        if segments(sentence.rstrip()) <= limit:
            units.append(sentence)
            continue
        for word in _WORD.findall(sentence):
            fits = segments(word.rstrip()) <= limit
            units.extend([word] if fits else graphemes(word))
    return units
