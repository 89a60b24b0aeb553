"""Is it up, is it well, and how is it doing: for the machine that runs it, not for the public."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from webhook.clients.assistant import Assistant
from webhook.clients.bus import Bus
from webhook.core.clock import Clock
from webhook.metrics import Metrics
from webhook.store.backlog import Backlog, backlog
from webhook.store.database import Database


class Health:
    """`/livez` touches nothing; `/readyz` fails only without the database."""

    def __init__(
        self, database: Database, bus: Bus, assistant: Assistant, clock: Clock, metrics: Metrics
    ) -> None:
        self._database = database
        self._bus = bus
        self._assistant = assistant
        self._clock = clock
        self._metrics = metrics

    def router(self) -> APIRouter:
        """The routes `/livez`, `/readyz` and `/metrics`."""
        router = APIRouter(tags=["health"])
        router.add_api_route("/livez", self.live, methods=["GET"])
        router.add_api_route("/readyz", self.ready, methods=["GET"])
        router.add_api_route("/metrics", self.figures, methods=["GET"], response_class=Response)
        return router

    async def live(self) -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    async def ready(self) -> JSONResponse:
        """What works and what is degraded; 503 only when messages could not be stored."""
        database, redis, assistant = await asyncio.gather(
            self._database_answers(), self._bus.ping(), self._assistant.healthy()
        )
        parts = {"database": database, "redis": redis, "assistant": assistant}
        status = "ok" if all(parts.values()) else "degraded" if database else "down"
        body: dict[str, Any] = {
            "status": status,
            "parts": {name: "ok" if well else "down" for name, well in parts.items()},
        }
        return JSONResponse(body, 200 if database else 503)

    async def figures(self) -> Response:
        """Prometheus's text format."""
        now = self._clock.now()
        waiting = await self._database.read(backlog)
        self._show(waiting, now)
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)

    def _show(self, waiting: Backlog, now: datetime) -> None:
        self._metrics.waiting.set(_age(waiting.oldest_unhandled, now))
        self._metrics.unsent.set(_age(waiting.oldest_unsent, now))
        self._metrics.handovers.set(waiting.unclaimed)

    async def _database_answers(self) -> bool:
        try:
            await asyncio.wait_for(asyncio.to_thread(self._database.ping), 2)
        except (SQLAlchemyError, TimeoutError):
            return False
        return True


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment is not None else 0.0
