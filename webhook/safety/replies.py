"""The fixed replies of replies.yml, spoken when the assistant is not asked or does not answer.

STOP and a quiet signal have no reply at all: silence is what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webhook.safety.phrases import load


def reply(name: str, channel: str, *, variant: int = 0, child: bool = False) -> str:
    """The reviewed text of reply `name` for "sms" or "web".

    `variant` counts how often it was said before; beyond the last variant all but the first take
    turns again, so that nobody is told the same words twice running.
    `child` chooses words for somebody under 16 where there are any. Raises KeyError for a name or
    channel that does not exist.
    """
    entry: Mapping[str, Any] = load("replies.yml")["replies"][name]
    variants: list[str] = entry[channel]
    if child:
        variants = entry.get("child", {}).get(channel, variants)
    return variants[_place(variant, len(variants))]


def _place(variant: int, count: int) -> int:
    """Which of `count` variants to say next; beyond the end all but the first, or both of two."""
    if variant < count or count == 1:
        return min(variant, count - 1)
    first = 0 if count == 2 else 1  # noqa: PLR2004 -- of two both take turns
    return first + (variant - count) % (count - first)


def is_variant(text: str, name: str, channel: str) -> bool:
    """Whether a text is one that reply `name` may say to an adult."""
    return text in load("replies.yml")["replies"][name][channel]


def names() -> list[str]:
    """Every reply that exists."""
    return list(load("replies.yml")["replies"])
