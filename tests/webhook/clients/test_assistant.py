"""Asking the assistant: a rush waits its turn, an absence is noticed once for all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI

from tests.fixtures.web import listening, says, serving
from webhook.clients.assistant import SILENCE_SECONDS, Answer, Assistant
from webhook.core.errors import AssistantUnavailable
from webhook.services.worker import SWEEP_SECONDS
from webhook.settings import Settings

PROMISED_SECONDS = 5.0


class Slow:
    """An assistant that answers one message after the other, as Rasa does."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.asked = 0

    def app(self) -> FastAPI:
        app, turn = FastAPI(), asyncio.Lock()

        @app.post("/webhooks/helpline/message")
        async def message() -> dict[str, object]:
            self.asked += 1
            async with turn:
                await asyncio.sleep(self._seconds)
            return says("I hear you.")

        return app


@contextmanager
def slow(seconds: float) -> Iterator[tuple[Slow, str]]:
    made = Slow(seconds)
    bound, base = listening()
    with serving(made.app(), bound):
        yield made, base


async def _ask(assistant: Assistant, message_id: int) -> Answer | None:
    try:
        return await assistant.ask("c", message_id, "hello", {})
    except AssistantUnavailable:
        return None


async def test_p2_rush_is_answered_in_turn_without_timing_out() -> None:
    with slow(0.05) as (_, base):
        # All at once they would take 2 s, far beyond the time for one answer.
        assistant = Assistant(base, "token", timeout_seconds=1.0)
        answers = await asyncio.gather(*(_ask(assistant, i) for i in range(40)))
        await assistant.close()
    assert all(answer is not None for answer in answers)


async def test_p2_absence_is_noticed_once_for_all_who_wait() -> None:
    with slow(30) as (away, base):
        assistant = Assistant(base, "token", timeout_seconds=0.3)
        answers = await asyncio.gather(*(_ask(assistant, i) for i in range(40)))
        await assistant.close()
    assert answers == [None] * 40
    assert away.asked < 20, "those who waited must not each wait for the time-out"


def test_p2_times_add_up_to_a_fallback_within_five_seconds() -> None:
    # Silence is looked at four times in its time; the rest of the path takes a part of a second.
    waits = SILENCE_SECONDS * 1.25 + Settings(_env_file=None).rasa_timeout_seconds
    assert waits + SWEEP_SECONDS < PROMISED_SECONDS


async def test_p2_nobody_waits_behind_an_assistant_that_stands_still() -> None:
    with slow(30) as (away, base):
        assistant = Assistant(base, "token", timeout_seconds=20.0)
        in_line = [asyncio.create_task(_ask(assistant, i)) for i in range(24)]
        done, _ = await asyncio.wait(in_line, timeout=15, return_when=asyncio.FIRST_COMPLETED)
        assert done, "those in line give up while the first ones still wait for their time-out"
        assert all(task.result() is None for task in done)
        for task in in_line:
            task.cancel()
        await asyncio.wait(in_line)
        await assistant.close()
    assert away.asked < 24


@pytest.mark.parametrize("url", ["http://127.0.0.1:9"])
async def test_nobody_there_is_said_as_unavailable(url: str) -> None:
    assistant = Assistant(url, "token", timeout_seconds=1.0)
    with pytest.raises(AssistantUnavailable):
        await assistant.ask("c", 1, "hello", {})
    await assistant.close()


async def test_closed_for_good_opens_no_connection_again() -> None:
    with slow(0.0) as (heard, base):
        assistant = Assistant(base, "token", timeout_seconds=1.0)
        assert await assistant.healthy() is not None
        await assistant.close()
        before = heard.asked
        with pytest.raises(AssistantUnavailable):
            await assistant.ask("c", 1, "hello", {})
        assert await assistant.healthy() is False
        assert heard.asked == before
