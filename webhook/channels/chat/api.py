"""The web chat's API: open, write, follow, leave and erase one conversation."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, Header, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from webhook.channels.chat.door import Door
from webhook.channels.chat.events import EventStream
from webhook.channels.chat.pace import Pace
from webhook.clients.bus import Bus
from webhook.core.clean import MAX_CHARS
from webhook.metrics import Metrics
from webhook.services.chat import Chats
from webhook.services.inbox import Inbox

AgeBand = Literal["under13", "13-15", "16-17", "18plus"]
_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_NUMBER = re.compile(r"[0-9]{1,9}")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Opening(_Body):
    """What may be told at the start; all of it may be left out."""

    age_band: AgeBand | None = None
    area: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$")
    partner: str | None = Field(None, max_length=200)


class Begun(BaseModel):
    """A new conversation. The token is told this once."""

    id: str
    token: str


class Sent(_Body):
    """A message, under an id that the page made (UUID)."""

    client_id: str = Field(pattern=_UUID)
    text: str = Field(min_length=1, max_length=MAX_CHARS)


class Receipt(BaseModel):
    """A message is stored: its place in the conversation."""

    seq: int
    client_id: str


class Age(_Body):
    """An age band, or null for not told."""

    age_band: AgeBand | None


class ChatApi:
    """Checks each request at the door, stores, and rings for a worker after the commit."""

    def __init__(
        self,
        door: Door,
        pace: Pace,
        chats: Chats,
        inbox: Inbox,
        bus: Bus,
        metrics: Metrics,
    ) -> None:
        self._door = door
        self._pace = pace
        self._chats = chats
        self._inbox = inbox
        self._bus = bus
        self._metrics = metrics
        self._stream = EventStream(chats, bus)

    def router(self) -> APIRouter:
        """Every operation of the API, none without the door."""
        router = APIRouter(
            prefix="/chat/api/conversations",
            tags=["chat"],
            dependencies=[Depends(self._door.origin)],
            responses={
                400: {"description": "A field is malformed"},
                403: {"description": "Not from our page"},
            },
        )
        held = APIRouter(
            dependencies=[Depends(self._door.holder)],
            responses={404: {"description": "No such conversation, or not this token's"}},
        )
        router.add_api_route(
            "", self.open, methods=["POST"], status_code=201, response_model=Begun,
            responses={429: {"description": "Too many at once from here"}},
        )  # fmt: skip
        router.add_api_route(
            "/{conversation_id}/exit", self.leave, methods=["POST"], status_code=204,
            responses={404: {"description": "No such conversation, or not this token's"}},
        )  # fmt: skip
        held.add_api_route(
            "/{conversation_id}/messages", self.send, methods=["POST"],
            response_model=Receipt, responses={409: {"description": "It has ended"}},
        )  # fmt: skip
        held.add_api_route(
            "/{conversation_id}/events", self.events, methods=["GET"],
            response_class=StreamingResponse,
        )  # fmt: skip
        for name, handle in (("typing", self.typing), ("age", self.age), ("erase", self.erase)):
            held.add_api_route(
                f"/{{conversation_id}}/{name}", handle, methods=["POST"], status_code=204
            )
        router.include_router(held)
        return router

    async def open(self, opening: Opening, request: Request) -> Begun | JSONResponse:
        """Begin a conversation."""
        if not await self._pace.may_open(_address(request)):
            self._metrics.rejected.labels("TooMany").inc()
            return JSONResponse({"error": "TooMany"}, 429, headers={"Retry-After": "20"})
        opened = await self._chats.open(
            age_band=opening.age_band,
            area=opening.area,
            language=opening.language,
            heard_from="partner_site" if self._door.partner(opening.partner) else None,
        )
        return Begun(id=opened.conversation_id, token=opened.token)

    async def send(
        self, conversation_id: str, sent: Sent, request: Request, later: BackgroundTasks
    ) -> Receipt:
        """Store a message. The same id again changes nothing and gets the same answer."""
        delay = await self._pace.delay(conversation_id, _address(request))
        client_id = sent.client_id.lower()
        stored = await self._inbox.receive_web(conversation_id, client_id, sent.text, delay)
        if stored.new:
            self._metrics.inbox.labels("web").inc()
        if not delay:
            later.add_task(self._bus.wake, conversation_id)
        self._tell(later, conversation_id, "message")
        return Receipt(seq=stored.seq, client_id=client_id)

    async def events(
        self,
        conversation_id: str,
        last_event_id: Annotated[str, Header(alias="Last-Event-ID", max_length=32)] = "",
    ) -> StreamingResponse:
        """Follow a conversation (server-sent events) from the place after `Last-Event-ID`."""
        after = int(last_event_id) if _NUMBER.fullmatch(last_event_id) else 0
        return StreamingResponse(
            self._stream.events(conversation_id, after),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    async def typing(self, conversation_id: str, later: BackgroundTasks) -> None:
        """The person is writing."""
        later.add_task(self._bus.publish, f"conversation:{conversation_id}", "typing:person")

    async def age(self, conversation_id: str, told: Age) -> None:
        """The person tells their age band, or takes it back."""
        await self._chats.set_age(conversation_id, told.age_band)

    async def leave(self, conversation_id: str, request: Request, later: BackgroundTasks) -> None:
        """Exit was pressed; the token is the whole body, because a beacon can send no headers."""
        token = (await request.body()).decode("ascii", "replace")
        await self._door.check(conversation_id, token)
        await self._chats.leave(conversation_id)
        self._tell(later, conversation_id, "left")

    async def erase(self, conversation_id: str, later: BackgroundTasks) -> None:
        """Delete the conversation for good."""
        await self._chats.erase(conversation_id)
        self._tell(later, conversation_id, "erased")

    def _tell(self, later: BackgroundTasks, conversation_id: str, what: str) -> None:
        later.add_task(self._bus.publish, f"conversation:{conversation_id}", what)
        later.add_task(self._bus.publish, "hub", conversation_id)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
