"""The web chat's edge: its pages and its API, put together for one set of settings."""

from __future__ import annotations

from fastapi import APIRouter

from webhook.channels.chat.api import ChatApi
from webhook.channels.chat.door import Door
from webhook.channels.chat.pace import Allowance, Pace
from webhook.channels.chat.pages import ChatPages
from webhook.clients.bus import Bus
from webhook.metrics import Metrics
from webhook.services.chat import Chats
from webhook.services.inbox import Inbox
from webhook.settings import Settings


class ChatEdge:
    """Everything under `/chat`."""

    def __init__(
        self,
        settings: Settings,
        chats: Chats,
        inbox: Inbox,
        bus: Bus,
        metrics: Metrics,
        allowance: Allowance | None = None,
    ) -> None:
        self._pace = Pace(settings.redis_url, allowance or Allowance())
        self._pages = ChatPages(settings)
        door = Door(settings, chats, metrics)
        self._api = ChatApi(door, self._pace, chats, inbox, bus, metrics)

    def router(self) -> APIRouter:
        """The routes of the pages and of the API."""
        router = APIRouter()
        router.include_router(self._pages.router())
        router.include_router(self._api.router())
        return router

    async def close(self) -> None:
        """Close every connection."""
        await self._pace.close()
