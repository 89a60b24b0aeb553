"""When a form is offered although nobody asked for it, and what a code word holds back.

A form is offered once, never while there is danger, in place of the next step of a topic. Its
`offered` says when: `beside` topics in which abuse is told, while `waiting` for a person who was
asked for by one of these utterances, or `after` one of these, at a calm end; `never_after` names
topics that rule it out.
"""

from __future__ import annotations

import re
from typing import Final

from bot.policies.answers import is_question
from bot.policies.flows import Flows, Instead, Topic
from bot.policies.form_talk import begin, is_open, remaining
from bot.policies.forms import Form
from bot.policies.taken import ANSWERS
from bot.policies.talk_history import Heard, History, plain

DANGER: Final = ("utter_emergency", "utter_ask_hub_danger")
BESIDE: Final = ("utter_999", "utter_ask_hub_danger")
ASK_WORD: Final = "utter_code_word_needed"
NO_WORD: Final = "utter_code_word_wrong"
_ALARMS: Final = frozenset({"utter_emergency", "utter_999", "utter_danger_near"})
_RECENT: Final = 3  # utterances
_LONG_WAIT: Final = 10  # minutes
_TURNS_WITH_NOBODY: Final = 2
_ENDS: Final = frozenset({"goodbye", "thank"})
_LITTLE: Final = 9  # words
_TELLS_FROM: Final = 4  # words
_TELLS: Final = re.compile(r"\b(?:he|she|they|hes|shes|theyre|hed|theyd|him|her|them|his|their)\b")
_TOLD_ENOUGH: Final = 2  # utterances since a telling began
_TALKED: Final = 2  # steps; fewer were no conversation to ask about
_HURRY: Final = re.compile(
    r"\b(?:gtg|g2g|got to|gotta|have to go|need to go|must go|quick|hes|shes|theyre|they are|back"
    r"|coming|cant talk|not safe|later)\b"
)


def with_offers(chosen: list[str], heard: Heard, told: History, flows: Flows) -> list[str]:
    """What was chosen, or the offer that is due in its place."""
    if calm(heard, told):
        for form in flows.forms:
            if _is_due(form, chosen, heard, told, flows):
                return [form.offer or begin(form, heard, told)]
        for one in flows.instead:
            if _takes_place(one, chosen, heard, told):
                return [one.say]
    return chosen


def with_999(chosen: list[str], heard: Heard, flows: Flows, *, first: bool) -> list[str]:
    """What was chosen, which fits the message, with the 999 that P10 wants and a call for a person.

    They are beside it, or before it when `first` or when it ends in a form's question.
    """
    if set(DANGER) & set(chosen):
        return chosen
    warned = (heard.for_danger and heard.say in chosen) or bool(flows.warns & set(chosen))
    beside = [] if warned else list(BESIDE)
    asks = any(form.question_asked_by(chosen[-1]) for form in flows.forms)
    return [*beside, *chosen] if asks or first else [*chosen, *beside]


def withheld(chosen: list[str], heard: Heard, flows: Flows) -> list[str]:
    """What was chosen, unless it repeats what was told and the agreed word was not given yet."""
    if not any(plain(name) in flows.personal for name in chosen):
        return chosen
    word = heard.metadata.get("code_word")
    if word == "agreed":
        return [ASK_WORD]
    return [NO_WORD] if word == "shut" else chosen


def calm(heard: Heard, told: History) -> bool:
    """Whether nothing now or just before was danger."""
    return heard.triage != "emergency" and not _ALARMS & set(told.said[-_RECENT:])


def _is_due(form: Form, chosen: list[str], heard: Heard, told: History, flows: Flows) -> bool:
    rule, said = form.offered, told.said
    first = [form.offer, *(question.ask for question in form.questions)]
    if not rule or (form.adults and heard.young) or any(name in said for name in first):
        return False
    if heard.metadata.get("triage") == "emergency" or any(is_open(f, told) for f in flows.forms):
        return False
    if any(_was_told(topic, told, flows) for topic in rule.get("never_after", ())):
        return False
    if "beside" in rule:
        return _told_of_abuse(form, chosen, heard, told, flows)
    if "waiting" in rule:
        return _waits_long(form, chosen, heard, told, flows)
    return _ends_calmly(form, chosen, heard, told, flows)


def _told_of_abuse(
    form: Form, chosen: list[str], heard: Heard, told: History, flows: Flows
) -> bool:
    """At a high-risk sign from the second step of a topic on; otherwise once it is through."""
    topic = flows.of_step(plain(chosen[0])) if chosen else None
    if topic is None or topic.name not in form.offered["beside"] or not remaining(form, heard):
        return False
    if flows.plan_in_hand(told.said) is not None or told.last_plain == "utter_welcome_back":
        return False
    of_it = heard.intent in ANSWERS or heard.intent in topic.intents
    if not of_it or not tells_little(heard) or _turns_since(topic, told) < _TOLD_ENOUGH:
        return False  # what was just told is heard first
    urgent = "urgent" in (heard.triage, heard.metadata.get("triage"))
    return _was_told(topic.name, told, flows) and (urgent or plain(chosen[0]) in topic.then)


def tells_little(heard: Heard) -> bool:
    """Whether a message holds nothing that would have to be heard before anything is asked."""
    quiet = heard.triage == "standard" and not heard.metadata.get("signs")
    words = heard.text.lower().replace("'", "").replace("\u2019", "")
    told = len(words.split()) >= _TELLS_FROM and _TELLS.search(words)
    return quiet and not told and len(words.split()) <= _LITTLE and not is_question(heard.text)


def _turns_since(topic: Topic, told: History) -> int:
    """How much was said since a topic was begun, its first words included."""
    begun = [place for place, name in enumerate(told.said) if name in topic.steps]
    return len(told.said) - begun[0] if begun else 0


def _waits_long(form: Form, chosen: list[str], heard: Heard, told: History, flows: Flows) -> bool:
    meta, said = heard.metadata, told.said
    asked = [place for place, name in enumerate(said) if name in form.offered["waiting"]]
    if meta.get("mode") != "waiting" or not asked or not chosen or heard.triage != "standard":
        return False  # what was told now is answered before anything is offered
    topic = flows.of_step(plain(chosen[0]))
    if topic is None or not _was_told(topic.name, told, flows):
        return False
    turns = len(said) - asked[0] - 1
    long = int(meta.get("waited") or 0) >= _LONG_WAIT
    return long or (bool(meta.get("nobody")) and turns >= _TURNS_WITH_NOBODY)


def _ends_calmly(form: Form, chosen: list[str], heard: Heard, told: History, flows: Flows) -> bool:
    """They say thanks or goodbye after a talk, in no hurry, and nothing alarming was in it."""
    if _ALARMS & set(told.said) or _HURRY.search(heard.text.lower().replace("'", "")):
        return False
    if heard.metadata.get("mode") == "waiting" and heard.intent != "goodbye":
        return False
    ends = chosen == [] and heard.intent in _ENDS
    ends = ends or (bool(chosen) and plain(chosen[0]) in form.offered["after"])
    talked = sum(flows.of_step(name) is not None for name in told.said)
    return ends and talked >= _TALKED


def _was_told(topic: str, told: History, flows: Flows) -> bool:
    found = flows.named(topic)
    return found is not None and any(step in told.said for step in found.steps)


def _takes_place(one: Instead, chosen: list[str], heard: Heard, told: History) -> bool:
    agreed = heard.metadata.get("code_word") is not None
    fits = chosen == [one.of] and told.last_plain in one.after
    return fits and one.say not in told.said and not agreed
