"""What the hub keeps true: services checked lately are told, lists keep what is recommended."""

from __future__ import annotations

import pytest

from tests.fixtures.hub import Hub
from webhook.core.errors import BadInput, Conflict
from webhook.core.staff import Role
from webhook.directory.services import choose, load
from webhook.services import coded
from webhook.services.board import Reviews, board, decisions
from webhook.services.closing import Closing, Disposition
from webhook.services.people import People
from webhook.services.staff import Accounts
from webhook.store import content, queue, staff


async def test_service_checked_at_the_hub_is_told_for_half_a_year(hub: Hub) -> None:
    now, write = hub.service.clock.now(), hub.service.database.write
    await write(content.check_service, "karma-nirvana", 1, now)
    checked = await hub.service.database.read(content.checked_services, now)
    told = [s.id for s in choose(load(""), "honour_forced_marriage", now, checked=checked)]
    assert told == ["karma-nirvana"]
    assert choose(load(""), "honour_forced_marriage", now) == []
    hub.service.clock.advance(days=181)
    later = hub.service.clock.now()
    assert await hub.service.database.read(content.checked_services, later) == frozenset()


async def test_list_is_changed_but_keeps_the_recommended_routes(hub: Hub) -> None:
    write = hub.service.database.write
    await write(coded.change, "outcomes", "informed: Told something\nother: Other")
    assert await hub.service.database.read(coded.known, "outcomes") == {
        "informed": "Told something",
        "other": "Other",
    }
    for text in ("", "No Code", "refuge: Refuge"):
        with pytest.raises(BadInput):
            await write(coded.change, "routes", text)


async def test_board_counts_load_and_room(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    lead = await hub.staff("Lee", Role.MANAGER)
    await hub.handovers.claim(sam, conversation)
    await hub.service.text("hello", number="+447700900456")
    found = await hub.service.database.read(board, lead, hub.service.clock.now())
    loads = {load.name: (load.on, load.holds) for load in found.loads}
    assert loads == {"Sam": (True, 1), "Lee": (False, 0)}
    assert found.room == 4


async def test_nobody_reviews_their_own_decision(hub: Hub) -> None:
    conversation, lead = await hub.waiting("can I talk"), await hub.staff("Lee", Role.MANAGER)
    await hub.handovers.claim(lead, conversation)
    how = Disposition("informed", "commissioned", "yes", "all said")
    await Closing(hub.desk).close(lead, conversation, how)
    found = await hub.service.database.read(decisions, lead, done=False)
    reviews = Reviews(hub.desk)
    with pytest.raises(Conflict):
        await reviews.review(lead, found[0].row.id, "agree")
    await reviews.review(await hub.staff("Kim", Role.MANAGER), found[0].row.id, "act")
    done = await hub.service.database.read(decisions, lead, done=True)
    assert (done[0].row.verdict, done[0].reviewed_by) == ("act", "Kim")


async def test_account_with_somebody_is_not_closed(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    lead = await hub.staff("Lee", Role.MANAGER)
    people = People(hub.desk, Accounts(hub.desk.database, hub.desk.vault, hub.desk.clock))
    await hub.handovers.claim(sam, conversation)
    with pytest.raises(Conflict):
        await people.close(lead, sam.staff_id, active=False)
    with pytest.raises(Conflict):
        await people.close(lead, lead.staff_id, active=False)
    await hub.handovers.step_away(sam, conversation)
    await people.close(lead, sam.staff_id, active=False)
    assert not (await hub.service.database.read(staff.get, sam.staff_id)).active
    assert await hub.service.database.read(queue.loads) == {}


@pytest.mark.parametrize("number", ["hello", "12", "+44 7700 9000001234567"])
async def test_number_that_cannot_be_paged_is_refused(hub: Hub, number: str) -> None:
    lead = await hub.staff("Lee", Role.MANAGER)
    people = People(hub.desk, Accounts(hub.desk.database, hub.desk.vault, hub.desk.clock))
    with pytest.raises(BadInput):
        await people.change(lead, lead.staff_id, "Lee", "manager", number, clear=False)


async def test_paging_number_is_kept_sealed_in_the_carriers_form(hub: Hub) -> None:
    lead = await hub.staff("Lee", Role.MANAGER)
    people = People(hub.desk, Accounts(hub.desk.database, hub.desk.vault, hub.desk.clock))
    await people.change(lead, lead.staff_id, "Lee", "manager", "07700 900789", clear=False)
    row = await hub.service.database.read(staff.get, lead.staff_id)
    assert row.number_sealed is not None
    assert b"7700900789" not in row.number_sealed
    opened = staff.open_for(hub.desk.vault, row, row.number_sealed, "number")
    assert opened == "+447700900789"
