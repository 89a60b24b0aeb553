"""The web chat's event stream: what the store holds, in order, as soon as the bell rings."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from webhook.clients.bus import Bus
from webhook.core.errors import NotFound
from webhook.core.messages import Channel, Mode
from webhook.safety.replies import reply
from webhook.safety.translations import direction
from webhook.services.chat import Chats, Line, View

HEARTBEAT_SECONDS = 15.0
_BEAT = ": \n\n"


class EventStream:
    """Follows conversations. Redis only makes it quick: what is told is read from the store."""

    def __init__(self, chats: Chats, bus: Bus) -> None:
        self._chats = chats
        self._bus = bus

    async def events(self, conversation_id: str, after: int) -> AsyncIterator[str]:
        """Server-sent events from the message after a place until the conversation is over.

        `message` has its place as id; `status` comes first and when it changes; `typing` while an
        advocate writes; `erased` and `ended` are the last one.
        """
        clock = asyncio.get_running_loop().time
        spoke = clock()
        yield "retry: 1000\n\n"
        async with contextlib.aclosing(self._bell(conversation_id)) as bell:
            async for events in self._follow(bell, conversation_id, after):
                if not events and clock() - spoke >= HEARTBEAT_SECONDS:
                    events = [_BEAT]
                for event in events:
                    spoke = clock()
                    yield event

    async def _bell(self, conversation_id: str) -> AsyncGenerator[str | None]:
        """What the bus tells of a conversation; closing this closes its connection."""
        bell = self._bus.listen(f"conversation:{conversation_id}")
        try:
            async for rung in bell:
                yield rung
        finally:
            if isinstance(bell, AsyncGenerator):
                await bell.aclose()

    async def _follow(
        self, bell: AsyncIterator[str | None], conversation_id: str, after: int
    ) -> AsyncIterator[list[str]]:
        """At each ring what is to be sent, which may be nothing."""
        told: dict[str, Any] | None = None
        async for rung in bell:
            if rung == "typing:advocate":
                yield [_event("typing", {"author": "advocate"})]
            if rung is not None and rung.startswith("typing"):
                continue
            try:
                view = await self._chats.read(conversation_id, after)
            except NotFound:
                yield [_event("erased", {"text": reply("deleted", Channel.WEB)})]
                return
            after, told, events = _news(view, after, told)
            if view.mode is Mode.CLOSED:
                yield [*events, _event("ended", {})]
                return
            yield events


def _news(
    view: View, after: int, told: dict[str, Any] | None
) -> tuple[int, dict[str, Any], list[str]]:
    """The events of what is new: a changed status before the messages that follow from it."""
    status = {"mode": view.mode.value, "joined_name": view.joined_name}
    events = [] if status == told else [_event("status", status)]
    events += [_event("message", _shown(line), line.seq) for line in view.lines]
    return max([after, *(line.seq for line in view.lines)]), status, events


def _shown(line: Line) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "seq": line.seq,
        "author": line.author,
        "text": line.text,
        "at": line.at.isoformat(),
    }
    optional = {
        "client_id": line.client_id,
        "name": line.name,
        "quick_replies": line.quick_replies,
        "lang": line.lang,
        "dir": direction(line.lang) if line.lang else None,
    }
    return shown | {name: value for name, value in optional.items() if value}


def _event(name: str, data: dict[str, Any], place: int | None = None) -> str:
    """One event; JSON has no line breaks, so the data is always one line."""
    head = f"id: {place}\n" if place is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n"
