"""All the state of one simulated carrier, built once by `create_app`."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request

from simulator.faults import FaultBook
from simulator.optout import OptOuts
from simulator.phones import Phones
from simulator.settings import Settings
from simulator.store import MessageStore
from simulator.webhooks import WebhookSender


class Carrier:
    """Messages, phones, faults, opt-outs, and the work going on in the background."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = MessageStore()
        self.phones = Phones()
        self.faults = FaultBook()
        self.opt_outs = OptOuts(settings.opt_out)
        self.sender = WebhookSender(settings.auth_token)
        # Inbound webhooks held back until a later one has gone out before them.
        self.held: list[asyncio.Event] = []
        # Counts resets: a request that began before one leaves nothing behind after it.
        self.resets = 0
        self.stopping = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run work in the background, and keep it from being collected meanwhile."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def reset(self) -> None:
        """Stop what is under way and forget everything, as after a fresh start."""
        self.resets += 1
        await self._stop_work()
        self.store.clear()
        self.faults.clear()
        self.opt_outs.reset()
        self.phones.reset()

    def let_go(self) -> None:
        """End streams, waits and hanging answers: the server is about to stop."""
        self.stopping.set()
        self.phones.stop()

    async def close(self) -> None:
        """Stop what is under way and give the connections back."""
        await self._stop_work()
        await self.sender.close()

    async def _stop_work(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.held.clear()


async def carrier_of(request: Request) -> Carrier:
    """The carrier this application was built with."""
    carrier: Carrier = request.app.state.carrier
    return carrier


CarrierDep = Annotated[Carrier, Depends(carrier_of)]
