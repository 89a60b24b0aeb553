"""The worker process: answers and sends until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal

import uvloop

from webhook.build import build, build_worker
from webhook.logs import configure_logs, get_log
from webhook.settings import Settings, load_settings


async def work(settings: Settings) -> None:
    """Run one worker until this task is cancelled or the process is asked to stop."""
    parts = build(settings)
    worker = build_worker(parts)
    task = asyncio.create_task(worker.run())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, task.cancel)
    get_log().info("worker_started")
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await parts.close()


def main() -> None:
    """Run one worker process."""
    settings = load_settings()
    configure_logs("worker")
    uvloop.run(work(settings))


if __name__ == "__main__":
    main()
