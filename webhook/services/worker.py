"""The worker's loops: woken by Redis, swept by the clock, one task per conversation at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from webhook.clients.bus import Bus
from webhook.core.clock import Clock
from webhook.logs import get_log
from webhook.services.converse import Conversations
from webhook.services.outbox import Outbox
from webhook.services.retention import Retention
from webhook.services.watch import LOOK_SECONDS, Watch
from webhook.store import messages
from webhook.store.conversations import BEAT_SECONDS
from webhook.store.database import Database

SWEEP_SECONDS = 0.5  # how late an answer can be when Redis is away
PURGE_SECONDS = 300.0
# Conversations worked on at the same time: many, since most of them wait for the assistant or the
# carrier, and an emergency must not stand in line behind them (P2).
_AT_ONCE = 1000


class Worker:
    """Handles and sends until it is cancelled."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        talk: Conversations,
        outbox: Outbox,
        retention: Retention,
        watch: Watch,
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._talk = talk
        self._outbox = outbox
        self._retention = retention
        self._watch = watch
        self._sending = _Jobs(outbox.send)
        self._handling = _Jobs(partial(talk.handle, then=self._sending.start))

    async def run(self) -> None:
        """Work until cancelled; what is under way is finished first."""
        loops = [self._bell(), self._sweep(), self._purge(), self._look()]
        beating = asyncio.create_task(self._beat())
        try:
            async with asyncio.TaskGroup() as group:
                for loop in loops:
                    group.create_task(loop)
        finally:
            await self._handling.finish()
            await self._sending.finish()
            beating.cancel()
            await self._outbox.close()

    async def _bell(self) -> None:
        while True:
            woken = await self._bus.next_wake(SWEEP_SECONDS)
            if woken is not None:
                self._handling.start(woken)

    async def _sweep(self) -> None:
        """Find what was stored and not woken, and what is due again."""
        while True:
            try:
                now = self._clock.now()
                for waiting in await self._database.read(messages.conversations_to_handle, now):
                    self._handling.start_idle(waiting)
                for unsent in await self._database.read(messages.conversations_to_send, now):
                    self._sending.start_idle(unsent)
            except Exception as error:  # a job's edge: a database that is away comes back
                get_log().error("sweep_failed", exc_info=error)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _beat(self) -> None:
        """Say that this worker lives: what a dead one held is free after a few seconds."""
        while True:
            try:
                await self._talk.beat()
                await self._outbox.beat()
            except Exception as error:  # a job's edge: a database that is away comes back
                get_log().error("beat_failed", exc_info=error)
            await asyncio.sleep(BEAT_SECONDS)

    async def _look(self) -> None:
        """Watch over the hub's queue."""
        while True:
            try:
                await self._watch.look()
            except Exception as error:  # a job's edge: it looks again
                get_log().error("watch_failed", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _purge(self) -> None:
        while True:
            try:
                purged = await self._retention.purge()
                if purged.closed or purged.conversations:
                    get_log().info("purged", count=len(purged.conversations))
            except Exception as error:  # a job's edge: it runs again
                get_log().error("purge_failed", exc_info=error)
            await asyncio.sleep(PURGE_SECONDS)


class _Jobs:
    """Runs one job per conversation; a call while it runs makes it run once more afterwards."""

    def __init__(self, work: Callable[[str], Awaitable[int]]) -> None:
        self._work = work
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._limit = asyncio.Semaphore(_AT_ONCE)

    def start(self, conversation_id: str) -> None:
        """Begin, or note that there is more to do."""
        if conversation_id in self._running:
            self._again.add(conversation_id)
            return
        task = asyncio.create_task(self._run(conversation_id))
        self._running[conversation_id] = task

    def start_idle(self, conversation_id: str) -> None:
        """Begin unless it is under way: what that leaves is found again."""
        if conversation_id not in self._running:
            self.start(conversation_id)

    async def finish(self) -> None:
        """Wait for everything under way."""
        if self._running:
            await asyncio.wait(self._running.values())

    async def _run(self, conversation_id: str) -> None:
        try:
            while True:
                self._again.discard(conversation_id)
                async with self._limit:
                    await self._work(conversation_id)
                if conversation_id not in self._again:
                    return
        except Exception as error:  # a job's edge: the sweeper tries again
            get_log().error("job_failed", conversation=conversation_id, exc_info=error)
        finally:
            self._running.pop(conversation_id, None)
