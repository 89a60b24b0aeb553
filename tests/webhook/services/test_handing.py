"""P1: a reply is taken for sending as it is stored, and nothing is held while the gate reads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.fixtures.service import NUMBER, Service
from webhook.clients.assistant import Answer, Reading, Reply
from webhook.core.errors import SendRetryable
from webhook.core.messages import Status
from webhook.services.converse import Conversations
from webhook.services.outbox import Outbox

AFTER_LEASE, AFTER_CALL = 6, 10
MOST_TO_TAKE_IN, MOST_TO_ANSWER = 6, 34  # statements; three texts go out


def another_outbox(service: Service) -> Outbox:
    """A worker's sending."""
    outbox = service.outbox
    return Outbox(
        service.database, service.vault, service.clock, service.carrier,
        outbox._bus, outbox._metrics, "https://us.example/status",
    )  # fmt: skip


@pytest.fixture
def talk(service: Service) -> Conversations:
    """A worker's handling, which hands its replies to its sending."""
    service.assistant.answer = lambda _: Answer(
        replies=[Reply(text="I hear you."), Reply(text="Go on.")],
        reading=Reading(intent="disclose_abuse"),
    )
    given: Any = service.assistant
    return Conversations(
        service.database, service.vault, service.clock, given,
        service.outbox._bus, service.outbox._metrics, outbox=service.outbox,
    )  # fmt: skip


@contextmanager
def counted(service: Service) -> Iterator[list[str]]:
    """Every statement that goes to the database meanwhile."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(service.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(service.database.engine, "before_cursor_execute", note)


async def test_p1_first_reply_is_taken_as_it_is_stored(
    service: Service, talk: Conversations
) -> None:
    conversation = await service.text("he checks my phone")
    started: list[str] = []
    await talk.handle(conversation, started.append)
    assert started == [conversation]
    assert [row.status for row in (await service.rows(conversation))[1:3]] == [
        Status.SENDING,
        Status.QUEUED,
    ]
    said = await service.said(conversation)
    assert await service.outbox.send(conversation) == len(said)
    assert service.carrier.taken == [(NUMBER, text) for text in said]
    assert service.carrier.looked_up == 0
    assert (await service.row(conversation)).send_owner is None


async def test_p1_reply_of_a_worker_that_died_with_it_goes_out_once(
    service: Service, talk: Conversations
) -> None:
    conversation = await service.text("he checks my phone")
    await talk.handle(conversation)  # and there it ended
    other = another_outbox(service)
    assert await other.send(conversation) == 0, "the first one may still live"
    service.clock.advance(seconds=AFTER_LEASE)
    assert await other.send(conversation) == 0, "its call may still be out"
    service.clock.advance(seconds=AFTER_CALL)
    said = await service.said(conversation)
    assert await other.send(conversation) == len(said)
    assert service.carrier.looked_up == 1
    assert service.carrier.taken == [(NUMBER, text) for text in said]


async def test_p1_reply_waits_behind_what_is_still_unsent(
    service: Service, talk: Conversations
) -> None:
    conversation = await service.text("he checks my phone")
    await talk.handle(conversation)
    service.carrier.faults = [SendRetryable("status 503")]
    await service.outbox.send(conversation)
    await service.text("are you there")
    await talk.handle(conversation)
    service.clock.advance(seconds=AFTER_LEASE)
    await service.outbox.send(conversation)
    assert service.carrier.taken == [(NUMBER, t) for t in await service.said(conversation)]


async def test_p2_emergency_answer_goes_out_before_the_assistant_hears(
    service: Service, talk: Conversations
) -> None:
    conversation = await service.text("he's outside with a hammer")
    started, hearing = asyncio.Event(), asyncio.Event()

    async def slow(*_: Any) -> Answer:
        await hearing.wait()
        return Answer()

    service.assistant.ask = slow  # type: ignore[method-assign,assignment]
    handling = asyncio.create_task(talk.handle(conversation, lambda _: started.set()))
    async with asyncio.timeout(10):
        await started.wait()
    assert await service.outbox.send(conversation) == 1
    assert "999" in service.carrier.taken[0][1]
    hearing.set()
    await handling


async def test_text_is_taken_in_and_answered_with_few_statements(
    service: Service, talk: Conversations
) -> None:
    with counted(service) as taking_in:
        conversation = await service.text("he checks my phone")
    with counted(service) as answering:
        await talk.handle(conversation)
        await service.outbox.send(conversation)
    assert len(taking_in) <= MOST_TO_TAKE_IN
    assert len(answering) <= MOST_TO_ANSWER
