"""Accounts, ready replies, settings and the audit trail, for those who look after them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from webhook.core.errors import BadInput
from webhook.core.sms_text import segments
from webhook.core.staff import Permission, Role
from webhook.hub.access import allow, who_of
from webhook.hub.pages import Pages
from webhook.services import coded
from webhook.services.audit import Action
from webhook.services.desk import Desk
from webhook.services.people import People
from webhook.services.staff import Accounts
from webhook.store import audit, content, hub_settings, staff
from webhook.store.audit import Search
from webhook.store.hub_settings import HubSettings

Text = Annotated[str, Form()]
_NUMBERS = {
    "target_emergency": (10, 3600), "target_urgent": (30, 7200), "target_standard": (60, 86400),
    "page_again": (30, 3600), "offer": (15, 600), "capacity": (1, 20), "risk_threshold": (1, 24),
}  # fmt: skip


class AdminPages:
    """What a hub decides for itself. Every change is on the audit trail."""

    def __init__(self, desk: Desk, pages: Pages, accounts: Accounts, public_url: str) -> None:
        self._desk = desk
        self._pages = pages
        self._people = People(desk, accounts)
        self._public_url = public_url

    def router(self) -> APIRouter:
        """The routes `/staff`, `/replies`, `/settings` and `/audit`."""
        router = APIRouter(tags=["admin"], dependencies=[allow(Permission.ADMINISTER)])
        router.add_api_route("/staff", self.staff, methods=["GET"])
        router.add_api_route("/staff", self.add, methods=["POST"])
        router.add_api_route("/staff/{staff}", self.change, methods=["POST"])
        router.add_api_route("/staff/{staff}/link", self.link, methods=["POST"])
        router.add_api_route("/staff/{staff}/active", self.active, methods=["POST"])
        router.add_api_route("/replies", self.replies, methods=["GET"])
        router.add_api_route("/replies", self.save_reply, methods=["POST"])
        router.add_api_route("/replies/{id}/drop", self.drop_reply, methods=["POST"])
        router.add_api_route("/settings", self.settings, methods=["GET"])
        router.add_api_route("/settings", self.save_settings, methods=["POST"])
        router.add_api_route("/settings/lists", self.save_list, methods=["POST"])
        router.add_api_route("/audit", self.audit, methods=["GET"])
        return router

    async def staff(self, request: Request) -> Response:
        """Every account."""
        return await self._staff_page(request, "", "")

    async def add(
        self, request: Request, login: Text = "", chosen_name: Text = "", role: Text = ""
    ) -> Response:
        """Add an account; shows its link once."""
        token = await self._people.add(who_of(request), login, chosen_name, role)
        return await self._staff_page(request, chosen_name, token)

    async def change(
        self,
        request: Request,
        staff: int,
        chosen_name: Text = "",
        role: Text = "",
        number: Text = "",
        clear: Annotated[bool, Form()] = False,
    ) -> Response:
        """Change an account."""
        who = who_of(request)
        await self._people.change(who, staff, chosen_name, role, number, clear=clear)
        return RedirectResponse("/hub/staff", 303)

    async def link(self, request: Request, staff: int) -> Response:
        """Reset an account; shows its new link once."""
        token = await self._people.link(who_of(request), staff)
        return await self._staff_page(request, "", token)

    async def active(
        self, request: Request, staff: int, active: Annotated[bool, Form()] = False
    ) -> Response:
        """Close an account or open it again."""
        await self._people.close(who_of(request), staff, active=active)
        return RedirectResponse("/hub/staff", 303)

    async def replies(self, request: Request) -> Response:
        """The ready replies."""
        rows = await self._desk.database.read(content.canned)
        shown = [(row, segments(row.text)) for row in rows]
        return self._pages.show(request, "replies.html", replies=shown)

    async def save_reply(
        self, request: Request, shortcut: Text = "", language: Text = "en", text: Text = ""
    ) -> Response:
        """Add or change a ready reply."""
        shortcut, text = shortcut.strip().lower().lstrip("/"), text.strip()
        if not shortcut.replace("-", "").isalnum() or len(shortcut) > 24:
            raise BadInput("shortcut", "use up to 24 letters, digits and hyphens")
        if not text or len(text) > 1000:
            raise BadInput("text", "write up to 1000 characters")
        await self._change(
            request, Action.CONTENT_CHANGED, f"reply {shortcut}",
            lambda s: content.save_canned(s, shortcut, language[:8].strip() or "en", text),
        )  # fmt: skip
        return RedirectResponse("/hub/replies", 303)

    async def drop_reply(self, request: Request, id: int) -> Response:
        """Take a ready reply away."""
        await self._change(
            request, Action.CONTENT_CHANGED, f"reply {id} taken away",
            lambda s: content.drop_canned(s, id),
        )  # fmt: skip
        return RedirectResponse("/hub/replies", 303)

    async def settings(self, request: Request) -> Response:
        """Targets, times, the threshold and the coded lists."""

        def read(session: Session) -> dict[str, Any]:
            lists = {name: coded.known(session, name) for name in coded.EDITABLE}
            return {"settings": hub_settings.read(session), "lists": lists}

        found = await self._desk.database.read(read)
        return self._pages.show(request, "settings.html", bounds=_NUMBERS, **found)

    async def save_settings(self, request: Request) -> Response:
        """Keep the settings."""
        form = await request.form()
        chosen = {name: _whole(name, str(form.get(name, ""))) for name in _NUMBERS}
        now, who = self._desk.clock.now(), who_of(request)

        def work(session: Session) -> None:
            wanted = HubSettings(**{**asdict(hub_settings.read(session)), **chosen})
            for name in hub_settings.write(session, wanted):
                audit.note(session, now, who.staff_id, Action.SETTING_CHANGED, subject=name)

        await self._desk.database.write(work)
        return RedirectResponse("/hub/settings", 303)

    async def save_list(self, request: Request, name: Text = "", lines: Text = "") -> Response:
        """Change a coded list."""
        if name not in coded.EDITABLE:
            raise BadInput("name", "is unknown")
        await self._change(
            request, Action.SETTING_CHANGED, f"list {name}",
            lambda s: coded.change(s, name, lines),
        )  # fmt: skip
        return RedirectResponse("/hub/settings", 303)

    async def audit(
        self,
        request: Request,
        person: str = "",
        action: str = "",
        conversation: str = "",
        day: str = "",
    ) -> Response:
        """Search the audit trail; that it was read is on it too."""
        since = _day(day)
        search = Search(
            staff_id=int(person) if person.isdecimal() else None,
            action=action if action in set(Action) else "",
            conversation_id=conversation.strip()[:32],
            since=since,
            until=since + timedelta(days=1) if since else None,
        )
        now, who = self._desk.clock.now(), who_of(request)

        def work(session: Session) -> dict[str, Any]:
            entries = audit.find(session, search)
            audit.note(session, now, who.staff_id, Action.AUDIT_READ)
            return {"entries": entries, "names": staff.names(session)}

        found = await self._desk.database.write(work)
        return self._pages.show(
            request, "audit.html", actions=[a.value for a in Action], person=person,
            action=action, conversation=conversation, day=day, **found,
        )  # fmt: skip

    async def _change(self, request: Request, action: Action, subject: str, work: Any) -> None:
        now, who = self._desk.clock.now(), who_of(request)

        def change(session: Session) -> None:
            work(session)
            audit.note(session, now, who.staff_id, action, subject=subject[:64])

        await self._desk.database.write(change)

    async def _staff_page(self, request: Request, name: str, token: str) -> Response:
        link = f"{self._public_url}/hub/door/link#{token}" if token else ""
        people = await self._people.listed()
        return self._pages.show(
            request, "staff.html", people=people, roles=list(Role), link=link, added=name
        )


def _whole(name: str, given: str) -> int:
    least, most = _NUMBERS[name]
    if not given.isdecimal() or not least <= int(given) <= most:
        raise BadInput(name, f"use a whole number from {least} to {most}")
    return int(given)


def _day(given: str) -> datetime | None:
    try:
        return datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC) if given else None
    except ValueError as error:
        raise BadInput("day", "is not a date") from error
