"""One's own second step: what there is, more of it, names, taking away, new recovery codes.

Everything that changes something needs the password or a factor again; the page asks for it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from webhook.core.errors import HelplineError
from webhook.hub.access import json_body, who_of
from webhook.hub.pages import Pages, explain
from webhook.services.factors import Factors
from webhook.services.own_factors import OwnFactors
from webhook.services.staff import Accounts, Unconfirmed

_HERE = "/hub/account/second-step"
_CONFIRM = "/hub/account/confirm"
Text = Annotated[str, Form()]


class SecondStepPages:
    """Open to every role: it shows and changes nothing but one's own."""

    def __init__(self, pages: Pages, accounts: Accounts, factors: Factors, own: OwnFactors) -> None:
        self._pages = pages
        self._accounts = accounts
        self._factors = factors
        self._own = own

    def router(self) -> APIRouter:
        """The routes under `/account/second-step` and `/account/confirm`."""
        router = APIRouter(prefix="/account", tags=["second step"])
        router.add_api_route("/confirm", self.confirm_page, methods=["GET"])
        router.add_api_route("/confirm", self.confirm, methods=["POST"])
        router.add_api_route("/confirm/passkey/ask", self.ask_passkey, methods=["POST"])
        router.add_api_route("/confirm/passkey/use", self.use_passkey, methods=["POST"])
        router.add_api_route("/second-step", self.page, methods=["GET"])
        router.add_api_route("/second-step/codes", self.codes_page, methods=["GET"])
        router.add_api_route("/second-step/codes", self.add_codes, methods=["POST"])
        router.add_api_route("/second-step/passkey/new", self.new_passkey, methods=["POST"])
        router.add_api_route("/second-step/passkey/add", self.add_passkey, methods=["POST"])
        router.add_api_route("/second-step/recovery", self.recovery, methods=["POST"])
        router.add_api_route("/second-step/{factor}/name", self.rename, methods=["POST"])
        router.add_api_route("/second-step/{factor}/remove", self.remove, methods=["POST"])
        return router

    async def page(self, request: Request) -> Response:
        """What somebody signs in with beside the password."""
        standing = await self._own.standing(who_of(request))
        return self._pages.show(request, "factors.html", standing=standing)

    async def confirm_page(self, request: Request) -> Response:
        """The form for the password or a factor again."""
        return await self._confirm_page(request, "")

    async def confirm(self, request: Request, password: Text = "", code: Text = "") -> Response:
        """Check the password or a code; changes are open for a few minutes then."""
        who = who_of(request)
        try:
            if code.strip():
                await self._factors.check_code(who, code)
            else:
                await self._accounts.confirm(who, password)
        except HelplineError as error:
            return await self._confirm_page(request, explain(error), error.status)
        return RedirectResponse(_HERE, 303)

    async def ask_passkey(self, request: Request) -> JSONResponse:
        """What the browser needs to use a passkey."""
        return JSONResponse(await self._factors.begin_sign_in(who_of(request)))

    async def use_passkey(self, request: Request) -> JSONResponse:
        """Confirm by a passkey."""
        await self._factors.check_passkey(who_of(request), await json_body(request))
        return JSONResponse({"go": _HERE})

    async def codes_page(self, request: Request) -> Response:
        """A secret for an authenticator app."""
        return await self._codes_page(request, "")

    async def add_codes(self, request: Request, code: Text = "", name: Text = "") -> Response:
        """Put the secret in use by its first code."""
        try:
            codes = await self._factors.confirm_codes(who_of(request), code, name)
        except Unconfirmed:
            return RedirectResponse(_CONFIRM, 303)
        except HelplineError as error:
            return await self._codes_page(request, explain(error), error.status)
        return self._codes_or_back(request, codes)

    async def new_passkey(self, request: Request) -> JSONResponse:
        """What the browser needs to make a passkey."""
        return JSONResponse(await self._factors.begin_passkey(who_of(request)))

    async def add_passkey(self, request: Request) -> JSONResponse:
        """Keep a new passkey."""
        codes = await self._factors.add_passkey(who_of(request), await json_body(request))
        return JSONResponse({"codes": codes, "go": _HERE})

    async def recovery(self, request: Request) -> Response:
        """New recovery codes, shown once."""
        codes = await self._own.recovery_codes(who_of(request))
        return self._codes_or_back(request, codes)

    async def rename(self, request: Request, factor: str, name: Text = "") -> Response:
        """Call a factor something else."""
        await self._own.rename(who_of(request), factor, name)
        return RedirectResponse(_HERE, 303)

    async def remove(self, request: Request, factor: str) -> Response:
        """Take a factor away while another remains."""
        await self._own.remove(who_of(request), factor)
        return RedirectResponse(_HERE, 303)

    async def _confirm_page(self, request: Request, problem: str, status: int = 200) -> Response:
        standing = await self._own.standing(who_of(request))
        return self._pages.show(request, "confirm.html", status, problem=problem, standing=standing)

    async def _codes_page(self, request: Request, problem: str, status: int = 200) -> Response:
        try:
            enrolment = await self._factors.begin_codes(who_of(request))
        except Unconfirmed:
            return RedirectResponse(_CONFIRM, 303)
        standing = await self._own.standing(who_of(request))
        return self._pages.show(
            request, "code_app.html", status,
            problem=problem, enrolment=enrolment, standing=standing,
        )  # fmt: skip

    def _codes_or_back(self, request: Request, codes: list[str]) -> Response:
        if not codes:
            return RedirectResponse(_HERE, 303)
        return self._pages.show(request, "recovery.html", codes=codes, back=_HERE)
