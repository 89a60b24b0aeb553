"""Whom an answer speaks to: what is said to children or harmers is not for all.

Somebody who writes about another, who harms or who works with people stays that through questions
about the police, the law or the service; their telling of harm to themselves ends it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from bot.policies.despair import names_despair
from bot.policies.flows import Flows
from bot.policies.talk_history import Heard, History
from bot.policies.wishes import is_promised

# By the first part of a detail's name: the intents and topics beside which it may be said. A
# survivor who asks about an injunction must never be told to keep to it.
_ONLY_BESIDE: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "perp": (frozenset({"perpetrator_help"}), frozenset({"perpetrator"})),
    "pro": (frozenset({"professional_referral"}), frozenset({"professional"})),
    "c2p": (frozenset({"child_to_parent"}), frozenset({"child_to_parent"})),
    "forced": (frozenset({"honour_forced_marriage"}), frozenset({"honour"})),
    "worried": (frozenset({"worried_about_someone"}), frozenset({"worried"})),
    "young": (
        frozenset({"home_worry_young_person", "child_harm", "teen_relationship"}),
        frozenset({"home_worry", "child_harm_young", "teen_relationship"}),
    ),
    "teen": (
        frozenset({"teen_relationship", "home_worry_young_person", "sexual_violence"}),
        frozenset({"teen_relationship", "home_worry"}),
    ),
}

# What is said to those who are hurt themselves.
_TO_SURVIVORS: Final = frozenset(
    {"told", "home", "stay", "leaving", "counts", "teen", "young", "student"}
)
_NOT_TO_HARMERS: Final = frozenset(
    {"housing", "police", "court", "law", "money", "stalking", "evidence", "tech", "children"}
    | {"after", "plan", "health", "kin", "older", "recovery", "visa", "school", "selfharm", "lines"}
)
TO_THE_YOUNG: Final = frozenset({"young", "teen", "school", "selfharm", "picture"})
_STAYS: Final = frozenset({"forced"})
# What is said word for word to one of these tells who writes, where nothing else did.
_TELL_WHO: Final = frozenset({"young", "teen", "worried", "c2p"})
# What is said to those who look for somebody, and to those whose childhood is long over.
_NOT_TO_CHILDREN: Final = frozenset(
    {"fish", "kin", "recovery", "c2p", "children", "health", "court", "visa", "money"}
    | {"going", "work", "pregnant"}
)
# What is said to those who are hurt themselves alone.
_OWN_LIFE: Final = frozenset({"going", "work", "pregnant"})

# What is said to a telling; how they heard of this is asked for at the end, and not in it.
_TELLING: Final = ("disclose_", "told_", "home_", "pregnant_", "injury")
# Whoever told of harm to themselves is no friend and no harmer, unless that is read surely.
_NOT_THE_HURT: Final = frozenset({"worried", "perp"})
_HURT: Final = ("disclose_", "injury", "heard_harm", "pregnant_", "sexual_")
_SURE: Final = 0.9
_CLOSE: Final = 0.75
_NEAREST: Final = 4  # details that are looked at
_COUNTS: Final = 0.5  # closeness
_AS_NEAR: Final = 0.05
_NEAR_ENOUGH: Final = 0.12
_VERY_CLOSE: Final = 0.85
# Ordinary words that mean a marriage only where one is talked of.
_OF_A_MATCH: Final = frozenset({"honour/hints", "honour/love_family", "honour/teacher"})
_HONOUR: Final = "honour_forced_marriage"
_GROWN: Final = ("disclose_", "c2p_", "child_to", "sexual", "told_")
_EMERGENCY: Final = "utter_emergency"
_OF_DESPAIR: Final = frozenset({"suicide", "selfharm"})
# The other one wishes them dead: that is told with no despair of their own.
_WISHED_DEAD: Final = "suicide/told_better_off"
# "What do I say to my son" asks for words of their own and not for another's.
_I_SAY: Final = re.compile(
    r"\b(?:do|should|can|shall|would|shud) i (?:even )?(?:say|tell|explain)\b"
)
_TOLD_HARM: Final = ("child_harm", "hurt_", "home_", "disclose_")
_OWN_HAND: Final = re.compile(
    r"\b(?:i (?:\w+ )?(?:cut|cuts|burn|hurt|scratch|hit)|myself|self harm\w*|blades?)\b"
)
_OF_TIME: Final = "time"
_JUST_NOW: Final = 4  # utterances
_TOLD_DESPAIR: Final = ("selfharm", "suicide")
_SUICIDE: Final = "suicide_self_harm"
# "So it isn't right this minute" is said only where danger was told.
_EARLIER: Final = "after/earlier"
# A worker does not question a child.
_NOT_TO_WORKERS: Final = frozenset({"worried/straight", "worried/what_to_say"})
_CALL_ME: Final = "person/call_back"
_MAY_WRITE: Final = re.compile(
    r"\b(?:can|could|may|should) (?:she|he|they|my (?:\w+ )?\w+) (?:just )?"
    r"(?:text|message|write|use|ring|chat)\b(?! (?:with |to )?(?:me|him|her|them)\b)"
)
_ASKED_HEARD: Final = "utter_end_heard"

# By the beginning of what was said to them; None is somebody who told of harm to themselves.
_SAID_TO: Final[tuple[tuple[str, str | None], ...]] = (
    ("worried_", "worried"),
    ("perp", "perp"),
    ("pro_", "pro"),
    ("professional_", "pro"),
    ("home_", "young"),
    ("hurt_", "young"),
    ("teen_", "young"),
    ("young_", "young"),
    ("disclose_", None),
    ("friend_me", None),
    ("injury", None),
    ("pregnant_", None),
    ("threat_heard", None),
    ("told_", None),
    ("sexual_", None),
    ("child_to_parent", None),
    ("c2p_", None),
)
# Roles with words of their own in place of those to survivors, named with `_for_` and the role.
OTHERS: Final = ("worried", "perp", "pro")
# What somebody of that role tells, when danger is told in words that were read as small talk.
TELLS: Final = {
    "worried": "worried_about_someone",
    "perp": "perpetrator_help",
    "pro": "professional_referral",
}


def role(told: History) -> str | None:
    """Who writes: by their own plain words, or by what was said to them last that tells it.

    None is a survivor or unknown.
    """
    if told.who is not None:
        return told.who
    for name in reversed(told.before):
        own = next((who for who in OTHERS if f"_for_{who}" in name), None)
        if own is not None:
            return own
        for start, who in _SAID_TO:
            if name.removeprefix("utter_").startswith(start):
                return who
    return None


def for_them(heard: Heard, told: History, flows: Flows) -> Heard:
    """The reading with the nearest detail that is meant for somebody like this person."""
    if heard.say is None:
        return heard
    fits = speaks_to(heard, told, flows)
    of_survivors = (heard.detail or "").split("/")[0] in _NOT_TO_HARMERS
    for_some = heard.under_18 or (role(told) == "pro" and of_survivors)
    theirs = is_own(heard.detail, heard, told) or not for_some
    near = _AS_NEAR if heard.under_18 else _NEAR_ENOUGH
    least = max(_COUNTS, heard.closeness - near) if fits else _COUNTS
    for one in heard.near[1:_NEAREST]:
        if fits and (theirs or not is_own(one.name, heard, told)):
            continue  # only words for the young or for workers take the place of others as near
        if one.say is None or one.closeness < least:
            continue
        read = replace(
            heard, detail=one.name, say=one.say, closeness=one.closeness, for_danger=one.danger
        )
        if speaks_to(read, told, flows):
            return read
    return heard


def for_adults(heard: Heard, flows: Flows) -> bool:
    """Whether the answer is a form that nobody under 16 is led into."""
    return heard.young and any(form.adults and heard.say == form.offer for form in flows.forms)


def speaks_to(heard: Heard, told: History, flows: Flows) -> bool:
    """Whether the particular answer that was found is meant for somebody like this person."""
    whom = (heard.detail or "").split("/")[0]
    limits = _ONLY_BESIDE.get(whom)
    who = role(told) or _read_as(heard)
    fished = (told.last_plain or "").removeprefix("utter_").startswith("fish_")
    if fished and whom == "told" and heard.triage == "standard":
        return False  # "I am her mother in law" tells who asks
    if _is_for_others(heard, told, flows, whom) or _is_for_survivors(whom, who):
        return False
    # A child who hides told nobody how old they are.
    hides = heard.closeness >= _CLOSE and who is None and _EMERGENCY in told.said
    if whom == "young" and hides and not _any(told, _GROWN):
        return True
    if whom in _NOT_THE_HURT and who is None and is_hurt(told):
        return heard.confidence >= _SURE  # "what do I say to her" is about a child of theirs
    # A manager or a teacher may be told what a worried friend is told.
    theirs = who == whom or (who, whom) == ("pro", "worried") or _tells_who(heard, told, whom)
    if limits is None or theirs:
        return True
    if whom in ("young", "teen") and (heard.under_18 or who == "young"):
        return True
    intents, topics = limits
    topic = flows.in_hand(told.said)
    if heard.intent in intents or (topic is not None and topic.name in topics):
        return True
    if whom == "c2p" and who is None and not heard.under_18:
        return True  # "when I took his xbox off him" tells whom they mean
    # Somebody to be married off told it before and still is one.
    return whom in _STAYS and bool(intents & set(told.intents))


def _read_as(heard: Heard) -> str | None:
    """Who writes by this message alone, where it is read surely."""
    whom = (heard.detail or "").split("/")[0]
    if whom in _TO_SURVIVORS and heard.closeness >= _VERY_CLOSE:
        return None  # "I hit him back" word for word, whatever else it is read as
    sure = heard.confidence >= _SURE
    return next((who for who, intent in TELLS.items() if sure and heard.intent == intent), None)


def _is_for_others(heard: Heard, told: History, flows: Flows, whom: str) -> bool:
    """Whether the answer is for another age, another moment or another matter."""
    if whom in _NOT_TO_CHILDREN and heard.young:
        return True
    despairs = heard.intent == _SUICIDE and heard.confidence >= _SURE
    despairs = despairs or names_despair(heard.text) or _any(told, _TOLD_DESPAIR)
    despairs = despairs or (heard.intent == _SUICIDE and heard.closeness >= _CLOSE)
    despairs = despairs and not _tells_where(whom, heard, told)
    if whom in _OF_DESPAIR and not despairs and heard.detail != _WISHED_DEAD:
        return True  # "they make me feel sick" is no overdose
    # "Can she text this number herself" asks for nothing that is kept.
    words = heard.text.lower()
    asks_nothing = whom == "fish" and bool(_MAY_WRITE.search(words) or _I_SAY.search(words))
    late = heard.detail == _CALL_ME and is_promised(heard.text)
    # "My sister lives ten minutes away" is no hurry of somebody who wants to die.
    hurried = whom == _OF_TIME and any(map(_is_despair, told.said[-_JUST_NOW:]))
    if (
        asks_nothing
        or late
        or hurried
        or (heard.detail == _EARLIER and _EMERGENCY not in told.said)
    ):
        return True
    who = role(told)
    if (whom in _OWN_LIFE and who in OTHERS) or (who == "pro" and heard.detail in _NOT_TO_WORKERS):
        return True
    if whom == "worried" and heard.young and who != "worried":
        return True  # a child is told in a child's words what to do for a friend
    if whom in ("young", "teen") and heard.grown:
        return True
    if whom == "heard" and (_any(told, _TELLING) or who == "pro"):
        return _ASKED_HEARD not in told.said[-3:]  # "my midwife" is then no answer to where from
    if heard.detail in _OF_A_MATCH and heard.closeness < _VERY_CLOSE:
        topic = flows.in_hand(told.said)
        return heard.intent != _HONOUR and (topic is None or topic.name != "honour")
    return False


def _is_for_survivors(whom: str, who: str | None) -> bool:
    """Whether the answer speaks of harm to oneself, and another writes; or is for a third one."""
    if who in OTHERS and whom in OTHERS and (who, whom) != ("pro", "worried"):
        return whom != who
    if who == "perp":
        return whom in _TO_SURVIVORS | _NOT_TO_HARMERS
    return who in OTHERS and whom in _TO_SURVIVORS


def is_own(detail: str | None, heard: Heard, told: History) -> bool:
    """Whether an answer is one of those written for somebody like this person."""
    whom = (detail or "").split("/")[0]
    return whom == role(told) if not heard.under_18 else whom in TO_THE_YOUNG


def is_hurt(told: History) -> bool:
    """Whether somebody told of harm to themselves, and said nothing else of who they are since."""
    return role(told) is None and _any(told, _HURT)


def worries(heard: Heard, told: History, sure: float) -> bool:
    """Whether danger is another's: who was hurt themselves says "my sister is coming" of help."""
    least = _SURE if is_hurt(told) else sure
    return heard.intent == TELLS["worried"] and heard.confidence >= least


def _tells_who(heard: Heard, told: History, whom: str) -> bool:
    """Whether it is said word for word as one of those says it, and nothing else tells who."""
    grown = _any(told, _GROWN) or heard.grown
    known = role(told) is not None or grown
    return heard.closeness >= _VERY_CLOSE and whom in _TELL_WHO and not known


def _tells_where(whom: str, heard: Heard, told: History) -> bool:
    """Whether "on my legs" tells where another hurt them, and nothing of their own hand."""
    last = (told.last_plain or "").removeprefix("utter_")
    hurt = whom == "selfharm" and last.startswith(_TOLD_HARM)
    return hurt and not _OWN_HAND.search(heard.text.lower())


def _is_despair(name: str) -> bool:
    return name.removeprefix("utter_").startswith(_TOLD_DESPAIR)


def _any(told: History, beginnings: tuple[str, ...]) -> bool:
    return any(name.removeprefix("utter_").startswith(beginnings) for name in told.said)
