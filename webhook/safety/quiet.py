"""Whether a text means that nothing may be sent now (P6); the phrases are in quiet.yml."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

from webhook.safety.phrases import Phrase, find, load, matching_form, phrase


class Quiet(IntEnum):
    """How a text speaks of silence: not at all, by its circumstances, or by asking for it."""

    NO = 0
    SIGNALS = 1
    ASKS = 2


def is_quiet_signal(text: str) -> bool:
    """Whether `text` says that it is not safe to send anything now."""
    return quiet(matching_form(text)) is not Quiet.NO


def quiet(plain: str) -> Quiet:
    """What a matching form says of silence; an emergency is answered unless it is ASKS."""
    asks, signals = _phrases()
    if any(find(entry, plain) for entry in asks):
        return Quiet.ASKS
    return Quiet.SIGNALS if any(find(entry, plain) for entry in signals) else Quiet.NO


@cache
def _phrases() -> tuple[list[Phrase], list[Phrase]]:
    data = load("quiet.yml")
    asks, signals = (
        [phrase(entry["pattern"], entry.get("unless", ())) for entry in data[kind]]
        for kind in ("asks", "signals")
    )
    return asks, signals
