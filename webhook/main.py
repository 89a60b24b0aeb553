"""The web process: everything is built in `create_app`, nothing at import."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from webhook.build import Parts, build
from webhook.channels.chat.door import BodyLimit
from webhook.channels.chat.edge import ChatEdge
from webhook.channels.doorstep import Doorstep
from webhook.channels.headers import SecurityHeaders
from webhook.channels.health import Health
from webhook.channels.sms import SmsEdge
from webhook.core.errors import BadInput, HelplineError
from webhook.hub.app import mount_hub
from webhook.hub.first_link import leave_first_link
from webhook.logs import configure_logs, get_log
from webhook.settings import Settings, load_settings


def create_app(settings: Settings) -> FastAPI:
    """The whole web application for one set of settings."""
    parts = build(settings)
    chat = ChatEdge(settings, parts.chats, parts.inbox, parts.bus, parts.metrics)
    app = FastAPI(
        title="Helpline",
        lifespan=_lifespan(parts, chat),
        docs_url=None,
        redoc_url=None,
        # Its traces and logs would carry addresses, query strings and exceptions.
        telemetry={"tracing": False, "logs": False, "auto_configure": False},
    )
    app.state.parts = parts
    sms = SmsEdge(settings, parts.inbox, parts.receipts, parts.bus, parts.metrics)
    app.add_middleware(BodyLimit, prefix="/chat/")
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Doorstep, handlers=sms.handlers(), render=_render)  # the outermost
    app.add_exception_handler(HelplineError, _render)
    app.add_exception_handler(RequestValidationError, _render_invalid)
    app.add_exception_handler(Exception, _render_unexpected)
    health = Health(parts.database, parts.bus, parts.assistant, parts.clock, parts.metrics)
    app.include_router(sms.router())
    app.include_router(chat.router())
    app.include_router(health.router())
    mount_hub(app, settings, parts.desk, parts.accounts)
    return app


def _lifespan(
    parts: Parts, chat: ChatEdge
) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        link = asyncio.create_task(leave_first_link(parts.settings, parts.accounts))
        yield
        link.cancel()
        await asyncio.wait([link])
        await chat.close()
        await parts.close()

    return lifespan


async def _render(_: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, HelplineError) else 500
    body = {"error": type(error).__name__}
    if isinstance(error, BadInput):
        body |= {"field": error.field, "problem": error.problem}
    return JSONResponse(body, status)


async def _render_invalid(_: Request, error: Exception) -> Response:
    """Say which field is wrong, never what it held."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    field = ".".join(str(part) for part in found[0]["loc"][1:]) if found else ""
    return JSONResponse({"error": "BadInput", "field": field}, 400)


async def _render_unexpected(request: Request, error: Exception) -> Response:
    """The request's edge: whatever went wrong, no text of it leaves the process."""
    get_log().error("request_failed", path=request.url.path, exc_info=error)
    return JSONResponse({"error": "InternalError"}, 500)


def main() -> None:
    """Serve until stopped."""
    settings = load_settings()
    configure_logs("web")
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
