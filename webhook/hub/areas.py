"""The areas that this helpline serves: names, towns and postcodes, and how one is routed there."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from webhook.core.errors import BadInput
from webhook.core.staff import Permission
from webhook.hub.access import allow, who_of
from webhook.hub.pages import Pages, explain
from webhook.services import local
from webhook.services.audit import Action
from webhook.services.desk import Desk
from webhook.store import audit

Text = Annotated[str, Form()]


class AreaPages:
    """Edits of areas, on top of the directory's files; every change is audited."""

    def __init__(self, desk: Desk, pages: Pages, area: str) -> None:
        self._desk = desk
        self._pages = pages
        self._area = area

    def router(self) -> APIRouter:
        """The routes `/areas` and `/areas/{area}`."""
        router = APIRouter(tags=["areas"], dependencies=[allow(Permission.ADMINISTER)])
        router.add_api_route("/areas", self.page, methods=["GET"])
        router.add_api_route("/areas/{area}", self.save, methods=["POST"])
        return router

    async def page(self, request: Request) -> Response:
        """Every area of the directory."""
        return await self._show(request)

    async def save(
        self,
        request: Request,
        area: str,
        name: Text = "",
        towns: Text = "",
        postcodes: Text = "",
        notes: Text = "",
        served: Annotated[bool, Form()] = False,
    ) -> Response:
        """Keep an area; what cannot be read is shown again with what is wrong."""
        given: dict[str, Any] = {
            "name": name.strip(),
            "towns": [part.lower() for part in _parts(towns)],
            "postcodes": [part.upper() for part in _parts(postcodes)],
            "notes": notes.strip().replace("\r\n", "\n"),
            "served": served,
        }
        now, who = self._desk.clock.now(), who_of(request)

        def work(session: Session) -> None:
            for field in local.change_area(session, area, given):
                subject = f"area {area}: {field}"[:64]
                audit.note(session, now, who.staff_id, Action.SETTING_CHANGED, subject=subject)

        try:
            await self._desk.database.write(work)
        except BadInput as error:
            return await self._show(request, error, {area: given})
        return RedirectResponse("/hub/areas", 303)

    async def _show(
        self,
        request: Request,
        error: BadInput | None = None,
        given: dict[str, dict[str, Any]] | None = None,
    ) -> Response:
        known = await self._desk.database.read(local.areas_of)
        shown = {
            name: {**area.model_dump(), **(given or {}).get(name, {})}
            for name, area in known.items()
        }
        problem = explain(error) if error is not None else ""
        return self._pages.show(
            request, "areas.html", 400 if error else 200, areas=shown, problem=problem,
            wrong=next(iter(given or {}), ""), usual=self._area,
        )  # fmt: skip


def _parts(text: str) -> list[str]:
    """The parts of a list with commas or line breaks, spaces made single."""
    return [" ".join(part.split()) for part in re.split(r"[,;\n]", text) if part.strip()]
