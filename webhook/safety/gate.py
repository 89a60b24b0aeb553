"""The safety gate: what one message says of danger, silence and language. Pure and quick.

It runs before the assistant and never raises: if a part of it fails, the message counts as urgent
so that a person looks at it.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from webhook.core.triage import Triage
from webhook.safety.indicators import Indicator, indicators
from webhook.safety.keywords import Keyword, keyword
from webhook.safety.language import Language, language, named
from webhook.safety.lexicon import Danger, dangers
from webhook.safety.normalise import normalise
from webhook.safety.phrases import matching_form
from webhook.safety.quiet import Quiet, quiet

GATE_FAILED = "gate_failed"


@dataclass(frozen=True)
class Assessment:
    """What the gate makes of one message; `reasons` are ids of lexicon entries.

    `kind` says whose emergency it is ("child", "suicide", "other", "harmer", "medical" or ""), for
    the choice of the reply.
    """

    triage: Triage = Triage.STANDARD
    reasons: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    keyword: Keyword | None = None
    quiet: bool = False
    coded: bool = False
    language: Language | None = None
    blank: bool = False
    emoji_only: bool = False
    kind: str = ""


def assess(text: str) -> Assessment:
    """Assess one message as it was received."""
    try:
        return _assess(text)
    except Exception as error:
        # The gate is the last thing that may fail: a person decides instead. The error's text
        # may hold the message, so only its type is logged.
        structlog.get_logger().error("gate_failed", error=type(error).__name__)
        return Assessment(triage=Triage.URGENT, reasons=(GATE_FAILED,))


def _assess(text: str) -> Assessment:
    plain = matching_form(text)
    if not plain:
        return Assessment(blank=not normalise(text), keyword=keyword(text))
    raised = list(dangers(plain))
    found = [entry for entry, _ in raised]
    triage = max((entry.level for entry in found), default=Triage.STANDARD)
    return Assessment(
        triage=triage,
        reasons=tuple(entry.id for entry in found),
        indicators=tuple(indicators(text, plain, raised)),
        keyword=keyword(text),
        quiet=_silent(quiet(plain), triage),
        coded=any(entry.coded for entry in found),
        language=_spoken(text, found),
        emoji_only=not any(c.isalnum() for c in plain),
        kind=_kind(found, triage),
    )


def _silent(said: Quiet, triage: Triage) -> bool:
    """An emergency is answered unless the message itself asks for silence."""
    return said is Quiet.ASKS or (said is Quiet.SIGNALS and triage < Triage.EMERGENCY)


def _spoken(text: str, found: list[Danger]) -> Language | None:
    """The language of a message: its words of danger know better than a guess at a few words."""
    guessed = language(text)
    known = [entry.language for entry in found if entry.language]
    if not known or (guessed and guessed.code in known):
        return guessed
    return named(known[0], certain=False)


def _kind(found: list[Danger], triage: Triage) -> str:
    kinds = [entry.kind for entry in found if entry.level == triage and entry.kind]
    return kinds[0] if kinds else ""
