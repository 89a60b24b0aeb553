"""Sending: in order, retried, looked up when unsure, never twice."""

from __future__ import annotations

import pytest

from tests.fixtures.service import NUMBER, Service
from webhook.clients.assistant import Answer, Reply
from webhook.core.errors import SendRefused, SendRetryable, SendUncertain
from webhook.core.messages import Status
from webhook.services.outbox import _Outcome
from webhook.services.receipts import Receipts
from webhook.store import handovers


async def _answered(service: Service, body: str = "hiya") -> str:
    conversation = await service.text(body)
    await service.talk.handle(conversation)
    return conversation


async def test_replies_go_out_in_order(service: Service) -> None:
    conversation = await _answered(service)
    expected = await service.said(conversation)
    assert await service.outbox.send(conversation) == len(expected)
    assert service.carrier.taken == [(NUMBER, text) for text in expected]


async def test_refusal_for_now_is_tried_again_later(service: Service) -> None:
    conversation = await _answered(service)
    service.carrier.faults = [SendRetryable("status 503")]
    assert await service.outbox.send(conversation) == 0
    assert await service.outbox.send(conversation) == 0, "it is too early"
    service.clock.advance(seconds=5)
    assert await service.outbox.send(conversation) == len(await service.said(conversation))


async def test_p1_lost_answer_is_looked_up_and_not_sent_twice(service: Service) -> None:
    conversation = await _answered(service)
    first = (await service.said(conversation))[0]
    service.carrier.taken.append((NUMBER, first))  # the carrier took it, its answer was lost
    service.carrier.faults = [SendUncertain("time-out")]
    await service.outbox.send(conversation)
    service.clock.advance(seconds=5)
    await service.outbox.send(conversation)
    assert service.carrier.looked_up == 1
    assert service.carrier.taken.count((NUMBER, first)) == 1


async def test_p1_crash_between_send_and_commit_is_looked_up(service: Service) -> None:
    conversation = await _answered(service)
    await service.database.write(service.outbox._take, conversation)
    first = (await service.said(conversation))[0]
    service.carrier.taken.append((NUMBER, first))
    service.clock.advance(seconds=120)  # the dead sender's lease runs out
    reborn = type(service.outbox)(
        service.database, service.vault, service.clock, service.carrier,
        service.outbox._bus, service.outbox._metrics, "https://us.example/status",
    )  # fmt: skip
    await reborn.send(conversation)
    assert service.carrier.taken.count((NUMBER, first)) == 1


async def test_p1_callback_before_the_lost_answer_is_not_sent_twice(service: Service) -> None:
    conversation = await _answered(service)
    letter = await service.database.write(service.outbox._take, conversation)
    assert letter is not None
    service.carrier.taken.append((letter.number, letter.text))
    receipts = Receipts(service.database, service.clock)
    await receipts.told(f"SM{1:032x}", Status.DELIVERED, None, letter.message_id)
    lost = _Outcome(retry=True, uncertain=True)
    await service.database.write(service.outbox._settle, conversation, letter, lost)
    service.clock.advance(seconds=120)
    await service.outbox.send(conversation)
    assert service.carrier.taken.count((letter.number, letter.text)) == 1
    assert (await service.rows(conversation))[1].status == Status.DELIVERED


async def test_p1_same_words_twice_are_not_taken_for_one_another(service: Service) -> None:
    service.assistant.answer = lambda _: Answer(replies=[Reply(text="Go on.")])
    for _ in range(2):
        conversation = await _answered(service)
        await service.outbox.send(conversation)
    conversation = await _answered(service)
    await service.database.write(service.outbox._take, conversation)
    service.clock.advance(seconds=120)  # the sender died before it reached the carrier
    await service.outbox.send(conversation)
    assert service.carrier.taken.count((NUMBER, "Go on.")) == 3


async def test_opted_out_number_is_marked_as_stopped(service: Service) -> None:
    conversation = await _answered(service)
    service.carrier.faults = [SendRefused(21610)]
    await service.outbox.send(conversation)
    assert (await service.row(conversation)).stopped
    alerts = await service.database.read(handovers.open_alerts)
    assert [alert.kind for alert in alerts] == ["stopped"]
    assert service.carrier.taken == []


async def test_refused_message_fails_and_is_shown(service: Service) -> None:
    conversation = await _answered(service)
    service.carrier.faults = [SendRefused(21211)]
    await service.outbox.send(conversation)
    row = (await service.rows(conversation))[1]
    assert (row.status, row.error_code) == (Status.FAILED, 21211)
    kinds = [alert.kind for alert in await service.database.read(handovers.open_alerts)]
    assert "send_failed" in kinds


async def test_p6_what_waits_is_not_sent_once_quiet(service: Service) -> None:
    conversation = await _answered(service)
    service.clock.advance(seconds=5)
    await service.text("STOP")
    await service.talk.handle(conversation)
    await service.outbox.send(conversation)
    assert service.carrier.taken == []


@pytest.mark.parametrize(
    ("told", "final"),
    [
        ([Status.SENT, Status.DELIVERED], Status.DELIVERED),
        ([Status.DELIVERED, Status.SENT], Status.DELIVERED),
        ([Status.SENT, Status.SENT, Status.UNDELIVERED], Status.UNDELIVERED),
        ([Status.FAILED, Status.DELIVERED], Status.FAILED),
    ],
)
async def test_status_only_moves_forward(
    service: Service, told: list[Status], final: Status
) -> None:
    conversation = await _answered(service)
    await service.outbox.send(conversation)
    sid = (await service.rows(conversation))[1].provider_sid or ""
    receipts = Receipts(service.database, service.clock)
    for status in told:
        assert await receipts.told(sid, status, None, None) == conversation
    assert (await service.rows(conversation))[1].status == final


async def test_callback_faster_than_our_own_answer_is_understood(service: Service) -> None:
    conversation = await _answered(service)
    message = (await service.rows(conversation))[1]
    receipts = Receipts(service.database, service.clock)
    sid = "SM" + "e" * 32
    assert await receipts.told(sid, Status.DELIVERED, None, message.id) == conversation
    row = (await service.rows(conversation))[1]
    assert (row.provider_sid, row.status) == (sid, Status.DELIVERED)


async def test_unknown_sid_changes_nothing(service: Service) -> None:
    receipts = Receipts(service.database, service.clock)
    assert await receipts.told("SM" + "f" * 32, Status.DELIVERED, None, 999) is None
