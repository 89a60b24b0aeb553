"""Answers questions that lean on what was said before: "how long does one take?", "who do I ask?".

Read alone such words are taken for anything, so the talk in hand decides what they ask about. A
question is told by its first words, with nothing after them but words that add nothing; what it is
about, by a name in it, by who writes, by a picture, or by what was said last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.policies.answers import plain
from bot.policies.leaning import Lean, Leaning
from bot.policies.reach import OTHERS, role
from bot.policies.taken import TELLS_NOTHING
from bot.policies.talk_history import Heard, History

UNSEEN: Final = "utter_picture_unseen"
# What is said to these names 999 itself, and fits better than the words for any danger.
NAME_999: Final = frozenset(
    {"utter_picture_hurt", "utter_follow_not_there", "utter_follow_credit", "utter_follow_come"}
    | {"utter_follow_if_comes", "utter_follow_say_honour", "utter_follow_out"}
)
_ANY: Final = "any"
_OWN: Final = 0.1  # by how much less an answer about the same must be close
_PICTURE: Final = "picture"
_OWN_WORDS: Final = frozenset(
    {"near_miss", "after", "talk", "law", "police", "bye", "thanks", "pets"}
)
_CHILD_SAYS: Final = 0.72  # closeness from which a particular answer says more to a child
_MORE: Final = "complaint_more"  # nothing but more of a complaint is taken for that
_OF_COMPLAINTS: Final = TELLS_NOTHING | {
    "complaint_feedback", "emotional_distress", "request_human", "bot_challenge", "disclose_abuse",
    "dont_know", "affirm", "deny",
}  # fmt: skip
# Whoever asks what to do if it happens fears it; a harmer and a worker have words of their own.
_IF: Final = "utter_unknown_if"
_WHAT_IF: Final = re.compile(
    r"^(?:ok |and |but |so |n |yeah |well |then )*(?:what if|wot if|what happens if|what do i do if"
    r"|what about if|n if|if)\b"
)
_NOT_WARNED: Final = ("perp", "pro")
_AT_ONCE: Final = 2  # subjects that a talk is about
_BACK: Final = 8  # utterances after which what was talked of is over
_LEAD: Final = re.compile(
    r"^(?:(?:ok|okay|k|and|but|so|well|right|oh|o|erm?|um|yeah|yes|no|nah|sorry|please|pls|just"
    r"|like"
    r"|then|alright|cheers|thanks|ta|look|listen|wait|hang on|tell me|i said|i asked(?: you)?"
    r"|i mean"
    r"|actually|honestly|seriously|god|fine|hi|hello|hey|any idea|do you know|(?:can|could) (?:you"
    r"|someone|u) (?:please )?(?:just )?(?:tell|explain)(?: to)?(?: me)?|i (?:just "
    r"|still )?(?:want|need)"
    r" to know|what i (?:want|need) to know is|my question (?:is|was)|for the last time|again) )"
)


def leans(heard: Heard, told: History, known: Leaning, close: float) -> str | None:
    """What answers the question in the words, or None; `close`: when a detail says it better."""
    words = " ".join(plain(heard.text).replace("?", " ").split())
    if not words or _is_said_exactly(heard, close):
        return None
    forms = list(_without_leads(words))
    if role(told) != "pro" and not heard.young:
        term = next((say for asks, say in known.terms if asks.search(forms[-1])), None)
        if term is not None and term not in told.said[-1:]:
            return term
    if not told.said and not heard.metadata.get(_PICTURE):
        return None  # there is nothing to lean on
    forms.append(_without_names(forms[-1], known))
    calm = heard.triage == "standard"
    for one in known.questions:
        if _is_not_for(one, heard):
            continue
        again = told.last_plain in one.says.values() or told.last_plain == one.again
        if any(one.is_asked(form, calm=calm, again=again) for form in forms):
            found = _for_subject(one, words, heard, told, known, close)
            if found is not None:
                return found
    return None


def _is_not_for(one: Lean, heard: Heard) -> bool:
    """Whether the message is read as something else, or comes from a child it is not for."""
    other = heard.triage != "standard" or heard.intent not in _OF_COMPLAINTS
    beside = one.kind == _MORE and other
    return heard.confidence >= one.below or (heard.young and not one.young) or beside


def _is_said_exactly(heard: Heard, close: float) -> bool:
    """Whether the words are a way of saying something that has its own answer, or none at all."""
    kind = (heard.detail or "").split("/")[0]
    return heard.closeness >= close and kind in _OWN_WORDS


def unknown(heard: Heard, told: History, known: Leaning) -> str | None:
    """What is said to a question about the talk in hand that has no answer; once in a talk."""
    words = " ".join(plain(heard.text).replace("?", " ").split())
    if _WHAT_IF.search(words) and role(told) not in _NOT_WARNED and _IF not in told.said:
        return _IF
    subjects = _subjects(words, heard, told, known)
    name = next((known.unknown[one] for one in subjects if one in known.unknown), None)
    return name if name is not None and name not in told.said and not heard.young else None


def _for_subject(
    one: Lean, words: str, heard: Heard, told: History, known: Leaning, close: float
) -> str | None:
    subjects = list(_subjects(words, heard, told, known))
    if one.unless & set(subjects[:1]):
        return None
    subject = next((subject for subject in subjects if subject in one.says), _ANY)
    name = one.says.get(subject)
    if name is None or (subject == _ANY and not subjects):
        return None
    if heard.say is not None and heard.say != told.last_plain:
        own = speaks_of(heard.say, known)
        if heard.young and heard.closeness >= _CHILD_SAYS:
            return None
        general = subject == _ANY and own in subjects and heard.closeness >= close - _OWN
        free = one.is_free and own in {*subjects, None} and heard.closeness >= close - _OWN
        if general or free or (own == subject and heard.closeness >= close):
            return None  # a particular answer about the same says more
    if name in told.said and one.again is not None:
        return one.again if told.last_plain != one.again else None
    return name


def _subjects(words: str, heard: Heard, told: History, known: Leaning) -> Iterator[str]:
    """What the question may be about, the likeliest first."""
    for subject in known.subjects:
        if subject.named is not None and subject.named.search(words):
            yield subject.name
    who = role(told)
    if who is not None:
        yield who
    if heard.metadata.get(_PICTURE):
        yield _PICTURE
    others = {one for one in OTHERS if one != who} if who in OTHERS else set()
    talked = [one for one in talked_of(told, known) if one not in others]
    if talked:
        yield from talked[:_AT_ONCE]
        return
    for intent in reversed(told.intents):
        yield from (one.name for one in known.subjects if intent in one.intents)


def talked_of(told: History, known: Leaning) -> Iterator[str]:
    """What was talked of lately, the latest first."""
    spoken = (speaks_of(name, known) for name in reversed(told.said[-_BACK:]))
    yield from dict.fromkeys(subject for subject in spoken if subject is not None)


def speaks_of(name: str, known: Leaning) -> str | None:
    """The subject of an utterance, by the longest beginning of its name."""
    bare = name.removeprefix("utter_")
    starts = [(start, one.name) for one in known.subjects for start in one.said]
    fits = [(len(start), subject) for start, subject in starts if bare.startswith(start)]
    return max(fits)[1] if fits else None


def _without_leads(words: str) -> Iterator[str]:
    """The words, and without each of those before them that only lead in: "ok so how long"."""
    yield words
    while (rest := _LEAD.sub("", words, count=1)) != words:
        words = rest
        yield words


def _without_names(words: str, known: Leaning) -> str:
    """The words without what names a subject: "how long does an order take"."""
    for subject in known.subjects:
        words = subject.named.sub(" ", words) if subject.named is not None else words
    return " ".join(words.split())
