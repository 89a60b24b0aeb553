"""The intent to act on: who somebody is, once known, holds, and danger is a telling.

A model reads each message alone. Whoever writes about a niece's boyfriend is no victim, a worker
whose client "said no" tells no rape, and someone who was hurt does not become the one who harms, or
a professional, by a word.
"""

from __future__ import annotations

import re
from typing import Final

from bot.policies.answers import plain
from bot.policies.flows import Flows
from bot.policies.persons import CLOSE, THEIRS
from bot.policies.reach import OTHERS, TELLS, role
from bot.policies.taken import TELLS_NOTHING
from bot.policies.talk_history import Heard, History

# What no child asks about children of their own.
_OF_PARENTS: Final = frozenset({"child_to_parent", "children_support"})
_OWN_AGE: Final = re.compile(
    r"(?i)\b(?:boy|girl)friend|\bbf\b|\bgf\b|\b(?:my|an) ex\b|\bgoing out with\b"
)
_SUPPOSES: Final = re.compile(
    r"^(?:ok |and |but |so |yeah |yes )*(?:what if|what happens if|suppose)\b"
)
_SAFE: Final = re.compile(
    r"^(?:im|i am|we are|were|yes|yeah|all|its|ok|so)?(?: |^)*(?:fine|ok|okay|safe|alright"
    r"|all right)\b"
    r"(?! (?:bye|gtg|got|later|go|leave|stop|not|no|im going|hes coming))(?! ?$)"
)
# "police came hes gone", "they have took him"; a hope, a fear or an older call is none.
_POLICE: Final = r"(?:police|polis|cops|coppers|feds|bizzies|officers|ambulance|paramedics)"
_HELP_CAME: Final = re.compile(
    rf"\b{_POLICE}(?: have| has|ve|s)?(?: just| now| finally)? "
    r"(?:came|come|been|arrived|took|taken|left|turned up|got (?:him|her|them))\b"
    rf"|\b{_POLICE} (?:are|is|r) (?:here|with (?:me|us))\b"
)
_NOT_COME: Final = re.compile(
    r"\b(?:if|when|last time|before|never|not|didnt|dont|wont|havent|hasnt|should|what|cant"
    r"|until)\b"
)
# What is told of oneself. Of another it is a worry, of a case a worker's question.
_TELLINGS: Final = frozenset(
    {"disclose_abuse", "is_this_abuse", "sexual_violence", "stalking_harassment"}
    | {"home_worry_young_person", "teen_relationship", "emotional_distress", "perpetrator_help"}
)
# What "midwife here" or "my mate's bloke hits her" is else taken for.
_NOT_OF_THEM: Final = _TELLINGS | frozenset(
    {*TELLS_NOTHING, "inclusive_support", "complaint_feedback", "immediate_danger", "thank"}
    | {"child_to_parent", "police_reporting"}
)
# More of the same, in words that do not name it.
_PLAIN_TELLINGS: Final = frozenset({"disclose_abuse", "is_this_abuse"})
_KINDS: Final = frozenset({"stalking_harassment", "child_to_parent"})
_LATELY: Final = 5  # messages
_CERTAIN: Final = 0.97
_MYSELF: Final = re.compile(r"\b(?:me|myself|my (?:own|face|arm|neck|head|body)|im|i am|ive|i)\b")
_OF_ANOTHER: Final = re.compile(
    rf"\bmy (?:\w+ ){{0,2}}?{CLOSE}s? (?:\w+ ){{0,5}}?{THEIRS}s?\b"
    rf"|\bmy (?:\w+ ){{0,2}}?{CLOSE}s {THEIRS}s?\b"
    rf"|\b(?:her|his|their) {THEIRS}s? (?:\w+ ){{0,6}}(?:her|him|them)\b"
    rf"|\bmy (?:\w+ ){{0,2}}?{CLOSE}s?\b.*\b(?:her|his|their) (?:m[auo]m|dad|stepdad|father"
    rf"|mother)\b.*"
    r"\b(?:hit\w*|knock\w*|beat\w*|batter\w*|hurt\w*|chok\w*|scream\w*|kick\w*|punch\w*|threw)\b"
)
# "I hit him back" is told by those who are hurt.
_BACK: Final = r"(?! (?:him |her |them |it )?back\b)"
_OWN_DEED: Final = re.compile(
    r"\bi(?:ve| have| was| keep| just| also| really| once| nearly| almost)* (?:hit|hits|hurt"
    r"|punch\w*"
    r"|slap\w*|push\w*|shov\w*|smash\w*|grab\w*|chok\w*|strangl\w*|kick\w*|threw|throw|lost it"
    r"|lose it|lash\w*|shout\w*|scream\w*|threaten\w*|control\w*|track\w*|check\w*)\b"
    rf"{_BACK}|\bmy (?:temper|anger)\b|\bim (?:the one|violent|abusive|worried (?:i|im))\b"
    r"|\bscare(?:d|s)? (?:of )?myself"
)
_ACCUSED: Final = re.compile(
    r"\b(?:says?|said|saying|told|tells|telling|reckons?|thinks?|accus\w+|makes? out)\b.*"
    r"\bim the (?:one|abuser|violent one|problem)\b"
)
_TO_ADULTS: Final = ("children_", "going_", "work_", "court_", "visa_", "money_", "c2p_")
_HURT: Final = ("disclose_", "injury", "heard_harm", "pregnant_", "going_", "pets_")
_OWN_WORK: Final = re.compile(
    r"\bmy (?:client|patient|pupil|student|service user|caseload|tenant|parishioner|case load)\b"
    r"|\b(?:im|i am|i work as|here as|speaking as|from) (?:a|an|the) (?:\w+ ){0,3}?(?:nurse"
    r"|midwife|gp|doctor"
    r"|teacher|social worker|officer|worker|visitor|paramedic|dsl|pcso|practitioner|lead|advocate"
    r"|counsellor|therapist|police|dentist|pharmacist|ta|headteacher|head|manager)\b"
    r"|\b(?:midwife|health visitor|gp|school nurse|social worker|teacher|nurse"
    r"|support worker) here\b"
    r"|\b(?:marac|idva|dash|refer(?:ral|ring)?|consent|safeguarding lead|dsl)\b"
)


def meant(heard: Heard, told: History, flows: Flows) -> str | None:
    """The intent to act on, whatever a message alone was read as."""
    who = role(told)
    if heard.triage != "standard" and heard.intent in TELLS_NOTHING:
        if who in TELLS:
            return TELLS[who or ""]
        return "home_worry_young_person" if heard.young else "disclose_abuse"
    signs = heard.metadata.get("signs") or ()
    if heard.triage != "standard" and "suicide_self" in signs:
        return "suicide_self_harm"
    if heard.intent == "disclose_abuse" and heard.under_18:
        partner = _OWN_AGE.search(heard.text) or any("_teen_" in name for name in told.said)
        return "teen_relationship" if partner else "home_worry_young_person"
    if heard.young and heard.intent in _OF_PARENTS:
        return "home_worry_young_person"
    # A plan to stay safe is for whoever is hurt.
    planned = who in OTHERS and heard.intent == "safety_planning"
    tells = told.who_now and who in TELLS and heard.intent in _NOT_OF_THEM and not heard.young
    if planned or tells:
        return TELLS[who or ""]
    held = _held(heard, told, flows, who)
    if held == "teen_relationship" and not heard.under_18:
        return "disclose_abuse"
    if held == "home_worry_young_person" and _is_grown(heard, told):
        return "disclose_abuse"
    return held


def _was_hurt(told: History) -> bool:
    return any(name.removeprefix("utter_").startswith(_HURT) for name in told.said)


def supposes(text: str) -> bool:
    """Whether something is only thought of: "what if he comes home" is no wish for silence."""
    return bool(_SUPPOSES.search(plain(text)))


def says_safe(text: str) -> bool:
    """Whether it begins by saying that all is well now: "fine at the moment, he's in his room"."""
    return bool(_SAFE.search(plain(text)))


def help_came(text: str) -> bool:
    """Whether police or an ambulance are told to be there, or to have been, just now."""
    words = plain(text)
    return bool(_HELP_CAME.search(words)) and not _NOT_COME.search(words)


def _is_grown(heard: Heard, told: History) -> bool:
    """Whether what was said before is said to adults alone, or their age is known."""
    if heard.grown:
        return True
    return not heard.under_18 and any(
        name.removeprefix("utter_").startswith(_TO_ADULTS) for name in told.said
    )


def _held(heard: Heard, told: History, flows: Flows, who: str | None) -> str | None:
    words = plain(heard.text)
    another = heard.intent in _TELLINGS and _OF_ANOTHER.search(words)
    if another and not heard.under_18 and not re.search(r"\bme\b", words):
        return TELLS["worried"]
    if who in OTHERS and heard.intent in _TELLINGS and not _MYSELF.search(words):
        return TELLS[who or ""]
    if heard.intent in _PLAIN_TELLINGS and told.intents[-_LATELY:]:
        kind = next((one for one in reversed(told.intents[-_LATELY:]) if one in _KINDS), None)
        if kind is not None:
            return kind
    in_hand = flows.in_hand(told.said)
    changed = heard.intent == "perpetrator_help" and not _OWN_DEED.search(words)
    changed = changed or (heard.intent == "perpetrator_help" and bool(_ACCUSED.search(words)))
    worker = heard.intent == "professional_referral" and not _OWN_WORK.search(words)
    # Whoever was hurt tells of a mate who helps, and is no friend who worries.
    worries = heard.intent == TELLS["worried"] and _was_hurt(told)
    worries = worries and not _OF_ANOTHER.search(words)
    if (
        who is None
        and told.before
        and (changed or worker or worries)
        and heard.confidence < _CERTAIN
    ):
        telling = in_hand is not None and in_hand.telling and in_hand.intents
        return in_hand.intents[0] if in_hand is not None and telling else "out_of_scope"
    return heard.intent
