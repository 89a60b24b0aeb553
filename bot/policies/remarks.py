"""Remarks: short things with one plain meaning, answered for themselves whatever they were read as.

An entry of `remarks` in bot/flows/*.yml has what to `say`, the words (`when`, and `unless`) of a
message of at most `words` words, and `among`, the circumstances of which all must hold: "danger"
(told of or answered lately), "waiting" for a person, "asked" for one, "begun" (something was
told), "fresh" (nothing was), "suicide" (talked of last), "expecting" and "neck" (told of before),
"young" (under 18), "worried" and "harms" (who writes about another, who hurts another), "raised"
(this message is more than standard), "urgent" (it or the talk is). `after` names utterances of
which one was said last. `to: anyone` is said to those who write about another as well. `late:
true` says it only where nothing else fits, `yields: true` not where a yes or a no answers what
was asked. `warns` lists the utterances that name 999 themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

_MOST_WORDS: Final = 25


@dataclass(frozen=True)
class Remark:
    """Words with one plain meaning, and what is said to them."""

    say: str
    when: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    words: int = _MOST_WORDS
    among: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    anyone: bool = False
    late: bool = False
    yields: bool = False


def remark(entry: dict[str, Any]) -> Remark:
    """A remark from its entry in bot/flows."""
    return Remark(
        say=entry["say"],
        when=re.compile(rf"(?:{entry['when']})"),
        unless=re.compile(rf"(?:{entry['unless']})") if "unless" in entry else None,
        words=entry.get("words", _MOST_WORDS),
        among=frozenset(entry.get("among") or ()),
        after=frozenset(entry.get("after") or ()),
        anyone=entry.get("to") == "anyone",
        late=bool(entry.get("late")),
        yields=bool(entry.get("yields")),
    )
