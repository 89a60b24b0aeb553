"""Who may use the web chat's API: known origins, the holder of the token, bodies of some size."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webhook.core.errors import Forbidden, NotFound
from webhook.metrics import Metrics
from webhook.services.chat import Chats
from webhook.settings import Settings

MAX_BODY = 8192  # bytes
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_ID = re.compile(r"[0-9a-f]{32}")


class Door:
    """Raises Forbidden for a foreign origin and NotFound for whoever does not hold the token.

    An unknown conversation and a wrong token are told apart by nothing.
    """

    def __init__(self, settings: Settings, chats: Chats, metrics: Metrics) -> None:
        self._partners = frozenset(settings.chat_origins)
        self._origins = self._partners | {origin_of(settings.public_url)}
        self._chats = chats
        self._metrics = metrics

    async def origin(self, request: Request) -> None:
        """Let through what a page of ours or of a partner sends.

        Browsers send `Origin` with everything but a GET to the page's own origin; for that one
        `Sec-Fetch-Site`, where a browser has it, must say so.
        """
        told = request.headers.get("origin")
        if told is None and request.method == "GET":
            known = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        else:
            known = told in self._origins
        if not known:
            self._metrics.rejected.labels("Origin").inc()
            raise Forbidden("not from our page")

    async def holder(self, request: Request, conversation_id: str) -> None:
        """Let through who sends the conversation's token in the Authorization header."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        await self.check(conversation_id, token if scheme.lower() == "bearer" else "")

    async def check(self, conversation_id: str, token: str) -> None:
        """Raise NotFound unless the token is the conversation's."""
        if not _ID.fullmatch(conversation_id) or not _TOKEN.fullmatch(token):
            raise NotFound("no such conversation")
        await self._chats.check(conversation_id, token)

    def partner(self, origin: str | None) -> bool:
        """Whether an origin is one that may embed the chat."""
        return origin in self._partners


class BodyLimit:
    """Refuses bodies of more than MAX_BODY bytes under a path, before they are held in memory."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, at most MAX_BODY bytes of it."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return  # Gone before the whole body came.
            body += message.get("body", b"")
            if len(body) > MAX_BODY:
                refusal = JSONResponse({"error": "BadInput", "field": "body"}, 413)
                await refusal(scope, receive, send)
                return
            if not message.get("more_body", False):
                break
        await self._app(scope, _once(body, receive), send)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as browsers write an origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _once(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
