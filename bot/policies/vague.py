"""Readings that a telling is often taken for, and the words without which they are not believed.

In the middle of a telling "i feel sorry for him" is no distress, "neighbour let me in" no plan and
"nobody asked me" no complaint: what was told is gone on with instead.
"""

from __future__ import annotations

import re
from typing import Final

from bot.policies.answers import is_question
from bot.policies.despair import names_despair
from bot.policies.flows import Flows
from bot.policies.hearing import OPENERS
from bot.policies.particular import SMALL_TALK
from bot.policies.reach import OTHERS, role
from bot.policies.strangers import SAYS_MUCH
from bot.policies.sureness import Sureness
from bot.policies.taken import ANSWERS, TELLS_NOTHING
from bot.policies.talk_history import Heard, History

_SURE: Final = 0.9
_CLEARLY: Final = 0.75
_NO_NEEDS: Final = frozenset(
    {*TELLS_NOTHING, "request_human", "confidentiality", "bot_challenge", "complaint_feedback"}
    | {"data_request", "language_request", "inclusive_support", "emotional_distress"}
)
# Nobody is asked about these for words that sound calm and were hardly read.
_GRAVE: Final = frozenset(
    {"sexual_violence", "suicide_self_harm", "child_harm", "honour_forced_marriage"}
    | {"immediate_danger"}
)
# Whoever told of harm to themselves writes as another only in words that say so.
_NEVER_SURE: Final = frozenset({"perpetrator_help", "professional_referral"})
_WORDS: Final[dict[str, re.Pattern[str]]] = {
    "emotional_distress": re.compile(
        r"\b(?:cry\w*|cries|tears|panic\w*|anxi\w*|cope|breathe|depress\w*|overwhelm\w*"
        r"|lonely|alone"
        r"|hopeless|low|worthless|exhausted|tired|sleep|sad|stress\w*|breaking|broken|numb|empty"
        r"|awful|cant (?:take|do|go on|carry|stop)|falling apart|too much|in bits|shaking"
        r"|nightmares?|bits|struggl\w*|bad day|down|upset|head|mess|hard|hate myself"
        r"|scared|nervous)\b"
    ),
    "safety_planning": re.compile(
        r"\b(?:plan\w*|safe\w*|leav\w*|escape|bag|pack\w*|ready|prepar\w*|get out|getting out|go"
        r"|going|stay\w*|papers?|passport|code ?word|what (?:do|should|can|shall) i"
        r"|how (?:do|can) i|what if|kicks off|next time|take with|hide|money)\b"
    ),
    "perpetrator_help": re.compile(
        r"\b(?:abus\w*|controlling|violent|problem is me"
        r"|i (?:hit|hurt|punch\w*|slap\w*|push\w*|shov\w*|grab\w*|chok\w*|lost|lose|smash\w*"
        r"|did|scare\w*|shout\w*|control\w*|snap\w*|kick\w*|threw|have hurt|made)"
        r"|ive (?:hurt|hit|been|done|got|lost)|my (?:temper|anger|behaviour|fists?)"
        r"|course|programme|change|stop myself|im the one"
        r"|i get (?:angry|mad|so)|i want to stop|respect)\b"
    ),
    "professional_referral": re.compile(
        r"\b(?:clients?|patients?|pupils?|students?|refer\w*|my role|i work|im an?"
        r"|colleagues?|our"
        r"|safeguarding|marac|idva|mash|caseload|my team|on my ward|tenant|resident|dash)\b"
    ),
    "complaint_feedback": re.compile(
        r"\b(?:you|u|your|youre|ur|yous|this|service|bot|line|useless|rubbish|complain\w*"
        r"|helpline"
        r"|answer\w*|repl\w*|manager|worker|waste|call back|called back|rang back|waited|crap)\b"
    ),
}


def is_of_suicide(heard: Heard) -> bool:
    """Whether what was read as thoughts of suicide is sure, or has words or signs of it."""
    signs = heard.metadata.get("signs") or ()
    sure = heard.confidence >= _SURE or "suicide_self" in signs
    return sure or not heard.text or names_despair(heard.text)


def believed(heard: Heard) -> bool:
    """Whether the words bear out a reading that tellings are often taken for."""
    words = _WORDS.get(heard.intent or "")
    plain = heard.text.lower().replace("'", "").replace("\u2019", "")
    sure = heard.confidence >= _SURE and heard.intent not in _NEVER_SURE
    return words is None or sure or not plain or bool(words.search(plain))


def is_lost(heard: Heard, told: History, flows: Flows, sure: Sureness, intent: str | None) -> bool:
    """Whether it is not clear what a message is about, or no matter for here in a telling."""
    begun = any(name not in OPENERS for name in told.said)
    in_hand = flows.in_hand(told.said)
    at_risk = {heard.metadata.get("triage") or "standard", heard.triage} != {"standard"}
    telling = begun and (at_risk or (in_hand.telling if in_hand is not None else heard.young))
    # "She's asleep next to me" was read as a harmer's words: that is not believed, and no matter.
    telling = telling or (begun and intent != heard.intent)
    if telling and intent == "out_of_scope":
        return True  # nobody hears that it is no matter for here
    if intent != heard.intent:
        return False
    if begun and intent == "suicide_self_harm" and not is_of_suicide(heard):
        return True  # "I keep thinking it'll get better" was hardly read
    same = role(told) in OTHERS  # who writes as one of these goes on as that
    # Nobody is taken for one who harms, or for a worker, on a guess.
    guessed = heard.intent in _NEVER_SURE and heard.confidence < _CLEARLY
    doubted = (begun or guessed) and not same and not believed(heard)
    return doubted or heard.confidence < _needed(heard, begun, told, flows, sure)


def _needed(heard: Heard, begun: bool, told: History, flows: Flows, sure: Sureness) -> float:
    """How sure a reading must be: surer to change the topic, less for what is told first."""
    topic, in_hand = flows.for_intent(heard.intent, young=heard.young), flows.in_hand(told.said)
    tells = topic is not None and heard.intent not in _NO_NEEDS
    calm = heard.intent in _GRAVE and heard.triage == "standard"
    if not begun and tells and not calm and len(heard.text.split()) >= SAYS_MUCH:
        return sure.first  # whoever tells something first is not met with "not understood"
    changes = None not in (in_hand, topic) and topic is not in_hand
    return sure.change_topic if changes else sure.topic


def says_something(heard: Heard, sure: Sureness) -> bool:
    """Whether somebody who is back after a silence comes with more than that."""
    if heard.intent in SMALL_TALK or heard.intent in ANSWERS:
        return False
    known = heard.confidence >= sure.change_plan or heard.closeness >= sure.detail_beside
    return known or is_question(heard.text)
