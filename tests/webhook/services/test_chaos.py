"""P1 under a seeded storm: inbox, workers and carrier fail at any step, on both databases.

Processes are objects here, so that a death can be put between any two transactions; the journeys
kill real ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.fixtures.service import ScriptedCarrier, Service
from webhook.clients.assistant import Answer, Reading, Reply
from webhook.clients.carrier import Accepted
from webhook.core.errors import SendRetryable, SendUncertain
from webhook.core.messages import Status
from webhook.services.inbox import InboundSms

NUMBERS = ("+447700900123", "+447700900124")
STEPS = 45
LONGER_THAN_ANY_LEASE = 400


class Death(BaseException):
    """The process ended here: nothing after it runs, not even an `except Exception`."""


class StormyCarrier(ScriptedCarrier):
    """Takes, refuses, takes and loses the answer, or sees its caller die before or after."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.calm = False

    async def send(self, to: str, text: str, callback: str) -> Accepted:
        """One of all that can happen to a send."""
        fate = 1.0 if self.calm else self.chance.random()
        if fate < 0.1:
            raise SendRetryable("status 503")
        if fate < 0.2:
            raise Death
        accepted = await super().send(to, text, callback)
        if fate < 0.3:
            raise SendUncertain("time-out")
        if fate < 0.4:
            raise Death
        return accepted

    async def find(
        self, to: str, text: str, since: datetime, known: frozenset[str]
    ) -> Accepted | None:
        """The look-up works, or the caller dies in it."""
        if not self.calm and self.chance.random() < 0.1:
            raise Death
        return await super().find(to, text, since, known)


class Storm:
    """Two workers that die and are born again over one database."""

    def __init__(self, service: Service, seed: int) -> None:
        self.chance = random.Random(seed)
        self.service = service
        self.carrier = StormyCarrier(self.chance)
        self.calm = False
        self.written: dict[str, list[str]] = {number: [] for number in NUMBERS}
        self.conversation: dict[str, str] = {}
        self.texts = 0
        service.assistant.answer = lambda text: Answer(
            replies=[Reply(text=f"about {text}"), Reply(text="Go on.")],
            reading=Reading(intent="disclose_abuse"),
        )
        self.reborn()

    def reborn(self) -> None:
        """A new process: other leases, nothing in memory."""
        old = self.service
        self.outbox = type(old.outbox)(
            old.database, old.vault, old.clock, self.carrier,
            old.outbox._bus, old.outbox._metrics, "https://us.example/status",
        )  # fmt: skip
        self.talk = type(old.talk)(
            old.database, old.vault, old.clock, old.assistant,  # type: ignore[arg-type]
            old.talk._bus, old.talk._metrics, outbox=self.outbox,
        )  # fmt: skip
        self.talk._decide = self._dying(self.talk._decide)  # type: ignore[method-assign]
        self.talk._after = self._dying(self.talk._after)  # type: ignore[method-assign]

    def _dying(self, step: Callable[..., Any]) -> Callable[..., Any]:
        async def sometimes(*given: Any) -> Any:
            if not self.calm and self.chance.random() < 0.15:
                raise Death
            return await step(*given)

        return sometimes

    async def blow(self) -> None:
        """One random thing happens."""
        number = self.chance.choice(NUMBERS)
        what = self.chance.choice(("text", "text", "repeat", "handle", "handle", "send", "wait"))
        if what == "text":
            self.texts += 1
            self.written[number].append(f"thing {self.texts}")
            await self._deliver(number, self.texts)
        elif what == "repeat" and self.written[number]:
            again = self.chance.choice(self.written[number])
            await self._deliver(number, int(again.split()[1]))
        elif what == "wait":
            self.service.clock.advance(seconds=self.chance.choice((1, 5, 35, 70)))
        elif number in self.conversation:
            await self.work(what, self.conversation[number])

    async def _deliver(self, number: str, place: int) -> None:
        sms = InboundSms(f"SM{place + 0xABC000:032x}", number, f"thing {place}")
        stored = await self.service.inbox.receive_sms(sms)
        if stored is not None:
            self.conversation[number] = stored.conversation_id

    async def work(self, what: str, conversation_id: str) -> None:
        """A worker handles or sends, and may die of it."""
        try:
            await (self.talk.handle if what == "handle" else self.outbox.send)(conversation_id)
        except Death:
            self.reborn()

    async def settle(self) -> None:
        """The weather clears; everything must come to its end."""
        self.calm = self.carrier.calm = True
        for _ in range(8):
            self.service.clock.advance(seconds=LONGER_THAN_ANY_LEASE)
            for conversation_id in self.conversation.values():
                await self.work("handle", conversation_id)
                await self.work("send", conversation_id)


@pytest.mark.parametrize("seed", range(6))
async def test_p1_storm_loses_repeats_and_reorders_nothing(service: Service, seed: int) -> None:
    storm = Storm(service, seed)
    for _ in range(STEPS):
        await storm.blow()
    await storm.settle()
    for number, conversation_id in storm.conversation.items():
        rows = await service.rows(conversation_id)
        asked = [row for row in rows if row.author == "person"]
        assert {row.status for row in asked} == {Status.HANDLED}
        said = await service.said(conversation_id)
        things = [text.removeprefix("about ") for text in said if text.startswith("about ")]
        assert things == storm.written[number], "each answered once, in order"
        assert [text for to, text in storm.carrier.taken if to == number] == said
