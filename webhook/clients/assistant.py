"""The assistant (Rasa) behind one call: a short time-out, a circuit breaker, checked answers."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
from pydantic import BaseModel, Field, ValidationError

from webhook.core.errors import AssistantUnavailable

_OPEN_AFTER = 3  # failures in a row
_REST_SECONDS = 2.0  # how long nobody asks after that
# It reads one message at a time, so more at once only wait there, with the time-out running.
_AT_ONCE = 8
_QUEUE_SECONDS = 8.0  # how long a message waits for its turn in a rush before the fallback


class Reply(BaseModel):
    """One reviewed reply: its text, the response it came from, suggestions for web chat."""

    text: str = Field(min_length=1)
    response: str | None = None
    quick_replies: list[dict[str, str]] = []


class Reading(BaseModel):
    """How the assistant understood the message; probabilities are 0 to 1."""

    intent: str | None = None
    confidence: float = 0.0
    triage: str | None = None
    triage_probabilities: dict[str, float] = {}
    entities: list[dict[str, Any]] = []


class Answer(BaseModel):
    """What the assistant says, asks for and understood."""

    replies: list[Reply] = []
    commands: list[dict[str, Any]] = []
    reading: Reading = Reading()


class Assistant:
    """Asks the assistant's own channel; every failure becomes AssistantUnavailable."""

    def __init__(self, url: str, token: str, timeout_seconds: float) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout_seconds, connect=1.0),
            trust_env=False,
        )
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._failures = 0
        self._rest_until = 0.0

    async def ask(
        self, conversation_id: str, message_id: int, text: str, metadata: dict[str, Any]
    ) -> Answer:
        """Say a message to the assistant. The same message id said twice is spoken once."""
        body = {
            "sender": conversation_id,
            "message_id": str(message_id),
            "text": text,
            "metadata": metadata,
        }
        return Answer.model_validate(await self._post("message", body))

    async def read(self, text: str) -> Reading:
        """Understand a message without saying it: for conversations that an advocate holds."""
        return Reading.model_validate(await self._post("read", {"text": text}))

    async def forget(self, conversation_id: str) -> None:
        """Delete what the assistant remembers of a conversation."""
        await self._post("forget", {"sender": conversation_id})

    async def healthy(self) -> bool:
        """Whether it answers now."""
        try:
            answer = await self._http.get("/webhooks/helpline/health", timeout=1.0)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def _post(self, what: str, body: dict[str, Any]) -> Any:
        self._check_rest()
        try:
            await asyncio.wait_for(self._turns.acquire(), _QUEUE_SECONDS)
        except TimeoutError as error:
            raise AssistantUnavailable("too many at once") from error
        try:
            # Those before it may have found the assistant away.
            self._check_rest()
            return await self._exchange(what, body)
        finally:
            self._turns.release()

    def _check_rest(self) -> None:
        if time.monotonic() < self._rest_until:
            raise AssistantUnavailable("resting after failures")

    async def _exchange(self, what: str, body: dict[str, Any]) -> Any:
        try:
            answer = await self._http.post(f"/webhooks/helpline/{what}", json=body)
            answer.raise_for_status()
            said = answer.json()
        except (httpx.HTTPError, ValueError, ValidationError) as error:
            self._failed()
            raise AssistantUnavailable(type(error).__name__) from error
        self._failures = 0
        return said

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= _OPEN_AFTER:
            self._rest_until = time.monotonic() + _REST_SECONDS
