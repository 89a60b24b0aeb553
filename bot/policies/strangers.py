"""Whether a text is meant for somebody else, or written by somebody who holds the phone."""

from __future__ import annotations

import re
from typing import Final

from bot.policies.answers import plain
from bot.policies.flows import Flows
from bot.policies.sureness import Sureness
from bot.policies.talk_history import Heard, History

SAYS_MUCH: Final = 5  # words
# What has no answer because it is meant for somebody else, and how nearly it must be said so.
_FOR_OTHERS: Final = "near_miss/pizza"
_NEARLY_SAID: Final = 0.85
# Words that no stranger who holds the phone would send, however far from our matters.
_OTHERS_IN_IT: Final = re.compile(
    r"\b(?:he|she|him|her|hes|shes|his|they|them|theyre|police|council|court|refuge|hospital"
    r"|solicitor|scared)\b"
)


def may_be_somebody_else(heard: Heard, told: History, flows: Flows, sure: Sureness) -> bool:
    """A text about something else in the middle of a talk: another person may hold the phone."""
    texted = heard.metadata.get("channel") == "sms"
    unrelated = heard.intent == "out_of_scope" and heard.triage == "standard"
    sure_of_it = heard.confidence >= sure.own_words or _is_an_order(heard)
    says_much = len(heard.text.split()) >= SAYS_MUCH  # a short one may answer what was asked
    says_much = says_much and not about_others(heard.text)
    return (
        texted and unrelated and sure_of_it and says_much and flows.in_hand(told.said) is not None
    )


def may_be_wrong_number(heard: Heard, told: History, sure: Sureness) -> bool:
    """A first text that is surely about something else: nothing is said of what this is."""
    first = heard.metadata.get("channel") == "sms" and not told.before
    first = first and heard.metadata.get("first", True)
    sure_of_it = heard.confidence >= sure.over_detail or _is_an_order(heard)
    unrelated = heard.intent == "out_of_scope" and sure_of_it
    return first and unrelated and heard.triage == "standard"


def _is_an_order(heard: Heard) -> bool:
    return heard.detail == _FOR_OTHERS and heard.closeness >= _NEARLY_SAID


def about_others(text: str) -> bool:
    """Whether the words speak of others or of what is done here, as a stranger's would not."""
    return bool(_OTHERS_IN_IT.search(plain(text)))
