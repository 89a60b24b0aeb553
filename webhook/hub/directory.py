"""The service directory: what is in it, and when somebody last checked that it is true."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from webhook.core.errors import NotFound
from webhook.core.staff import Permission
from webhook.directory.services import areas, load
from webhook.hub.access import allow, who_of
from webhook.hub.pages import Pages
from webhook.services.audit import Action
from webhook.services.desk import Desk
from webhook.store import audit, content, staff


class DirectoryPages:
    """The services people are told of. In production an unchecked one is told to nobody."""

    def __init__(self, desk: Desk, pages: Pages, area: str) -> None:
        self._desk = desk
        self._pages = pages
        self._area = area

    def router(self) -> APIRouter:
        """The routes `/directory` and `/directory/{service}/checked`."""
        router = APIRouter(tags=["directory"], dependencies=[allow(Permission.ADMINISTER)])
        router.add_api_route("/directory", self.page, methods=["GET"])
        router.add_api_route("/directory/{service}/checked", self.checked, methods=["POST"])
        return router

    async def page(self, request: Request, area: str = "") -> Response:
        """The services of an area and the national ones."""
        where = area if area in areas() else self._area

        def read(session: Session) -> tuple[object, object]:
            return content.checks(session), staff.names(session)

        checks, names = await self._desk.database.read(read)
        return self._pages.show(
            request, "directory.html",
            services=load(where), checks=checks, names=names, areas=areas(), area=where,
        )  # fmt: skip

    async def checked(self, request: Request, service: str) -> Response:
        """Note that a service was checked today: called, or read on its live site."""
        known = {found.id for area in ("", *areas()) for found in load(area)}
        if service not in known:
            raise NotFound("no such service")
        who, now = who_of(request), self._desk.clock.now()

        def work(session: Session) -> None:
            content.check_service(session, service, who.staff_id, now)
            audit.note(session, now, who.staff_id, Action.DIRECTORY_CHECKED, subject=service[:64])

        await self._desk.database.write(work)
        return RedirectResponse("/hub/directory", 303)
