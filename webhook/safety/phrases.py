"""The matching form of a text and the phrase files that are matched against it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from webhook.safety.normalise import normalise

_HERE = Path(__file__).parent
_ENDS = re.compile(r"[.!?]+(?=\s|$|[a-z])|\n")
_APOSTROPHES = re.compile(r"(?<=\w)'(?=\w|\s|$)")
_JUNK = re.compile(r"[\"',;:()\[\]{}<>*_/\\|~^=+#&%@$\u00a3\u20ac-]+")
_EMOJI = re.compile("([\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff])")
_MACRO = re.compile(r"\{([a-z_]+)\}")
_BREAK = re.compile(r" \. | but ")
_CLOSE = " ."
_LEAD_WORDS = 3
_SUBJECTS = frozenset(
    "hes shes theyre he she they hell shell my im i ive dad mum dads mums".split()
)


@dataclass(frozen=True)
class Phrase:
    """A compiled entry of a phrase file."""

    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    near: re.Pattern[str] | None = None
    before: re.Pattern[str] | None = None


def matching_form(text: str) -> str:
    """`text` normalised, in lower case, without apostrophes, spellings mended, ends as " . "."""
    plain = _APOSTROPHES.sub("", normalise(text).lower())
    plain = _EMOJI.sub(r" \1 ", _JUNK.sub(" ", _ENDS.sub(" . ", plain)))
    spellings = _spellings()
    return " ".join(spellings.get(word, word) for word in plain.split())


def find(phrase: Phrase, plain: str) -> re.Match[str] | None:
    """The first match of `phrase` in a matching form that no context around it takes back."""
    matches = phrase.pattern.finditer(plain)
    return next((m for m in matches if not _taken_back(phrase, plain, m)), None)


def _taken_back(phrase: Phrase, plain: str, match: re.Match[str]) -> bool:
    lead = _lead(plain, match)
    if phrase.near and phrase.near.search(lead + match[0]):
        return True
    if phrase.before and phrase.before.search(lead):
        return True
    return bool(phrase.unless and phrase.unless.search(_sentence(plain, match)))


def _lead(plain: str, match: re.Match[str]) -> str:
    """The words of the same sentence just before a match, up to _LEAD_WORDS.

    None before a match that brings its own subject: in "dont text hes got a knife" the negation
    belongs to something else.
    """
    if match[0].split()[0] in _SUBJECTS:
        return ""
    before = _BREAK.split(plain[: match.start()])[-1]
    return " ".join([*before.split()[-_LEAD_WORDS:], ""])


def _sentence(plain: str, match: re.Match[str]) -> str:
    """What stands between the breaks around a match: sentence ends and the word "but"."""
    start = max((m.end() for m in _BREAK.finditer(plain, 0, match.start() + 1)), default=0)
    # A pattern may reach to the end of its sentence, "hes hitting me .": what follows is another.
    after = _BREAK.search(
        plain, match.end() - len(_CLOSE) if match[0].endswith(_CLOSE) else match.end()
    )
    return plain[start : after.start() if after else len(plain)]


def phrase(patterns: Iterable[str], unless: Iterable[str] = ()) -> Phrase:
    """Compile patterns; `unless` holds names of contexts and, with a "~", patterns.

    Contexts listed under `near` in words.yml only count in the match and the words before it, those
    named "…_before" only in the latter.
    """
    words = load("words.yml")
    near = {item: words["near"][item] for item in unless if item in words["near"]}
    return Phrase(
        pattern=_compile(patterns),
        unless=_some(_context(item, words["contexts"]) for item in unless if item not in near),
        near=_some(near[item] for item in near if not item.endswith("_before")),
        before=_some(near[item] for item in near if item.endswith("_before")),
    )


def _some(patterns: Iterable[str]) -> re.Pattern[str] | None:
    listed = list(patterns)
    return _compile(listed) if listed else None


def _context(item: str, contexts: Mapping[str, str]) -> str:
    return item[1:] if item.startswith("~") else contexts[item]


@cache
def load(name: str) -> dict[str, Any]:
    """A data file of this package, read once."""
    data: dict[str, Any] = yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
    return data


def _compile(patterns: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(_expand(pattern) for pattern in patterns)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)")


def _expand(pattern: str) -> str:
    macros: Mapping[str, str] = load("words.yml")["macros"]
    while True:
        wider = _MACRO.sub(lambda m: macros[m[1]], pattern)
        if wider == pattern:
            return pattern
        pattern = wider


@cache
def _spellings() -> dict[str, str]:
    table: Mapping[str, list[Any]] = load("words.yml")["spellings"]
    return {str(wrong): right for right, wrongs in table.items() for wrong in wrongs}
