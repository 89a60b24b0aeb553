"""Turn what people type into plain words before the model sees it.

The service normalises by the same rules before its gate; `tests/fixtures/normalise.jsonl` is the
contract between the two. Plain Python, no state, and idempotent.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_CHARS: Final = 1600

_QUOTES: Final = str.maketrans(
    "\u2018\u2019\u201a\u201b\u2032\u00b4`\u02bc\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u2010\u2011\u2012\u2013\u2014\u2015",
    "''''''''\"\"\"\"\"\"\"------",
)
# Cyrillic and Greek letters that look like a Latin one, folded only inside otherwise Latin words.
_LOOKALIKES: Final = str.maketrans(
    "аеорсухіјѕԁһӏвкмнтАВЕКМНОРСТУХІЈЅαορντικυεηΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhlbkmhtABEKMHOPCTYXIJSaopvtikuenABEZHIKMNOPTYX",
)
_LEET: Final = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "$": "s", "@": "a", "!": "i"}
)
# Text-speak in which the digit is a sound, not a letter in disguise.
_SHORT_FORMS: Final = re.compile(
    r"(?i)\A(?:b4|m8s?|l8r?|gr8|w8|h8|str8|2nite|2nyt|2moro?|2moz|2day|2morrow|4eva|4ever|any1"
    r"|some1|no1|every1|ne1|u2|me2|k9|in2|on2|4get|b4hand|cu2|l8rs|4give|2gether|every1s)\Z"
)
_MEASURE: Final = re.compile(r"(?i)\A\W*[\d.,:/-]+(?:[a-z]{1,4})?\W*\Z|\A\W*[a-z]{1,2}\d+\W*\Z")
_SPACED: Final = re.compile(r"(?<![^\W_])(?:[A-Za-z]([ .\-*_]))(?:[A-Za-z]\1)+[A-Za-z](?![^\W_])")
_REPEATED: Final = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_SPACE: Final = re.compile(r"\s+")
_TOKEN: Final = re.compile(r"\S+")
_EDGES: Final = re.compile(r"\A([^\w$@]*)(.*?)([^\w$]*)\Z", re.DOTALL)


def normalise(text: str) -> str:
    """Return `text` folded to plain words, at most 1,600 characters."""
    text = unicodedata.normalize("NFKC", text[: 4 * MAX_CHARS]).translate(_QUOTES)
    text = _visible(text)
    text = _TOKEN.sub(lambda match: _unmask(match.group()), text)
    text = _SPACE.sub(" ", text).strip()
    text = _SPACED.sub(_join, text)
    text = _REPEATED.sub(r"\1\1", text)
    return _quieten(text)[:MAX_CHARS].strip()


def _visible(text: str) -> str:
    """Drop characters nobody sees; what separates lines becomes a space."""
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category == "Cc":
            kept.append(" ")
        elif category not in ("Cf", "Co", "Cs") and not _is_variation_selector(char):
            kept.append(char)
    return "".join(kept)


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _unmask(token: str) -> str:
    """Fold look-alike letters and digits inside one word."""
    if not token.isascii() and re.search(r"[A-Za-z]", token):
        folded = token.translate(_LOOKALIKES)
        if not any(ord(c) > 0x36F and c.isalpha() for c in folded):
            token = folded
    return _unleet(token)


def _unleet(token: str) -> str:
    """Fold digits and signs that stand for letters (k1ll, h3lp), leaving numbers and text-speak."""
    edges = _EDGES.match(token)
    if edges is None:
        return token
    before, word, after = edges.groups()
    letters = sum(char.isascii() and char.isalpha() for char in word)
    signs = sum(char in "013457$@" for char in word)
    if not letters or not signs or letters < signs or "@" in word and "." in word:
        return token
    if _SHORT_FORMS.match(word) or _MEASURE.match(word) or not word.isascii():
        return token
    if re.search(r"[2689]|https?:|www\.", word):
        return token
    return before + word.translate(_LEET) + after


def _join(match: re.Match[str]) -> str:
    letters = re.sub(r"[ .\-*_]", "", match.group())
    return letters if len(letters) > 3 else match.group()


def _quieten(text: str) -> str:
    """Lower a message that is all capitals."""
    letters = [char for char in text if char.isalpha()]
    shouted = len(letters) > 3 and all(char == char.upper() for char in letters)
    return text.lower() if shouted else text
