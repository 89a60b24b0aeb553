"""What people tell of themselves in passing: age, area, children, safe times, how to reach them.

Only what is said outright counts; a guess would be acted on by the person who reads it. The values
are shown to the advocate and keep the assistant from asking what it was told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webhook.safety.normalise import normalise
from webhook.safety.phrases import load

_SELF_AGE = re.compile(
    r"\b(?:i ?'?a?m|im|am|i be)(?: only| just| a| actually)? (\d{1,2})\b"
    r"(?! ?(?:%|st\b|nd\b|rd\b|th\b|weeks?|wks?|months?|mths?|mo\b|min|hour|hr|mile|days?"
    r"|stone|kg|ft|quid|pound|of\b|am\b|pm\b|:"
    r"|(?:years?|yrs?) (?:married|with|in|out|sober|clean)))"
)
_AGED = re.compile(
    r"\b(?:aged?|age is|my age) (\d{1,2})\b"
    r"|\b(\d{1,2}) ?(?:yo|y/o|yr old|year old) (?:girl|boy|lad|lass|f|m)\b"
)
# "My grandson aged 7" tells another's age.
_OTHERS_AGE = re.compile(
    r"\b(?:my|our|a|an|her|his|their|the|this) (?:\w+ ){0,2}?(?:grand ?\w+|son|daughter"
    r"|niece|nephew"
    r"|pupil|boy|girl|child|kid|lad|sister|brother|friend|cousin|patient|student|baby|step ?\w+)"
    r"(?: is| was| whos?)?,? aged? \d"
)
_SCHOOL_YEAR = re.compile(r"\bi(?:'?m| am)? in (?:year|yr) ?(\d{1,2})\b")
_CHILDREN = re.compile(
    r"\b(?:my|our|the|me n the|me and the) (?:\d )?(?:kids|children|bairns|weans|babies"
    r"|little ones|boys|girls|son|daughter|baby|toddler|lad|little boy|little girl)\b"
    r"|\bi(?:'?ve| have| got)+ (?:\d|a|two|three|four|five)"
    r" (?:kids?|children|boys?|girls?|bab(?:y|ies))\b"
)
_TIME = r"(?:\d{1,2}(?:[:.]\d{2})? ?(?:am|pm)?|noon|midnight|tea ?time|school run|lunch)"
_SAFE_TIME = re.compile(
    rf"\b(?:till?|until|before|after|between|by|from) {_TIME}(?: (?:and|to|-) {_TIME})?"
    r"(?: (?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days?)?\b"
    r"|\b(?:hes|he's|he is|shes|she's|she is|theyre|they're)"
    r" (?:on nights|at work|out|at the gym|at football)"
    rf"(?: (?:till?|until) {_TIME})?"
)
# Not wanting the police called is no word about calls from us.
# Calls to themselves alone: "never called police" and "what to call it" are no wish about those.
_OF_CALLS = (
    r"(?= (?:me(?! (?:an?|names?|that|it|stupid|thick|lazy|mad|crazy|ugly|fat)\b)|us|this|here"
    r"|my (?:land ?line|mobile|phone|number|calls?|house|home|work|office)"
    r"|back|again|(?:the |a )?(?:house|home|land ?line|mobile|number)|at|on|in|after|before|when"
    r"|if|while|until|unless|just|text|write|only|please|pls|tho|though|cos|because|as|he|she"
    r"|they|i)\b|\W*$|\s*[,.!;:-])"
)
_NOT = r"(?:d(?:o ?)?n[o']?t|do not)"
_NO_CALLS = re.compile(
    rf"\b(?:{_NOT}|never|not to|(?:no ?one|nobody) (?:to|should|must|can|is to)) "
    rf"(?:(?:ever|just|please|try to|let \w+) ){{0,2}}(?:ring|call|phone)(?:ing?)?{_OF_CALLS}"
    rf"|\b{_NOT} want (?:\w+ ){{0,4}}?"
    rf"(?:rung|ring(?:ing?)?|call(?:s|ed|ing?)?|phon(?:e|ed|ing?)){_OF_CALLS}"
    r"|\bca(?:n ?n[o']?t|n not|n'?t) (?:use|talk on|speak on|take|answer|be on|do) "
    r"(?:an? |the |my |any )?(?:phones?|calls?)\b"
    r"|\b(?:you|u|yous) ca(?:n ?n[o']?t|n'?t) (?:ring|call|phone) (?:me|here)\b"
    r"|\brather (?:you|u|they|nobody|no ?one) (?:d(?:id ?)?n[o']?t )?"
    r"(?:ring|rang|call(?:ed)?|phoned?)\b"
    r"|\bno (?:calls?|phone calls?|voicemails?|ringing)\b"
    r"|\btext only\b|\bnot (?:by|on|over) (?:the )?phone\b"
    r"|\bnot (?:the )?phone(?= tho\b| though\b| pls\b| please\b|\W*$|,)"
)
_PASSED_ON = re.compile(
    rf"\b(?<!\bi )(?<!\bive )(?:says?|said|telling|tells|told (?:me|us))"
    rf" (?:\w+ )?(?:{_NOT}|not to)\b"
)
_CALL = re.compile(r"\b(?:can|could|will|please|pls|get)\b(?: \w+){0,3} (?:ring|call|phone) me\b")
_WITH = re.compile(
    r"\b(?:he|she|they|husband|partner|mum|dad|kids|children|mother in law)(?:'?s| is| are|re)? "
    r"(?:downstairs|upstairs|next room|in the (?:other room|house|kitchen|garden)|here with me"
    r"|sat next to me|asleep)\b"
)


@dataclass(frozen=True)
class Facts:
    """What one message told; `told` maps a fact's name to its value in short words."""

    age_band: str | None = None
    area: str | None = None
    told: dict[str, str] = field(default_factory=dict)


def facts(text: str, towns: Mapping[str, Sequence[str]] | None = None) -> Facts:
    """Read the facts of one message; most tell none. `towns` by area stand in for the file's."""
    plain = normalise(text).lower()
    told = {
        name: found.group(0).strip()
        for name, pattern in (
            ("children", _CHILDREN),
            ("safe_time", _SAFE_TIME),
            ("nearby", _WITH),
        )
        if (found := pattern.search(plain))
    }
    if _NO_CALLS.search(_PASSED_ON.sub(" ", plain)):
        told["contact"] = "no calls"
    elif _CALL.search(plain):
        told["contact"] = "call back"
    return Facts(_age_band(plain), _area(plain, known_towns() if towns is None else towns), told)


def age_band(years: int) -> str | None:
    """The band of an age in years; None for what cannot be a writer's age."""
    if years < 5 or years > 99:
        return None
    if years < 13:
        return "under13"
    if years < 16:
        return "13-15"
    return "16-17" if years < 18 else "18plus"


def _age_band(plain: str) -> str | None:
    found = _SELF_AGE.search(plain)
    if found is None and not _OTHERS_AGE.search(plain):
        found = _AGED.search(plain)
    if found:
        return age_band(int(next(group for group in found.groups() if group)))
    year = _SCHOOL_YEAR.search(plain)
    # A child in school year n of England turns n + 5 in it (gov.uk, national curriculum).
    return age_band(int(year.group(1)) + 4) if year else None


def known_towns() -> dict[str, list[str]]:
    """The towns of each area, in lower case."""
    return dict(load("facts.yml")["towns"])


def _area(plain: str, towns: Mapping[str, Sequence[str]]) -> str | None:
    for area, names in towns.items():
        if any(
            re.search(
                rf"\b(?:in|near|from|at|to|cover|around|outside|live) {re.escape(t)}\b", plain
            )
            or plain.strip(" .!?") == t
            for t in names
        ):
            return str(area)
    return None
