"""The door of the hub: links that work once, password, second step. The only public part of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from webhook.core.errors import HelplineError
from webhook.core.staff import Who
from webhook.hub.access import Access, SignInNeeded, device_of, json_body
from webhook.hub.pages import Pages, explain
from webhook.services.factors import Factors
from webhook.services.staff import Accounts

_HOME = "/hub/"
_STEP = "/hub/door/second-step"


class Door:
    """Sign-in pages. Nothing here shows a conversation."""

    def __init__(self, access: Access, accounts: Accounts, factors: Factors, pages: Pages) -> None:
        self._access = access
        self._accounts = accounts
        self._factors = factors
        self._pages = pages

    def router(self) -> APIRouter:
        """The routes under `/hub/door`."""
        router = APIRouter(tags=["door"])
        router.add_api_route("/sign-in", self.sign_in_page, methods=["GET"])
        router.add_api_route("/sign-in", self.sign_in, methods=["POST"])
        router.add_api_route("/link", self.link_page, methods=["GET"])
        router.add_api_route("/link", self.use_link, methods=["POST"])
        router.add_api_route("/second-step", self.step_page, methods=["GET"])
        router.add_api_route("/second-step", self.step, methods=["POST"])
        router.add_api_route("/codes", self.confirm_codes, methods=["POST"])
        router.add_api_route("/passkey/new", self.new_passkey, methods=["POST"])
        router.add_api_route("/passkey/add", self.add_passkey, methods=["POST"])
        router.add_api_route("/passkey/ask", self.ask_passkey, methods=["POST"])
        router.add_api_route("/passkey/use", self.use_passkey, methods=["POST"])
        return router

    async def sign_in_page(self, request: Request) -> Response:
        """The form for name and password."""
        return self._pages.show(request, "sign_in.html", problem="", login="")

    async def sign_in(
        self, request: Request, login: Annotated[str, Form()], password: Annotated[str, Form()]
    ) -> Response:
        """Check name and password; then the second step."""
        try:
            token = await self._accounts.sign_in(login, password, device_of(request))
        except HelplineError as error:
            return self._pages.show(
                request, "sign_in.html", error.status, problem=explain(error), login=login
            )
        response = RedirectResponse(_STEP, 303)
        self._access.remember(response, token)
        return response

    async def link_page(self, request: Request) -> Response:
        """The form behind a one-time link; the token stays in the address's fragment."""
        return self._pages.show(request, "link.html", problem="", login="", chosen_name="")

    async def use_link(
        self,
        request: Request,
        token: Annotated[str, Form()],
        password: Annotated[str, Form()],
        login: Annotated[str, Form()] = "",
        chosen_name: Annotated[str, Form()] = "",
    ) -> Response:
        """Set the password of an account, or make the first manager."""
        try:
            await self._accounts.accept_link(token, password, login, chosen_name)
        except HelplineError as error:
            return self._pages.show(
                request, "link.html", error.status,
                problem=explain(error), login=login, chosen_name=chosen_name,
            )  # fmt: skip
        return RedirectResponse("/hub/door/sign-in", 303)

    async def step_page(self, request: Request) -> Response:
        """The second step; for who has none yet, setting one up."""
        who = await self._half(request)
        if who.verified:
            return RedirectResponse(_HOME, 303)
        return await self._step_page(request, who, "")

    async def step(self, request: Request, code: Annotated[str, Form()]) -> Response:
        """Check a one-time code or a recovery code."""
        who = await self._half(request)
        try:
            await self._factors.check_code(who, code)
        except HelplineError as error:
            return await self._step_page(request, who, explain(error), error.status)
        return RedirectResponse(_HOME, 303)

    async def confirm_codes(self, request: Request, code: Annotated[str, Form()]) -> Response:
        """Confirm one-time codes by the first; then show the recovery codes once."""
        who = await self._half(request)
        try:
            codes = await self._factors.confirm_codes(who, code)
        except HelplineError as error:
            return await self._step_page(request, who, explain(error), error.status)
        return self._pages.show(request, "recovery.html", codes=codes, back=_HOME)

    async def new_passkey(self, request: Request) -> JSONResponse:
        """What the browser needs to make a passkey."""
        return JSONResponse(await self._factors.begin_passkey(await self._half(request)))

    async def add_passkey(self, request: Request) -> JSONResponse:
        """Keep a new passkey; gives recovery codes with the first."""
        who = await self._half(request)
        codes = await self._factors.add_passkey(who, await json_body(request))
        return JSONResponse({"codes": codes, "go": _HOME})

    async def ask_passkey(self, request: Request) -> JSONResponse:
        """What the browser needs to use a passkey."""
        return JSONResponse(await self._factors.begin_sign_in(await self._half(request)))

    async def use_passkey(self, request: Request) -> JSONResponse:
        """The second step by a passkey."""
        await self._factors.check_passkey(await self._half(request), await json_body(request))
        return JSONResponse({"go": _HOME})

    async def _half(self, request: Request) -> Who:
        who = await self._access.known(request)
        if who is None:
            raise SignInNeeded("sign in first")
        return who

    async def _step_page(
        self, request: Request, who: Who, problem: str, status: int = 200
    ) -> Response:
        if who.has_factor:
            return self._pages.show(request, "second_step.html", status, problem=problem)
        enrolment = await self._factors.begin_codes(who)
        return self._pages.show(
            request, "set_up_step.html", status, problem=problem, enrolment=enrolment
        )
