"""One conversation: what to know in ten seconds, the transcript, and what can be done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from webhook.core.errors import BadInput
from webhook.core.staff import Permission
from webhook.core.triage import Triage
from webhook.hub.access import allow, who_of
from webhook.hub.cards import cards
from webhook.hub.pages import Pages, wants_page
from webhook.services import lines, local
from webhook.services.audit import LOWER_REASONS, OVERRIDE_REASONS, REVEAL_REASONS
from webhook.services.casefile import Casefiles
from webhook.services.desk import Desk
from webhook.services.handover import Handovers
from webhook.services.writing import Words, Writing
from webhook.store import content, staff
from webhook.store.hub_models import Staff

Text = Annotated[str, Form()]


class ConversationPages:
    """The page of a conversation and its acts. Every look at one is audited (P9)."""

    def __init__(self, desk: Desk, pages: Pages, area: str) -> None:
        self._desk = desk
        self._pages = pages
        self._area = area
        self._files = Casefiles(desk)
        self._handovers = Handovers(desk)
        self._writing = Writing(desk)

    def router(self) -> APIRouter:
        """The routes under `/c/{conversation}`."""
        router = APIRouter(
            prefix="/c/{conversation}", tags=["conversation"],
            dependencies=[allow(Permission.TALK)],
        )  # fmt: skip
        router.add_api_route("", self.page, methods=["GET"])
        router.add_api_route("/canned", self.canned, methods=["GET"])
        acts: dict[str, Callable[..., Any]] = {
            "claim": self.claim, "decline": self.decline, "step-away": self.step_away,
            "leave": self.leave, "hand-back": self.hand_back, "offer": self.offer,
            "team": self.team, "say": self.say, "note": self.note, "draft": self.draft,
            "typing": self.typing, "triage": self.triage, "reveal": self.reveal,
        }  # fmt: skip
        for name, handle in acts.items():
            router.add_api_route(f"/{name}", handle, methods=["POST"])
        return router

    async def page(self, request: Request, conversation: str) -> Response:
        """The conversation as it is now."""
        who = who_of(request)
        file = await self._files.open(who, conversation)
        people = await self._desk.database.read(staff.everyone, active=True)
        now = self._desk.clock.now()
        here = await self._desk.database.read(local.read, now)
        return self._pages.show(
            request,
            "conversation.html",
            file=file,
            services=cards(file, here, self._area, now),
            area=here.areas.get(file.summary.area),
            area_name=local.name_in(here.areas, file.summary.area),
            fresh_id=uuid.uuid4().hex,
            people=[row for row in people if _can_take(row) and row.id != who.staff_id],
            purposes=lines.purposes(),
            teams=lines.teams(),
            reveal_reasons=REVEAL_REASONS,
            override_reasons=OVERRIDE_REASONS,
            lower_reasons=LOWER_REASONS,
        )

    async def claim(self, request: Request, conversation: str) -> Response:
        """Join."""
        await self._handovers.claim(who_of(request), conversation)
        return _to(conversation)

    async def decline(self, request: Request, conversation: str) -> Response:
        """Say no to an offer."""
        await self._handovers.decline(who_of(request), conversation)
        return RedirectResponse("/hub/", 303)

    async def step_away(self, request: Request, conversation: str) -> Response:
        """Put it back into the queue."""
        await self._handovers.step_away(who_of(request), conversation)
        return RedirectResponse("/hub/", 303)

    async def leave(self, request: Request, conversation: str) -> Response:
        """Stop helping after passing it on."""
        await self._handovers.leave(who_of(request), conversation)
        return RedirectResponse("/hub/", 303)

    async def hand_back(self, request: Request, conversation: str, purpose: Text) -> Response:
        """Give it back to the automated helper."""
        await self._handovers.hand_back(who_of(request), conversation, purpose)
        return RedirectResponse("/hub/", 303)

    async def offer(
        self, request: Request, conversation: str, to: Annotated[int, Form()], note: Text = ""
    ) -> Response:
        """Ask somebody to take over."""
        await self._handovers.offer(who_of(request), conversation, to, note)
        return _to(conversation)

    async def team(
        self, request: Request, conversation: str, team: Text, note: Text = ""
    ) -> Response:
        """Ask a team to join."""
        await self._handovers.to_team(who_of(request), conversation, team, note)
        return RedirectResponse("/hub/", 303)

    async def say(
        self,
        request: Request,
        conversation: str,
        client_id: Text,
        text: Text = "",
        override: Text = "",
        override_words: Text = "",
    ) -> Response:
        """Write to the person; the same `client_id` again is the same message."""
        words = Words(text, _short(client_id), override, override_words)
        seq = await self._writing.say(who_of(request), conversation, words)
        return _to(conversation) if wants_page(request) else JSONResponse({"seq": seq})

    async def note(self, request: Request, conversation: str, text: Text = "") -> Response:
        """Write a private note."""
        await self._writing.note(who_of(request), conversation, text)
        return _to(conversation) if wants_page(request) else JSONResponse({})

    async def draft(
        self, request: Request, conversation: str, kind: Text, text: Text = ""
    ) -> JSONResponse:
        """Keep unsent words."""
        if kind not in ("reply", "note", "close", "sheet"):
            raise BadInput("kind", "is unknown")
        await self._writing.draft(who_of(request), conversation, kind, text)
        return JSONResponse({})

    async def canned(self, request: Request, conversation: str) -> JSONResponse:
        """The ready replies for `/` in the composer."""
        rows = await self._desk.database.read(content.canned)
        found = [{"shortcut": r.shortcut, "language": r.language, "text": r.text} for r in rows]
        return JSONResponse(found)

    async def typing(self, request: Request, conversation: str) -> JSONResponse:
        """Show that somebody is writing."""
        await self._writing.typing(who_of(request), conversation)
        return JSONResponse({})

    async def triage(
        self,
        request: Request,
        conversation: str,
        level: Text,
        reason: Text = "",
        words: Text = "",
    ) -> Response:
        """Raise triage by judgement, or lower it with a reason (P3)."""
        who, wanted = who_of(request), _level(level)
        if reason:
            await self._writing.lower_triage(who, conversation, wanted, reason, words)
        else:
            await self._writing.raise_triage(who, conversation, wanted)
        return _to(conversation)

    async def reveal(
        self, request: Request, conversation: str, reason: Text = "", words: Text = ""
    ) -> JSONResponse:
        """The number, for a reason that is kept (P9)."""
        number = await self._files.reveal(who_of(request), conversation, reason, words)
        return JSONResponse({"number": number})


def _to(conversation: str) -> RedirectResponse:
    return RedirectResponse(f"/hub/c/{conversation}", 303)


def _short(client_id: str) -> str:
    if not 8 <= len(client_id) <= 64:
        raise BadInput("client_id", "is malformed")
    return client_id


def _level(label: str) -> Triage:
    try:
        return Triage.parse(label)
    except ValueError as error:
        raise BadInput("level", "is unknown") from error


def _can_take(row: Staff) -> bool:
    return not row.away and row.role in ("advocate", "manager")
