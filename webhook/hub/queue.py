"""The lists: who waits, who is mine, everybody."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from webhook.core.staff import Permission
from webhook.hub.access import allow, who_of
from webhook.hub.pages import Pages
from webhook.services import opening, queue
from webhook.services.audit import Action
from webhook.services.desk import Desk
from webhook.store import audit, handovers, hub_settings

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
        router.add_api_route("/alerts/{id}/seen", self.seen, methods=["POST"])
        return router

    async def page(self, request: Request, name: Name = "waiting") -> Response:
        """One of the three lists."""
        return self._pages.show(request, "queue.html", **await self._read(request, name))

    async def rows(self, request: Request, name: Name) -> Response:
        """The rows of a list, to put in place of those shown."""
        return self._pages.show(request, "_rows.html", **await self._read(request, name))

    async def counts(self, request: Request) -> JSONResponse:
        """The figures of the tab title, for when the stream is away."""
        who, now = who_of(request), self._desk.clock.now()
        found = await self._desk.database.read(queue.counts, who.staff_id, now)
        return JSONResponse(vars(found))

    async def seen(self, request: Request, id: int) -> Response:
        """Somebody looks after what an alert is about."""
        who, now = who_of(request), self._desk.clock.now()

        def work(session: Session) -> None:
            kind = handovers.resolve(session, id, now)
            if kind is not None:
                audit.note(session, now, who.staff_id, Action.ALERT_SEEN, subject=kind)

        await self._desk.database.write(work)
        await self._desk.bus.publish("hub", "alert")
        return RedirectResponse("/hub/", 303)

    async def _read(self, request: Request, name: Name) -> dict[str, Any]:
        who, now = who_of(request), self._desk.clock.now()

        def read(session: Session) -> dict[str, Any]:
            rows = _LISTS[name](session, who.staff_id, now)
            # An emergency stands in the list itself, first and red.
            alerts = [a for a in handovers.open_alerts(session) if a.kind != "emergency"]
            found = opening.now_of(hub_settings.opening(session), now)
            return {
                "rows": rows,
                "name": name,
                "alerts": alerts if name == "waiting" else [],
                "closed": "" if found.open else opening.said(found, now),
            }

        return await self._desk.database.read(read)
