"""Beside a conversation: the risk sheet, the referral pack, and closing with what came of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from webhook.core.errors import BadInput
from webhook.core.staff import Permission, Who
from webhook.directory.places import Area
from webhook.hub.access import allow, who_of
from webhook.hub.pages import Pages
from webhook.services import coded, local, risk
from webhook.services.closing import Closing, Disposition
from webhook.services.desk import Desk
from webhook.services.referral import Referrals
from webhook.services.referral import Request as Wanted
from webhook.services.risk import Answer, RiskSheets, Sheet
from webhook.store import conversations, notes

Text = Annotated[str, Form()]


class CaseworkPages:
    """What is written down of a contact, and where it goes from here."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._sheets = RiskSheets(desk)
        self._referrals = Referrals(desk)
        self._closing = Closing(desk)

    def router(self) -> APIRouter:
        """The routes `sheet`, `referral` and `close` under `/c/{conversation}`."""
        router = APIRouter(
            prefix="/c/{conversation}", tags=["casework"], dependencies=[allow(Permission.TALK)]
        )
        router.add_api_route("/sheet", self.sheet, methods=["GET"])
        router.add_api_route("/sheet", self.save_sheet, methods=["POST"])
        router.add_api_route("/referral", self.referral, methods=["GET"])
        router.add_api_route("/referral", self.make_pack, methods=["POST"])
        router.add_api_route("/close", self.close_page, methods=["GET"])
        router.add_api_route("/close", self.close, methods=["POST"])
        return router

    async def sheet(self, request: Request, conversation: str) -> Response:
        """The risk sheet, filled in beforehand from the person's words."""
        who = who_of(request)
        view = await self._sheets.open(who, conversation)
        draft = await self._draft(who, conversation, "sheet")
        return self._pages.show(
            request, "sheet.html",
            conversation=conversation, view=view, sources=risk.SOURCES, draft=draft,
        )  # fmt: skip

    async def save_sheet(self, request: Request, conversation: str) -> Response:
        """Keep the risk sheet."""
        who, form = who_of(request), await request.form()
        given = {name: str(value) for name, value in form.items()}
        await self._sheets.save(who, conversation, _sheet(given))
        await self._forget(who, conversation, "sheet")
        return RedirectResponse(f"/hub/c/{conversation}/sheet", 303)

    async def referral(self, request: Request, conversation: str) -> Response:
        """The form for a referral pack."""
        view, advised = await self._referrals.advice(who_of(request), conversation)
        area = await self._desk.database.read(self._area_of, conversation)
        return self._pages.show(
            request, "referral.html", area=area,
            conversation=conversation, view=view, advised=advised, **await self._lists(),
        )  # fmt: skip

    async def make_pack(
        self,
        request: Request,
        conversation: str,
        route: Text,
        consent: Text = "",
        lawful: Text = "",
        safe_times: Text = "",
        not_to: Text = "",
        asks: Text = "",
        reason: Text = "",
    ) -> Response:
        """The pack as a page to print; it is not kept."""
        wanted = Wanted(
            route, consent == "yes", lawful, safe_times[:300], not_to[:300], asks[:1000], reason
        )
        pack = await self._referrals.make(who_of(request), conversation, wanted)
        area = await self._desk.database.read(self._area_of, conversation)
        return self._pages.show(
            request, "pack.html", conversation=conversation, pack=pack, sources=risk.SOURCES,
            area=area, **await self._lists(),
        )  # fmt: skip

    async def close_page(self, request: Request, conversation: str) -> Response:
        """The form for closing, with what was written before a crash."""
        who = who_of(request)
        _, advised = await self._referrals.advice(who, conversation)
        draft = await self._draft(who, conversation, "close")
        return self._pages.show(
            request, "close.html",
            conversation=conversation, advised=advised, draft=draft, **await self._lists(),
        )  # fmt: skip

    async def close(
        self,
        request: Request,
        conversation: str,
        outcome: Text = "",
        route: Text = "",
        safe: Text = "",
        line: Text = "",
        reason: Text = "",
    ) -> Response:
        """Close the conversation."""
        chosen = cast(Literal["yes", "no", "unknown"], safe)
        how = Disposition(outcome, route, chosen, line[:500], reason)
        emergency = await self._closing.close(who_of(request), conversation, how)
        if emergency:
            return self._pages.show(request, "debrief.html")
        return RedirectResponse("/hub/", 303)

    def _area_of(self, session: Session, conversation: str) -> Area | None:
        """The area that the person told, with its local routes."""
        told = conversations.get(session, conversation).area
        return local.areas_of(session).get(told or "")

    async def _lists(self) -> dict[str, Any]:
        def read(session: Session) -> dict[str, Any]:
            names = ("outcomes", "routes", "route_reasons", "lawful_reasons")
            return {name: coded.known(session, name) for name in names}

        return await self._desk.database.read(read)

    async def _draft(self, who: Who, conversation: str, kind: str) -> str:
        def read(session: Session) -> str:
            key = conversations.key_of(session, self._desk.vault, conversation)
            return notes.draft(session, key, conversation, who.staff_id, kind)

        return await self._desk.database.read(read)

    async def _forget(self, who: Who, conversation: str, kind: str) -> None:
        await self._desk.database.write(
            notes.save_draft, self._desk.vault, conversation, who.staff_id, kind, "",
            self._desk.clock.now(),
        )  # fmt: skip


def _sheet(given: dict[str, str]) -> Sheet:
    """A sheet from the fields of its form; raises BadInput."""
    answers = {}
    for topic in risk.topics():
        answer, source = given.get(topic.id, "unknown"), given.get(f"{topic.id}_source", "")
        if answer not in ("yes", "no", "unknown") or (source and source not in risk.SOURCES):
            raise BadInput(topic.id, "choose an answer")
        if answer != "unknown" and not source:
            source = "told_me"
        quote = given.get(f"{topic.id}_quote", "")[:300]
        answers[topic.id] = Answer(cast(Any, answer), cast(Any, source or None), quote)
    raised, why = given.get("raised") == "yes", given.get("why", "").strip()[:1000]
    if raised and len(why) < 5:
        raise BadInput("why", "say what your judgement rests on")
    version = given.get("version", "0")
    if not version.isdecimal():
        raise BadInput("version", "is malformed")
    return Sheet(answers, raised, why, int(version))
