"""What words alone decide: deleting this conversation, fishing for another, when to be reached.

Deletion is offered only where they clearly want this conversation gone; "do I keep them or delete
them" is about what somebody sent. Whoever asks whether another person writes here is refused, in
the same words, whatever a model takes it for. Whoever says when and how a person may reach them has
it noted as they said it.
"""

from __future__ import annotations

import re
from typing import Final

from bot.policies.answers import plain, short_answer
from bot.policies.flows import Flows
from bot.policies.talk_history import Heard, History

# What tells whoever holds the phone why somebody wrote.
_SAYS_WHAT_FOR: Final = frozenset(
    {"utter_service_what_is", "utter_service_info", "utter_service_what_can_you_do"}
)
_PLAIN_LINE: Final = "utter_service_plain_line"
FISHING: Final = "utter_fish_who_writes"
NOT_REPEATED: Final = "utter_fish_start_new"
_NO_PLACE: Final = "utter_fish_place"
# A person is asked for, what was said is kept for them, and it is said to be kept.
REACH: Final = ("utter_ask_hub", "utter_note_call_when", "utter_call_noted")
# Leads into the questions about a call; it keeps the time by itself.
_ASKS_HOW: Final = "utter_person_call_back"
_ASKED_FOR: Final = 0.8  # closeness
KEEP: Final = "utter_police_keep"
_REQUEST: Final = "utter_data_request"
_DELETES: Final = "utter_data_delete"
_KEPT: Final = "utter_data_kept"
_COPY: Final = "utter_data_copy"
_ON_THEIR_PHONE: Final = "utter_data_own_phone"

_DELETE: Final = r"(?:delet\w*|eras\w*|wip(?:e|ed|ing)|remov\w*|get rid|clear|destroy\w*|bin|scrap)"
_SAYS_NO_MORE: Final = ("person/", "bye/", "thanks/")
_RANG: Final = re.compile(r"\b(?:rang|called|phoned|left|heard|voicemails?|last|yesterday)\b")
_CLEAR: Final = re.compile(
    rf"\b{_DELETE} (?:of )?(?:\w+ ){{0,3}}?(?:this|it|all|everything|me|us|messages?|texts?|chats?"
    r"|conversations?|data|details|info|information|stuff|records?|history|number"
    r"|what (?:i|ive|we))\b"
    rf"|^(?:please )?{_DELETE}(?: please| now)?$|\bforget (?:what|everything|all|me)\b"
    r"|\b(?:this|it|all|everything|messages|data|chat|conversation|told you|said|wrote)\b.*"
    rf"\b(?:gone|{_DELETE}|off (?:your|the) (?:computer|system|end))\b"
)
_NOT_THIS: Final = re.compile(
    r"\b(?:should i|do i|shall i|would i|must i|can i|could i|or keep|keep|or not|save|hang on to"
    r"|his|her|hers|their|theirs|(?:he|she|they)(?:s|ve)? (?:\w+ )?sen[dt]s?|sent me"
    r"|from (?:him|her|them)|evidence|proof|photos?|pics?|pictures?|screenshots?|voicemails?"
    r"|videos?|recordings?)\b"
)
_ABOUT_KEEPING: Final = re.compile(rf"\b(?:{_DELETE}|keep\w*|sav(?:e|ing)|hang on to)\b")
_OF_OURS: Final = re.compile(
    r"\b(?:you (?:have|hold|keep|kept|store|got)|(?:this|our) (?:chat|conversation)|about me|on me"
    r"|my (?:data|file|records?))\b"
)
_STILL_THERE: Final = re.compile(
    r"\bif i (?:delete|clear|wipe|erase|bin|get rid)\b.*\b(?:still|gone|see|somewhere|find|back)\b"
)
_COPIED: Final = re.compile(r"\b(?:copy|send me|see what you|subject access|sar)\b")

_CLOSE: Final = (
    r"(?:wife|husband|hubby|missus|mrs|mr|girlfriend|boyfriend|partner|fiancee?|ex|daughter|son|sister"
    r"|brother|mum|mother|dad|father|cousin|niece|friend|mate|gf|bf|other half|bird|lad|girl)"
)
_WROTE: Final = (
    r"(?:(?:talk|speak|text|writ|messag|chatt|contact|ring|call)(?:ing|in)"
    r"|texted|text|messaged|message|contacted|contact|written|wrote|rung|rang|called|spoken|spoke"
    r"|been (?:in touch|in contact|on|talking|texting|writing|messaging|speaking)|in touch)"
)
_FISHING: Final = re.compile(
    r"^(?:hi |hello |hey |ok |so |please |can you (?:please )?|just )*"
    r"(?:is|has|have|did|does|was)(?:nt)?"
    rf" (?:(?:my|our|his|her|the) (?:\w+ )?{_CLOSE}|she|he|they)(?: \w+)? {_WROTE}"
    r"(?: to| with| on| by)*(?: \w+)? "
    r"(?:you|u|yous|ye|here|this(?: number| line| phone)?|number|service|yet|lot)\b"
)


_ON_HERE: Final = re.compile(
    r"^(?:ok |so |and |but |just |tell me )*(?:is|was) (?:she|he|my (?:wife|husband|girlfriend"
    r"|boyfriend|partner|ex|missus|daughter|son)) (?:on|using|in) (?:here|this|there)\b"
)
_TELL_ME: Final = re.compile(
    r"^(?:hi |hello |hey |ok |so |please |can you (?:please )?|i (?:want|need) to |just )*"
    rf"(?:tell me|know|say|confirm|check) (?:if|whether|that) (?:my (?:\w+ )?{_CLOSE}|she|he|they)"
    rf"s?(?: \w+)?(?: \w+)? {_WROTE}(?: to| with)* (?:you|u|here|this|number)\b"
)


_WHERE: Final = re.compile(
    r"\b(?:where(?:s| is|abouts)?|which|what|address of|find) (?:\w+ ){0,2}?"
    r"(?:refuge|safe house|hostel)(?: \w+)? (?:is|was|are|did|has)?(?: )?"
    rf"(?:(?:she|he|they)s?|my (?:\w+ )?{_CLOSE}|(?:the|our|my) (?:kids|children))\b"
)


_IN_YOURS: Final = re.compile(
    rf"\b(?:{_CLOSE}|she|he|they)s? (?:\w+ ){{0,4}}?"
    r"(?:went|gone|is|are|was|moved|staying|living|got)"
    r" (?:\w+ )?(?:in|into|to|at|a place in) (?:one of )?(?:your|ur|yours?) (?:\w+ )?"
    r"(?:refuges?|safe ?houses?|hostels?|places?|houses?)\b"
)


# Whoever holds the phone asks for what she wrote, as if they were her.
_EARLIER: Final = re.compile(
    r"\b(?:send|show|give|forward|copy) (?:it |them )?(?:me |us )?(?:back |again |over )*"
    r"(?:(?:of |about )?(?:what|everything|all)(?: that| of what)?"
    r"|(?:the |my |all )*(?:texts|messages|chat)(?: that| what)?) (?:i|we|she|ive|weve|shes)"
    r" (?:\w+ )?(?:wrote|written|said|told|texted|sent|typed|put|talked|spoke|messaged)\b"
)


_CALLS_OTHERS: Final = re.compile(
    r"\b(?:ring|call|phone|contact|tell|ringing|calling) (?:the |my |our |his |her )*"
    r"(?:social\w*|ss|school|college|police|mum|mam|dad|parents|family|house|home|work|boss|gp|doctors?"
    r"|him|her|them|any ?one|any ?body|teachers?|husband|wife)\b"
)


_DAY: Final = (
    r"(?:mon|tues?|wed|wednes|thurs?|thu|fri|sat|satur|sun)(?:days?|s)?|weekdays?|weekends?"
    r"|tomorrow|tomoz|tomo|tmrw|mornings?|afternoons?|evenings?|dinner ?times?|lunch(?: ?times?)?"
)
_HOUR: Final = (
    r"(?:after|before|from|between|by|at|around|about|past|until|till|til) "
    r"(?:about |half )?"
    r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|noon|school|work)"
    r"|\d{1,2} ?(?:am|pm|til|till|until|to) ?\d{0,2}"
)
_WHEN: Final = re.compile(rf"\b(?:{_DAY}|{_HOUR})\b")
# A person is asked to get in touch: "you can ring me", "put me down for a chat", "only text".
_REACH_ME: Final = re.compile(
    r"\b(?:(?:ring|call|phone|text|txt|message|contact|reach|speak to|talk to) (?:me|us)\b"
    r"|put me down\b"
    r"|get (?:one of (?:your lot|you|them|yous)|some ?one|some ?body|a person) to"
    r" (?:ring|call|phone|text|message)|(?:only|just) (?:ring|call|phone|text|txt|message)\b"
    r"|(?:can|could) (?:some ?one|some ?body|a person|they|you) (?:ring|call|phone|text|message)"
    r"|(?:best|safe|good|ok|okay|fine) (?:time )?to (?:ring|call|phone|text|message)\b)"
    r"|^(?:ring|call|phone|text|txt|message) "
)
_RING: Final = r"(?:ring|call|phone|text)"
_ASKED: Final = re.compile(
    r"^(?:should|do i|shall|why|when|what)\b"
    rf"|\b(?:would|will|could|does|do) (?:any ?one|any ?body|you|they|u) (?:ever )?{_RING}"
)
_SOMEBODY: Final = r"(?:some ?one|some ?body|they|you|u|yous|one of (?:you|them)|a \w+)"
_PROMISED: Final = re.compile(
    rf"\b{_SOMEBODY} (?:was|were|wer) (?:all )?(?:supposed|meant|ment|going|gonna|due)(?: to)?"
    rf" (?:\w+ )?{_RING}"
    rf"|\b(?:told|promised|said) (?:me |that |us )*{_SOMEBODY}"
    rf"(?: would|d|ll| will| was going to) (?:\w+ )?(?:{_RING}|be ringing|be calling)"
)
_NOT_OURS: Final = re.compile(
    r"\b(?:bail\w*|conditions?|injunction|non ?mol|(?:court|restraining|the|an|his|her) order)\b|"
    r"\b(?:he|she|they|who|my \w+|police|ex) (?:\w+ ){0,2}?"
    r"(?:ring|rang|call|phone|text|message|contact|reach)"
    r"|\b(?:rings|calls|phones|texts|messages|rang|called|phoned|texted|messaged|ringing|calling"
    r"|texting|phoning)\b"
)


def says_when_to_reach(text: str) -> bool:
    """Whether somebody says when a person may ring or write to them."""
    words = plain(text)
    if "?" in text and _ASKED.search(words):
        return False
    if is_promised(text):
        return False
    asked = _REACH_ME.search(words) and _WHEN.search(words)
    return bool(asked) and not _NOT_OURS.search(words) and not calls_others(text)


def is_promised(text: str) -> bool:
    """Whether a call is spoken of that was promised: it is late, not asked for."""
    return bool(_PROMISED.search(plain(text)))


def says_when(heard: Heard, told: History, flows: Flows) -> bool:
    """Whether they say when to reach them, unasked by a form and not led into one."""
    asked = any(form.question_asked_by(told.last or "") for form in flows.forms)
    leads = heard.say == _ASKS_HOW and heard.closeness >= _ASKED_FOR
    return not asked and not leads and says_when_to_reach(heard.text)


def calls_others(text: str) -> bool:
    """Whether "don't ring" speaks of other people: it is no wish about calls to themselves."""
    return bool(_CALLS_OTHERS.search(plain(text)))


def only_of_calls(heard: Heard) -> bool:
    """Whether the answer that was found says no more to a wish for no calls than that it is heard.

    "I do NOT want you to ring" is no new complaint; "somebody left a voicemail" is one.
    """
    detail = heard.detail or ""
    complains = detail.startswith("complaint/") and not _RANG.search(plain(heard.text))
    return complains or detail.startswith(_SAYS_NO_MORE)


def fishes(text: str) -> bool:
    """Whether somebody asks if another person is in touch with us, or where that person is."""
    words = plain(text)
    asks = (_FISHING, _ON_HERE, _TELL_ME, _WHERE, _IN_YOURS)
    return any(pattern.search(words) for pattern in asks)


def asks_what_was_written(text: str) -> bool:
    """Whether they want earlier words of this conversation repeated, whoever they are."""
    return bool(_EARLIER.search(plain(text)))


def refusal(text: str, *, begun: bool) -> str | None:
    """What somebody is told who fishes or, once a talk has `begun`, wants its words again."""
    if fishes(text):
        return _NO_PLACE if _WHERE.search(plain(text)) else FISHING
    return NOT_REPEATED if begun and asks_what_was_written(text) else None


def discreet(chosen: list[str], told: History) -> list[str]:
    """What was chosen; once somebody was refused, nothing says what this number is for."""
    refused = {FISHING, NOT_REPEATED, _NO_PLACE} & set(told.said)
    return [_PLAIN_LINE] if refused and _SAYS_WHAT_FOR & set(chosen) else chosen


def only_if_wished(chosen: list[str], heard: Heard) -> list[str]:
    """What was chosen, unless it offers deletion to somebody who did not clearly ask for it."""
    words = plain(heard.text).replace("?", "").strip()
    clear = bool(_CLEAR.search(words) and not _NOT_THIS.search(words))
    if clear and chosen == [KEEP] and (heard.detail or "").startswith("evidence/"):
        return [_DELETES]
    if {_REQUEST, _DELETES} & set(chosen) and _STILL_THERE.search(words):
        return [_ON_THEIR_PHONE]
    if not {_REQUEST, _DELETES} & set(chosen) or clear:
        return chosen
    if heard.intent == "affirm" or short_answer(heard.text) == "yes":
        return chosen
    if _COPIED.search(words):
        return [_COPY]
    about_theirs = _ABOUT_KEEPING.search(words) and not _OF_OURS.search(words)
    return [KEEP if about_theirs else _KEPT]
