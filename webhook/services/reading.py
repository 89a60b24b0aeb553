"""One reading of a message from two readers: the gate's plain rules and the model.

The gate decides where it is sure; triage is the higher of both (P3: nothing here lowers it).
"""

from __future__ import annotations

from dataclasses import dataclass

from webhook.core.triage import Triage
from webhook.safety.gate import Assessment
from webhook.safety.keywords import Keyword

_SURE = {Keyword.STOP: "stop_messages", Keyword.DELETE: "data_request"}


@dataclass(frozen=True)
class Reading:
    """How a message is understood; `confidence` is 0 to 1, `intent` None when nobody knows."""

    triage: Triage
    intent: str | None
    confidence: float


def merged(
    assessment: Assessment, intent: str | None, confidence: float, triage: Triage
) -> Reading:
    """The gate's assessment and the model's intent, confidence and triage made one."""
    level = max(assessment.triage, triage)
    sure = _sure_intent(assessment)
    if sure is None or sure == intent:
        return Reading(level, intent, confidence)
    return Reading(level, sure, 1.0)


def _sure_intent(assessment: Assessment) -> str | None:
    """The intent that the gate alone decides, if it does."""
    if assessment.keyword in _SURE:
        return _SURE[assessment.keyword]
    if assessment.quiet:
        return "unsafe_to_talk"
    # Danger in another language is danger first; only what is otherwise unread asks for one.
    foreign = assessment.language is not None and assessment.language.certain
    return "language_request" if foreign and assessment.triage is Triage.STANDARD else None
