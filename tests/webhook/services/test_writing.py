"""What advocates write: once, only where it is safe, and lowered triage only with a reason."""

from __future__ import annotations

import pytest

from tests.fixtures.hub import Hub
from webhook.core.errors import BadInput, Conflict, Forbidden
from webhook.core.messages import Author, Status
from webhook.core.staff import Role
from webhook.core.triage import Triage
from webhook.services.casefile import Casefiles
from webhook.services.closing import Closing, Disposition
from webhook.services.desk import Taken
from webhook.services.writing import IsQuiet, Words
from webhook.store import audit, conversations


async def held(hub: Hub, body: str = "can I talk to a person") -> tuple[str, object]:
    conversation, sam = await hub.waiting(body), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    return conversation, sam


async def actions(hub: Hub, conversation: str) -> list[str]:
    search = audit.Search(conversation_id=conversation)
    return [entry.action for entry in await hub.service.database.read(audit.find, search)]


async def test_p4_advocate_writes_and_it_goes_out(hub: Hub) -> None:
    conversation, sam = await held(hub)
    await hub.say(sam, conversation, "Hello, I’m Sam.")  # type: ignore[arg-type]
    await hub.service.outbox.send(conversation)
    assert hub.service.carrier.taken[-1][1] == "Hello, I'm Sam."
    assert (await hub.service.rows(conversation))[-1].author == Author.ADVOCATE


async def test_same_words_sent_twice_by_a_shaky_line_go_once(hub: Hub) -> None:
    conversation, sam = await held(hub)
    words = Words("Hello", "the same id")
    first = await hub.writing.say(sam, conversation, words)  # type: ignore[arg-type]
    assert await hub.writing.say(sam, conversation, words) == first  # type: ignore[arg-type]
    assert (await hub.service.said(conversation)).count("Hello") == 1


async def test_only_those_who_joined_may_write(hub: Hub) -> None:
    conversation, _ = await held(hub)
    alex = await hub.staff("Alex")
    with pytest.raises(Taken):
        await hub.say(alex, conversation, "Hello")
    waiting = await hub.service.text("hello", number="+447700900456")
    with pytest.raises(Conflict):
        await hub.say(alex, waiting, "Hello")


async def test_p6_quiet_needs_reason_and_words_and_is_audited(hub: Hub) -> None:
    conversation, sam = await held(hub)
    await hub.service.exchange("gtg hes back")
    with pytest.raises(IsQuiet):
        await hub.say(sam, conversation, "Are you there?")  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        await hub.say(sam, conversation, "Are you there?", override="life")  # type: ignore[arg-type]
    await hub.say(
        sam, conversation, "Are you there?", override="life", override_words="police are outside"  # type: ignore[arg-type]
    )  # fmt: skip
    await hub.service.outbox.send(conversation)
    assert hub.service.carrier.taken[-1][1] == "Are you there?"
    assert "conversation.overrode_quiet" in await actions(hub, conversation)


async def test_p6_words_on_their_way_are_held_back_when_it_turns_unsafe(hub: Hub) -> None:
    conversation, sam = await held(hub)
    await hub.say(sam, conversation, "I will look that up")  # type: ignore[arg-type]
    await hub.service.exchange("gtg hes back")
    await hub.service.outbox.send(conversation)
    rows = await hub.service.rows(conversation)
    mine = next(row for row in rows if row.author == Author.ADVOCATE)
    assert mine.status == Status.WITHDRAWN


async def test_stopped_person_is_not_written_to(hub: Hub) -> None:
    conversation, sam = await held(hub)
    await hub.service.exchange("STOP")
    with pytest.raises(Conflict):
        await hub.say(sam, conversation, "Hello", override="life", override_words="police here")  # type: ignore[arg-type]


async def test_p3_triage_is_lowered_with_a_reason_only(hub: Hub) -> None:
    conversation, sam = await held(hub, "he strangled me last week")
    with pytest.raises(BadInput):
        await hub.writing.lower_triage(sam, conversation, Triage.STANDARD, "", "because")  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        await hub.writing.lower_triage(sam, conversation, Triage.STANDARD, "old", "")  # type: ignore[arg-type]
    await hub.writing.lower_triage(
        sam, conversation, Triage.STANDARD, "old", "it was ten years ago"  # type: ignore[arg-type]
    )  # fmt: skip
    assert (await hub.service.row(conversation)).triage is Triage.STANDARD
    assert "conversation.triage_lowered" in await actions(hub, conversation)


async def test_p3_advocate_raises_by_judgement(hub: Hub) -> None:
    conversation, sam = await held(hub)
    await hub.writing.raise_triage(sam, conversation, Triage.EMERGENCY)  # type: ignore[arg-type]
    assert (await hub.handover(conversation)).triage is Triage.EMERGENCY
    with pytest.raises(Conflict):
        await hub.writing.raise_triage(sam, conversation, Triage.URGENT)  # type: ignore[arg-type]


async def test_p9_every_look_is_audited_and_an_administrator_gets_none(hub: Hub) -> None:
    conversation, sam = await held(hub)
    files = Casefiles(hub.desk)
    await files.open(sam, conversation)  # type: ignore[arg-type]
    await files.open(sam, conversation)  # type: ignore[arg-type]
    assert (await actions(hub, conversation)).count("conversation.viewed") == 2
    with pytest.raises(Forbidden):
        await files.open(await hub.staff("Ada", Role.ADMINISTRATOR), conversation)


async def test_p9_following_live_without_opening_is_audited_too(hub: Hub) -> None:
    conversation, sam = await held(hub)
    files = Casefiles(hub.desk)
    await files.follow(sam, conversation)  # type: ignore[arg-type]
    await files.follow(sam, conversation)  # type: ignore[arg-type]
    assert (await actions(hub, conversation)).count("conversation.viewed") == 1
    hub.service.clock.advance(hours=2)
    await files.follow(sam, conversation)  # type: ignore[arg-type]
    assert (await actions(hub, conversation)).count("conversation.viewed") == 2


async def test_p9_number_is_revealed_for_a_reason_that_is_kept(hub: Hub) -> None:
    conversation, sam = await held(hub)
    files = Casefiles(hub.desk)
    file = await files.open(sam, conversation)  # type: ignore[arg-type]
    assert file.summary.number == "••••• ••• 123"
    for reason, words in (("", "she asked"), ("call_back", ""), ("curious", "I wonder who")):
        with pytest.raises(BadInput):
            await files.reveal(sam, conversation, reason, words)  # type: ignore[arg-type]
    number = await files.reveal(sam, conversation, "call_back", "she asked us to ring")  # type: ignore[arg-type]
    assert number == "+447700900123"
    assert "conversation.number_revealed" in await actions(hub, conversation)


async def test_p7_what_staff_wrote_is_sealed(hub: Hub) -> None:
    conversation, sam = await held(hub)
    await hub.writing.note(sam, conversation, "works at the garage")  # type: ignore[arg-type]
    file = await Casefiles(hub.desk).open(sam, conversation)  # type: ignore[arg-type]
    assert [item.text for item in file.items if item.kind == "note"] == ["works at the garage"]

    def raw(session: object) -> bytes:
        from sqlalchemy import text

        rows = session.execute(text("SELECT body_sealed FROM timeline"))  # type: ignore[attr-defined]
        return b"".join(bytes(row[0]) for row in rows if row[0])

    assert b"garage" not in await hub.service.database.read(raw)


async def test_summary_says_why_and_with_which_words(hub: Hub) -> None:
    conversation, sam = await held(hub, "he strangled me and I have two kids")
    summary = (await Casefiles(hub.desk).open(sam, conversation)).summary  # type: ignore[arg-type]
    assert summary.triage is Triage.URGENT
    assert summary.quotes == ["he strangled me and I have two kids"]
    assert any(found.startswith("strangulation") for found in summary.indicators)
    assert not summary.returning


async def test_failed_send_and_wrong_person_are_shown_before_writing(hub: Hub) -> None:
    conversation, sam = await held(hub)
    await hub.service.exchange("wrong number mate")

    def fail(session: object) -> None:
        from webhook.store import messages

        rows = messages.since(session, conversation, 0)  # type: ignore[arg-type]
        last = [row for row in rows if row.author != Author.PERSON][-1]
        last.status, last.error_code = Status.UNDELIVERED, 30003
        conversations.get(session, conversation).stopped = True  # type: ignore[arg-type]

    await hub.service.database.write(fail)
    warnings = (await Casefiles(hub.desk).open(sam, conversation)).warnings  # type: ignore[arg-type]
    assert (warnings.wrong_person, warnings.not_delivered, warnings.stopped) == (True, 30003, True)


async def test_line_left_at_closing_is_there_when_they_come_back(hub: Hub) -> None:
    conversation, sam = await held(hub)
    how = Disposition("informed", "commissioned", "yes", "home at 5, text only before")
    await Closing(hub.desk).close(sam, conversation, how)  # type: ignore[arg-type]
    again = await hub.service.text("hello again")
    assert again != conversation
    summary = (await Casefiles(hub.desk).open(sam, again)).summary  # type: ignore[arg-type]
    assert (summary.returning, summary.last_line) == (True, "home at 5, text only before")
