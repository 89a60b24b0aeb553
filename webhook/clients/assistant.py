"""The assistant (Rasa) behind one call: a short time-out, a circuit breaker, checked answers."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from webhook.core.errors import AssistantUnavailable

M = TypeVar("M", bound=BaseModel)

_OK = 200
_OPEN_AFTER = 3  # failures in a row
_REST_SECONDS = 2.0  # how long nobody asks after that
# What arrives together is read together, but answered one by one: more at once would only wait
# there, with the time-out running.
_AT_ONCE = 8
_QUEUE_SECONDS = 8.0  # how long a message waits for its turn in a rush before the fallback
# How long it waits while nobody at all is answered. With the time-out of one answer and the
# sweeper's pause that is less than the 5 s in which the fallback is promised.
SILENCE_SECONDS = 1.0
_CONNECT_SECONDS = 1.0
_HEALTH = aiohttp.ClientTimeout(total=1.0)


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
        self._url = f"{url.rstrip('/')}/webhooks/helpline/"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._time = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=_CONNECT_SECONDS)
        self._http: aiohttp.ClientSession | None = None
        self._closed = False
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._failures = 0
        self._rest_until = 0.0
        self._heard_at = 0.0

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
        return self._checked(Answer, await self._post("message", body))

    async def read(self, text: str) -> Reading:
        """Understand a message without saying it: for conversations that an advocate holds."""
        return self._checked(Reading, await self._post("read", {"text": text}))

    async def forget(self, conversation_id: str) -> None:
        """Delete what the assistant remembers of a conversation."""
        await self._post("forget", {"sender": conversation_id})

    async def healthy(self) -> bool:
        """Whether it answers now."""
        try:
            async with self._session().get(f"{self._url}health", timeout=_HEALTH) as answer:
                return answer.status == _OK
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, AssistantUnavailable):
            return False

    async def close(self) -> None:
        """Close every connection, for good."""
        self._closed = True
        if self._http is not None:
            await self._http.close()
            self._http = None

    def _session(self) -> aiohttp.ClientSession:
        if self._closed:
            raise AssistantUnavailable("closed")
        if self._http is None:  # it belongs to the loop that is running when it is made
            self._http = aiohttp.ClientSession(headers=self._headers, timeout=self._time)
        return self._http

    async def _post(self, what: str, body: dict[str, Any]) -> bytes:
        self._check_rest()
        await self._take_turn()
        try:
            # Those before it may have found the assistant away.
            self._check_rest()
            return await self._exchange(what, body)
        finally:
            self._turns.release()

    async def _take_turn(self) -> None:
        """Wait in line: long while others are answered, and shortly while nobody is."""
        if not self._turns.locked():
            await self._turns.acquire()
            return
        began = time.monotonic()
        turn = asyncio.ensure_future(self._turns.acquire())
        try:
            while not (await asyncio.wait({turn}, timeout=SILENCE_SECONDS / 4))[0]:
                self._check_wait(began)
        except BaseException:
            # Given up or cancelled: a turn that came at the last moment goes to the next in line.
            if not turn.cancel():
                self._turns.release()
            raise

    def _check_wait(self, began: float) -> None:
        self._check_rest()
        now = time.monotonic()
        if now - began > _QUEUE_SECONDS:
            raise AssistantUnavailable("too many at once")
        if now - max(began, self._heard_at) > SILENCE_SECONDS:
            raise AssistantUnavailable("answers nobody")

    def _check_rest(self) -> None:
        if time.monotonic() < self._rest_until:
            raise AssistantUnavailable("resting after failures")

    async def _exchange(self, what: str, body: dict[str, Any]) -> bytes:
        try:
            data = json.dumps(body).encode()
            async with self._session().post(self._url + what, data=data) as answer:
                answer.raise_for_status()
                said = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            self._failed()
            raise AssistantUnavailable(type(error).__name__) from error
        self._failures = 0
        self._heard_at = time.monotonic()
        return said

    def _checked(self, shape: type[M], said: bytes) -> M:
        try:
            return shape.model_validate_json(said)
        except ValidationError as error:
            self._failed()
            raise AssistantUnavailable("answers in another shape") from error

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= _OPEN_AFTER:
            self._rest_until = time.monotonic() + _REST_SECONDS
