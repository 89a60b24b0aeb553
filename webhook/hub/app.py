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
from webhook.hub.areas import AreaPages
from webhook.hub.casework import CaseworkPages
from webhook.hub.conversation import ConversationPages
from webhook.hub.directory import DirectoryPages
from webhook.hub.door import Door
from webhook.hub.lead import LeadPages
from webhook.hub.live import Live
from webhook.hub.opening import OpeningPages
from webhook.hub.pages import Pages
from webhook.hub.provider import ProviderDoor, make_sign_in
from webhook.hub.queue import QueuePages
from webhook.hub.second_step import SecondStepPages
from webhook.services.desk import Desk
from webhook.services.factors import Factors
from webhook.services.own_factors import OwnFactors
from webhook.services.provider import ProviderSignIn
from webhook.services.staff import Accounts
from webhook.settings import Settings

_STATIC = Path(__file__).parent / "static"
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "logs": False, "auto_configure": False}


def mount_hub(app: FastAPI, settings: Settings, desk: Desk, accounts: Accounts) -> None:
    """Put the hub under `/hub`, its door and its static files before it."""
    access = Access(settings, accounts)
    pages = Pages(access.cookie, settings.oidc_name if settings.oidc_set else "")
    factors = Factors(desk.database, desk.vault, desk.clock, settings.public_url)
    app.mount("/hub/static", StaticFiles(directory=_STATIC), name="hub-static")
    sign_in = make_sign_in(settings, desk.database, desk.clock)
    app.mount("/hub/door", _guarded(make_door(access, accounts, factors, pages, sign_in)))
    console = make_console(desk, access, accounts, pages, settings)
    own = OwnFactors(desk.database, desk.clock)
    console.include_router(SecondStepPages(pages, accounts, factors, own).router())
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
    console.include_router(OpeningPages(desk, pages).router())
    console.include_router(DirectoryPages(desk, pages, settings.area).router())
    console.include_router(AreaPages(desk, pages, settings.area).router())
    console.include_router(AccountPages(desk, pages, access, accounts).router())
    return console


def make_door(
    access: Access,
    accounts: Accounts,
    factors: Factors,
    pages: Pages,
    sign_in: ProviderSignIn | None,
) -> FastAPI:
    """The public part: sign-in only, by the organisation's provider too where one is set."""
    door = _application("Hub door", pages)
    door.include_router(Door(access, accounts, factors, pages).router())
    if sign_in is not None:
        door.include_router(ProviderDoor(access, accounts, pages, sign_in).router())
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
