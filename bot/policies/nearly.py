"""A particular answer that is only nearly what was said, in place of words that fit anything.

"I hear you" to whoever told of a child who no longer sleeps takes up nothing. Where nothing better
was found, what is nearest is said, if it speaks of lives like theirs and not of the service, and if
nothing told just now raises the risk by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.policies.flows import Flows
from bot.policies.reach import OTHERS, TO_THE_YOUNG, role, speaks_to
from bot.policies.talk_history import Heard, History

# What a survivor tells and asks, by the first part of a detail's name.
_OF_LIVES: Final = frozenset(
    {"told", "children", "recovery", "pets", "going", "work", "pregnant", "money", "court", "law"}
    | {"housing", "stalking", "tech", "c2p", "health", "after", "police", "care", "older"}
    | {"counts", "inclusive", "honour", "pregnant", "visa", "leaving"}
)
# Signs that are answered for themselves.
GRAVE: Final = frozenset(
    {"strangulation", "threat_to_kill", "weapon", "sexual_violence", "suicide_self"}
)
_NEAR: Final = 0.57  # closeness from which it is said in place of words that take up nothing
_ALIKE: Final = 0.04  # the first that is for this person may be less near by this much
_FEW: Final = 3  # words that are too few to be nearly anything
_LATELY: Final = 6  # utterances


def nearly(heard: Heard, told: History, flows: Flows) -> str | None:
    """What is said to the nearest detail, or None."""
    if GRAVE & set(heard.metadata.get("signs") or ()) or len(heard.text.split()) <= _FEW:
        return None
    whose = lives(heard, told)
    if not heard.near:
        return None
    first = heard.near[0].closeness
    for one in heard.near:
        if one.closeness < max(_NEAR, first - _ALIKE) or one.name.startswith("near_miss/"):
            return None
        read = replace(heard, detail=one.name, say=one.say, closeness=one.closeness)
        fits = one.name.split("/")[0] in whose and speaks_to(read, told, flows)
        if fits and one.say is not None and one.say not in told.said[-_LATELY:]:
            return one.say
    return None


def lives(heard: Heard, told: History) -> frozenset[str]:
    """Whose lives an answer must speak of: a child's, a worker's families', or their own."""
    if heard.young:
        return TO_THE_YOUNG
    who = role(told)
    if who in OTHERS:
        return frozenset({who or ""})
    return _OF_LIVES | TO_THE_YOUNG if heard.under_18 else _OF_LIVES
