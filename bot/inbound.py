"""What the service may send to the assistant's channel, checked field by field."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

CHANNELS: Final = ("sms", "web")
MAX_TEXT: Final = 1600
_SENDER: Final = re.compile(r"\A[A-Za-z0-9_-]{1,64}\Z")
_MESSAGE_ID: Final = re.compile(r"\A[A-Za-z0-9_:.-]{1,128}\Z")
_PAYLOAD: Final = re.compile(r"\A/([a-z][a-z_]{1,60})(\{.{0,400}\})?\Z", re.DOTALL)


class BadField(ValueError):
    """A request that cannot be handled; `field` names what is wrong with it, never its value."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Choice:
    """A tapped quick reply: `/intent` or `/intent{"entity": "value"}`."""

    intent: str
    entities: dict[str, str]


@dataclass(frozen=True)
class Inbound:
    """One message of one conversation."""

    sender: str
    message_id: str
    text: str
    channel: str
    metadata: dict[str, Any]
    choice: Choice | None = None


def parse_inbound(body: bytes) -> Inbound:
    """Read the body of `POST message`, or raise BadField."""
    data = _object(body)
    metadata = data.get("metadata")
    if not isinstance(metadata, dict):
        raise BadField("metadata")
    if metadata.get("channel") not in CHANNELS:
        raise BadField("metadata.channel")
    message_id = _matching(data, "message_id", _MESSAGE_ID)
    return Inbound(
        sender=parse_sender(data),
        message_id=message_id,
        text=_text(data),
        channel=metadata["channel"],
        metadata={**metadata, "message_id": message_id},
        choice=_choice(data) if data.get("payload") else None,
    )


def parse_forget(body: bytes) -> str:
    """The conversation named in the body of `POST forget`, or raise BadField."""
    return parse_sender(_object(body))


def parse_text(body: bytes) -> str:
    """The text in the body of `POST read`, or raise BadField."""
    return _text(_object(body))


def parse_sender(data: dict[str, Any]) -> str:
    """The conversation id; it becomes a key in Redis, so its characters are limited."""
    return _matching(data, "sender", _SENDER)


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError as error:
        raise BadField("body") from error
    if not isinstance(data, dict):
        raise BadField("body")
    return data


def _matching(data: dict[str, Any], field: str, pattern: re.Pattern[str]) -> str:
    value = data.get(field)
    if not isinstance(value, str) or not pattern.match(value):
        raise BadField(field)
    return value


def _choice(data: dict[str, Any]) -> Choice:
    match = _PAYLOAD.match(_matching(data, "payload", _PAYLOAD))
    try:
        entities = json.loads(match[2] or "{}") if match else {}
    except ValueError as error:
        raise BadField("payload") from error
    if match is None or not all(isinstance(value, str) for value in entities.values()):
        raise BadField("payload")
    return Choice(match[1], entities)


def _text(data: dict[str, Any]) -> str:
    """The text, cut to 1,600 characters; a typed "/" never reads as one of Rasa's commands."""
    text = data.get("text")
    if not isinstance(text, str):
        raise BadField("text")
    if not text.strip():
        raise BadField("text")
    return text[:MAX_TEXT].lstrip(" /\t\n") or "?"
