"""What is new, pushed: figures for every page and, for an open conversation, its messages.

The stream's place in a conversation is the id of its events, so a browser that reconnects misses
nothing. It reads from SQL; Redis only makes it look sooner.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy.orm import Session

from webhook.core.errors import Conflict, NotFound
from webhook.core.messages import Mode
from webhook.core.staff import Permission, Who
from webhook.hub.access import Access, allow, who_of
from webhook.hub.pages import Pages
from webhook.services import queue
from webhook.services.casefile import Casefiles, others
from webhook.services.desk import Desk
from webhook.store import conversations, handovers, notes, staff

_BEAT = 10.0  # seconds between signs of life, in both directions
_CALM = 0.1  # seconds between two looks, to take what comes at once together
_SOON = 0.03  # the same for what happens in the conversation that is open
_PLACE = re.compile(r"(\d+)\.(\d+)")


@dataclass
class _Follower:
    """How far one browser has been told."""

    who: Who
    conversation: str
    seq: int
    entry: int
    statuses: dict[int, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    scene: dict[str, Any] = field(default_factory=dict)


class Live:
    """The stream `/live` and its slower twin `/news`."""

    def __init__(self, desk: Desk, pages: Pages, access: Access) -> None:
        self._desk = desk
        self._pages = pages
        self._access = access
        self._files = Casefiles(desk)

    def router(self) -> APIRouter:
        """The routes `/live` and `/news`."""
        router = APIRouter(tags=["live"], dependencies=[allow(Permission.TALK)])
        router.add_api_route("/live", self.stream, methods=["GET"])
        router.add_api_route("/news", self.news, methods=["GET"])
        return router

    async def stream(
        self,
        request: Request,
        conversation: str = "",
        place: str = "0.0",
        last_event_id: Annotated[str, Header()] = "",
    ) -> StreamingResponse:
        """Server-sent events: `counts`, and with a conversation `items`, `statuses`, `scene`."""
        follower = _follower(who_of(request), conversation, last_event_id or place)
        if conversation:
            await self._files.follow(follower.who, conversation)
        return StreamingResponse(
            self._events(request, follower),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    async def news(self, request: Request, conversation: str = "", place: str = "0.0") -> Any:
        """The same once, for browsers whose stream does not come through."""
        follower = _follower(who_of(request), conversation, place)
        if conversation:
            await self._files.follow(follower.who, conversation)
        await self._present(follower)
        return JSONResponse(await self._changes(follower))

    async def _events(self, request: Request, follower: _Follower) -> AsyncIterator[str]:
        bell = asyncio.Queue[str | None]()
        topics = ["hub"]
        if follower.conversation:
            topics.append(f"conversation:{follower.conversation}")
        listeners = [asyncio.create_task(self._listen(topic, bell)) for topic in topics]
        try:
            yield "retry: 1000\n\n"
            async for event in self._until_gone(request, follower, bell):
                yield event
        finally:
            for listener in listeners:
                listener.cancel()
            if follower.conversation:
                await asyncio.shield(self._gone(follower))

    async def _until_gone(
        self, request: Request, follower: _Follower, bell: asyncio.Queue[str | None]
    ) -> AsyncIterator[str]:
        clock, beat, mine = asyncio.get_running_loop().time, 0.0, True
        while not await request.is_disconnected():
            if clock() >= beat:
                if await self._access.known(request) is None:
                    yield _event("signed_out", {}, None)
                    return
                await self._present(follower)
                beat = clock() + _BEAT
                yield ": here\n\n"
            looked = clock()
            soon = looked + _SOON
            for change in await self._changes(follower, mine=mine):
                yield _event(change["event"], change["data"], change.get("id"))
                if change["event"] == "erased":
                    return
            heard = await _gather(bell, follower.conversation, soon, looked + _CALM)
            mine = any(_concerns(what, follower.conversation) for what in heard)
            if "typing:person" in heard:
                yield _event("typing", {}, None)
            if any(heard):
                yield _event("lists", {}, None)

    async def _listen(self, topic: str, bell: asyncio.Queue[str | None]) -> None:
        async for heard in self._desk.bus.listen(topic):
            bell.put_nowait(heard)

    async def _changes(self, follower: _Follower, *, mine: bool = True) -> list[dict[str, Any]]:
        now = self._desk.clock.now()
        found = await self._desk.database.read(queue.counts, follower.who.staff_id, now)
        changes: list[dict[str, Any]] = []
        figures = {name: figure for name, figure in vars(found).items() if name != "longest"}
        if figures != follower.counts:
            follower.counts = figures
            changes.append({"event": "counts", "data": follower.counts})
        if follower.conversation and mine:
            try:
                changes += await self._conversation_changes(follower)
            except NotFound:
                changes.append({"event": "erased", "data": {}})
        return changes

    async def _conversation_changes(self, follower: _Follower) -> list[dict[str, Any]]:
        who, conversation = follower.who, follower.conversation
        fresh, recent = await self._files.news(who, conversation, follower.seq, follower.entry)
        changes: list[dict[str, Any]] = []
        if fresh:
            follower.seq = max([follower.seq, *(i.seq for i in fresh if i.kind == "message")])
            follower.entry = max([follower.entry, *(i.entry for i in fresh)])
            html = self._pages.part("_items.html", items=fresh, blur=who.prefs.get("blur", False))
            place = f"{follower.seq}.{follower.entry}"
            authors = [item.author for item in fresh]
            data = {"html": html, "authors": authors, "place": place}
            changes.append({"event": "items", "data": data, "id": place})
        statuses = {item.seq: item.status for item in recent}
        if statuses != follower.statuses:
            follower.statuses = statuses
            shown = {seq: self._pages.part("_status.html", status=s) for seq, s in statuses.items()}
            changes.append({"event": "statuses", "data": shown})
        scene = await self._desk.database.read(self._scene, who, conversation)
        if scene != follower.scene:
            follower.scene = scene
            changes.append({"event": "scene", "data": scene})
        return changes

    def _scene(self, session: Session, who: Who, conversation_id: str) -> dict[str, Any]:
        """Who holds it and who else looks on."""
        row = conversations.get(session, conversation_id)
        handover = handovers.open_handover(session, conversation_id)
        names = staff.names(session)
        held = handover.claimed_by if handover else None
        return {
            "mode": row.mode,
            "quiet": row.quiet,
            "stopped": row.stopped,
            "triage": row.triage.label,
            "holder": names.get(held or 0, ""),
            "mine": held == who.staff_id and row.mode == Mode.STAFF,
            "closed": row.closed_at is not None,
            "others": others(session, who, conversation_id, self._desk.clock.now()),
        }

    async def _present(self, follower: _Follower) -> None:
        """Note that this browser is there, so that what it holds is not given back."""
        now = self._desk.clock.now()

        def note(session: Session) -> None:
            staff.get(session, follower.who.staff_id).seen_at = now
            if follower.conversation:
                conversations.get(session, follower.conversation)
                notes.look(session, follower.conversation, follower.who.staff_id, now)

        with contextlib.suppress(NotFound):  # erased meanwhile: the stream says so
            await self._desk.database.write(note)

    async def _gone(self, follower: _Follower) -> None:
        await self._desk.database.write(
            notes.stop_looking, follower.conversation, follower.who.staff_id
        )


async def _gather(
    bell: asyncio.Queue[str | None], conversation: str, soon: float, calm: float
) -> list[str | None]:
    """What the bell told: as soon as it is about one's own conversation, else after a rest.

    `soon` and `calm` are moments of the loop's clock before which nothing is given back.
    """
    clock = asyncio.get_running_loop().time
    heard = [await bell.get()]
    while True:
        due = soon if any(_concerns(what, conversation) for what in heard) else calm
        try:
            async with asyncio.timeout_at(due):
                heard.append(await bell.get())
        except TimeoutError:
            return heard
        if clock() >= due and bell.empty():
            return heard


def _concerns(what: str | None, conversation: str) -> bool:
    """Whether a ring may be about an open conversation; others' ids change no transcript."""
    return bool(conversation) and (what in (None, conversation) or len(what or "") < 32)


def _follower(who: Who, conversation: str, place: str) -> _Follower:
    found = _PLACE.fullmatch(place)
    if found is None:
        raise Conflict("that place is malformed")
    return _Follower(who, conversation, int(found[1]), int(found[2]))


def _event(name: str, data: Any, place: str | None) -> str:
    head = f"id: {place}\n" if place else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n"
