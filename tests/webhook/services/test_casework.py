"""The anonymised record tells the highest triage that a contact ever had."""

from __future__ import annotations

from sqlalchemy import select

from tests.fixtures.hub import Hub
from webhook.clients.assistant import Answer, Reading, Reply
from webhook.core.staff import Who
from webhook.core.triage import Triage
from webhook.services.closing import Closing, Disposition
from webhook.services.effects import raise_later
from webhook.store.models import Case, Message

LOWER = ("misread", "they meant a film")


async def closed(hub: Hub, sam: Who, conversation: str) -> Case:
    how = Disposition("informed", "commissioned", "yes", "all said", "judgement")
    await Closing(hub.desk).close(sam, conversation, how)
    return await hub.service.database.read(lambda s: s.scalars(select(Case)).one())


async def test_level_of_a_message_outlives_its_lowering(hub: Hub) -> None:
    conversation, sam = await hub.waiting("he strangled me last week"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await hub.writing.lower_triage(sam, conversation, Triage.STANDARD, *LOWER)
    case = await closed(hub, sam, conversation)
    assert (await hub.service.row(conversation)).triage is Triage.STANDARD
    assert case.triage is Triage.URGENT


async def test_level_by_judgement_outlives_its_lowering(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await hub.writing.raise_triage(sam, conversation, Triage.EMERGENCY)
    await hub.writing.lower_triage(sam, conversation, Triage.STANDARD, *LOWER)
    assert (await closed(hub, sam, conversation)).triage is Triage.EMERGENCY


async def test_level_of_a_later_reading_outlives_its_lowering(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    now = hub.service.clock.now()
    await hub.service.database.write(raise_later, conversation, Triage.URGENT, now)
    await hub.writing.lower_triage(sam, conversation, Triage.STANDARD, *LOWER)
    assert (await closed(hub, sam, conversation)).triage is Triage.URGENT


async def test_level_of_an_ended_handover_counts(hub: Hub) -> None:
    conversation, sam = await hub.waiting("he strangled me last week"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await hub.handovers.hand_back(sam, conversation, "company")

    def forget_messages(session: object) -> None:
        from webhook.store import conversations

        for row in session.scalars(select(Message)):  # type: ignore[attr-defined]
            row.triage = None
        conversations.get(session, conversation).triage = Triage.STANDARD  # type: ignore[arg-type]

    await hub.service.database.write(forget_messages)
    await hub.handovers.claim(sam, conversation)
    assert (await closed(hub, sam, conversation)).triage is Triage.URGENT


async def test_calm_contact_stays_standard(hub: Hub) -> None:
    conversation, sam = await hub.waiting("hello there"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    assert (await closed(hub, sam, conversation)).triage is Triage.STANDARD


async def test_whether_it_helped_is_kept_beside_what_came_of_it(hub: Hub) -> None:
    said = {"command": "record", "field": "helped", "value": "helped_a_bit"}
    hub.service.assistant.answer = lambda _: Answer(
        replies=[Reply(text="Thank you.")], commands=[said], reading=Reading()
    )
    conversation = await hub.waiting("a bit, can I talk to a person")
    sam = await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    case = await closed(hub, sam, conversation)
    assert (case.outcome, case.helped) == ("informed", "helped_a_bit")
