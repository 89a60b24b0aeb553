"""The closed list of what the assistant may ask the service to do.

A command travels as the `custom` payload of a response or of an action's message. The service
carries it out; it refuses any that is not listed here.
"""

from __future__ import annotations

from typing import Literal, TypedDict

HandoverReason = Literal[
    "asked", "danger", "child", "language", "complaint", "professional", "risk_check", "call_back"
]
RecordField = Literal["need", "audience", "heard_from", "outcome", "indicator", "helped"]

RiskTopic = Literal[
    "strangulation",
    "threat_or_weapon",
    "escalation",
    "separation_or_stalking",
    "pregnancy_or_baby",
    "suicide_self",
]
KeptName = Literal["safe_time", "safe_way", "if_someone_else_answers", "this_number_is_safe"]


class _RequestHandover(TypedDict):
    command: Literal["request_handover"]
    reason: HandoverReason


class RequestHandover(_RequestHandover, total=False):
    """Ask for a person at the hub; `wishes` say how and when they may be reached safely."""

    wishes: dict[str, str | bool]


class Record(TypedDict):
    """Put one coded fact into the case record."""

    command: Literal["record"]
    field: RecordField
    value: str


class SetFact(TypedDict):
    """Keep a fact that they told (area, age band, children, safe time), to ask nothing twice."""

    command: Literal["set_fact"]
    name: str
    value: str


class RiskAnswer(TypedDict):
    """An answer to a question of the short risk check; it raises and never lowers."""

    command: Literal["risk_answer"]
    topic: RiskTopic
    answer: Literal["yes", "no", "unknown"]


class KeepWords(TypedDict):
    """Keep the words of the message itself as a fact, sealed, for the advocate."""

    command: Literal["keep_words"]
    name: KeptName


class AskCodeWord(TypedDict):
    """The next short text is a code word: a new one, or the agreed one to be checked."""

    command: Literal["ask_code_word"]
    purpose: Literal["new", "check"]


class PlanStep(TypedDict):
    """A step of the safety plan was talked through."""

    command: Literal["plan_step"]
    step: str


class ShowServices(TypedDict):
    """Tell of services for a need, from the directory."""

    command: Literal["show_services"]
    need: str


class GoQuiet(TypedDict):
    """Send nothing more until they write again (P6)."""

    command: Literal["go_quiet"]


class AskErase(TypedDict):
    """They want their messages deleted; the next clear yes does it."""

    command: Literal["ask_erase"]


class Erase(TypedDict):
    """Delete this conversation everywhere; they have confirmed it."""

    command: Literal["erase"]


class Stop(TypedDict):
    """They want no more messages at all."""

    command: Literal["stop"]


Command = (
    RequestHandover
    | Record
    | SetFact
    | RiskAnswer
    | KeepWords
    | AskCodeWord
    | PlanStep
    | ShowServices
    | GoQuiet
    | AskErase
    | Erase
    | Stop
)
