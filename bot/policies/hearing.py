"""Being heard where nothing fits: by what was told, never with the same words, never by a menu.

Whoever was hurt or threatened hears that first. What is said instead of not following depends on
whether something was told before, whether a question was asked, and whether a person is awaited.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from bot.policies.answers import is_question, short_answer
from bot.policies.flows import Flows, Topic
from bot.policies.follow import unknown
from bot.policies.nearly import nearly
from bot.policies.offers import ASK_WORD, DANGER, NO_WORD
from bot.policies.reach import OTHERS, role, speaks_to
from bot.policies.remarked import answer_to, in_danger
from bot.policies.taken import AGAIN, ANSWERS
from bot.policies.talk_history import Heard, History, plain
from bot.policies.wishes import KEEP

NOT_UNDERSTOOD: Final = ("utter_not_understood", "utter_not_understood_again", "utter_offer_person")
# Once somebody has told something, not following a remark is no reason to say so: they are heard.
HEARD: Final = ("utter_heard_you", "utter_heard_you_again", "utter_heard_person")
_WAITING: Final = "utter_heard_waiting"
NO_ANSWER: Final = "utter_no_answer"
WRONG_NUMBER: Final = "utter_wrong_number"
# What may be said before anybody has told anything.
OPENERS: Final = frozenset(
    {"utter_greet", "utter_safe_go_on", "utter_check_safe", WRONG_NUMBER, *NOT_UNDERSTOOD}
)
# Small talk, after which a greeting is only that.
_SMALL: Final = (
    "prank", "test_", "typo", "how_are", "out_of_scope", "service_", "bot_", "affirm", "deny",
    "dont_know", "thank", "goodbye", "bye_", "ask_hub", "sorry_", "swear", "data_",
)  # fmt: skip
_SAFE: Final = "utter_safe_go_on"
_GO_ON: Final = "utter_inclusive_go_on"
_SAFE_AND_TOLD: Final = "utter_safe_and_told"
_STAY: Final = "utter_danger_stay"
_STAYS: Final = "utter_suicide_stays"
_HEARD: Final = "utter_danger_heard"
_THREAT: Final = "utter_threat_heard"
_HARM: Final = "utter_heard_harm"
_FIRST: Final = "utter_disclose_abuse"
_POLICE: Final = "utter_police_reporting"
_POLICE_NEWS: Final = "utter_police_news"
_REPORTS: Final = re.compile(
    r"(?i)\b(?:report|tell|ring|call|press charges|want|should|go to|statement)\b"
)
_NOT_THREATENED: Final = frozenset(
    {"worried_about_someone", "perpetrator_help", "professional_referral"}
)
_LATELY: Final = 6  # utterances
_NOW: Final = re.compile(
    r"\b(?:now|\w+ing|here|outside|door|stairs|near|help|again"
    r"|(?:hes|he's|shes|she's|theyre|they're|is|are) \w{3,}in)\b"
)
_ITS_OWN: Final = 0.85  # closeness
_POLITE: Final = ("bye/", "thanks/", "talk/", "heard/", "helped/", "near_miss/", "person/anyone")
_BARE: Final = 3  # words
_TWICE: Final = 2
_JUST_SAID: Final = 2  # utterances
_SILENT: Final = ("ask_hub", "note_", "999")
# Refusals and what may be lost by another answer stay in the same words.
_MAY_REPEAT: Final = frozenset(
    {*DANGER, "utter_unsafe_to_talk", "utter_stop_messages", "utter_fish_who_writes", KEEP}
    | {ASK_WORD, NO_WORD}
)
_AFTERWARDS: Final = "after/"
_AFTER: Final = 0.5  # closeness
_MUCH: Final = 9  # words; more tell something beside the yes
# What tells somebody only that they were not followed, or asks once more.
_NOTHING_SAID: Final = frozenset(
    {*NOT_UNDERSTOOD, *HEARD, _WAITING, NO_ANSWER, "utter_neutral", AGAIN}
    | {"utter_out_of_scope", "utter_out_of_scope_more", "utter_out_of_scope_leave"}
    | {"utter_disclose_then", "utter_service_info"}
)
# The further steps of a telling: right where nothing new was told.
_BLIND: Final = frozenset(
    {"utter_disclose_worst", "utter_disclose_worse", "utter_disclose_choice", "utter_disclose_then"}
    | {"utter_home_between", "utter_home_plan", "utter_hurt_pain", "utter_hurt_teacher"}
    | {"utter_teen_what", "utter_teen_safer"}
)


# Words for any distress, which take up nothing of what was told.
_SERVICE: Final = "utter_service_info"
_SURE: Final = 0.9
_NEARER: Final = 0.57  # closeness from which a particular answer says more than the matter
_ANY_DISTRESS: Final = frozenset(
    {"utter_emotional_distress", "utter_distress_breathe", "utter_distress_ask"}
    | {"utter_distress_small", "utter_distress_then"}
)


def begun_to_tell(told: History) -> bool:
    """Whether more than small talk came before."""
    small = tuple(f"utter_{start}" for start in _SMALL)
    return any(name not in OPENERS and not name.startswith(small) for name in told.said)


def is_back(heard: Heard) -> bool:
    """Whether they write again after a silence or, by text, after a long pause."""
    texted = heard.metadata.get("channel") == "sms"
    return bool(heard.metadata.get("was_quiet") or (texted and heard.metadata.get("resumed")))


def own_answer(heard: Heard, told: History, flows: Flows) -> list[str]:
    """What a remark is answered with before anything else; none where the gate has spoken."""
    if heard.metadata.get("gate") == "emergency":
        return []
    if _has_its_own(heard, told, flows):
        return []
    say = answer_to(heard, told, flows)
    threatened = "threat_to_kill" in (heard.metadata.get("signs") or ())
    # "My dad would kill me" that gate and model find calm is a way of speaking.
    calm = heard.triage == heard.metadata.get("gate") == "standard"
    threatened = threatened and not calm
    if say is None and threatened and role(told) not in OTHERS and not heard.for_danger:
        say = _THREAT if heard.intent not in _NOT_THREATENED else None
    return [say] if say is not None else []


def _has_its_own(heard: Heard, told: History, flows: Flows) -> bool:
    """Whether a particular answer is so close that a remark gives way to it."""
    # As near as it is by itself, whatever the talk in hand adds to it.
    near = next((one.closeness for one in heard.near if one.name == heard.detail), heard.closeness)
    close = heard.say is not None and near >= _ITS_OWN
    return close and not (heard.detail or "").startswith(_POLITE) and speaks_to(heard, told, flows)


def listened(chosen: list[str], heard: Heard, told: History, flows: Flows) -> list[str]:
    """What was chosen, or words that hear what was told where it would pass that over."""
    if chosen[:1] in ([_SAFE], [_GO_ON]) and _tells_more(heard):
        return [_SAFE_AND_TOLD]
    if chosen[:1] == [_POLICE] and not is_question(heard.text) and not _REPORTS.search(heard.text):
        return [_POLICE_NEWS]
    if short_answer(heard.text) in ("yes", "no") and (chosen[:1] == [AGAIN] or _is_bare(heard)):
        return chosen  # a yes or a no stands there, and what it means is asked once
    passes_over = bool(chosen) and plain(chosen[0]) in _NOTHING_SAID
    blind = bool(chosen) and plain(chosen[0]) in _BLIND | {_FIRST}
    suicide = any("_suicide_" in name or "_selfharm_" in name for name in told.said[-_LATELY:])
    if suicide and (passes_over or (blind and in_danger(heard, told))):
        return [_STAYS]
    particular = _nearest(chosen, heard, told, flows)
    if particular is not None:
        return [particular]
    unheard = in_danger(heard, told) and _HEARD not in told.said[-_LATELY:]
    if unheard and (passes_over or blind) and not is_question(heard.text):
        since = _since_the_alarm(heard, told.said[-_LATELY:])
        return [since or _HEARD] if plain(chosen[0]) != NO_ANSWER else chosen
    telling = _was_told_harm(heard)
    if not passes_over and not (telling and chosen and plain(chosen[0]) in _BLIND):
        return chosen
    late = _harm_heard(heard, told, flows)
    return chosen if late is None else [late]


def _harm_heard(heard: Heard, told: History, flows: Flows) -> str | None:
    """What waits until nothing else fits, where it is no matter to take up; harm not twice."""
    late = answer_to(heard, told, flows, late=True)
    named = late is not None and late.removeprefix("utter_").startswith("about_")
    return None if named or (late == _HARM and told.times(_HARM) > 1) else late


def _nearest(chosen: list[str], heard: Heard, told: History, flows: Flows) -> str | None:
    """A particular answer in place of words for anything; a remark that waits says more."""
    first = plain(chosen[0]) if chosen else ""
    unsure_of_it = heard.confidence < _SURE and first in _ANY_DISTRESS
    if not unsure_of_it and first not in _NOTHING_SAID | _BLIND | {_HEARD} or first == _SERVICE:
        return None
    late = answer_to(heard, told, flows, late=True)
    named = late if late != _HARM and not is_question(heard.text) else None
    near = nearly(heard, told, flows)
    if near is not None and (named is None or heard.near[0].closeness >= _NEARER):
        return near
    return named


def once_more(chosen: list[str], heard: Heard, told: History, flows: Flows) -> list[str]:
    """The emergency's words, or others where they were said a moment ago."""
    lately = told.said[-_LATELY:]
    if 0 < told.times(DANGER[0]) < _TWICE and _NOW.search(heard.text.lower()):
        return chosen  # in the shorter words for a second time
    by_model = heard.metadata.get("gate") == "standard"
    answered = lately if not by_model else told.said
    if not {DANGER[0], _STAY, _HEARD} & set(answered):
        return chosen
    now = _NOW.search(heard.text.lower()) and _STAY not in lately
    if any("_suicide_" in name for name in lately):
        return [_STAYS, *chosen[1:]]
    if now or not by_model:
        return [_STAY, *chosen[1:]]
    since = _since_the_alarm(heard, lately)
    return [since or _nearest([_HEARD], heard, told, flows) or _HEARD, *chosen[1:]]


def _since_the_alarm(heard: Heard, lately: list[str]) -> str | None:
    """What is said to "they said stay in the bedroom": nearest of all, and of what comes after."""
    best = heard.near[0] if heard.near else None
    after = best is not None and best.name.startswith(_AFTERWARDS)
    if best is None or not after or best.closeness < _AFTER or best.say in lately:
        return None
    return best.say


def in_other_words(
    chosen: list[str], heard: Heard, told: History, domain: Collection[str]
) -> list[str]:
    """What was chosen, unless it was said a moment ago and there are no other words for it."""
    first = chosen[0] if chosen else ""
    # A plain yes or no may come back to what was said before the last words.
    just = 1 if heard.intent in ANSWERS else _JUST_SAID
    spoken = [name for name in told.said if not name.removeprefix("utter_").startswith(_SILENT)]
    lately = spoken[-just:]
    known = {first, f"{first}_young", f"{first}_again"} & set(domain)
    if first not in lately or f"{first}_again" in domain or not known or first in _MAY_REPEAT:
        return chosen
    if _was_told_harm(heard) and not {_HARM, f"{_HARM}_young"} & set(lately):
        return [_HARM]
    if is_question(heard.text) and NO_ANSWER not in lately:
        return [NO_ANSWER]
    return [HEARD[0] if HEARD[0] not in lately else HEARD[1]]


def not_followed(heard: Heard, told: History, flows: Flows, next_step: list[str]) -> list[str]:
    """In the middle of a talk: an honest word to a question, and a telling is gone on with."""
    if is_question(heard.text):
        honest = unknown(heard, told, flows.leaning)
        if honest is not None or not told.times(NO_ANSWER):
            return [honest or NO_ANSWER]
    return next_step or unsure(heard, told, HEARD)


def unsure(heard: Heard, told: History, words: tuple[str, ...]) -> list[str]:
    """Honest words, others each time, and in the end a person."""
    times = sum(told.times(name) for name in {*NOT_UNDERSTOOD, *HEARD, _WAITING})
    name = words[min(times, len(words) - 1)]
    if times < len(words) - 1:
        return [name]
    if heard.metadata.get("mode") == "waiting":
        return [_WAITING]
    return [name, "utter_ask_hub_unsure"]


def goes_on(topic: Topic | None, told: History) -> bool:
    """Whether a telling that was half understood has a step that was not said yet."""
    return topic is not None and topic.telling and any(s not in told.said for s in topic.steps)


def _was_told_harm(heard: Heard) -> bool:
    return heard.triage != "standard" or bool(heard.metadata.get("signs"))


def _is_bare(heard: Heard) -> bool:
    return len(heard.text.split()) <= _BARE and heard.triage == "standard"


def _tells_more(heard: Heard) -> bool:
    return heard.triage != "standard" or len(heard.text.split()) > _MUCH
