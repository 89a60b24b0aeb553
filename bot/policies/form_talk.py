"""Takes a form through a conversation: offered, one question a turn, interrupted, gone on with.

Everything follows from what was said before, the latest message and the form's data. A message
that is no answer is answered as any other; after that, once, going on is offered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.policies.answers import consent, is_question, plain, short_answer
from bot.policies.fitting import names_a_place
from bot.policies.forms import Form, Question
from bot.policies.talk_history import Heard, History

_BY_INTENT = {"affirm": "yes", "deny": "no", "dont_know": "skip"}
# Where the service or a person at the hub had the last word, ours is not what is answered.
_OURS = (None, "assistant")
_LONGEST_WORDS = 10  # of free words that no pattern knows
_MOST_FREE = 12  # of words of a form's own kind
# Whoever tells of harm, or asks for something else, is not answering how to be reached.
_TELLS = re.compile(
    r"\b(?:hit|hits|hurt\w*|punch\w*|kick\w*|slap\w*|chok\w*|strang\w*|grab\w*|threat\w*|kill\w*"
    r"|rape\w*|knife|scared|afraid|follow\w*|stalk\w*|refuge|court|solicitor|injunction|help me)\b"
)
_ASKS_TO_BE_REACHED = re.compile(
    r"^(?:ok |and |please )*can (?:you|u|they|someone|somebody) (?:just |only )?"
    r"(?:ring|call|phone|text|message)\b"
)
_NOT_AN_ANSWER = frozenset(
    {"request_human", "bot_challenge", "confidentiality", "complaint_feedback"}
)
_TALK = frozenset({"affirm", "deny", "dont_know", "greet", "thank", "goodbye", "out_of_scope"})


@dataclass(frozen=True)
class FormTurn:
    """What a form says now; `lead` is a topic to go on with.

    With `aside` they asked something besides: the answer to that comes after `aside`, and the form
    waits.
    """

    said: list[str]
    lead: str | None = None
    aside: list[str] | None = None


def answered(form: Form, heard: Heard, told: History, sure: float) -> FormTurn | None:
    """What follows when the message answers the form's offer or question, or None."""
    if not _follows(heard) or (form.adults and heard.young):
        return None
    if told.last_plain is not None and told.last_plain in (form.offer, form.back):
        return _consented(form, heard, told, sure)
    question = form.question_asked_by(told.last_plain)
    if question is None:
        return None
    answer = _answer(form, question, heard, sure)
    if answer is None:
        return None
    return _noted(form, question, answer, heard, told)


def is_answered_plainly(form: Form, heard: Heard, told: History) -> bool:
    """Whether a plain yes, no or skip stands after a question or offer of the form.

    Out of its place a model may take it for something else: "skip" for a wish to be left alone.
    """
    question = form.question_asked_by(told.last_plain)
    asks = told.last_plain in (form.offer, form.back) or question is not None
    if told.last_plain is None or not asks or not _follows(heard):
        return False
    free = question is not None and question.kind == "words" and _is_free(form, heard)
    return free or bool(consent(heard.text))


def is_open(form: Form, told: History) -> bool:
    """Whether a question of it was asked and nothing has closed it since."""
    return bool(_asked(form, told))


def go_on(form: Form, heard: Heard, told: History) -> str | None:
    """The words that offer to go on with an interrupted form; said once in a run of it."""
    mine = form.question_asked_by(told.last_plain) is not None
    if form.back is None or not is_open(form, told) or (form.adults and heard.young):
        return None
    if form.back in _since_closed(form, told) or (mine and heard.triage == "emergency"):
        return None
    return form.back


def begin(form: Form, heard: Heard, told: History) -> str:
    """The first question that is still to be asked; the end when none is."""
    following = _following(form, heard, told, frozenset())
    return following.ask if following is not None else form.end


def remaining(form: Form, heard: Heard) -> int:
    """How many questions their own words have not answered yet."""
    return sum(not (question.known & _known(heard)) for question in form.questions)


def _follows(heard: Heard) -> bool:
    """Whether the message can answer what was asked last: nobody spoke and no pause between."""
    meta = heard.metadata
    paused = meta.get("was_quiet") or meta.get("resumed")
    return not paused and meta.get("last_said") in _OURS


def _consented(form: Form, heard: Heard, told: History, sure: float) -> FormTurn | None:
    said = consent(heard.text) or _by_intent(heard, sure)
    if said is None or is_question(heard.text):
        return None
    if said == "yes":
        following = _again(form, told) or _following(form, heard, told, frozenset())
        return FormTurn([following.ask if following is not None else form.end])
    refused = form.stopped if told.last_plain == form.back else form.declined
    return FormTurn([refused or form.stopped])


def _answer(form: Form, question: Question, heard: Heard, sure: float) -> str | None:
    """The answer that the message gives to a question, by its own words before its reading."""
    if question.kind == "words":
        return _words(form, question, heard, sure)
    said: str | None = short_answer(heard.text)
    if said == "stop":
        return said
    words = plain(heard.text)
    chosen = next((code for code, by in question.patterns.items() if by.search(words)), None)
    if question.kind == "choice":
        tells = (
            is_question(heard.text)
            or heard.triage != "standard"
            or bool(heard.metadata.get("signs"))
        )
        short = len(words.split()) <= _LONGEST_WORDS
        return None if tells or not short else chosen or said or _by_intent(heard, sure)
    named = question.known & set(heard.metadata.get("signs") or ())
    if named and said in (None, "yes"):
        return "yes"
    if said is not None:
        return said
    return None if is_question(heard.text) else _by_intent(heard, sure)


def _is_free(form: Form, heard: Heard) -> bool:
    """Whether a few words are of the form's own kind, whatever else they might be read as."""
    words = plain(heard.text)
    if form.free is None or heard.metadata.get("signs") or len(words.split()) > _MOST_FREE:
        return False
    asks = is_question(heard.text) and not _ASKS_TO_BE_REACHED.search(words)
    return not asks and not _TELLS.search(words) and bool(form.free.search(words))


def _words(form: Form, question: Question, heard: Heard, sure: float) -> str | None:
    """Whether the message is taken as the answer in their own words."""
    if _is_free(form, heard):
        return "words"
    said, words = short_answer(heard.text), plain(heard.text)
    if said == "stop":
        return "stop"
    if is_question(heard.text) or heard.metadata.get("signs") or _TELLS.search(words):
        return None
    if any(by.search(words) for by in question.patterns.values()):
        return "words"
    if said == "skip" or said == "no":
        return "skip"
    other = heard.intent not in _TALK and heard.confidence >= sure
    other = other and not names_a_place(heard.text)
    if said == "yes" or other or heard.intent in _NOT_AN_ANSWER:
        return None
    return "words" if 0 < len(words.split()) <= _LONGEST_WORDS else None


def _noted(
    form: Form, question: Question, answer: str, heard: Heard, told: History
) -> FormTurn | None:
    if answer == "stop":
        return FormTurn([form.stopped])
    note = [question.notes[answer]] if answer in question.notes else []
    lead = question.leads.get(answer)
    if lead is not None:
        words = [lead] if lead.startswith("utter_") else []
        return FormTurn([*note, *words], lead=None if words else lead)
    following = _following(form, heard, told, question.asked_by)
    any_yes = answer == "yes" or _any_yes(form, told)
    end = (form.end_yes if any_yes else None) or form.end
    asked_back = note if note and answer != "words" and is_question(heard.text) else None
    return FormTurn([*note, following.ask if following else end], aside=asked_back)


def _following(form: Form, heard: Heard, told: History, beside: frozenset[str]) -> Question | None:
    """The first question not asked or noted in this run that their words have not answered."""
    said, known = {*_since_closed(form, told), *beside}, _known(heard)
    return next(
        (
            q
            for q in form.questions
            if not (q.asked_by | set(q.notes.values())) & said and not q.known & known
        ),
        None,
    )


def _again(form: Form, told: History) -> Question | None:
    """The question that was interrupted: the last one asked, if no answer to it was noted."""
    since = _since_closed(form, told)
    last = next((name for name in reversed(since) if form.question_asked_by(name)), None)
    question = form.question_asked_by(last)
    if question is None or last is None:
        return None
    after = since[len(since) - since[::-1].index(last) :]
    return None if set(question.notes.values()) & set(after) else question


def _known(heard: Heard) -> set[str]:
    meta = heard.metadata
    return {*(meta.get("known") or ()), *(meta.get("signs") or ()), *(meta.get("facts") or ())}


def _asked(form: Form, told: History) -> list[str]:
    return [name for name in _since_closed(form, told) if form.question_asked_by(name)]


def _any_yes(form: Form, told: History) -> bool:
    yes = {question.notes.get("yes") for question in form.questions}
    return any(name in yes for name in _since_closed(form, told))


def _since_closed(form: Form, told: History) -> list[str]:
    """What was said since the form was closed last, or from the beginning."""
    said = told.said
    ends = [place for place, name in enumerate(said) if name in form.closers]
    return said[ends[-1] + 1 :] if ends else said


def _by_intent(heard: Heard, sure: float) -> str | None:
    return _BY_INTENT.get(heard.intent or "") if heard.confidence >= sure else None
