"""How likely each particular answer is meant, in the talk in hand.

The matcher reads each message alone. Who writes, what was talked of lately and what the message is
about tell more, and how much each is worth was learnt from the talks of bot/details/talks by
logistic regression (docs/evaluation.md).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from bot.policies.fields import lies_beside
from bot.policies.flows import Flows
from bot.policies.follow import speaks_of, talked_of
from bot.policies.nearly import GRAVE, lives
from bot.policies.reach import TO_THE_YOUNG, is_own, speaks_to
from bot.policies.talk_history import Heard, History, Near

# What a closeness of bot.components.detail_matcher says of the chance.
_CLOSENESS: Final = (0.3, 0.5, 0.57, 0.6, 0.66, 0.675, 0.7, 0.75, 0.85, 0.98)
_CHANCES: Final = (0.0, 0.12, 0.18, 0.25, 0.45, 0.5, 0.55, 0.65, 0.8, 1.0)
# In a talk words that fit anything are worth little, so that a particular answer is said sooner.
_IN_A_TALK: Final = (0.0, 0.1, 0.13, 0.18, 0.25, 0.33, 0.42, 0.52, 0.72, 1.0)
_LEAST: Final = 0.004
_WORD_FOR_WORD: Final = 0.85
_CLEAR: Final = 0.75  # from which what was read alone holds
_LATELY: Final = 6  # utterances
# Log odds of: the chance read from the message alone; meant for such a person; written for such a
# person; in the field of the intent; of what was talked of lately, by name and by subject; for
# danger; for the young, to somebody who is not; length of the message, as log of its words.
_WORTH: Final = (0.75, 0.46, 0.18, 0.41, 0.61, 0.56, -0.56, -0.98, 0.49)
_OFFSET: Final = -2.54


def weighed(heard: Heard, told: History, flows: Flows) -> Heard:
    """The message with its near answers as likely as they are in this talk, the likeliest first.

    A first message was read alone rightly. What was said nearly word for word, danger, grave signs
    and what stands for going on to the intent (say nothing) stay as they are. Where nothing stood
    out, only what speaks of lives like theirs may.
    """
    if not told.before or _stays(heard):
        return heard
    whose = lives(heard, told)
    near = sorted(
        (
            replace(one, closeness=max(_closeness(x), one.closeness * (one.closeness >= _CLEAR)))
            for one, x in evidence(heard, told, flows)
            if heard.detail is not None or one.name.split("/")[0] in whose
        ),
        key=lambda one: -one.closeness,
    )
    if not near:
        return heard
    best = near[0]
    return replace(
        heard, detail=best.name, say=best.say, closeness=best.closeness,
        for_danger=best.danger, near=tuple(near),
    )  # fmt: skip


def _stays(heard: Heard) -> bool:
    """Whether what was read alone is gone by, whatever was talked of."""
    silent = bool(heard.near) and heard.near[0].say is None
    grave = bool(GRAVE & set(heard.metadata.get("signs") or ()))
    plainly = heard.for_danger or heard.closeness >= _WORD_FOR_WORD
    return silent or grave or plainly or not heard.near


def evidence(heard: Heard, told: History, flows: Flows) -> list[tuple[Near, list[float]]]:
    """What speaks for each near answer that has words, in the order of `_WORTH`."""
    lately = {name.removeprefix("utter_").split("_")[0] for name in told.said[-_LATELY:]}
    subjects = set(talked_of(told, flows.leaning))
    words = math.log(max(1, len(heard.text.split())))
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
                    _log_odds(_interpolated(one.closeness, _CLOSENESS, _CHANCES)),
                    float(speaks_to(read, told, flows)),
                    float(is_own(one.name, heard, told)),
                    float(lies_beside(one.name, heard.intent)),
                    float(family in lately),
                    float(speaks_of(one.say, flows.leaning) in subjects),
                    float(one.danger),
                    float(family in TO_THE_YOUNG and not heard.under_18),
                    words,
                ],
            )
        )
    return found


def _closeness(signs: list[float]) -> float:
    """The closeness that stands for what the evidence amounts to."""
    total = _OFFSET + sum(w * x for w, x in zip(_WORTH, signs, strict=True))
    return round(_interpolated(1 / (1 + math.exp(-total)), _IN_A_TALK, _CLOSENESS), 3)


def _log_odds(chance: float) -> float:
    held = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(held / (1 - held))


def _interpolated(value: float, xs: tuple[float, ...], ys: tuple[float, ...]) -> float:
    for x0, x1, y0, y1 in zip(xs, xs[1:], ys, ys[1:], strict=False):
        if value <= x1:
            return y0 + (y1 - y0) * max(0.0, value - x0) / (x1 - x0)
    return ys[-1]
