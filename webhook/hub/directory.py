"""The service directory: what is in it, edits of it, and when somebody checked that it is true."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from webhook.core.errors import BadInput
from webhook.core.staff import Permission
from webhook.directory.services import parse_hours, written_hours
from webhook.hub.access import allow, who_of
from webhook.hub.pages import Pages, explain
from webhook.services import local
from webhook.services.audit import Action
from webhook.services.desk import Desk
from webhook.store import audit, content, staff

Text = Annotated[str, Form()]


class DirectoryPages:
    """The services people are told of. In production an unchecked one is told to nobody."""

    def __init__(self, desk: Desk, pages: Pages, area: str) -> None:
        self._desk = desk
        self._pages = pages
        self._area = area

    def router(self) -> APIRouter:
        """The routes `/directory`, `/directory/{service}` and `/directory/{service}/checked`."""
        router = APIRouter(tags=["directory"], dependencies=[allow(Permission.ADMINISTER)])
        router.add_api_route("/directory", self.page, methods=["GET"])
        router.add_api_route("/directory/{service}", self.change, methods=["POST"])
        router.add_api_route("/directory/{service}/checked", self.checked, methods=["POST"])
        return router

    async def page(self, request: Request, area: str | None = None) -> Response:
        """The services of an area and the national ones; the usual area's unless one is chosen."""
        return await self._show(request, self._area if area is None else area)

    async def change(
        self,
        request: Request,
        service: str,
        phone: Text = "",
        text: Text = "",
        route: Text = "",
        hours: Text = "",
        safely: Text = "",
        area: Text = "",
        checked: Annotated[bool, Form()] = False,
    ) -> Response:
        """Edit how a service is reached and when; it counts as unchecked unless said otherwise."""
        given = {"phone": phone, "text": text, "route": route, "hours": hours, "safely": safely}
        now, who = self._desk.clock.now(), who_of(request)

        def work(session: Session) -> None:
            fields = {name: value.strip()[:300] or None for name, value in given.items()}
            fields["safely"] = fields["safely"] or ""
            changes = {**fields, "hours": parse_hours(hours)}
            changed = local.change_service(session, service, changes)
            for field in changed:
                subject = f"{service}: {field}"[:64]
                audit.note(session, now, who.staff_id, Action.CONTENT_CHANGED, subject=subject)
            if checked:
                _check(session, service, who.staff_id, now)
            elif changed:
                content.uncheck_service(session, service)

        try:
            await self._desk.database.write(work)
        except BadInput as error:
            return await self._show(request, area, error, {service: given})
        return RedirectResponse(f"/hub/directory?area={_safe(area)}", 303)

    async def checked(self, request: Request, service: str, area: Text = "") -> Response:
        """Note that a service was checked today: called, or read on its live site."""
        local.find_service(service)
        who, now = who_of(request), self._desk.clock.now()
        await self._desk.database.write(_check, service, who.staff_id, now)
        return RedirectResponse(f"/hub/directory?area={_safe(area)}", 303)

    async def _show(
        self,
        request: Request,
        area: str,
        error: BadInput | None = None,
        given: dict[str, dict[str, str]] | None = None,
    ) -> Response:
        def read(session: Session) -> dict[str, Any]:
            known = local.areas_of(session)
            where = area if area in known else ""
            return {
                "areas": known,
                "area": where,
                "services": local.listed(session, where),
                "checks": content.checks(session),
                "names": staff.names(session),
            }

        found = await self._desk.database.read(read)
        return self._pages.show(
            request, "directory.html", 400 if error else 200, given=given or {},
            problem=explain(error) if error else "", written_hours=written_hours, **found,
        )  # fmt: skip


def _check(session: Session, service: str, staff_id: int, now: Any) -> None:
    content.check_service(session, service, staff_id, now)
    audit.note(session, now, staff_id, Action.DIRECTORY_CHECKED, subject=service[:64])


def _safe(area: str) -> str:
    """An area's id for an address; "" for anything else."""
    return area if area.replace("-", "").isalnum() and area.isascii() else ""
