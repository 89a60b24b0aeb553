"""Rendering the hub's pages: templates escape everything, and errors look like the rest."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from webhook.core.errors import BadInput, HelplineError
from webhook.core.staff import Permission, Who
from webhook.hub import words
from webhook.logs import get_log
from webhook.services.desk import Taken
from webhook.services.staff import Locked, Refused

_TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """Renders templates with what every page needs."""

    def __init__(self, cookie: str, provider: str = "") -> None:
        self._cookie = cookie
        self.provider = provider
        self._jinja = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters.update(
            clock=_clock,
            moment=_moment,
            spell=words.spell,
            label=words.label,
            duration=words.duration,
        )
        self._jinja.globals.update(
            Permission=Permission, said_alerts=words.ALERTS, provider=provider
        )

    def show(
        self, request: Request, template: str, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A page, or a part of one."""
        who: Who | None = getattr(request.state, "who", None)
        html = self._jinja.get_template(template).render(
            who=who, nonce=request.state.nonce, path=request.url.path, **values
        )
        return HTMLResponse(html, status)

    def part(self, template: str, **values: Any) -> str:
        """A fragment as text."""
        return self._jinja.get_template(template).render(**values)

    async def error(self, request: Request, error: Exception) -> Response:
        """A helpline error: as JSON for scripts, as a page for people; 401 leads to sign-in."""
        status = error.status if isinstance(error, HelplineError) else 500
        said = explain(error)
        if "application/json" in request.headers.get("accept", ""):
            body = {"error": type(error).__name__, "problem": said}
            if isinstance(error, BadInput):
                body["field"] = error.field
            return JSONResponse(body, status)
        if status == 401:
            return self.show(request, "sign_in.html", status, problem="", login="")
        return self.show(request, "error.html", status, problem=said, back=_back(request.url.path))

    async def invalid(self, request: Request, error: Exception) -> Response:
        """A form that is malformed: say which field, never what it held."""
        found = error.errors() if isinstance(error, RequestValidationError) else []
        field = str(found[0]["loc"][-1]) if found else ""
        return await self.error(request, BadInput(field, "is missing or malformed"))

    async def unexpected(self, request: Request, error: Exception) -> Response:
        """The request's edge: whatever went wrong, no text of it leaves the process."""
        get_log().error("request_failed", path="/hub", exc_info=error)
        return await self.error(request, error)


def wants_page(request: Request) -> bool:
    """Whether a browser sends a form by itself, without our scripts."""
    return "text/html" in request.headers.get("accept", "")


def explain(error: Exception) -> str:
    """What went wrong, in words for staff."""
    match error:
        case Taken():
            return f"{error.by} has this conversation."
        case BadInput():
            return f"{words.field(error.field)}: {error.problem}."
        case Locked():
            return "Too many tries. Wait a few minutes, or ask a manager for a new link."
        case Refused():
            return "That did not match. Please check and try again."
        case HelplineError():
            said = str(error)
            return said[:1].upper() + said[1:] + "."
    return "Something went wrong on our side. Nothing you wrote was lost: go back and try again."


def _back(path: str) -> str:
    """Where to go on from an error: the conversation or the page it was about, or the lists."""
    parts = path.split("/")
    if parts[1:4] == ["hub", "account", "second-step"]:
        return "/hub/account/second-step"
    return "/".join(parts[:4]) if parts[1:3] == ["hub", "c"] and len(parts) > 4 else "/hub/"


@cache
def _london() -> tzinfo:
    """The hub's own time; UTC on a machine without time zones."""
    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return UTC


def _clock(moment: datetime) -> str:
    return moment.astimezone(_london()).strftime("%H:%M")


def _moment(moment: datetime) -> str:
    return moment.astimezone(_london()).strftime("%-d %b %H:%M")
