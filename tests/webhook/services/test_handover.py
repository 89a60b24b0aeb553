"""Claiming, passing on and handing back: one holder at a time, and the person is told."""

from __future__ import annotations

import asyncio

import pytest

from tests.fixtures.hub import Hub
from webhook.clients.assistant import Answer, Reading, Reply
from webhook.core.errors import BadInput, Conflict, NotFound
from webhook.core.messages import Mode
from webhook.core.staff import Role
from webhook.core.triage import Triage
from webhook.services.desk import Taken
from webhook.store import handovers, notes


async def test_two_claims_at_once_have_one_winner(hub: Hub) -> None:
    conversation = await hub.waiting("he is going to kill me he said so")
    sam, alex = await hub.staff("Sam"), await hub.staff("Alex")
    outcomes = await asyncio.gather(
        hub.handovers.claim(sam, conversation),
        hub.handovers.claim(alex, conversation),
        return_exceptions=True,
    )
    lost = [found for found in outcomes if isinstance(found, Taken)]
    assert len(lost) == 1
    handover = await hub.handover(conversation)
    winner = sam if handover.claimed_by == sam.staff_id else alex
    assert lost[0].by == winner.name


async def test_p5_joining_is_introduced_by_the_chosen_name(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    said = await hub.service.said(conversation)
    assert said[-1].startswith("Sam is joining you here now")
    assert (await hub.service.row(conversation)).mode == Mode.STAFF


async def test_p5_answer_under_way_when_an_advocate_joins_is_not_sent(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    before = len(await hub.service.said(conversation))
    asked, joined = asyncio.Event(), asyncio.Event()

    async def slowly(*_: object) -> Answer:
        asked.set()
        await joined.wait()
        return Answer(replies=[Reply(text="Too late.")], reading=Reading(intent="greet"))

    hub.service.assistant.ask = slowly  # type: ignore[method-assign]
    await hub.service.text("are you there")
    handling = asyncio.create_task(hub.service.talk.handle(conversation))
    await asyncio.wait_for(asked.wait(), 5)
    await hub.handovers.claim(sam, conversation)
    joined.set()
    await handling
    said = (await hub.service.said(conversation))[before:]
    assert len(said) == 1
    assert "Too late." not in said


async def test_p5_joined_name_survives_a_message_under_way(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await hub.service.exchange("hello sam")
    row = await hub.service.row(conversation)
    assert row.state["joined_name"] == "Sam"


async def test_p6_joining_a_quiet_conversation_says_nothing(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.service.exchange("gtg hes back")
    before = await hub.service.said(conversation)
    await hub.handovers.claim(sam, conversation)
    assert await hub.service.said(conversation) == before


async def test_handing_back_names_the_purpose_and_wakes_the_bot(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await hub.handovers.hand_back(sam, conversation, "safety_planning")
    assert "ways to stay safe" in (await hub.service.said(conversation))[-1]
    assert (await hub.service.row(conversation)).mode == Mode.BOT
    assert await hub.service.exchange("thank you") == ["I hear you."]


async def test_only_the_holder_hands_back(hub: Hub) -> None:
    conversation = await hub.waiting("can I talk to a person")
    sam, alex = await hub.staff("Sam"), await hub.staff("Alex")
    await hub.handovers.claim(sam, conversation)
    with pytest.raises(Taken):
        await hub.handovers.hand_back(alex, conversation, "services")
    with pytest.raises(BadInput):
        await hub.handovers.hand_back(sam, conversation, "anything else")


async def test_stepping_away_puts_the_person_back_and_says_so(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await hub.handovers.step_away(sam, conversation)
    assert "asked for someone else" in (await hub.service.said(conversation))[-1]
    assert (await hub.service.row(conversation)).mode == Mode.WAITING
    assert (await hub.handover(conversation)).claimed_by is None


async def test_passing_on_keeps_both_present_for_a_moment(hub: Hub) -> None:
    conversation = await hub.waiting("can I talk to a person")
    sam, alex = await hub.staff("Sam"), await hub.staff("Alex")
    await hub.handovers.claim(sam, conversation)
    await hub.handovers.offer(sam, conversation, alex.staff_id, "needs legal advice")
    await hub.handovers.claim(alex, conversation)
    handover = await hub.handover(conversation)
    assert (handover.claimed_by, handover.helper_id) == (alex.staff_id, sam.staff_id)
    await hub.say(sam, conversation, "Alex knows all this better than me.")
    await hub.handovers.leave(sam, conversation)
    said = await hub.service.said(conversation)
    assert said[-3].startswith("Alex is here now")
    assert said[-1].startswith("Sam has left now")


async def test_declined_offer_stays_with_the_one_who_asked(hub: Hub) -> None:
    conversation = await hub.waiting("can I talk to a person")
    sam, alex = await hub.staff("Sam"), await hub.staff("Alex")
    await hub.handovers.claim(sam, conversation)
    await hub.handovers.offer(sam, conversation, alex.staff_id, "needs legal advice")
    await hub.handovers.decline(alex, conversation)
    handover = await hub.handover(conversation)
    assert (handover.claimed_by, handover.offered_to) == (sam.staff_id, None)


async def test_offer_without_an_answer_times_out(hub: Hub) -> None:
    conversation = await hub.waiting("can I talk to a person")
    lead, sam = await hub.staff("Lee", Role.MANAGER), await hub.staff("Sam")
    await hub.handovers.reassign(lead, conversation, sam.staff_id)
    hub.service.clock.advance(seconds=61)
    assert await hub.watch.look() == 1
    assert (await hub.handover(conversation)).offered_to is None


async def test_offer_to_somebody_on_a_break_is_refused(hub: Hub) -> None:
    conversation = await hub.waiting("can I talk to a person")
    sam, alex = await hub.staff("Sam"), await hub.staff("Alex")
    await hub.handovers.claim(sam, conversation)
    await hub.set_away(alex)
    with pytest.raises(Conflict):
        await hub.handovers.offer(sam, conversation, alex.staff_id, "needs legal advice")


async def test_team_is_asked_with_a_note_and_the_bot_stays(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await hub.handovers.to_team(sam, conversation, "idva", "high risk, wants to go to court")
    handover = await hub.handover(conversation)
    assert (handover.team, handover.claimed_by) == ("idva", None)
    entries = await hub.service.database.read(notes.timeline, conversation)
    assert [entry.kind for entry in entries] == ["joined", "to_team"]
    assert "specialist advocate" in (await hub.service.said(conversation))[-1]


async def test_manager_takes_over_and_the_person_is_told(hub: Hub) -> None:
    conversation = await hub.waiting("can I talk to a person")
    sam, lead = await hub.staff("Sam"), await hub.staff("Lee", Role.MANAGER)
    await hub.handovers.claim(sam, conversation)
    await hub.handovers.take_over(lead, conversation)
    assert (await hub.handover(conversation)).claimed_by == lead.staff_id
    assert "in place of Sam" in (await hub.service.said(conversation))[-1]


async def test_vanished_browser_gives_the_conversation_back(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    hub.service.clock.advance(seconds=45)
    assert await hub.watch.look() == 0
    hub.service.clock.advance(seconds=16)
    assert await hub.watch.look() == 1
    assert (await hub.service.row(conversation)).mode == Mode.WAITING
    assert "cut off" in (await hub.service.said(conversation))[-1]


async def test_advocate_joins_a_conversation_from_the_list(hub: Hub) -> None:
    conversation, sam = await hub.service.text("hello"), await hub.staff("Sam")
    await hub.service.talk.handle(conversation)
    await hub.handovers.claim(sam, conversation)
    assert (await hub.handover(conversation)).reason == "advocate"


async def test_claiming_settles_the_emergency_alert(hub: Hub) -> None:
    conversation = await hub.waiting("he's got a knife hes coming at me")
    assert (await hub.service.row(conversation)).triage is Triage.EMERGENCY
    await hub.handovers.claim(await hub.staff("Sam"), conversation)
    open_now = await hub.service.database.read(handovers.open_alerts)
    assert [alert for alert in open_now if alert.conversation_id == conversation] == []


async def test_unknown_conversation_is_not_found(hub: Hub) -> None:
    with pytest.raises(NotFound):
        await hub.handovers.claim(await hub.staff("Sam"), "0" * 32)
