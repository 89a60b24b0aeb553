"""One supervised run: start, wait for a request to stop, stop everything."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from webhook.commands.supervisor.family import STOP_SECONDS, Family
from webhook.commands.supervisor.output import Output
from webhook.commands.supervisor.terminal import say

Start = Callable[[Family], Coroutine[Any, Any, None]]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def supervise(start: Start, logs: Path, stop_seconds: float = STOP_SECONDS) -> int:
    """Run what `start` adds to the family until Ctrl-C, SIGTERM or the end of the terminal.

    What `start` raises ends the run, after everything that was started has been stopped.
    """
    return asyncio.run(_supervise(start, logs, stop_seconds))


async def _supervise(start: Start, logs: Path, stop_seconds: float) -> int:
    output = Output(logs, say)
    family = Family(say, output.write)
    stopping = _stop_on_signals(family)
    starting = asyncio.create_task(start(family))
    try:
        await _first(starting, stopping.wait())
        if starting.done():
            starting.result()  # Raises what kept it from starting.
        await stopping.wait()
        say("Stopping …")
        return 0
    finally:
        starting.cancel()
        await family.stop(stop_seconds)
        output.close()


async def _first(starting: asyncio.Task[None], stopped: Awaitable[object]) -> None:
    waiting = asyncio.ensure_future(stopped)
    await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def _stop_on_signals(family: Family) -> asyncio.Event:
    """An event for the first request to stop; a second one kills at once."""
    stopping = asyncio.Event()

    def stop() -> None:
        if stopping.is_set():
            family.kill()
        stopping.set()

    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopping
