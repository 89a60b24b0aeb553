"""The web chat's pages and files, read once and served from memory, and the way out of them."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
from fastapi import APIRouter, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from webhook.core.errors import NotFound
from webhook.settings import Settings

_HERE = Path(__file__).parent
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors {ancestors}"
)
_DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True)
class _File:
    """A file ready to be sent, also compressed."""

    plain: bytes
    packed: bytes
    kind: str

    @classmethod
    def of(cls, plain: bytes, kind: str) -> _File:
        return cls(plain, gzip.compress(plain, 9, mtime=0), kind)

    def response(self, request: Request, headers: dict[str, str]) -> Response:
        """The answer, compressed where the browser takes it."""
        headers = headers | {"Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                self.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=self.kind
            )
        return Response(self.plain, headers=headers, media_type=self.kind)


class ChatPages:
    """`/chat`, its embedded variant, the script that embeds it and, in development, a demo."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        words = {
            "number": national(settings.helpline_number),
            "number_link": settings.helpline_number,
            "exit_url": settings.exit_url,
        }

        def page(name: str, **more: object) -> _File:
            text = templates.get_template(name).render(**words, **more)
            return _File.of(text.encode(), "text/html; charset=utf-8")

        self._page = page("chat.html", framed=False)
        self._frame = page("chat.html", framed=True)
        self._demo = page("demo.html")
        self._files = {
            path.name: _File.of(path.read_bytes(), _TYPES[path.suffix])
            for path in sorted((_HERE / "static").iterdir())
            if path.suffix in _TYPES
        }

    def router(self) -> APIRouter:
        """The routes under `/chat` that a browser opens; none of them is part of the API."""
        router = APIRouter(prefix="/chat", include_in_schema=False, default_response_class=Response)
        pages: dict[str, Callable[..., Awaitable[Response]]] = {
            "": self.page,
            "/frame": self.frame,
            "/widget.js": self.widget,
            "/exit": self.leave,
            "/static/{name}": self.file,
        }
        if not self._settings.production:
            pages["/demo"] = self.demo
        for path, handle in pages.items():
            router.add_api_route(path, handle, methods=["GET"], response_class=Response)
        return router

    async def page(self, request: Request) -> Response:
        """The chat as a page of its own, never inside another."""
        return self._page.response(request, _policy("'none'"))

    async def frame(self, request: Request) -> Response:
        """The chat inside a partner's page, and only there."""
        allowed = " ".join(["'self'", *self._settings.chat_origins])
        return self._frame.response(request, _policy(allowed) | _ANYWHERE)

    async def widget(self, request: Request) -> Response:
        """The script that a partner's page includes."""
        return self._files["widget.js"].response(request, _ANYWHERE)

    async def leave(self) -> Response:
        """Away without JavaScript: what the browser keeps of us is dropped on the way.

        Cookies stay: the chat sets none, and staff may be signed in to the hub beside it.
        """
        return Response(
            status_code=303,
            headers={
                "Location": self._settings.exit_url,
                "Clear-Site-Data": '"cache", "storage"',
                "Cache-Control": "no-store",
            },
        )

    async def file(self, request: Request, name: str) -> Response:
        """A stylesheet, script or picture of ours."""
        found = self._files.get(name)
        if found is None:
            raise NotFound("no such file")
        return found.response(request, {})

    async def demo(self, request: Request) -> Response:
        """An ordinary school page with the chat on it, for development."""
        return self._demo.response(request, {"Content-Security-Policy": _DEMO_POLICY})


def national(number: str) -> str:
    """A number as people here write it: "+447700900000" becomes "07700 900000"."""
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def _policy(ancestors: str) -> dict[str, str]:
    return {"Content-Security-Policy": _PAGE_POLICY.format(ancestors=ancestors)}
