"""What to answer to one message: pure decisions, from what was heard and what is known.

Order of precedence: silence that was asked for, an emergency, the keywords, pictures without
words, and only then what the assistant says. Whatever comes out obeys P3, P5, P6, P10 and P11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from webhook.clients.assistant import Answer
from webhook.core.messages import Channel, Mode
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.safety.facts import Facts
from webhook.safety.gate import Assessment
from webhook.safety.keywords import Keyword
from webhook.safety.replies import reply
from webhook.services import code_word
from webhook.services.commands import (
    AskCodeWord,
    AskErase,
    Command,
    Erase,
    GoQuiet,
    RequestHandover,
    RiskAnswer,
    Stop,
    parse_commands,
)

_YES = frozenset({"yes", "yeah", "yeh", "yep", "y", "sure", "confirm", "ok", "okay", "delete"})
_YES_ASKED = frozenset({"erase", "person"})  # what a plain yes brings about
_YES_OR_NO = [{"title": "Yes", "payload": "yes"}, {"title": "No", "payload": "no"}]
# Signs that plainly say yes, no or thanks: the assistant's own answer fits those.
_EXPECTING = frozenset("\U0001f930\U0001f931")
# Police or an ambulance; a tick, hearts, thanks; somebody who runs or walks, a door, a car.
_HELPERS = frozenset("\U0001f46e\U0001f694\U0001f693\U0001f691\U0001f6a8")
_ALL_WELL = frozenset(
    "\u2705\u2714\u2764\U0001f44d\U0001f64f\U0001f64c\U0001f44c\U0001f60a\U0001f495"
)
_GETTING_OUT = frozenset("\U0001f3c3\U0001f6b6\U0001f6aa\U0001f697\U0001f695\U0001f68c")
_PLAIN_SIGNS = frozenset("\U0001f44d\U0001f44e\U0001f44c\U0001f64f\u2705\u274c\u2764\ufe0f ")
_CRY = "cry_"  # how the lexicon's ids of bare cries for help begin, in any language
_CHILD_BANDS = frozenset({"under13", "13-15"})
# Said first by text these carry nothing to answer: the first words alone are the answer.
_OPENERS = frozenset({"greet", "thank", "affirm", "deny", "dont_know", "goodbye", "nlu_fallback"})
_GREETS = ("Hello", "Hi")
_ASKS_US = re.compile(r"\b(?:do|can|is|are|will) (?:you|u|yous|ye|this|it) (?:\w+ )?(?:\w+)")
_OF_ANOTHER = re.compile(
    r"\b(?:about|for) (?:my|our|a|the|me) (?:\w+ )?(?:daughter|sis|sister|son|brother|bro|mum|mam"
    r"|mom|dad|friend|mate|nan|gran|cousin|niece|nephew|auntie|aunt|colleague|neighbou?r)s?\b"
    r"|\bnext door\b|\bnot (?:for |about )?me\b|\b(?:about|for) some(?:one|body)(?: else)?\b"
)


@dataclass(frozen=True)
class Heard:
    """One message and what is known when it is handled."""

    channel: Channel
    mode: Mode
    text: str
    media_count: int
    assessment: Assessment
    triage: Triage
    state: ContactState
    age_band: str | None = None
    told: Facts = Facts()
    resumed: bool = False
    mask: str | None = None  # what stands in for the text in the transcript


@dataclass
class Turn:
    """What is to be done about one message."""

    replies: list[str] = field(default_factory=list)
    triage: Triage = Triage.STANDARD
    commands: list[Command] = field(default_factory=list)
    quiet: bool = False
    how: str = "assistant"
    intent: str | None = None
    confidence: float | None = None
    asks: Literal["erase", "person", "code_word_new", "code_word_check"] | None = None
    quick_replies: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)  # of replies that are not English

    def choices(self, text: str) -> list[dict[str, str]]:
        """What web chat offers as buttons under a reply: the assistant's, or a yes and a no."""
        if self.asks in _YES_ASKED and text == self.replies[-1]:
            return self.quick_replies.get(text) or _YES_OR_NO
        return self.quick_replies.get(text, [])


def before_assistant(heard: Heard) -> Turn | None:
    """The answer that needs no assistant; None when it should be asked."""
    assessment = heard.assessment
    heard.state.fixed = None
    if assessment.keyword is Keyword.STOP:
        return Turn(commands=[Stop(command="stop")], how="stop", quiet=True)
    if heard.mode is Mode.STAFF:
        return Turn(triage=assessment.triage, how="staff", quiet=assessment.quiet)
    if assessment.quiet:
        return Turn(triage=assessment.triage, how="quiet", quiet=True)
    if assessment.triage is Triage.EMERGENCY:
        return Turn([_emergency_words(heard)], triage=Triage.EMERGENCY, how="gate")
    if any(reason.startswith(_CRY) for reason in assessment.reasons):
        return Turn([_emergency_words(heard)], triage=assessment.triage, how="gate")
    return _agreed(heard) or _keyword(heard) or _wordless(heard)


def after_assistant(heard: Heard, answer: Answer) -> Turn:
    """The assistant's answer, made safe: triage never lower, an emergency always with 999."""
    reading = answer.reading
    turn = Turn(
        # Each once: an assistant that goes round in circles must not flood a phone.
        replies=list(dict.fromkeys(said.text for said in answer.replies)),
        triage=max(heard.assessment.triage, _level(reading.triage)),
        commands=parse_commands(answer.commands),
        intent=reading.intent,
        confidence=reading.confidence,
        quick_replies={said.text: said.quick_replies for said in answer.replies},
    )
    _heed(turn)
    turn.quiet = any(isinstance(command, GoQuiet | Stop) for command in turn.commands)
    if turn.quiet and turn.triage < Triage.EMERGENCY:
        turn.replies = []
        return turn
    turn.quiet = False
    _beyond_words(heard, turn)
    if turn.triage is Triage.EMERGENCY and not any(names_999_and_55(text) for text in turn.replies):
        turn.replies = [_emergency_words(heard)]
    if not turn.replies:
        turn.replies = [_fixed(heard, "fallback")]
    return _first_words(heard, turn)


def without_assistant(heard: Heard) -> Turn:
    """The fixed fallback while the assistant is away; the hub is asked for a person."""
    turn = Turn([_fixed(heard, "fallback")], triage=heard.assessment.triage, how="fallback")
    turn.commands = [RequestHandover(command="request_handover", reason="assistant_away")]
    _beyond_words(heard, turn)
    return _first_words(heard, turn)


def set_aside(heard: Heard) -> Turn:
    """What a person is told when their message could not be handled at all."""
    return Turn([_fixed(heard, "fallback")], triage=heard.assessment.triage, how="set_aside")


def names_999_and_55(text: str) -> bool:
    """Whether a text tells to call 999 and how to call without speaking (P10)."""
    return "999" in text and "55" in text


def _heed(turn: Turn) -> None:
    """What the commands mean for the turn itself: what is asked for, and how high the risk is."""
    for command in turn.commands:
        match command:
            case AskErase():
                turn.asks = "erase"
            case AskCodeWord():
                turn.asks = code_word.NEW if command.purpose == "new" else code_word.CHECK
            case RiskAnswer(answer="yes"):
                turn.triage = max(turn.triage, Triage.URGENT)
            case RequestHandover(reason="child" | "danger"):
                # A person is needed today, whatever the model made of the words.
                turn.triage = max(turn.triage, Triage.URGENT)


def _emergency_words(heard: Heard) -> str:
    """The first time what fits the kind of emergency, then shorter words that are new."""
    if heard.state.note("emergency any"):
        return _fixed(heard, "emergency_again")
    kind = heard.assessment.kind
    return _fixed(heard, f"emergency_{kind}" if kind else "emergency")


def _agreed(heard: Heard) -> Turn | None:
    """A yes to what the last reply asked: to delete everything, or to bring in a person."""
    if heard.state.asked not in _YES_ASKED or not agrees(heard.text):
        return None
    if heard.state.asked == "erase":
        return Turn([_fixed(heard, "deleted")], how="erase", commands=[Erase(command="erase")])
    return _person(heard)


def _keyword(heard: Heard) -> Turn | None:
    keyword = heard.assessment.keyword
    if keyword is Keyword.START:
        name = "started" if heard.state.replied else "first_contact"
        return Turn([_fixed(heard, name)], how="start")
    if keyword is Keyword.HELP:
        return _help(heard)
    if keyword is Keyword.PERSON:
        return _person(heard)
    if keyword is Keyword.DELETE:
        return Turn([_fixed(heard, "delete_confirm")], how="delete", asks="erase")
    return None


def _person(heard: Heard) -> Turn:
    """They ask for a person, in a word: one is asked for."""
    wanted = RequestHandover(command="request_handover", reason="asked")
    return Turn([_fixed(heard, "person_asked")], how="fixed", commands=[wanted])


def _help(heard: Heard) -> Turn:
    """HELP is a call for help, never a notice: the second one offers a person, the third gets one.

    Somebody who can send nothing else is not asked the same thing round and round.
    """
    before = heard.state.note("help any")
    if not before:
        return Turn([_fixed(heard, "help_keyword")], how="help")
    if before == 1 and heard.mode is Mode.BOT:
        return Turn([_fixed(heard, "help_again")], how="help", asks="person")
    wanted = RequestHandover(command="request_handover", reason="danger")
    return Turn([_fixed(heard, "help_person")], how="help", commands=[wanted], triage=Triage.URGENT)


def _wordless(heard: Heard) -> Turn | None:
    if heard.text.strip():
        return None
    if not heard.media_count:
        return Turn([_fixed(heard, "blank")], how="wordless")
    if heard.state.note("media any"):
        return Turn([_fixed(heard, "media_again")], how="wordless", asks="person")
    return Turn([_fixed(heard, "media")], how="wordless")


def _beyond_words(heard: Heard, turn: Turn) -> None:
    """What the assistant cannot read: other languages, coded calls, signs instead of words."""
    assessment = heard.assessment
    if assessment.language is not None:
        again = heard.state.note("language any")
        turn.replies = [_fixed(heard, "language_again" if again else "language")]
        turn.intent = "language_request"
        wishes: dict[str, str | bool] = {"language": assessment.language.code}
        turn.commands.append(
            RequestHandover(command="request_handover", reason="language", wishes=wishes)
        )
    elif assessment.coded and assessment.triage is Triage.STANDARD:
        # Whatever a model makes of an order of food: this asks, and names 999 beside it.
        turn.replies = [_fixed(heard, "coded")]
    elif assessment.emoji_only and not set(heard.text) <= _PLAIN_SIGNS:
        _answer_signs(heard, turn)


def _answer_signs(heard: Heard, turn: Turn) -> None:
    """Signs are asked about with questions that a sign can answer."""
    named = {indicator.name for indicator in heard.assessment.indicators}
    if "pregnancy_or_baby" in named or set(heard.text) & _EXPECTING:
        # A child expected and no words for it: a person should see that today.
        turn.triage = max(turn.triage, Triage.URGENT)
        turn.replies = [_fixed(heard, "emoji_baby")]
    elif (news := _news_in_signs(heard)) is not None:
        turn.replies = [_fixed(heard, news)]
    elif turn.triage < Triage.EMERGENCY:
        turn.replies = [_fixed(heard, "emoji")]


def _news_in_signs(heard: Heard) -> str | None:
    """What signs tell after an emergency: that help came, or that they run."""
    if heard.triage is not Triage.EMERGENCY or heard.assessment.triage is Triage.EMERGENCY:
        return None
    signs = set(heard.text)
    if signs & _HELPERS and signs & _ALL_WELL:
        return "emoji_help_came"
    return "emoji_out" if signs & _GETTING_OUT else None


def _first_words(heard: Heard, turn: Turn) -> Turn:
    """By text the first answer also asks, discreetly, whether it is safe to text (P11)."""
    if heard.state.replied or heard.channel is not Channel.SMS or turn.triage is Triage.EMERGENCY:
        return turn
    if turn.intent in _OPENERS and not _answers(turn, heard.text):
        other = _OF_ANOTHER.search(heard.text.lower())
        turn.replies = [_fixed(heard, "first_contact_other" if other else "first_contact")]
    elif any("?" in text for text in turn.replies):
        turn.replies.append(_fixed(heard, "first_safe"))
    else:
        turn.replies.append(_fixed(heard, "first_safe_question"))
    return turn


def _answers(turn: Turn, text: str) -> bool:
    """Whether "hello, do you help men?" got an answer that a greeting would take from them."""
    greets = any(reply.startswith(_GREETS) for reply in turn.replies[:1])
    return bool(turn.replies and not greets and _ASKS_US.search(text.lower()))


def _fixed(heard: Heard, name: str) -> str:
    """The next variant of a fixed reply, so that nobody is sent the same words twice in a row."""
    variant = heard.state.note(name)
    heard.state.fixed = f"{name}_{variant}"
    child = heard.age_band in _CHILD_BANDS
    return reply(name, heard.channel, variant=variant, child=child)


def agrees(text: str) -> bool:
    """Whether a text is a plain yes to a question that was just asked."""
    words = "".join(c if c.isalpha() else " " for c in text.lower().replace("'", "")).split()
    return bool(words) and words[0] in {
        "yes",
        "yeah",
        "yep",
        "y",
        "sure",
        "confirm",
        "ok",
        "delete",
    }


def _level(label: str | None) -> Triage:
    try:
        return Triage.parse(label or "standard")
    except ValueError:
        return Triage.STANDARD
