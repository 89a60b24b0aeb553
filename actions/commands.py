"""The closed list of what the assistant may ask the service to do.

A command travels as the `custom` payload of a response or of an action's message. The service
carries it out; it refuses any that is not listed here.
"""

from __future__ import annotations

from typing import Literal, TypedDict, Union

HandoverReason = Literal["asked", "danger", "child", "language", "complaint", "professional"]
QuietReason = Literal["unsafe", "stop"]


class RequestHandover(TypedDict):
    """Ask for a person at the hub to join."""

    command: Literal["request_handover"]
    reason: HandoverReason


class Record(TypedDict):
    """Put one thing said into the case record: a field of a contact and one of its values."""

    command: Literal["record"]
    field: str
    value: str


class ShowServices(TypedDict):
    """Name up to two services for a need, from the directory."""

    command: Literal["show_services"]
    need: str


class GoQuiet(TypedDict):
    """Send nothing more until they write again (P6)."""

    command: Literal["go_quiet"]
    reason: QuietReason


class Resume(TypedDict):
    """They say that it is safe again."""

    command: Literal["resume"]


class Erase(TypedDict):
    """Delete this conversation everywhere; they have confirmed it."""

    command: Literal["erase"]


class SetFact(TypedDict):
    """Keep a fact that they told (area, age band, children, safe time, language …)."""

    command: Literal["set_fact"]
    name: str
    value: str


class PlanStep(TypedDict):
    """A step of the safety plan was covered or skipped."""

    command: Literal["plan_step"]
    step: str
    done: bool


class AskArea(TypedDict):
    """The answer needs the area they live in, which is not known yet."""

    command: Literal["ask_area"]


Command = Union[
    RequestHandover, Record, ShowServices, GoQuiet, Resume, Erase, SetFact, PlanStep, AskArea
]
