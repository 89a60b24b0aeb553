"""What a yes or a no is taken as: itself, a don't know, or something to ask once more.

A don't know is the more careful answer everywhere in bot/flows.
"""

from __future__ import annotations

import re
from typing import Final

from bot.policies.answers import consent, short_answer
from bot.policies.fitting import (
    by_words,
    contradicts,
    fits,
    is_said,
    names_a_place,
    said_aside,
    turns,
)
from bot.policies.flows import Flows
from bot.policies.sureness import Sureness
from bot.policies.talk_history import Heard, History, plain

ANSWERS: Final = ("affirm", "deny", "dont_know")
TELLS_NOTHING: Final = frozenset({"greet", "thank", "goodbye", "out_of_scope", "service_info"})
AGAIN: Final = "utter_once_more"  # was that a yes or a no?
_A_FEW: Final = 5  # words
_MORE: Final = 9  # words that answer without a yes or a no
_TELLS_AT: Final = 4  # words; fewer may be any kind of yes
_AGREES: Final = re.compile(
    r"\b(?:id like|i'd like|would like|id love|would help|would be|please|do it|go on|go ahead"
    r"|why not|sounds|lets|let's|if you|ask|mm+|he does|she does|they do|he has|she has|he did"
    r"|she did|i am|all the time|always|often|lots?|every|getting|got worse|worse|both|with|here"
    r"|can|home|safe|alone|want|need|good|great|ok|help|tell|show|plan|agree|hope|think"
    r"|used to|happened)\b"
)
_UNSURE: Final = "dont_know"


def meanings(told: History, flows: Flows) -> dict[str, str]:
    """What each answer means after what was said last."""
    last = told.last or ""
    return flows.asks.get(last) or flows.asks.get(plain(last)) or {}


def plain_answer(heard: Heard, told: History, flows: Flows, sure: Sureness) -> str | None:
    """The yes or no of a few words to what was asked, whatever else they were read as.

    Where their other words were read as something of its own, that is answered instead.
    """
    calm = heard.triage == "standard"
    worded = by_words(heard.text, flows.question_asked_by(plain(told.last or ""))) if calm else None
    said = worded or {"yes": "affirm", "no": "deny"}.get(short_answer(heard.text) or "")
    most = _MORE if worded else _A_FEW
    few = len(heard.text.split()) <= most and heard.closeness < sure.own_words
    if said is None or said not in meanings(told, flows) or not few:
        return None
    tells = heard.intent not in ANSWERS and heard.intent not in TELLS_NOTHING
    own = heard.closeness >= sure.detail or (tells and heard.confidence >= sure.change_topic)
    return None if own and taken(said, heard, told, flows) != said else said


def may_answer(heard: Heard, told: History, flows: Flows) -> bool:
    """Whether what was read as a yes may be one: "my next one is monday" agrees to nothing."""
    few = len(heard.text.split()) < _TELLS_AT
    if heard.intent != "affirm" or few or calms("affirm", told, flows):
        return True  # what calms is held to more than this
    asked = flows.question_asked_by(plain(told.last or ""))
    if is_said(heard.text, "affirm") or by_words(heard.text, asked) is not None:
        return True
    return bool(consent(heard.text) or _AGREES.search(heard.text.lower()))


def only_answers(heard: Heard, told: History, flows: Flows) -> bool:
    """Whether a few words are nothing but the answer to a plan's or a form's question.

    They name a place, a person, a yes or a no and nothing unknown; the service's own gate and its
    signs are silent, so the model alone took them for an emergency. The level stays as it was read:
    999 is named beside the answer and a person is asked for, but the question's answer is heard.
    """
    last = plain(told.last or "")
    topic = flows.of_step(last)
    plan = topic is not None and topic.plan and last in topic.steps
    kinds = {q.kind for form in flows.forms if (q := form.question_asked_by(last)) is not None}
    quiet = heard.metadata.get("gate") == "standard" and not heard.metadata.get("signs")
    few = len(heard.text.split()) <= _A_FEW and not heard.for_danger
    return (plan or "words" in kinds) and quiet and few and names_a_place(heard.text)


def taken(answer: str, heard: Heard, told: History, flows: Flows) -> str:
    """The answer that counts, or the utterance that asks once more or is said instead."""
    asked = flows.question_asked_by(plain(told.last or ""))
    if answer == _UNSURE:
        return answer
    aside = said_aside(heard.text, answer, asked)
    if aside is not None:
        return aside
    worded = by_words(heard.text, asked)
    if worded is not None:
        return worded
    if contradicts(heard.text, answer, asked):
        return _once(asked.again if asked is not None else None, told)
    said = is_said(heard.text, answer) and fits(heard.text, answer, asked)
    if said or not calms(answer, told, flows):
        return answer
    if turns(heard.text):
        return _UNSURE
    return _once((asked.again if asked is not None else None) or AGAIN, told)


def calms(answer: str, told: History, flows: Flows) -> bool:
    """Whether the answer leads to words that calm, or past what is said to danger."""
    asked = flows.question_asked_by(plain(told.last or ""))
    leads = meanings(told, flows).get(answer)
    by_kind = asked is not None and answer == asked.calm
    return leads is not None and (by_kind or leads in flows.calms)


def _once(again: str | None, told: History) -> str:
    """What asks once more, unless that was the last thing asked."""
    last = next((name for name in reversed(told.said) if not _silent(name)), None)
    return again if again is not None and again != last else _UNSURE


def _silent(name: str) -> bool:
    return name.removeprefix("utter_").startswith(("ask_hub", "note_", "999"))
