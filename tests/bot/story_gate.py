"""What the service's gate makes of the texts of a story, as the assistant is told it."""

from __future__ import annotations

from typing import Any

from webhook.core.triage import Triage
from webhook.safety.facts import facts
from webhook.safety.gate import assess
from webhook.safety.keywords import Keyword


def told(text: str) -> dict[str, Any]:
    """The metadata that follows from one text alone."""
    assessment, found = assess(text), facts(text)
    metadata: dict[str, Any] = {
        "gate": assessment.triage.label,
        "signs": [sign.name for sign in assessment.indicators],
        "contact": found.told.get("contact"),
    }
    if found.age_band is not None:
        metadata["age_band"] = found.age_band
    if _kept_back(text):
        metadata |= {"heard": False, "quiet": assessment.quiet, "person": _asks_person(text)}
    return metadata


def texts(story: dict[str, Any]) -> list[str]:
    """What the person writes in a story, in order."""
    return [step["user"].strip() for step in story["steps"] if "user" in step]


def _kept_back(text: str) -> bool:
    """Whether the service answers, or is silent, without passing the text on."""
    assessment = assess(text)
    if assessment.keyword is Keyword.STOP or assessment.quiet:
        return True
    danger = assessment.triage is Triage.EMERGENCY or "cry_for_help" in assessment.reasons
    return assessment.keyword is not None and not danger


def _asks_person(text: str) -> bool:
    return assess(text).keyword is Keyword.PERSON
