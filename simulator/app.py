"""Builds the simulator: one application, one carrier."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from simulator import api, control, pages
from simulator.carrier import Carrier
from simulator.errors import TwilioError, answer_http_error, answer_twilio_error
from simulator.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Build everything; nothing is kept outside the application it returns."""
    carrier = Carrier(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await carrier.close()

    app = FastAPI(title="Carrier simulator", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.carrier = carrier
    # A page elsewhere must not reach the control API by giving its own name this address.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.exception_handler(TwilioError)(answer_twilio_error)
    app.exception_handler(HTTPException)(answer_http_error)
    for part in (api, control, pages):
        app.include_router(part.router)
    return app
