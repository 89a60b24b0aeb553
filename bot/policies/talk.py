"""Chooses what to say in a conversation: one step at a time, never the same words twice running.

In this order: danger; silence; a particular thing that has its own answer; a yes or no to what was
asked; the next step of the topic that the message is about; and, when the message is not
understood, an honest question and then a person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.policies.flows import NEXT, Flows, Topic
from bot.policies.talk_history import Heard, History, plain

DANGER = ("utter_emergency", "utter_ask_hub_danger")
BESIDE = ("utter_999", "utter_ask_hub_danger")
NOT_UNDERSTOOD = ("utter_not_understood", "utter_not_understood_again", "utter_offer_person")
# Once somebody has told something, not following a remark is no reason to say so: they are heard.
HEARD = ("utter_heard_you", "utter_heard_you_again", "utter_offer_person")
SILENT = {"unsafe_to_talk": "utter_unsafe_to_talk", "stop_messages": "utter_stop_messages"}
ANSWERS = ("affirm", "deny", "dont_know")
# What may be said before anybody has told anything.
OPENERS = frozenset({"utter_greet", "utter_safe_go_on", "utter_check_safe", *NOT_UNDERSTOOD})
_POLITE = ("bye/", "thanks/", "talk/", "heard/", "helped/")
_TELLS_NOTHING = frozenset({"greet", "thank", "goodbye", "out_of_scope", "service_info"})
# Short talk that leaves a plan where it is.
_SMALL_TALK = frozenset({"greet", "thank", "goodbye", "out_of_scope"})


@dataclass(frozen=True)
class Sureness:
    """From which confidence in the intent, or closeness to a detail, it is acted on (0 to 1)."""

    topic: float = 0.35
    silence: float = 0.5
    change_plan: float = 0.5
    danger: float = 0.55
    detail: float = 0.66
    over_detail: float = 0.7


def choose(
    heard: Heard, told: History, flows: Flows, domain: Collection[str], sure: Sureness
) -> list[str]:
    """The utterances of this turn, in order; none leaves it to the rules. Silence is one too."""
    chosen = _choose(heard, told, flows, sure)
    if heard.triage == "emergency" and chosen and not set(DANGER) & set(chosen):
        # What was said fits the message; P10 wants 999 beside it, and a person is asked for.
        chosen += [] if heard.for_danger and heard.say in chosen else list(BESIDE)
    return [_fitting(name, heard, told, domain) for name in chosen]


def _choose(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    silent = SILENT.get(heard.intent or "")
    if heard.triage == "emergency" and heard.say and heard.for_danger:
        return [heard.say]
    if heard.triage == "emergency" and heard.danger >= sure.danger:
        return list(DANGER)
    if silent and not told.before:
        return ["utter_greet"]  # nobody writes for the first time only to stop
    if silent:
        return [silent if heard.confidence >= sure.silence else "utter_check_safe"]
    if heard.metadata.get("was_quiet") and not _says_something(heard, sure):
        return ["utter_welcome_back"]
    if heard.metadata.get("contact") == "no calls":
        asked = heard.metadata.get("mode") == "waiting"
        return ["utter_person_no_calls" if asked else "utter_no_calls"]
    if heard.say is not None and _detail_counts(heard, sure):
        return _with_next(heard.say, told, flows)
    if heard.intent in ANSWERS and heard.confidence >= sure.topic:
        return _answer(heard.intent, told, flows)
    return _by_topic(heard, told, flows, sure)


def _by_topic(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    """The next step of what the message is about, of a plan first if one is being made."""
    plan = flows.plan_in_hand(told.said)
    if _may_be_somebody_else(heard, told, flows, sure):
        return ["utter_neutral"]
    if plan is not None and _stays_in_plan(heard, plan, sure):
        return _step(plan, told)
    intent = _meant(heard)
    if heard.confidence < sure.topic and intent == heard.intent:
        begun = any(name not in OPENERS for name in told.said)
        return _unsure(told, HEARD if begun else NOT_UNDERSTOOD)
    topic = flows.for_intent(intent, young=heard.young)
    if topic is not None:
        return _step(topic, told) + (["utter_back_to_plan"] if plan is not None else [])
    return []


def _says_something(heard: Heard, sure: Sureness) -> bool:
    """Whether somebody who is back after a silence comes with more than that."""
    if heard.intent in _SMALL_TALK or heard.intent in ANSWERS:
        return False
    return heard.confidence >= sure.change_plan or heard.closeness >= sure.detail


def _detail_counts(heard: Heard, sure: Sureness) -> bool:
    """Whether a particular answer fits better than the topic of the message.

    A close one always does; a less close one gives way to an intent that is sure. Someone at risk
    who says thanks or goodbye is answered for the risk.
    """
    if heard.triage != "standard" and (heard.detail or "").startswith(_POLITE):
        return heard.intent in _SMALL_TALK or heard.confidence < sure.change_plan
    return heard.closeness >= sure.detail or heard.confidence < sure.over_detail


def _may_be_somebody_else(heard: Heard, told: History, flows: Flows, sure: Sureness) -> bool:
    """A text about something else in the middle of a talk: another person may hold the phone."""
    texted = heard.metadata.get("channel") == "sms"
    unrelated = heard.intent == "out_of_scope" and heard.triage == "standard"
    sure_of_it = heard.confidence >= sure.change_plan
    return texted and unrelated and sure_of_it and flows.in_hand(told.said) is not None


def _meant(heard: Heard) -> str | None:
    """The intent to act on: danger told in other words is a telling, whatever it was read as."""
    if heard.triage != "standard" and heard.intent in _TELLS_NOTHING:
        return "home_worry_young_person" if heard.young else "disclose_abuse"
    if heard.intent == "teen_relationship" and not heard.under_18:
        return "disclose_abuse"
    return heard.intent


def _stays_in_plan(heard: Heard, plan: Topic, sure: Sureness) -> bool:
    """Whether what was said goes on with a plan rather than asking for something else."""
    if heard.intent in plan.intents or heard.intent in plan.young_intents:
        return True
    return heard.intent not in _SMALL_TALK and heard.confidence < sure.change_plan


def _answer(intent: str, told: History, flows: Flows) -> list[str]:
    """What a yes, a no or a don't know means after what was said last."""
    last = told.last or ""
    name = (flows.asks.get(last) or flows.asks.get(plain(last)) or {}).get(intent)
    if name is not None:
        return _with_next(name, told, flows)
    plan = flows.plan_in_hand(told.said)
    if plan is not None:
        return _step(plan, told)
    topic = flows.in_hand(told.said)
    fresh = topic is not None and plain(told.last or "") in topic.steps
    return _step(topic, told) if topic is not None and fresh and intent == "affirm" else []


def _with_next(name: str, told: History, flows: Flows) -> list[str]:
    if name != NEXT:
        return [name]
    topic = flows.plan_in_hand(told.said) or flows.in_hand(told.said)
    return _step(topic, told) if topic is not None else ["utter_go_on"]


def _step(topic: Topic, told: History) -> list[str]:
    """The first step not yet said; after the last one what closes the topic, in turn."""
    said = told.said
    first = not any(step in said for step in topic.steps)
    hub = [topic.hub] if topic.hub and first else []
    for step in topic.steps:
        if step not in said:
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
