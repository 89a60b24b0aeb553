"""Whom a particular answer speaks to: what is said to children or harmers is not for all."""

from __future__ import annotations

from typing import Final

from bot.policies.flows import Flows
from bot.policies.talk_history import Heard, History

# By the first part of a detail's name: the intents and topics beside which it may be said. A
# survivor who asks about an injunction must never be told to keep to it.
_ONLY_BESIDE: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "perp": (frozenset({"perpetrator_help"}), frozenset({"perpetrator"})),
    "pro": (frozenset({"professional_referral"}), frozenset({"professional"})),
    "worried": (frozenset({"worried_about_someone"}), frozenset({"worried"})),
    "young": (
        frozenset({"home_worry_young_person", "child_harm", "teen_relationship"}),
        frozenset({"home_worry", "child_harm_young", "teen_relationship"}),
    ),
}


def speaks_to(heard: Heard, told: History, flows: Flows) -> bool:
    """Whether the particular answer that was found is meant for somebody like this person."""
    limits = _ONLY_BESIDE.get((heard.detail or "").split("/")[0])
    if limits is None:
        return True
    if (heard.detail or "").startswith("young/") and heard.under_18:
        return True
    intents, topics = limits
    topic = flows.in_hand(told.said)
    return heard.intent in intents or (topic is not None and topic.name in topics)
