"""Opening hours, and what people are told while the hub is closed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from webhook.core.errors import BadInput
from webhook.core.hours import DAYS
from webhook.core.messages import Channel
from webhook.core.staff import Permission
from webhook.hub.access import allow, who_of
from webhook.hub.pages import Pages, explain
from webhook.services import opening
from webhook.services.audit import Action
from webhook.services.desk import Desk
from webhook.store import audit, hub_settings

_NAMES = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


class OpeningPages:
    """Hours by weekday and single date, and the words when closed; every change is audited."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    def router(self) -> APIRouter:
        """The routes `/opening` and `/opening/words`."""
        router = APIRouter(tags=["opening"], dependencies=[allow(Permission.ADMINISTER)])
        router.add_api_route("/opening", self.page, methods=["GET"])
        router.add_api_route("/opening", self.save, methods=["POST"])
        router.add_api_route("/opening/words", self.save_words, methods=["POST"])
        return router

    async def page(self, request: Request) -> Response:
        """The hours and words as they stand."""
        return await self._show(request)

    async def save(self, request: Request) -> Response:
        """Keep other hours; what cannot be read is shown again with what is wrong."""
        form = await request.form()
        week = {day: str(form.get(day, ""))[:200] for day in DAYS}
        dates = str(form.get("dates", ""))[:8_000]
        now, who = self._desk.clock.now(), who_of(request)

        def work(session: Session) -> None:
            for changed in opening.change_hours(session, week, dates):
                subject = f"opening {changed}"[:64]
                audit.note(session, now, who.staff_id, Action.SETTING_CHANGED, subject=subject)

        try:
            await self._desk.database.write(work)
        except BadInput as error:
            return await self._show(request, error, week=week, dates=dates)
        await self._desk.bus.publish("hub", "opening")
        return RedirectResponse("/hub/opening", 303)

    async def save_words(
        self, request: Request, sms: Annotated[str, Form()] = "", web: Annotated[str, Form()] = ""
    ) -> Response:
        """Keep other words for when it is closed; empty ones mean the reviewed words."""
        given = {Channel.SMS: sms[:1_000], Channel.WEB: web[:1_000]}
        now, who = self._desk.clock.now(), who_of(request)

        def work(session: Session) -> None:
            for channel, text in given.items():
                if opening.change_words(session, channel, text):
                    subject = f"words when closed, {channel}"
                    audit.note(session, now, who.staff_id, Action.CONTENT_CHANGED, subject=subject)

        try:
            await self._desk.database.write(work)
        except BadInput as error:
            return await self._show(request, error, words=given)
        return RedirectResponse("/hub/opening", 303)

    async def _show(
        self, request: Request, error: BadInput | None = None, **given: Any
    ) -> Response:
        now = self._desk.clock.now()

        def read(session: Session) -> dict[str, Any]:
            hours = hub_settings.opening(session)
            found = opening.now_of(hours, now)
            return {**opening.form(session), "state": opening.said(found, now)}

        found = await self._desk.database.read(read)
        problem = explain(error) if error is not None else ""
        return self._pages.show(
            request, "opening.html", 400 if error else 200, problem=problem, place=opening.PLACE,
            days=dict(zip(DAYS, _NAMES, strict=True)), **{**found, **given},
        )  # fmt: skip
