"""The order of the queue: most urgent first, and nobody waits for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.hub import Hub
from webhook.core.staff import Role
from webhook.core.triage import Triage
from webhook.services import queue
from webhook.services.queue import AGEING, light, place
from webhook.store.hub_settings import HubSettings

NOW = datetime(2026, 11, 2, 21, 0, tzinfo=UTC)
SETTINGS = HubSettings()


def asked(triage: Triage, seconds_ago: float) -> tuple[int, datetime]:
    return place(triage, NOW - timedelta(seconds=seconds_ago), NOW, SETTINGS)


def test_more_urgent_comes_first_then_the_longer_wait() -> None:
    order = [
        (Triage.STANDARD, 300),
        (Triage.EMERGENCY, 5),
        (Triage.URGENT, 10),
        (Triage.URGENT, 60),
    ]
    found = sorted(order, key=lambda one: asked(*one))
    assert found == [
        (Triage.EMERGENCY, 5), (Triage.URGENT, 60), (Triage.URGENT, 10), (Triage.STANDARD, 300),
    ]  # fmt: skip


def test_long_wait_rises_one_level_behind_those_there() -> None:
    overdue = AGEING * SETTINGS.target_standard + 30
    assert asked(Triage.URGENT, 60) < asked(Triage.STANDARD, overdue) < asked(Triage.URGENT, 5)


def test_emergency_goes_before_all_who_rose_after_it() -> None:
    rises = AGEING * (SETTINGS.target_standard + SETTINGS.target_urgent)
    assert asked(Triage.EMERGENCY, 10) < asked(Triage.STANDARD, rises + 5)


@given(st.sampled_from(list(Triage)))
def test_nobody_starves_under_a_stream_of_emergencies(triage: Triage) -> None:
    asked_at = NOW
    for minutes in range(0, 24 * 60, 5):
        now = NOW + timedelta(minutes=minutes)
        newcomer = place(Triage.EMERGENCY, now, now, SETTINGS)
        if minutes and place(triage, asked_at, now, SETTINGS) < newcomer:
            return
    raise AssertionError("still behind newcomers after a day")


@given(st.sampled_from(list(Triage)), st.integers(0, 100_000), st.integers(1, 5_000))
def test_waiting_longer_never_moves_anybody_back(triage: Triage, waited: int, more: int) -> None:
    assert asked(triage, waited + more) <= asked(triage, waited)


def test_lights_turn_amber_then_red() -> None:
    assert [light(waited, 60) for waited in (0, 44, 45, 59, 60)] == [
        "green", "green", "amber", "amber", "red",
    ]  # fmt: skip


async def test_lists_show_who_waits_and_who_is_mine(hub: Hub) -> None:
    calm = await hub.waiting("can I talk to a person")
    grave = await hub.service.text("hes got a knife hes coming at me", number="+447700900456")
    await hub.service.talk.handle(grave)
    sam = await hub.staff("Sam")
    read, now = hub.service.database.read, hub.service.clock.now()
    waiting = await read(queue.waiting, sam.staff_id, now)
    assert [row.id for row in waiting] == [grave, calm]
    await hub.handovers.claim(sam, grave)
    assert [row.id for row in await read(queue.waiting, sam.staff_id, now)] == [calm]
    mine = await read(queue.mine, sam.staff_id, now)
    assert [(row.id, row.to_answer) for row in mine] == [(grave, True)]
    await hub.say(sam, grave, "I am here.")
    assert not (await read(queue.mine, sam.staff_id, now))[0].to_answer
    assert len(await read(queue.everything, sam.staff_id, now)) == 2


async def test_figures_count_offers_and_emergencies(hub: Hub) -> None:
    conversation = await hub.waiting("hes got a knife hes coming at me")
    sam, lead = await hub.staff("Sam"), await hub.staff("Lee", Role.MANAGER)
    await hub.handovers.reassign(lead, conversation, sam.staff_id)
    counts = await hub.service.database.read(queue.counts, sam.staff_id, hub.service.clock.now())
    assert (counts.waiting, counts.emergencies, counts.offered, counts.mine) == (1, 1, 1, 0)


async def test_deleted_with_its_conversation_goes_all_that_staff_wrote(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await hub.writing.note(sam, conversation, "works at the garage")
    await hub.writing.draft(sam, conversation, "reply", "I was about to say")

    def gone(session: object) -> dict[str, int]:
        from sqlalchemy import func, select

        from webhook.store.cases import delete_conversations
        from webhook.store.hub_models import Draft, TimelineEntry

        delete_conversations(session, [conversation], "test", hub.service.clock.now())  # type: ignore[arg-type]
        tables = {"notes": TimelineEntry, "drafts": Draft}
        return {
            name: session.scalar(select(func.count()).select_from(table))  # type: ignore[attr-defined]
            for name, table in tables.items()
        }

    assert await hub.service.database.write(gone) == {"notes": 0, "drafts": 0}
