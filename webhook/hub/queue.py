"""The lists: who waits, who is mine, everybody."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from webhook.core.staff import Permission
from webhook.hub.access import allow, who_of
from webhook.hub.pages import Pages
from webhook.services import queue
from webhook.services.desk import Desk

Name = Literal["waiting", "mine", "all"]
_LISTS = {"waiting": queue.waiting, "mine": queue.mine, "all": queue.everything}


class QueuePages:
    """The hub's first page, live."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    def router(self) -> APIRouter:
        """The routes `/`, `/lists/{name}` and `/counts`."""
        router = APIRouter(tags=["queue"], dependencies=[allow(Permission.TALK)])
        router.add_api_route("/", self.page, methods=["GET"])
        router.add_api_route("/lists/{name}", self.rows, methods=["GET"])
        router.add_api_route("/counts", self.counts, methods=["GET"])
        return router

    async def page(self, request: Request, name: Name = "waiting") -> Response:
        """One of the three lists."""
        rows, counts = await self._read(request, name)
        return self._pages.show(request, "queue.html", rows=rows, name=name, counts=counts)

    async def rows(self, request: Request, name: Name) -> Response:
        """The rows of a list, to put in place of those shown."""
        rows, counts = await self._read(request, name)
        return self._pages.show(request, "_rows.html", rows=rows, name=name, counts=counts)

    async def counts(self, request: Request) -> JSONResponse:
        """The figures of the tab title, for when the stream is away."""
        who, now = who_of(request), self._desk.clock.now()
        found = await self._desk.database.read(queue.counts, who.staff_id, now)
        return JSONResponse(vars(found))

    async def _read(self, request: Request, name: Name) -> tuple[list[queue.Row], queue.Counts]:
        who, now = who_of(request), self._desk.clock.now()
        rows = await self._desk.database.read(_LISTS[name], who.staff_id, now)
        return rows, await self._desk.database.read(queue.counts, who.staff_id, now)
