"""Redis as a doorbell: it wakes workers and tells listeners that there is something to read.

Nothing is kept there. When it is away every call returns at once and says so in the log once;
workers then find their work by polling.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from webhook.logs import get_log

_WAKE = "helpline:wake"
_REST = 1.0  # seconds without trying after a failure, so that nobody waits for a dead Redis
_FAILURES = (RedisError, OSError, asyncio.TimeoutError)


class Bus:
    """Wake-ups and events over Redis; an empty address makes one that is always away."""

    def __init__(self, url: str) -> None:
        self._redis: Redis | None = None
        if url:
            self._redis = Redis.from_url(
                url,
                socket_timeout=5,
                socket_connect_timeout=0.5,
                retry=Retry(NoBackoff(), 0),
                decode_responses=True,
            )
        self._resting_until = 0.0
        self._away = False
        self._said: dict[tuple[str, str, str], None] = {}
        self._saying: asyncio.Task[None] | None = None

    async def wake(self, conversation_id: str) -> None:
        """Ring for a worker; it returns at once and is heard a moment later."""
        self._say("LPUSH", _WAKE, conversation_id)

    async def next_wake(self, seconds: float) -> str | None:
        """Wait for the bell; None when it did not ring in time or Redis is away."""
        _end_if_cancelled()
        if not self._usable() or self._redis is None:
            await asyncio.sleep(min(seconds, 0.2))
            return None
        try:
            rung = await self._redis.brpop([_WAKE], timeout=seconds)
            self._back()
            return str(rung[1]) if rung else None
        except _FAILURES as error:
            self._failed(error)
            return None

    async def publish(self, topic: str, what: str) -> None:
        """Tell the listeners of a topic, as `wake` does; nobody listening is fine."""
        self._say("PUBLISH", f"helpline:{topic}", what)

    async def listen(self, topic: str, poll_seconds: float = 2.0) -> AsyncIterator[str | None]:
        """Yield what is published on a topic, and None every `poll_seconds` at the latest.

        The None is the reason to look at the database: it also covers what was missed while
        Redis was away.
        """
        while True:
            if self._redis is None or not self._usable():
                await asyncio.sleep(min(poll_seconds, 0.5))
                yield None
                continue
            pubsub = self._redis.pubsub()
            try:
                await pubsub.subscribe(f"helpline:{topic}")
                yield None
                while True:
                    _end_if_cancelled()
                    got = await pubsub.get_message(
                        ignore_subscribe_messages=True, timeout=poll_seconds
                    )
                    yield got["data"] if got else None
            except _FAILURES as error:
                self._failed(error)
            finally:
                with contextlib.suppress(*_FAILURES):
                    await pubsub.aclose()  # type: ignore[no-untyped-call]

    async def ping(self) -> bool:
        """Whether Redis answers now."""
        if self._redis is None:
            return False
        try:
            return bool(await asyncio.wait_for(self._redis.ping(), 0.5))
        except _FAILURES:
            return False

    async def close(self) -> None:
        """Close every connection."""
        if self._saying is not None:
            await asyncio.wait({self._saying})
        if self._redis is not None:
            with contextlib.suppress(*_FAILURES):
                await self._redis.aclose()

    def _say(self, command: str, key: str, value: str) -> None:
        """Have something sent with whatever else is said while Redis answers what went before."""
        if self._redis is None or not self._usable():
            return
        self._said[command, key, value] = None
        if self._saying is None or self._saying.done():
            self._saying = asyncio.create_task(self._send_said(self._redis))

    async def _send_said(self, redis: Redis) -> None:
        while self._said:
            said, self._said = self._said, {}
            pipeline = redis.pipeline(transaction=False)
            for words in said:
                pipeline.execute_command(*words)
            try:
                await asyncio.wait_for(pipeline.execute(), 0.5)
                self._back()
            except _FAILURES as error:
                self._failed(error)

    def _usable(self) -> bool:
        return time.monotonic() >= self._resting_until

    def _failed(self, error: BaseException) -> None:
        self._resting_until = time.monotonic() + _REST
        if not self._away:
            self._away = True
            get_log().warning("redis_away", error=type(error).__name__)

    def _back(self) -> None:
        if self._away:
            self._away = False
            get_log().info("redis_back")


def _end_if_cancelled() -> None:
    """End a task whose cancellation the client kept to itself, as it may while it connects.

    Such a task is told once and would otherwise go on for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
