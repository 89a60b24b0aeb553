"""Ending and forgetting on time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.fixtures.service import Service
from webhook.core.errors import NotFound
from webhook.core.triage import Triage
from webhook.services.retention import Periods, Retention, rewrap_keys
from webhook.store.models import Case, ConversationKey, DeletionLedger

PERIODS = Periods(timedelta(hours=72), timedelta(hours=24), timedelta(days=14))


def _all(session, model):  # type: ignore[no-untyped-def]
    return list(session.scalars(select(model)))


async def test_idle_conversation_leaves_one_anonymised_case(service: Service) -> None:
    conversation = await service.text("he takes my wages every friday")
    await service.talk.handle(conversation)
    await service.outbox.send(conversation)
    retention = Retention(service.database, service.clock, PERIODS)
    assert (await retention.purge()).closed == 0
    service.clock.advance(hours=73)
    assert (await retention.purge()).closed == 1
    assert (await retention.purge()).closed == 0
    cases = await service.database.read(_all, Case)
    assert [(case.channel, case.week, case.needs) for case in cases] == [
        ("sms", "2026-W45", ["disclose_abuse"])
    ]


async def test_p7_key_is_destroyed_when_its_time_is_up(service: Service) -> None:
    conversation = await service.text("canary")
    await service.talk.handle(conversation)
    await service.outbox.send(conversation)
    retention = Retention(service.database, service.clock, PERIODS)
    service.clock.advance(hours=73)
    await retention.purge()
    service.clock.advance(hours=25)
    assert (await retention.purge()).conversations == [conversation]
    assert await service.database.read(_all, ConversationKey) == []
    ledger = await service.database.read(_all, DeletionLedger)
    assert [(row.conversations, row.reason) for row in ledger] == [(1, "expired")]
    with pytest.raises(NotFound):
        await service.row(conversation)


async def test_high_triage_is_kept_longer(service: Service) -> None:
    conversation = await service.text("he's outside with a hammer")
    await service.talk.handle(conversation)
    await service.outbox.send(conversation)
    retention = Retention(service.database, service.clock, PERIODS)
    service.clock.advance(hours=73)
    await retention.purge()
    service.clock.advance(hours=25)
    assert (await retention.purge()).conversations == []
    assert (await service.row(conversation)).triage is Triage.EMERGENCY
    service.clock.advance(days=14)
    assert (await retention.purge()).conversations == [conversation]


async def test_unanswered_conversation_is_never_closed(service: Service) -> None:
    await service.text("is anyone there")
    service.clock.advance(hours=500)
    retention = Retention(service.database, service.clock, PERIODS)
    assert (await retention.purge()).closed == 0


async def test_keys_are_rewrapped_under_the_new_secret(service: Service) -> None:
    await service.text("hello")
    rotated = type(service.vault)(
        ["another secret key, the newer of the two", "a secret key of the tests, long enough"]
    )
    assert await service.database.write(rewrap_keys, rotated) == 1
    assert await service.database.write(rewrap_keys, rotated) == 0
