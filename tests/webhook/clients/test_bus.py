"""The doorbell lets go of a task that was told to end, whatever its client made of that."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from webhook.clients.bus import Bus


async def _first_wake(bus: Bus) -> object:
    return await bus.next_wake(30)


async def _first_news(bus: Bus) -> object:
    return [heard async for heard in bus.listen("hub", 30) if heard]


async def _told_once(work: Callable[[Bus], Awaitable[object]], bus: Bus) -> None:
    """Take the cancellation without ending, as the client may, and go on to the doorbell."""
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(60)
    await work(bus)


@pytest.mark.parametrize("work", [_first_wake, _first_news])
async def test_cancellation_kept_back_by_the_client_still_ends_the_task(
    work: Callable[[Bus], Awaitable[object]], valkey_url: str
) -> None:
    bus = Bus(valkey_url)
    task = asyncio.create_task(_told_once(work, bus))
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=20)
    assert done, "the task went on waiting"
    assert task.cancelled()
    await bus.close()
