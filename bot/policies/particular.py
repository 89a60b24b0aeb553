"""Whether a particular answer fits a message better than the topic that it is about."""

from __future__ import annotations

import math
from typing import Final

from bot.policies.answers import is_question
from bot.policies.flows import Flows, Topic
from bot.policies.reach import OTHERS, role
from bot.policies.sureness import Sureness
from bot.policies.taken import ANSWERS, meanings
from bot.policies.talk_history import Heard, History
from bot.policies.weighing import OF_THE_YOUNG, log_odds

# Short talk that leaves a plan where it is.
SMALL_TALK: Final = frozenset({"greet", "thank", "goodbye", "out_of_scope"})
_POLITE: Final = ("bye/", "thanks/", "talk/", "heard/", "helped/")
# Said only to words that are close.
_ONLY_CLOSE: Final = ("bye/", "thanks/", "helped/")
_OF_DANGER: Final = "after/"
# Being upset is no goodbye.
_UPSET: Final = "bye/upset"
# "No thank you" is a no.
_LEAVES: Final = ("bye/", "thanks/")
_YES_OR_NO: Final = frozenset({"affirm", "deny"})
# What its own general answer is nearly always right for.
_PLAIN: Final = frozenset(
    {"greet", "thank", "goodbye", "unsafe_to_talk", "stop_messages", "bot_challenge"}
    | {"request_human"}
)
_WORD_FOR_WORD: Final = 0.85
_LATELY: Final = 6  # utterances
# The chance from which a particular answer is said at all.
_LEAST: Final = 0.12
# What hurts most where it is not meant needs more: that somebody fishes, or harms another.
_GUARDED: Final = ("fish/", "perp/")
_LEAST_GUARDED: Final = 0.3
# The same where a first message, or one at risk, surely opens a topic: that fits any of it.
_LEAST_TO_OPEN: Final = 0.35
# The same where it surely seems to be about something else: that may be how little it says.
_LEAST_ASIDE: Final = 0.2
_READ_SURELY: Final = 0.75
# The chance from which a child's question is answered before what cannot be kept secret is told.
_ASKED: Final = 0.4
_LEAST_UNREAD: Final = 0.2
# Log odds of: the chance of the particular answer; the confidence in a yes, no or don't know; that
# it answers what was asked; a plain intent, and the confidence in it; the confidence in a topic;
# a topic first of all; a first message; length, as log of words and one; an emergency; a question;
# nearest to what has no words. Learnt from bot/details/talks (docs/evaluation.md).
_WORTH: Final = (-0.53, 0.19, -0.08, 1.44, 0.34, 0.35, 0.71, -0.02, -1.09, 0.39, -0.62, 1.26)
_OFFSET: Final = -1.74
_LEAVING: Final = frozenset({"goodbye", "stop_messages", "thank"})


def fits_better(heard: Heard, told: History, flows: Flows, sure: Sureness) -> bool:
    """Whether the detail that was found is said, rather than what its intent is answered with.

    It is where a reader would sooner choose it, and not too seldom. What only takes leave must be
    close; someone at risk who says thanks or goodbye is answered for the risk.
    """
    detail = heard.detail or ""
    if _is_no_goodbye(heard, detail):
        return False
    if heard.triage != "standard" and detail.startswith(_POLITE):
        return heard.intent in SMALL_TALK or heard.confidence < sure.change_plan
    if detail.startswith(_ONLY_CLOSE):
        return heard.closeness >= sure.detail
    if detail.startswith(_OF_DANGER) and heard.closeness < sure.detail_beside:
        return False
    topic = flows.for_intent(heard.intent, young=heard.young)
    if topic is not None and heard.say in told.said[-_LATELY:] and heard.closeness < _WORD_FOR_WORD:
        return False  # it was said: the topic has more to say
    least = _least(heard, told, sure)
    if topic is not None and not any(map(told.times, topic.steps)):
        if _opens_itself(topic, heard, told) and heard.closeness < sure.over_detail:
            return False
        # At risk they are asked first whether they are safe.
        early = not told.before or heard.triage != "standard"
        if early and heard.confidence >= _READ_SURELY and heard.intent not in _PLAIN:
            least = _LEAST_ASIDE if heard.intent == "out_of_scope" else _LEAST_TO_OPEN
    return heard.chance >= max(least, general(heard, told, flows))


def _least(heard: Heard, told: History, sure: Sureness) -> float:
    """How likely it must be at least; where nothing of a first message was read, that is said."""
    if (heard.detail or "").startswith(_GUARDED) and not guarded_against(told):
        return _LEAST_GUARDED
    unread = not told.before and heard.confidence < sure.topic
    return _LEAST_UNREAD if unread else _LEAST


def guarded_against(told: History) -> bool:
    """Whether somebody was refused, or told that they harm, so that more of it is no surprise."""
    refused = any(name.removeprefix("utter_").startswith("fish_") for name in told.said)
    return refused or role(told) == "perp"


def _opens_itself(topic: Topic, heard: Heard, told: History) -> bool:
    """Whether a plan asks first if they stay or go, or a person is asked for with what is grave."""
    planned = topic.plan and role(told) not in OTHERS
    return planned or (topic.hub is not None and heard.intent not in _PLAIN)


def general(heard: Heard, told: History, flows: Flows) -> float:
    """The chance that a reader would choose what the intent in general is answered with."""
    odds = log_odds(heard.confidence)
    answers = heard.intent in ANSWERS
    asked = answers and heard.intent in meanings(told, flows)
    plain = heard.intent in _PLAIN
    topic = not (answers or plain or heard.intent == "out_of_scope")
    signs = (
        log_odds(heard.chance),
        answers * odds,
        asked,
        plain,
        plain * odds,
        topic * odds,
        topic and not told.before,
        not told.before,
        math.log(len(heard.text.split()) + 1),
        heard.triage == "emergency",
        is_question(heard.text),
        bool(heard.near) and heard.near[0].say is None,
    )
    total = _OFFSET + sum(worth * sign for worth, sign in zip(_WORTH, signs, strict=True))
    return 1 / (1 + math.exp(-total))


def _is_no_goodbye(heard: Heard, detail: str) -> bool:
    """Whether what was found is a goodbye or thanks, and the intent is another."""
    if detail == _UPSET:
        return heard.intent not in _LEAVING
    far = heard.closeness < _WORD_FOR_WORD
    return far and detail.startswith(_LEAVES) and heard.intent in _YES_OR_NO


def limits_come_first(heard: Heard, told: History, flows: Flows, sure: Sureness) -> bool:
    """Whether a child's first telling is met by the topic that says what cannot be kept secret.

    A particular answer that is not close would ask them on before they know it.
    """
    child = heard.young or (heard.intent in OF_THE_YOUNG and not told.before)
    # What is told of a home has an opening of its own, that says what cannot be kept secret.
    close = sure.own_words if (heard.detail or "").startswith("young/") else sure.over_detail
    if not child or heard.confidence < sure.certain or heard.closeness >= close:
        return False
    if told.before and is_question(heard.text) and heard.chance >= _ASKED:
        return False  # "will I get in trouble?" is answered, and not met by an opening
    topic = flows.for_intent(heard.intent, young=heard.young)
    return topic is not None and topic.telling and not any(map(told.times, topic.steps))
