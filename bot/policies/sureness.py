"""The confidences from which something that was read is acted on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sureness:
    """From which confidence in the intent, or closeness to a detail, it is acted on (0 to 1)."""

    topic: float = 0.35
    first: float = 0.12
    change_topic: float = 0.5
    silence: float = 0.5
    change_plan: float = 0.5
    danger: float = 0.55
    danger_detail: float = 0.72
    detail: float = 0.66
    over_detail: float = 0.7
    help_came: float = 0.4
    detail_beside: float = 0.6
    certain: float = 0.95
    own_words: float = 0.8
