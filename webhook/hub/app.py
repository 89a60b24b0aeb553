"""The hub as applications of its own: the console behind sign-in, and its door before it.

Every operation of the console depends on `signed_in`, whatever router it is in; only the door and
the static files are outside.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from webhook.core.errors import HelplineError
from webhook.hub.access import Access, PagePolicy, SameOrigin
from webhook.hub.account import AccountPages
from webhook.hub.admin import AdminPages
from webhook.hub.casework import CaseworkPages
from webhook.hub.conversation import ConversationPages
from webhook.hub.directory import DirectoryPages
from webhook.hub.door import Door
from webhook.hub.lead import LeadPages
from webhook.hub.live import Live
from webhook.hub.pages import Pages
from webhook.hub.queue import QueuePages
from webhook.services.desk import Desk
from webhook.services.factors import Factors
from webhook.services.staff import Accounts
from webhook.settings import Settings

_STATIC = Path(__file__).parent / "static"
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "logs": False, "auto_configure": False}


def mount_hub(app: FastAPI, settings: Settings, desk: Desk, accounts: Accounts) -> None:
    """Put the hub under `/hub`, its door and its static files before it."""
    access = Access(settings, accounts)
    pages = Pages(access.cookie)
    factors = Factors(desk.database, desk.vault, desk.clock, settings.public_url)
    app.mount("/hub/static", StaticFiles(directory=_STATIC), name="hub-static")
    app.mount("/hub/door", _guarded(make_door(access, accounts, factors, pages)))
    console = make_console(desk, access, accounts, pages, settings)
    app.mount("/hub", _guarded(console))


def make_console(
    desk: Desk, access: Access, accounts: Accounts, pages: Pages, settings: Settings
) -> FastAPI:
    """The console: every operation needs somebody who is signed in."""
    console = _application("Hub console", pages, guarded=access)
    console.include_router(QueuePages(desk, pages).router())
    console.include_router(Live(desk, pages, access).router())
    console.include_router(ConversationPages(desk, pages, settings.area).router())
    console.include_router(CaseworkPages(desk, pages).router())
    console.include_router(LeadPages(desk, pages).router())
    console.include_router(AdminPages(desk, pages, accounts, settings.public_url).router())
    console.include_router(DirectoryPages(desk, pages, settings.area).router())
    console.include_router(AccountPages(desk, pages, access, accounts).router())
    return console


def make_door(access: Access, accounts: Accounts, factors: Factors, pages: Pages) -> FastAPI:
    """The public part: sign-in only."""
    door = _application("Hub door", pages)
    door.include_router(Door(access, accounts, factors, pages).router())
    return door


def _application(title: str, pages: Pages, guarded: Access | None = None) -> FastAPI:
    app = FastAPI(
        title=title,
        dependencies=[Depends(guarded.signed_in)] if guarded is not None else [],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=_NO_TELEMETRY,
    )
    app.add_exception_handler(HelplineError, pages.error)
    app.add_exception_handler(RequestValidationError, pages.invalid)
    app.add_exception_handler(Exception, pages.unexpected)
    return app


def _guarded(app: ASGIApp) -> ASGIApp:
    return PagePolicy(SameOrigin(app))
