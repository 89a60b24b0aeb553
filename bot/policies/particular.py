"""Whether a particular answer fits a message better than the topic that it is about."""

from __future__ import annotations

from typing import Final

from bot.policies.answers import is_question
from bot.policies.fields import lies_beside
from bot.policies.flows import Flows
from bot.policies.sureness import Sureness
from bot.policies.talk_history import Heard, History

# Short talk that leaves a plan where it is.
SMALL_TALK: Final = frozenset({"greet", "thank", "goodbye", "out_of_scope"})
_POLITE: Final = ("bye/", "thanks/", "talk/", "heard/", "helped/")
# Said only to words that are close.
_ONLY_CLOSE: Final = ("bye/", "thanks/", "helped/")
_OF_DANGER: Final = "after/"
# Being upset is no goodbye.
_UPSET: Final = "bye/upset"
# Read from a telling of what it is like, which the particular answer says more of.
_FELT: Final = frozenset({"emotional_distress", "dont_know"})
# "No thank you" is a no.
_LEAVES: Final = ("bye/", "thanks/")
_YES_OR_NO: Final = frozenset({"affirm", "deny"})
_CLEAR: Final = 0.68
_LEAVING: Final = frozenset({"goodbye", "stop_messages", "thank"})


def fits_better(
    heard: Heard, sure: Sureness, *, answers: bool, own: bool = False, first: bool = False
) -> bool:
    """Whether the detail that was found is said; `answers`: the intent answers what was asked.

    `own` is one that is written for somebody like this person: it counts from as near as one in the
    field of the intent. `first`: nothing was said to them before.

    A close one is, the closer the surer the intent; a less close one in the field of the intent
    too, and sooner where it answers a question, because what is told plainly has a talk of its own;
    any other gives way to an intent that is sure, and to an answer to what was asked. Someone at
    risk who says thanks or goodbye is answered for the risk.
    """
    detail = heard.detail or ""
    if _is_no_goodbye(heard, detail, sure):
        return False
    if answers:
        return heard.closeness >= sure.detail
    if heard.triage != "standard" and detail.startswith(_POLITE):
        return heard.intent in SMALL_TALK or heard.confidence < sure.change_plan
    if detail.startswith(_ONLY_CLOSE):
        return heard.closeness >= sure.detail
    if detail.startswith(_OF_DANGER):
        return heard.closeness >= sure.detail_beside
    if detail.startswith("told/") and heard.intent in _FELT and heard.confidence < sure.certain:
        return heard.closeness >= sure.detail_beside
    beside = lies_beside(detail, heard.intent)
    beside = beside or own
    if heard.confidence >= sure.certain and heard.intent not in SMALL_TALK:
        if first:
            return heard.closeness >= _CLEAR  # the talk of the topic begins well with any of it
        near = sure.asked_certain if is_question(heard.text) else sure.beside_certain
        return heard.closeness >= (near if beside else sure.over_certain)
    needed = sure.detail_beside if beside else sure.detail
    return heard.closeness >= needed or heard.confidence < sure.over_detail


def _is_no_goodbye(heard: Heard, detail: str, sure: Sureness) -> bool:
    """Whether what was found is a goodbye or thanks, and the intent is another."""
    if detail == _UPSET:
        return heard.intent not in _LEAVING
    far = heard.closeness < sure.danger_detail
    return far and detail.startswith(_LEAVES) and heard.intent in _YES_OR_NO


def limits_come_first(heard: Heard, told: History, flows: Flows, sure: Sureness) -> bool:
    """Whether a child's first telling is met by the topic that says what cannot be kept secret.

    A particular answer that is not close would ask them on before they know it.
    """
    if not heard.young or heard.confidence < sure.certain or heard.closeness >= sure.detail:
        return False
    topic = flows.for_intent(heard.intent, young=True)
    return topic is not None and topic.telling and not any(map(told.times, topic.steps))
