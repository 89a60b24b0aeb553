"""How likely each particular answer is meant, in the talk in hand.

The matcher reads each message alone. Who writes, what was talked of lately and what the message is
about tell more, and how much each is worth was learnt from the talks of bot/details/talks by
logistic regression (docs/evaluation.md).
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Final

from bot.components.closeness import CHANCES, CLOSENESS
from bot.policies.answers import plain
from bot.policies.fields import lies_beside
from bot.policies.flows import Flows
from bot.policies.follow import speaks_of, talked_of
from bot.policies.nearly import GRAVE, lives
from bot.policies.reach import TO_THE_YOUNG, is_own, speaks_to
from bot.policies.remarked import in_danger
from bot.policies.talk_history import Heard, History, Near

# An answer to "how long?", and nothing that stands for itself.
_ONLY_HOW_LONG: Final = re.compile(
    r"(?:(?:its|it has|been|for|about|over|nearly|maybe|like|just|only|the last|a|couple|of|few"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|\d+) )*(?:yrs?|years?|months?|weeks?|days?)"
    r"(?: now)?"
)
# In a talk words that fit anything are worth little, so that a particular answer is said sooner.
_IN_A_TALK: Final = (0.0, 0.1, 0.13, 0.18, 0.25, 0.33, 0.42, 0.52, 0.72, 1.0)
_LEAST: Final = 0.004
_WORD_FOR_WORD: Final = 0.85
# An answer to danger stays as it is where danger is likely too: the chance, and the closeness. Of
# those that are further off, readers chose one in twenty (docs/evaluation.md).
_DANGER: Final = 0.3
_DANGER_CLEAR: Final = 0.6
_LIKELY: Final = 0.6
# "Give me a minute" is about the talk itself, whoever writes.
_OF_THE_TALK: Final = frozenset({"plan", "talk", "time", "later"})
_NEARLY: Final = 0.57
_CLEAR: Final = 0.75  # from which what was read alone holds
_LATELY: Final = 6  # utterances
# What tells that a child writes where no age was told, from this confidence.
OF_THE_YOUNG: Final = frozenset({"home_worry_young_person", "teen_relationship"})
_READ: Final = 0.6
# Log odds of: the chance read from the message alone; meant for such a person; written for such a
# person; in the field of the intent; of what was talked of lately, by name and by subject; for
# danger; for the young, to somebody who is not; length of the message, as log of its words.
_WORTH: Final = (0.8, 0.88, 0.15, 0.31, 0.61, 0.79, -0.49, -0.38, 0.41)
_OFFSET: Final = -2.48


def weighed(heard: Heard, told: History, flows: Flows) -> Heard:
    """The message with its near answers as likely as they are in this talk, the likeliest first.

    What was said nearly word for word, danger, grave signs and what stands for going on to the
    intent (say nothing) stay as they are. Where nothing stood out, only what speaks of lives like
    theirs may; how long it has been is no particular thing at all.
    """
    if _ONLY_HOW_LONG.fullmatch(plain(heard.text)) and heard.closeness < _WORD_FOR_WORD:
        return replace(heard, detail=None, say=None, closeness=0.0, for_danger=False, near=())
    alone = replace(heard, chance=_interpolated(heard.closeness, CLOSENESS, CHANCES))
    if _stays(heard, told):
        return alone
    near = sorted(
        (
            replace(one, closeness=max(_closeness(x), one.closeness * (one.closeness >= _CLEAR)))
            for one, x in evidence(heard, told, flows)
        ),
        key=lambda one: -one.closeness,
    )
    if not near or _is_vague(heard, near[0], told):
        return alone
    best = _fresh(near, told)
    return replace(
        heard, detail=best.name, say=best.say, closeness=best.closeness,
        for_danger=best.danger, near=tuple(near),
        chance=_interpolated(best.closeness, CLOSENESS, _IN_A_TALK),
    )  # fmt: skip


def _is_vague(heard: Heard, best: Near, told: History) -> bool:
    """Whether nothing stood out, and what comes first speaks of no lives like theirs either."""
    whom = best.name.split("/")[0]
    of_the_talk = whom in _OF_THE_TALK and best.closeness >= _NEARLY
    return heard.detail is None and not of_the_talk and whom not in lives(heard, told)


def _fresh(near: list[Near], told: History) -> Near:
    """The likeliest; where that was said lately, the next one that is likely enough by itself."""
    lately = told.said[-_LATELY:]
    if near[0].say not in lately or near[0].closeness >= _WORD_FOR_WORD:
        return near[0]
    others = (one for one in near if one.say not in lately and one.closeness >= _LIKELY)
    return next(others, near[0])


def _stays(heard: Heard, told: History) -> bool:
    """Whether what was read alone is gone by, whatever was talked of."""
    silent = bool(heard.near) and heard.near[0].say is None
    grave = bool(GRAVE & set(heard.metadata.get("signs") or ()))
    close = _DANGER_CLEAR if heard.for_danger and heard.danger >= _DANGER else _WORD_FOR_WORD
    plainly = heard.closeness >= close
    # Just after an emergency what is only likely is not said, unless they write of calmer things.
    held = heard.metadata.get("triage") == "emergency" and in_danger(heard, told)
    held = held and heard.triage != "standard"
    return silent or grave or plainly or held or not heard.near


def evidence(heard: Heard, told: History, flows: Flows) -> list[tuple[Near, list[float]]]:
    """What speaks for each near answer that has words, in the order of `_WORTH`."""
    lately = {name.removeprefix("utter_").split("_")[0] for name in told.said[-_LATELY:]}
    subjects = set(talked_of(told, flows.leaning))
    words = math.log(max(1, len(heard.text.split())))
    young = heard.under_18 or (heard.intent in OF_THE_YOUNG and heard.confidence >= _READ)
    found = []
    for one in heard.near:
        if one.say is None:
            continue
        family = one.name.split("/")[0]
        read = replace(
            heard, detail=one.name, say=one.say, closeness=one.closeness, for_danger=one.danger
        )
        found.append(
            (
                one,
                [
                    log_odds(_interpolated(one.closeness, CLOSENESS, CHANCES)),
                    float(speaks_to(read, told, flows)),
                    float(is_own(one.name, heard, told)),
                    float(lies_beside(one.name, heard.intent)),
                    float(family in lately),
                    float(speaks_of(one.say, flows.leaning) in subjects),
                    float(one.danger),
                    float(family in TO_THE_YOUNG and not young),
                    words,
                ],
            )
        )
    return found


def _closeness(signs: list[float]) -> float:
    """The closeness that stands for what the evidence amounts to."""
    total = _OFFSET + sum(w * x for w, x in zip(_WORTH, signs, strict=True))
    return round(_interpolated(1 / (1 + math.exp(-total)), _IN_A_TALK, CLOSENESS), 3)


def log_odds(chance: float) -> float:
    """How much a chance from 0 to 1 says for and against; what is sure is held back a little."""
    held = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(held / (1 - held))


def _interpolated(value: float, xs: tuple[float, ...], ys: tuple[float, ...]) -> float:
    for x0, x1, y0, y1 in zip(xs, xs[1:], ys, ys[1:], strict=False):
        if value <= x1:
            return y0 + (y1 - y0) * max(0.0, value - x0) / (x1 - x0)
    return ys[-1]
