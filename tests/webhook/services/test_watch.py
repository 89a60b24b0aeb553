"""The watch: managers are paged for an emergency until somebody joins, and the person is told."""

from __future__ import annotations

import pytest

from tests.fixtures.hub import Hub
from webhook.core.sms_text import is_gsm7, segments
from webhook.core.staff import Role
from webhook.core.triage import Triage
from webhook.services import lines
from webhook.services.turn import names_999_and_55
from webhook.store import audit, queue

LEE, KIM = "+447700900789", "+447700900790"
DANGER = "hes got a knife hes coming at me"


def pages(hub: Hub) -> list[tuple[str, str]]:
    return [taken for taken in hub.service.carrier.taken if taken[0] in (LEE, KIM)]


async def send_all(hub: Hub) -> None:
    from webhook.store import messages

    now = hub.service.clock.now()
    for thread in await hub.service.database.read(messages.conversations_to_send, now):
        await hub.service.outbox.send(thread)


async def test_unclaimed_emergency_pages_every_manager_each_minute(hub: Hub) -> None:
    await hub.staff("Lee", Role.MANAGER, LEE)
    await hub.staff("Kim", Role.MANAGER, KIM)
    await hub.staff("Sam", Role.ADVOCATE, "+447700900791")
    await hub.waiting(DANGER)
    hub.service.clock.advance(seconds=59)
    assert await hub.watch.look() == 0
    hub.service.clock.advance(seconds=1)
    assert await hub.watch.look() == 1
    assert await hub.watch.look() == 0
    await send_all(hub)
    assert sorted(number for number, _ in pages(hub)) == [LEE, KIM]
    hub.service.clock.advance(seconds=60)
    await hub.watch.look()
    await send_all(hub)
    assert len(pages(hub)) == 4


async def test_paging_stops_when_somebody_joins(hub: Hub) -> None:
    await hub.staff("Lee", Role.MANAGER, LEE)
    conversation = await hub.waiting(DANGER)
    await hub.handovers.claim(await hub.staff("Sam"), conversation)
    hub.service.clock.advance(seconds=50)
    assert await hub.watch.look() == 0
    await send_all(hub)
    assert pages(hub) == []


async def test_p11_page_tells_a_glance_nothing(hub: Hub) -> None:
    await hub.staff("Lee", Role.MANAGER, LEE)
    await hub.waiting(DANGER)
    hub.service.clock.advance(seconds=60)
    await hub.watch.look()
    await send_all(hub)
    words = pages(hub)[0][1].lower()
    for telling in ("abuse", "violence", "helpline", "emergency", "danger", "knife", "advocate"):
        assert telling not in words


async def test_person_is_told_the_truth_once(hub: Hub) -> None:
    await hub.staff("Lee", Role.MANAGER, LEE)
    conversation = await hub.waiting(DANGER)
    for _ in range(3):
        hub.service.clock.advance(seconds=60)
        await hub.watch.look()
    said = await hub.service.said(conversation)
    told = [text for text in said if text.startswith("Nobody has been able to join")]
    assert len(told) == 1
    assert names_999_and_55(told[0])


async def test_p6_quiet_person_is_told_nothing_while_managers_are_paged(hub: Hub) -> None:
    await hub.staff("Lee", Role.MANAGER, LEE)
    conversation = await hub.waiting(DANGER)
    await hub.service.exchange("gtg hes back")
    before = await hub.service.said(conversation)
    hub.service.clock.advance(seconds=60)
    await hub.watch.look()
    assert await hub.service.said(conversation) == before


async def test_pages_make_no_contact_and_no_case(hub: Hub) -> None:
    lead = await hub.staff("Lee", Role.MANAGER, LEE)
    conversation = await hub.waiting(DANGER)
    hub.service.clock.advance(seconds=60)
    await hub.watch.look()
    found = await hub.service.database.read(queue.everything)
    assert [row.id for row, _ in found] == [conversation]
    answer = await hub.service.text("on my way", number=LEE)
    assert answer != conversation
    entries = await hub.service.database.read(audit.find, audit.Search(action="handover.paged"))
    assert [entry.staff_id for entry in entries] == [None]
    assert lead.staff_id


async def test_urgent_wait_pages_nobody(hub: Hub) -> None:
    await hub.staff("Lee", Role.MANAGER, LEE)
    conversation = await hub.waiting("he strangled me last week")
    assert (await hub.service.row(conversation)).triage is Triage.URGENT
    hub.service.clock.advance(seconds=600)
    assert await hub.watch.look() == 0


NAMES = {"name": "W" * 23, "old": "W" * 23, "minutes": "120"}
SPOKEN = [
    "joined", "passed_on", "taken_over", "helper_left", "stepped_away", "cut_off", "nobody_yet",
    "page",
]  # fmt: skip


def every_line() -> list[str]:
    said = [lines.line(name, **NAMES) for name in SPOKEN]
    said += [lines.line("handed_back", **NAMES, purpose=p) for p in lines.purposes().values()]
    said += [lines.line("to_team", **NAMES, team=team) for team in lines.teams().values()]
    return said


@pytest.mark.parametrize("text", every_line())
def test_p11_every_line_is_short_plain_and_discreet(text: str) -> None:
    assert is_gsm7(text)
    assert segments(text) <= 2
    for telling in ("abuse", "violence", "helpline", "refuge", "domestic"):
        assert telling not in text.lower()
    assert "text 55" not in text.lower()
