"""P1: a conversation belongs to one living worker, and to another soon after that one died."""

from __future__ import annotations

import asyncio

from tests.fixtures.service import NUMBER, Service
from webhook.core.errors import SendUncertain
from webhook.core.messages import Status
from webhook.services.converse import Conversations
from webhook.services.outbox import Outbox
from webhook.store import messages
from webhook.store.conversations import BEAT_SECONDS, LEASE

AFTER_LEASE = LEASE.total_seconds() + 1
SEND_SECONDS = 10.0
AFTER_CALL = SEND_SECONDS + 4  # time to begin, the call itself and a little


def another_talk(service: Service) -> Conversations:
    """A second worker's handling."""
    talk = service.talk
    return Conversations(
        service.database, service.vault, service.clock, service.assistant,  # type: ignore[arg-type]
        talk._bus, talk._metrics,
    )  # fmt: skip


def another_outbox(service: Service) -> Outbox:
    """A second worker's sending."""
    outbox = service.outbox
    return Outbox(
        service.database, service.vault, service.clock, service.carrier,
        outbox._bus, outbox._metrics, "https://us.example/status", SEND_SECONDS,
    )  # fmt: skip


def test_living_worker_renews_well_before_its_lease_ends() -> None:
    assert 3 * BEAT_SECONDS <= LEASE.total_seconds() <= 5


async def test_p1_dead_workers_message_is_handled_after_seconds(service: Service) -> None:
    conversation = await service.text("is anyone there")
    assert await service.database.write(service.talk._take, conversation) is not None
    other = another_talk(service)
    assert await other.handle(conversation) == 0, "the first one may still live"
    service.clock.advance(seconds=AFTER_LEASE)
    found = await service.database.read(messages.conversations_to_handle, service.clock.now())
    assert found == [conversation]
    assert await other.handle(conversation) > 0


async def test_p1_living_worker_keeps_a_long_answer_to_itself(service: Service) -> None:
    conversation = await service.text("is anyone there")
    task = await service.database.write(service.talk._take, conversation)
    service.talk._held.add(conversation)
    other = another_talk(service)
    for _ in range(10):
        service.clock.advance(seconds=BEAT_SECONDS)
        await service.talk.beat()
        assert await other.handle(conversation) == 0
    now = service.clock.now()
    assert await service.database.read(messages.conversations_to_handle, now) == []
    assert task is not None


async def test_p1_worker_that_stood_still_cannot_answer_after_another(service: Service) -> None:
    conversation = await service.text("is anyone there")
    other, answered = another_talk(service), service.assistant.answer
    stopped, going_on = asyncio.Event(), asyncio.Event()
    ask = service.assistant.ask

    async def stand_still(*asked: object) -> object:
        if not stopped.is_set():
            stopped.set()
            await going_on.wait()
        return await ask(*asked)  # type: ignore[arg-type]

    service.assistant.ask = stand_still  # type: ignore[method-assign,assignment]
    first = asyncio.create_task(service.talk.handle(conversation))
    await stopped.wait()
    service.clock.advance(seconds=AFTER_LEASE)
    assert await other.handle(conversation) > 0
    said = await service.said(conversation)
    going_on.set()
    assert await first == 0
    assert await service.said(conversation) == said
    assert answered is service.assistant.answer


async def test_p1_dead_senders_text_is_looked_up_after_its_call_ended(service: Service) -> None:
    conversation = await service.text("hiya")
    await service.talk.handle(conversation)
    first = (await service.said(conversation))[0]
    dead = another_outbox(service)
    assert await service.database.write(dead._take, conversation) is not None
    service.carrier.taken.append((NUMBER, first))  # it was taken just before the death
    service.clock.advance(seconds=AFTER_LEASE)
    assert await service.outbox.send(conversation) == 0, "its call may still be out"
    service.clock.advance(seconds=AFTER_CALL)
    await service.outbox.send(conversation)
    assert service.carrier.taken.count((NUMBER, first)) == 1
    assert service.carrier.looked_up == 1
    assert [text for _, text in service.carrier.taken] == await service.said(conversation)


async def test_p1_sender_that_stood_still_does_not_begin_its_call(service: Service) -> None:
    conversation = await service.text("hiya")
    await service.talk.handle(conversation)
    late = another_outbox(service)
    letter = await service.database.write(late._take, conversation)
    assert letter is not None
    object.__setattr__(letter, "begin_by", 0.0)  # as if it had stood still for long
    outcome = await late._try(letter)
    assert outcome.uncertain
    assert service.carrier.taken == []


async def test_p1_late_failure_does_not_undo_what_another_sent(service: Service) -> None:
    conversation = await service.text("hiya")
    await service.talk.handle(conversation)
    late = another_outbox(service)
    letter = await service.database.write(late._take, conversation)
    assert letter is not None
    service.clock.advance(seconds=AFTER_CALL)
    service.outbox._held.add(conversation)
    assert await service.database.write(service.outbox._take, conversation) is not None
    service.carrier.faults = [SendUncertain("time-out")]
    outcome = await late._try(letter)
    assert await service.database.write(late._settle, conversation, letter, outcome) is None
    rows = await service.rows(conversation)
    sending = [row for row in rows if row.author == "bot"][0]
    assert sending.status == Status.SENDING
    assert sending.next_attempt_at is not None
    assert sending.next_attempt_at > service.clock.now()
