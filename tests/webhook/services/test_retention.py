"""Ending and forgetting on time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.fixtures.service import Service
from webhook.core.errors import NotFound
from webhook.core.staff import Role
from webhook.core.triage import Triage
from webhook.services.retention import Periods, Retention, rewrap_keys
from webhook.services.staff import Accounts
from webhook.store import audit, forget, staff
from webhook.store.hub_models import AuditEntry, ProviderState, StaffLink, StaffSession
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


def _session(session, staff_id: int, begun: datetime, ended: datetime | None) -> None:  # type: ignore[no-untyped-def]
    name = uuid.uuid4().hex
    session.add(
        StaffSession(
            id=name, token_hash=name * 2, staff_id=staff_id, device="",
            created_at=begun, used_at=begun, ended_at=ended,
        )
    )  # fmt: skip


async def test_audit_entries_are_kept_two_years_and_no_longer(service: Service) -> None:
    retention = Retention(service.database, service.clock, PERIODS)
    await service.database.write(audit.note, service.clock.now(), None, "old")
    service.clock.advance(days=1)
    await service.database.write(audit.note, service.clock.now(), None, "newer")
    service.clock.advance(days=729)
    assert (await retention.purge()).audit == 0
    service.clock.advance(hours=1)
    assert (await retention.purge()).audit == 1
    assert [row.action for row in await service.database.read(_all, AuditEntry)] == ["newer"]


async def test_audit_is_kept_as_long_as_the_settings_say(service: Service) -> None:
    periods = Periods(PERIODS.idle, PERIODS.keep, PERIODS.keep_escalated, timedelta(days=90))
    retention = Retention(service.database, service.clock, periods)
    await service.database.write(audit.note, service.clock.now(), None, "old")
    service.clock.advance(days=90)
    assert (await retention.purge()).audit == 0
    service.clock.advance(seconds=1)
    assert (await retention.purge()).audit == 1


async def test_more_old_entries_than_one_batch_all_go(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forget, "BATCH", 2)
    for _ in range(5):
        await service.database.write(audit.note, service.clock.now(), None, "old")
    service.clock.advance(days=731)
    assert (await Retention(service.database, service.clock, PERIODS).purge()).audit == 5


async def test_sessions_go_thirty_days_after_their_end(service: Service) -> None:
    now = service.clock.now()

    def add(session) -> None:  # type: ignore[no-untyped-def]
        row = staff.add(session, service.vault, "sam@hub.example", "Sam", Role.ADVOCATE, now)
        _session(session, row.id, now, now)
        _session(session, row.id, now, now + timedelta(hours=12))
        _session(session, row.id, now, None)  # it was left alone and ran out

    await service.database.write(add)
    retention = Retention(service.database, service.clock, PERIODS)
    left = []
    for hours in (30 * 24, 1, 12, 12):
        service.clock.advance(hours=hours)
        await retention.purge()
        left.append(len(await service.database.read(_all, StaffSession)))
    assert left == [3, 2, 1, 0]


async def test_used_and_expired_links_go_with_the_sessions(service: Service) -> None:
    accounts = Accounts(service.database, service.vault, service.clock)
    used, _expired = await accounts.first_link(), await accounts.first_link()
    assert used is not None
    await accounts.accept_link(used, "green kettle on the hill", "mo@hub.example", "Mo")
    retention = Retention(service.database, service.clock, PERIODS)
    service.clock.advance(days=29)
    assert (await retention.purge()).links == 0
    service.clock.advance(days=4)
    assert (await retention.purge()).links == 2
    assert await service.database.read(_all, StaffLink) == []


async def test_states_of_the_provider_go_soon(service: Service) -> None:
    def add(session) -> None:  # type: ignore[no-untyped-def]
        session.add(ProviderState(state_hash="0" * 64, used_at=service.clock.now()))

    await service.database.write(add)
    service.clock.advance(minutes=59)
    retention = Retention(service.database, service.clock, PERIODS)
    await retention.purge()
    assert len(await service.database.read(_all, ProviderState)) == 1
    service.clock.advance(minutes=2)
    await retention.purge()
    assert await service.database.read(_all, ProviderState) == []
