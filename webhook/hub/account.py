"""One's own account: where one is signed in, choices, a break, and signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from webhook.core.errors import Conflict
from webhook.core.staff import Who
from webhook.hub.access import Access, who_of
from webhook.hub.pages import Pages
from webhook.services.desk import Desk
from webhook.services.staff import Accounts
from webhook.store import queue, staff


class AccountPages:
    """Open to every role: it shows and changes nothing but one's own."""

    def __init__(self, desk: Desk, pages: Pages, access: Access, accounts: Accounts) -> None:
        self._desk = desk
        self._pages = pages
        self._access = access
        self._accounts = accounts

    def router(self) -> APIRouter:
        """The routes under `/account`."""
        router = APIRouter(prefix="/account", tags=["account"])
        router.add_api_route("", self.page, methods=["GET"])
        router.add_api_route("/sign-out", self.sign_out, methods=["POST"])
        router.add_api_route("/sessions/{session}/end", self.end, methods=["POST"])
        router.add_api_route("/choices", self.choices, methods=["POST"])
        router.add_api_route("/break", self.take_break, methods=["POST"])
        return router

    async def page(self, request: Request) -> Response:
        """The account."""
        sessions = await self._accounts.sessions(who_of(request))
        return self._pages.show(request, "account.html", sessions=sessions)

    async def sign_out(self, request: Request) -> Response:
        """End this session."""
        who = who_of(request)
        await self._accounts.end(who, who.session_id)
        response = RedirectResponse("/hub/door/sign-in", 303)
        self._access.forget(response)
        return response

    async def end(self, request: Request, session: str) -> Response:
        """End one of one's sessions."""
        await self._accounts.end(who_of(request), session)
        return RedirectResponse("/hub/account", 303)

    async def choices(
        self,
        request: Request,
        blur: Annotated[bool, Form()] = False,
        hide_count: Annotated[bool, Form()] = False,
        quiet: Annotated[bool, Form()] = False,
    ) -> Response:
        """Blur hard words, hide the number waiting, no sounds."""
        chosen = {"blur": blur, "hide_count": hide_count, "quiet": quiet}

        def keep(session: Session) -> None:
            staff.get(session, who_of(request).staff_id, lock=True).prefs = chosen

        await self._desk.database.write(keep)
        return RedirectResponse("/hub/account", 303)

    async def take_break(self, request: Request, away: Annotated[bool, Form()] = False) -> Response:
        """Take a break or come back; who holds conversations passes them on first."""
        who = who_of(request)
        await self._desk.database.write(_set_away, who, away)
        await self._desk.bus.publish("hub", "staff")
        return RedirectResponse("/hub/account", 303)


def _set_away(session: Session, who: Who, away: bool) -> None:
    if away and queue.loads(session).get(who.staff_id):
        raise Conflict("pass on the people you are with first")
    staff.get(session, who.staff_id, lock=True).away = away
