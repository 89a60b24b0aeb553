"""The carrier's webhooks are answered before the routes, as strictly as by them."""

from __future__ import annotations

import pytest
from starlette.types import Receive, Scope, Send

from tests.fixtures.twilio import Edge, form_of
from webhook.channels.doorstep import Doorstep
from webhook.channels.headers import BASE


def _headers(answer: object) -> dict[str, str]:
    return dict(answer.headers)  # type: ignore[attr-defined]


async def test_webhooks_are_answered_without_any_route(edge: Edge) -> None:
    edge.app.router.routes.clear()
    assert (await edge.post(form_of())).status_code == 204
    assert await edge.texts() == ["how do I get into a refuge"]


@pytest.mark.parametrize("path", ["/twilio/sms", "/twilio/status"])
async def test_everything_else_is_passed_on_to_the_routes(path: str) -> None:
    asked: list[str] = []

    async def routes(scope: Scope, _: Receive, __: Send) -> None:
        asked.append(scope["path"])

    async def handle(_: object) -> object:
        raise AssertionError("not reached")

    step = Doorstep(routes, {path: handle}, handle)  # type: ignore[dict-item,arg-type]
    for scope in (
        {"type": "http", "method": "GET", "path": path},
        {"type": "http", "method": "POST", "path": "/livez"},
        {"type": "websocket", "path": path},
    ):
        await step(scope, None, None)  # type: ignore[arg-type]
    assert asked == [path, "/livez", path]


async def test_every_answer_has_the_strictest_headers(edge: Edge) -> None:
    for answer in (
        await edge.post(form_of()),
        await edge.post(form_of(), token="not-the-token"),
        await edge.post(form_of(From=None)),
    ):
        assert {name.lower(): value for name, value in BASE.items()}.items() <= (
            _headers(answer).items()
        )


async def test_body_that_is_no_form_is_refused(edge: Edge) -> None:
    kind = "multipart/form-data"  # and no boundary
    answer = await edge.http.post(
        "/twilio/sms", content=b"--x\r\nnothing", headers={"Content-Type": kind}
    )
    assert answer.status_code in (400, 403)


async def test_webhooks_stay_documented_and_refuse_other_methods(edge: Edge) -> None:
    assert (await edge.http.get("/twilio/sms")).status_code == 405
    paths = (await edge.http.get("/openapi.json")).json()["paths"]
    assert {"/twilio/sms", "/twilio/status"} <= set(paths)
