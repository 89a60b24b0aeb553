"""The door by the organisation's own sign-in provider; whatever fails ends on a page that helps.

Beginning is a link and no form: browsers refuse a form whose answer leads away from our own pages.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from webhook.clients.provider import Provider, ProviderRefused, ProviderUnavailable, Registration
from webhook.core.clock import Clock
from webhook.core.errors import HelplineError
from webhook.core.staff import Who
from webhook.hub.access import Access, device_of
from webhook.hub.pages import Pages
from webhook.services.provider import (
    LIFE,
    NotHere,
    Outdated,
    ProviderSignIn,
    Rules,
    Unproven,
)
from webhook.services.staff import Accounts, Locked
from webhook.settings import Settings
from webhook.store.database import Database

_BACK = "/hub/door/provider/back"
_HOME = "/hub/"
_STEP = "/hub/door/second-step"
_CHANGES = "/hub/account/second-step"
_SHOWN = {
    Outdated: "This sign-in was begun in another window, or too long ago, or was used before. "
    "Begin again from the sign-in page.",
    NotHere: "{Name} knows you, but there is no open account for you here. Ask a manager of the "
    "hub to add one whose sign-in name is what {name} knows you by.",
    Unproven: "{Name} has not confirmed who you are well enough. Ask its service desk to confirm "
    "your e-mail address, then try again.",
    Locked: "There were too many tries on your account. Wait half an hour, or ask a manager of the "
    "hub for a new link.",
    ProviderUnavailable: "{Name} does not answer just now. Wait a minute and try again. If you "
    "have a password here, you can use it now.",
}
_DENIED = "You stopped at {name}, or it did not let you in. Nothing has changed. You can try again."
_REFUSED = (
    "What {name} sent could not be trusted, so nobody was signed in. Try once more. If it happens "
    "again, tell whoever looks after the hub: {code}."
)


def make_sign_in(settings: Settings, database: Database, clock: Clock) -> ProviderSignIn | None:
    """The way in by the provider; None unless the settings name one wholly."""
    if not settings.oidc_set:
        return None
    provider = Provider(
        Registration(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            redirect_uri=f"{settings.public_url}{_BACK}",
        )
    )
    rules = Rules(settings.oidc_claim, settings.oidc_second_factor)
    return ProviderSignIn(database, clock, provider, rules, settings.secret_key[0])


class ProviderDoor:
    """Part of the door: it is open to whoever comes, and shows no conversation."""

    def __init__(
        self, access: Access, accounts: Accounts, pages: Pages, sign_in: ProviderSignIn
    ) -> None:
        self._access = access
        self._accounts = accounts
        self._pages = pages
        self._sign_in = sign_in

    def router(self) -> APIRouter:
        """The routes under `/hub/door/provider`."""
        router = APIRouter(prefix="/provider", tags=["door"])
        router.add_api_route("", self.begin, methods=["GET"])
        router.add_api_route("/back", self.back, methods=["GET"])
        return router

    async def begin(self, request: Request, again: bool = False) -> Response:
        """Send the browser to the provider."""
        try:
            address, attempt = await self._sign_in.begin(again=again)
        except HelplineError as error:
            return self._explain(request, error)
        response = RedirectResponse(address, 303)
        self._access.lend(response, attempt, LIFE.seconds)
        return response

    async def back(self, request: Request) -> Response:
        """Whoever comes back from the provider is signed in, or told why not."""
        attempt, before = self._access.lent(request), await self._access.known(request)
        try:
            token = await self._sign_in.finish(
                attempt, dict(request.query_params), device_of(request)
            )
        except HelplineError as error:
            response = self._explain(request, error)
        else:
            if before is not None:  # a browser has one session: this one takes its place
                await self._accounts.end(before, before.session_id)
            now = await self._accounts.who(token)
            done = now is not None and now.verified
            response = RedirectResponse(_after(before, done=done), 303)
            self._access.remember(response, token)
        self._access.take_back(response)
        return response

    def _explain(self, request: Request, error: HelplineError) -> Response:
        """The calm page: what happened, and what to do."""
        status, said = error.status, _SHOWN.get(type(error), _REFUSED)
        if isinstance(error, ProviderUnavailable):
            status = 502
        elif isinstance(error, ProviderRefused):
            status, said = 401, _DENIED if error.why == "denied" else _REFUSED
        name = self._pages.provider
        words = said.format(name=name, Name=f"{name[:1].upper()}{name[1:]}", code=error)
        return self._pages.show(request, "provider_problem.html", status, words=words)


def _after(before: Who | None, *, done: bool) -> str:
    """Where to go on: to what is left to do, or back to the changes one came from."""
    if not done:
        return _STEP
    return _CHANGES if before is not None and before.verified else _HOME
