"""Chooses what to say in a conversation: one step at a time, never the same words twice running.

In this order: danger; silence; a particular thing that has its own answer; a yes or no to what was
asked; the next step of the topic that the message is about; and, when the message is not
understood, an honest question and then a person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.policies.flows import NEXT, Flows, Topic
from bot.policies.talk_history import Heard, History

DANGER = ("utter_emergency", "utter_ask_hub_danger")
NOT_UNDERSTOOD = ("utter_not_understood", "utter_not_understood_again", "utter_offer_person")
# Once somebody has told something, not following a remark is no reason to say so: they are heard.
HEARD = ("utter_heard_you", "utter_heard_you_again", "utter_offer_person")
SILENT = {"unsafe_to_talk": "utter_unsafe_to_talk", "stop_messages": "utter_stop_messages"}
ANSWERS = ("affirm", "deny", "dont_know")
# Short talk that leaves a plan where it is.
_SMALL_TALK = frozenset({"greet", "thank", "goodbye", "out_of_scope"})


@dataclass(frozen=True)
class Sureness:
    """Confidences, from 0 to 1, from which a reading of the intent is acted on."""

    topic: float = 0.25
    silence: float = 0.5
    change_plan: float = 0.5


def choose(
    heard: Heard, told: History, flows: Flows, domain: Collection[str], sure: Sureness
) -> list[str]:
    """The utterances of this turn, in order; none leaves it to the rules. Silence is one too."""
    chosen = _choose(heard, told, flows, sure)
    return [_fitting(name, heard, told, domain) for name in chosen]


def _choose(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    silent = SILENT.get(heard.intent or "")
    if heard.triage == "emergency":
        return [heard.say] if heard.say and heard.for_danger else list(DANGER)
    if silent and not told.before:
        return ["utter_greet"]  # nobody writes for the first time only to stop
    if silent:
        return [silent if heard.confidence >= sure.silence else "utter_check_safe"]
    if heard.say is not None:
        return _with_next(heard.say, told, flows)
    if heard.intent in ANSWERS and heard.confidence >= sure.topic:
        return _answer(heard.intent, told, flows)
    plan = flows.plan_in_hand(told.before)
    if plan is not None and _stays_in_plan(heard, plan, sure):
        return _step(plan, told)
    topic = flows.for_intent(heard.intent, young=heard.young)
    if heard.confidence < sure.topic:
        return _unsure(told, HEARD if flows.in_hand(told.before) else NOT_UNDERSTOOD)
    if topic is not None:
        return _step(topic, told) + (["utter_back_to_plan"] if plan is not None else [])
    return []


def _stays_in_plan(heard: Heard, plan: Topic, sure: Sureness) -> bool:
    """Whether what was said goes on with a plan rather than asking for something else."""
    if heard.intent in plan.intents or heard.intent in plan.young_intents:
        return True
    return heard.intent not in _SMALL_TALK and heard.confidence < sure.change_plan


def _answer(intent: str, told: History, flows: Flows) -> list[str]:
    """What a yes, a no or a don't know means after what was said last."""
    name = flows.asks.get(told.last or "", {}).get(intent)
    if name is not None:
        return _with_next(name, told, flows)
    topic = flows.in_hand(told.before)
    if topic is not None and (topic.plan or intent == "affirm"):
        return _step(topic, told)
    return []


def _with_next(name: str, told: History, flows: Flows) -> list[str]:
    if name != NEXT:
        return [name]
    topic = flows.plan_in_hand(told.before) or flows.in_hand(told.before)
    return _step(topic, told) if topic is not None else ["utter_go_on"]


def _step(topic: Topic, told: History) -> list[str]:
    """The first step not yet said; after the last one what closes the topic, in turn."""
    first = not any(step in told.before for step in topic.steps)
    hub = [topic.hub] if topic.hub and first else []
    for step in topic.steps:
        if step not in told.before:
            return [step, *hub]
    over = sum(told.times(name) for name in topic.then)
    return [topic.then[over % len(topic.then)]] if topic.then else ["utter_offer_person"]


def _unsure(told: History, words: tuple[str, ...]) -> list[str]:
    """Honest words, others each time, and in the end a person."""
    times = sum(told.times(name) for name in {*NOT_UNDERSTOOD, *HEARD})
    name = words[min(times, len(words) - 1)]
    return [name, "utter_ask_hub_unsure"] if times >= len(words) - 1 else [name]


def _fitting(name: str, heard: Heard, told: History, domain: Collection[str]) -> str:
    """The words for the young where there are any; other words when these were just said."""
    young = f"{name}_young"
    if heard.young and young in domain:
        name = young
    again = f"{name}_again"
    if name in told.before and again in domain and told.last != again:
        return again
    return name
