"""For whoever leads the shift: the board, reassigning, taking over, the second look."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from webhook.core.staff import Permission
from webhook.hub.access import allow, who_of
from webhook.hub.pages import Pages
from webhook.services import board, opening
from webhook.services.board import VERDICTS, Reviews
from webhook.services.desk import Desk
from webhook.services.handover import Handovers


class LeadPages:
    """The board and the reviews."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._handovers = Handovers(desk)
        self._reviews = Reviews(desk)

    def router(self) -> APIRouter:
        """The routes `/board`, `/reviews` and two acts on a conversation."""
        router = APIRouter(tags=["lead"], dependencies=[allow(Permission.LEAD)])
        router.add_api_route("/board", self.board, methods=["GET"])
        router.add_api_route("/board/now", self.now, methods=["GET"])
        router.add_api_route("/reviews", self.reviews, methods=["GET"])
        router.add_api_route("/reviews/{id}", self.review, methods=["POST"])
        router.add_api_route("/c/{conversation}/take-over", self.take_over, methods=["POST"])
        router.add_api_route("/c/{conversation}/reassign", self.reassign, methods=["POST"])
        return router

    async def board(self, request: Request) -> Response:
        """The board."""
        return await self._board(request, "board.html")

    async def now(self, request: Request) -> Response:
        """The board's content, to put in place of what is shown."""
        return await self._board(request, "_board.html")

    async def reviews(self, request: Request, done: bool = False) -> Response:
        """Closed conversations to be looked at again."""
        who = who_of(request)
        found = await self._desk.database.read(board.decisions, who, done=done)
        return self._pages.show(
            request, "reviews.html", decisions=found, done=done, verdicts=VERDICTS
        )

    async def review(
        self, request: Request, id: int, verdict: Annotated[str, Form()] = ""
    ) -> Response:
        """Keep a second look."""
        await self._reviews.review(who_of(request), id, verdict)
        return RedirectResponse("/hub/reviews", 303)

    async def take_over(self, request: Request, conversation: str) -> Response:
        """Take a conversation from whoever holds it."""
        await self._handovers.take_over(who_of(request), conversation)
        return RedirectResponse(f"/hub/c/{conversation}", 303)

    async def reassign(
        self, request: Request, conversation: str, to: Annotated[int, Form()]
    ) -> Response:
        """Offer a conversation to somebody."""
        await self._handovers.reassign(who_of(request), conversation, to)
        return RedirectResponse("/hub/board", 303)

    async def _board(self, request: Request, template: str) -> Response:
        now = self._desk.clock.now()
        found = await self._desk.database.read(board.board, who_of(request), now)
        opened = opening.said(found.opening, now)
        return self._pages.show(request, template, board=found, opened=opened)
