"""Who may do what at the hub: deny by default, same-origin requests only, one strict policy.

The session's cookie carries an opaque token. Over https its name begins with `__Host-`, which binds
it to this host and to encryption; plain http exists in development only.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webhook.core.errors import BadInput, Forbidden, HelplineError
from webhook.core.staff import Permission, Who
from webhook.services.staff import Accounts
from webhook.settings import Settings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInNeeded(HelplineError):
    """Nobody is signed in, or the second step is still to be done."""

    status = 401


class Access:
    """The hub's guard. `signed_in` stands before every operation of the console."""

    def __init__(self, settings: Settings, accounts: Accounts) -> None:
        self._accounts = accounts
        self._secure = settings.public_url.startswith("https://")
        self.cookie = "__Host-hub" if self._secure else "hub"
        self._lent = f"{self.cookie}-provider"

    async def signed_in(self, request: Request) -> Who:
        """Whoever is signed in fully; raises SignInNeeded."""
        who = await self.known(request)
        if who is None or not who.verified:
            raise SignInNeeded("sign in first")
        request.state.who = who
        return who

    async def known(self, request: Request) -> Who | None:
        """Whoever has given a password, the second step done or not."""
        token = request.cookies.get(self.cookie, "")
        return await self._accounts.who(token) if token else None

    def remember(self, response: Response, token: str) -> None:
        """Give the browser its session."""
        response.set_cookie(
            self.cookie, token, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def forget(self, response: Response) -> None:
        """Take the session from the browser, and what it kept of the hub."""
        response.delete_cookie(
            self.cookie, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
        response.headers["Clear-Site-Data"] = '"cache", "storage"'

    def lend(self, response: Response, attempt: str, seconds: int) -> None:
        """Give the browser the sealed attempt that it brings back from the provider."""
        response.set_cookie(
            self._lent, attempt, max_age=seconds, path="/",
            secure=self._secure, httponly=True, samesite="lax",
        )  # fmt: skip

    def lent(self, request: Request) -> str:
        """The sealed attempt that the browser brings back, or ""."""
        return request.cookies.get(self._lent, "")

    def take_back(self, response: Response) -> None:
        """Take the attempt from the browser: it is of no more use."""
        response.delete_cookie(
            self._lent, path="/", secure=self._secure, httponly=True, samesite="lax"
        )


def who_of(request: Request) -> Who:
    """Whoever `signed_in` found."""
    who: Who = request.state.who
    return who


def allow(permission: Permission) -> Any:
    """A dependency that lets a permission pass and raises Forbidden otherwise."""

    async def allowed(request: Request) -> None:
        if not who_of(request).may(permission):
            raise Forbidden("not for this role")

    return Depends(allowed)


def device_of(request: Request) -> str:
    """The kind of browser and system, for the list of sessions: nothing finer."""
    agent = request.headers.get("user-agent", "")
    browsers = ("Edg", "Firefox", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    browser = next((name for name in browsers if name in agent), "Browser")
    system = next((name for name in systems if name in agent), "")
    return f"{browser.replace('Edg', 'Edge')} {system}".strip()


async def json_body(request: Request) -> dict[str, Any]:
    """The object that a script sends, a passkey's answer for instance; raises BadInput."""
    try:
        found = json.loads(await request.body())
    except ValueError as error:
        raise BadInput("credential", "is malformed") from error
    if not isinstance(found, dict):
        raise BadInput("credential", "is malformed")
    return found


class SameOrigin:
    """Refuses requests that change something and do not come from our own pages (CSRF).

    Browsers say so themselves (`Sec-Fetch-Site`); those that do not are judged by `Origin`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is safe or ours, answer 403 to the rest."""
        if scope["type"] == "http" and scope["method"] not in _SAFE and not _ours(scope):
            await Response("Forbidden", 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _ours(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return bool(origin) and urlsplit(origin or "").netloc == headers.get("host")


class PagePolicy:
    """Gives every request a nonce and every page of the hub the policy that goes with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the policy before anything else can."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Content-Security-Policy"] = policy(nonce)
            await send(message)

        await self._app(scope, receive, complete)


def policy(nonce: str) -> str:
    """The content security policy of one page."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


Endpoint = Callable[..., Awaitable[Any]]
