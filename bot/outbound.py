"""Turns what the assistant said in one turn into the answer of its channel."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

Said = dict[str, Any]


class Collector(OutputChannel):
    """Collects what is said; its name selects the variants written for that channel."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.said: list[Said] = []

    def name(self) -> str:  # type: ignore[override]  # Rasa asks the instance for its name
        """The channel whose variants are chosen: "sms" or "web"."""
        return self._channel

    async def send_response(self, recipient_id: str, message: Said) -> None:
        """Keep one thing said; the service sends it."""
        self.said.append(message)


def answer(said: list[Said], parse: dict[str, Any]) -> dict[str, Any]:
    """The channel's answer: replies and commands in order, and the reading of the message."""
    replies, commands = [], []
    for message in said:
        if message.get("text"):
            replies.append(_reply(message))
        commands.extend(_commands(message.get("custom")))
    return {"replies": replies, "commands": commands, "reading": reading(parse)}


def recorded(tracker: DialogueStateTracker | None, message_id: str) -> dict[str, Any] | None:
    """The answer that was given to a message before, or None if it was never handled."""
    user, said = None, []
    for event in tracker.events if tracker else ():
        if isinstance(event, UserUttered):
            if user is not None:
                break
            if event.message_id == message_id:
                user = event
        elif user is not None and isinstance(event, BotUttered):
            said.append(event.message())
    return None if user is None else answer(said, user.parse_data or {})


def _reply(message: Said) -> dict[str, Any]:
    choices = [
        {"title": choice["title"], "payload": choice["payload"]}
        for choice in [*(message.get("buttons") or []), *(message.get("quick_replies") or [])]
    ]
    response = message.get("utter_action")
    return {"text": message["text"].strip(), "response": response, "quick_replies": choices}


def _commands(custom: Any) -> list[dict[str, Any]]:
    found = custom if isinstance(custom, list) else [custom]
    return [item for item in found if isinstance(item, dict) and item.get("command")]


def reading(parse: dict[str, Any]) -> dict[str, Any]:
    """Intent, danger and entities of a message; confidence and probabilities from 0 to 1."""
    intent, triage = parse.get("intent") or {}, parse.get("triage") or {}
    return {
        "intent": intent.get("name"),
        "confidence": round(float(intent.get("confidence") or 0.0), 4),
        "triage": triage.get("level"),
        "triage_probabilities": triage.get("probabilities") or {},
        "entities": [
            {key: entity.get(key) for key in ("entity", "value", "start", "end")}
            for entity in parse.get("entities") or []
        ],
    }
