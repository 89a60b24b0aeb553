"""The closed list of what the assistant may ask for; anything else is refused and logged."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from webhook.logs import get_log


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RequestHandover(_Command):
    """A person is wanted or needed."""

    command: Literal["request_handover"]
    reason: str = Field("asked", max_length=32, pattern=r"^[a-z_]+$")
    wishes: dict[str, str | bool] = {}


class Record(_Command):
    """Remember a coded fact for the case: a field of it and its value."""

    command: Literal["record"]
    field: Literal["need", "audience", "heard_from", "outcome", "indicator", "helped"]
    value: str = Field(max_length=48)


class SetFact(_Command):
    """Remember what the person told about themselves, for the advocate and to ask nothing twice."""

    command: Literal["set_fact"]
    name: str = Field(max_length=32, pattern=r"^[a-z_]+$")
    value: str = Field(max_length=200)


class RiskAnswer(_Command):
    """Remember an answer to the short risk check; a yes raises, and nothing lowers."""

    command: Literal["risk_answer"]
    topic: Literal[
        "strangulation",
        "threat_or_weapon",
        "escalation",
        "separation_or_stalking",
        "pregnancy_or_baby",
        "suicide_self",
    ]
    answer: Literal["yes", "no", "unknown"]


class KeepWords(_Command):
    """Remember the words of the message itself as a fact for the advocate."""

    command: Literal["keep_words"]
    name: Literal["safe_time", "safe_way", "if_someone_else_answers", "this_number_is_safe"]


class AskCodeWord(_Command):
    """Take the next short text as a code word: a new one, or the agreed one to check."""

    command: Literal["ask_code_word"]
    purpose: Literal["new", "check"]


class PlanStep(_Command):
    """A step of the safety plan was talked through."""

    command: Literal["plan_step"]
    step: str = Field(max_length=32, pattern=r"^[a-z0-9_]+$")


class ShowServices(_Command):
    """Tell of services for a need."""

    command: Literal["show_services"]
    need: str = Field(max_length=48)


class GoQuiet(_Command):
    """It is not safe: send nothing until they write again."""

    command: Literal["go_quiet"]


class AskErase(_Command):
    """They want their messages deleted; the next clear yes does it."""

    command: Literal["ask_erase"]


class Erase(_Command):
    """Delete the conversation everywhere."""

    command: Literal["erase"]


class Stop(_Command):
    """They want no more messages."""

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
_ADAPTER: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="command")])


def parse_commands(raw: list[dict[str, Any]]) -> list[Command]:
    """The commands that are on the list, in order."""
    commands = []
    for item in raw:
        try:
            commands.append(_ADAPTER.validate_python(item))
        except ValidationError:
            get_log().error("command_refused", kind=str(item.get("command"))[:32])
    return commands
