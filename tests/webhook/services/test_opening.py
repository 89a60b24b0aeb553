"""While the hub is closed people hear the truth, keep their place, and emergencies still page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.fixtures.hub import Hub
from webhook.clients.assistant import Answer, Reading, Reply
from webhook.core.errors import BadInput
from webhook.core.hours import DAYS
from webhook.core.messages import Channel, Mode
from webhook.core.sms_text import segments
from webhook.core.staff import Role
from webhook.core.triage import Triage
from webhook.services import opening, queue
from webhook.services.board import board
from webhook.services.turn import names_999_and_55
from webhook.store import hub_settings

OFFICE = dict.fromkeys(DAYS, "09:00-17:00")
LEE = "+447700900789"
WORDS = (
    "We are away. Back {opens}. In danger, call 999. Can't speak? On a mobile press 55 when asked."
)


async def shut(hub: Hub, dates: str = "", **days: str) -> None:
    """The fixtures' clock stands at a quarter past nine on a Monday evening: closed."""
    await hub.service.database.write(opening.change_hours, {**OFFICE, **days}, dates)


async def test_who_asks_while_closed_is_told_when_it_opens(hub: Hub) -> None:
    await shut(hub)
    said = await hub.service.exchange("PERSON")
    assert "back here tomorrow at 9am" in said[0]
    assert names_999_and_55(said[0])
    assert "116 123" in said[1]
    assert said[1].startswith("You can reach these now:")
    assert not any("I can't say how long" in text for text in said)


def _answers(hub: Hub, text: str, triage: str) -> None:
    hub.service.assistant.answer = lambda _: Answer(
        replies=[Reply(text=text)], reading=Reading(intent="disclose_abuse", triage=triage)
    )


async def test_who_comes_to_be_at_risk_hears_once_that_a_person_is_asked_for(hub: Hub) -> None:
    _answers(hub, "I believe you.", "standard")
    await hub.service.exchange("can i ask you something")
    _answers(hub, "That was not OK. What happened then?", "urgent")
    said = await hub.service.exchange("it is worse every week")
    assert said[0] == "That was not OK. What happened then?"
    assert "asking a person here" in said[1]
    assert names_999_and_55(said[1])
    assert await hub.service.exchange("and on sunday too") == said[:1]


async def test_what_names_a_person_already_says_it_alone(hub: Hub) -> None:
    _answers(hub, "I believe you.", "standard")
    await hub.service.exchange("can i ask you something")
    _answers(hub, "I'm asking a person here to look at it today.", "urgent")
    assert len(await hub.service.exchange("it is worse every week")) == 1


async def test_first_text_at_risk_is_told_of_the_person_and_of_safety_in_one(hub: Hub) -> None:
    _answers(hub, "That was not OK. What happened then?", "urgent")
    said = await hub.service.exchange("it is worse every week")
    assert len(said) == 2
    assert "asking a person here" in said[1]
    assert "not safe to text" in said[1]
    assert segments(said[1]) <= 2


async def test_bot_stays_and_the_handover_waits_for_opening(hub: Hub) -> None:
    await shut(hub)
    conversation = await hub.service.text("PERSON")
    await hub.service.talk.handle(conversation)
    assert (await hub.service.row(conversation)).mode == Mode.WAITING
    assert (await hub.handover(conversation)).reason == "asked"
    assert await hub.service.exchange("he moved the money again") == ["I hear you."]


async def test_asking_again_is_answered_in_other_words(hub: Hub) -> None:
    await shut(hub)
    first = await hub.service.exchange("PERSON")
    again = await hub.service.exchange("PERSON")
    assert again != first
    assert again == [text for text in again if "tomorrow at 9am" in text]


async def test_rule_that_hands_over_tells_it_once_beside_the_answer(hub: Hub) -> None:
    await shut(hub)
    command = {"command": "request_handover", "reason": "child"}
    hub.service.assistant.answer = lambda _: Answer(
        replies=[Reply(text="Thank you for telling me. Are they with you?")],
        reading=Reading(intent="child_harm"),
        commands=[command],
    )
    said = await hub.service.exchange("my little one is scared of him")
    assert said[0] == "Thank you for telling me. Are they with you?"
    assert sum("People are back" in text for text in said) == 1
    assert not any("back" in text for text in await hub.service.exchange("she hides"))


async def test_urgent_sign_while_closed_is_told_too(hub: Hub) -> None:
    await shut(hub)
    conversation = await hub.service.text("he strangled me last week")
    await hub.service.talk.handle(conversation)
    assert (await hub.service.row(conversation)).triage is Triage.URGENT
    assert any("tomorrow at 9am" in text for text in await hub.service.said(conversation))


async def test_p10_emergency_names_999_and_pages_managers_while_closed(hub: Hub) -> None:
    await shut(hub)
    await hub.staff("Lee", Role.MANAGER, LEE)
    conversation = await hub.waiting("hes got a knife hes coming at me")
    said = await hub.service.said(conversation)
    assert names_999_and_55(said[0])
    assert not any("back here" in text for text in said)
    hub.service.clock.advance(seconds=60)
    assert await hub.watch.look() == 1


async def test_assistant_away_while_closed_is_told_the_truth(hub: Hub) -> None:
    await shut(hub)
    hub.service.assistant.away = True
    assert any("tomorrow at 9am" in text for text in await hub.service.exchange("hello there"))


async def test_p6_quiet_person_is_told_nothing(hub: Hub) -> None:
    await shut(hub)
    assert await hub.service.exchange("gtg hes back") == []


async def test_open_hub_says_nothing_of_hours(hub: Hub) -> None:
    await shut(hub, mon="20:00-02:00")
    assert "I can't say how long" in (await hub.service.exchange("PERSON"))[0]


async def test_put_back_after_closing_is_told_when_it_opens(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await shut(hub)
    await hub.handovers.step_away(sam, conversation)
    assert "tomorrow at 9am" in (await hub.service.said(conversation))[-1]


async def test_vanished_advocate_after_closing_is_told_too(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    await shut(hub)
    hub.service.clock.advance(seconds=90)
    await hub.watch.look()
    assert "tomorrow at 9am" in (await hub.service.said(conversation))[-1]


async def test_child_is_told_of_childline(hub: Hub) -> None:
    await shut(hub)
    await hub.service.exchange("im 13")
    said = await hub.service.exchange("PERSON")
    assert "0800 1111" in said[0]
    assert "0800 1111" not in "".join(said[1:])


async def test_targets_count_from_opening_but_not_for_emergencies(hub: Hub) -> None:
    await shut(hub)
    calm = await hub.waiting("can I talk to a person")
    grave = await hub.service.text("hes got a knife hes coming at me", number="+447700900456")
    await hub.service.talk.handle(grave)
    sam = await hub.staff("Sam")
    hub.service.clock.moment = datetime(2026, 11, 3, 8, 59, tzinfo=UTC)
    rows = {row.id: row for row in await _waiting(hub, sam.staff_id)}
    assert (rows[calm].counted, rows[calm].light) == (0, "green")
    assert rows[calm].waited > 11 * 3600
    assert (rows[grave].counted, rows[grave].light) == (rows[grave].waited, "red")
    hub.service.clock.moment = datetime(2026, 11, 3, 9, 15, tzinfo=UTC)
    rows = {row.id: row for row in await _waiting(hub, sam.staff_id)}
    assert (rows[calm].counted, rows[calm].light) == (900, "red")


async def test_night_with_clocks_going_back_counts_from_opening_too(hub: Hub) -> None:
    hub.service.clock.moment = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    await shut(hub)
    said = await hub.service.exchange("PERSON")
    assert "today at 9am" not in said[0]
    assert "tomorrow at 9am" in said[0]
    sam = await hub.staff("Sam")
    hub.service.clock.moment = datetime(2026, 10, 25, 9, 2, tzinfo=UTC)  # 09:02 in winter time
    assert [row.counted for row in await _waiting(hub, sam.staff_id)] == [120]


async def test_order_of_the_night_is_kept_at_opening(hub: Hub) -> None:
    await shut(hub)
    first = await hub.waiting("can I talk to a person")
    hub.service.clock.advance(hours=3)
    second = await hub.service.text("PERSON", number="+447700900456")
    await hub.service.talk.handle(second)
    sam = await hub.staff("Sam")
    assert [row.id for row in await _waiting(hub, sam.staff_id)] == [first, second]
    hub.service.clock.moment = datetime(2026, 11, 3, 11, 0, tzinfo=UTC)
    assert [row.id for row in await _waiting(hub, sam.staff_id)] == [first, second]


async def test_board_shows_until_when_the_hub_is_closed(hub: Hub) -> None:
    lead = await hub.staff("Lee", Role.MANAGER)
    now = hub.service.clock.now()
    assert (await hub.service.database.read(board, lead, now)).opening.always
    await shut(hub, dates="2026-11-03: closed")
    found = (await hub.service.database.read(board, lead, now)).opening
    assert (found.open, found.until) == (False, datetime(2026, 11, 4, 9, 0, tzinfo=UTC))


async def test_words_of_the_hub_replace_the_reviewed_ones(hub: Hub) -> None:
    await shut(hub)
    await hub.service.database.write(opening.change_words, Channel.SMS, WORDS)
    assert (await hub.service.exchange("PERSON"))[0] == WORDS.format(opens="tomorrow at 9am")
    await hub.service.database.write(opening.change_words, Channel.SMS, "")
    said = await hub.service.exchange("PERSON", number="+447700900456")
    assert said[0].startswith("Nobody can join you just now.")


WRONG = {
    "no time": WORDS.replace("{opens}", "soon"),
    "no 999": "We are away. Back {opens}.",
    "P11": WORDS.replace("We are", "The domestic abuse team is"),
    "a promise": WORDS.replace("We are away.", "Everything will be all right."),
    "GSM-7": WORDS.replace("We are", "\u4f60 are"),
    "long": WORDS + " We hope to hear from you." * 10,
    "texting 55": WORDS + " Or text 55.",
    "braces": WORDS + " {name}",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_p11_words_that_break_the_rules_are_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        opening.check_words(text, Channel.SMS)
    assert refused.value.field == "words_sms"


async def test_reviewed_words_keep_to_the_rules_themselves(hub: Hub) -> None:
    found = await hub.service.database.read(opening.form)
    for channel in Channel:
        opening.check_words(found["default"][channel], channel)
    assert set(found["week"].values()) == {"all day"}


async def test_change_says_what_it_was_for_the_trail(hub: Hub) -> None:
    write = hub.service.database.write
    changed = await write(opening.change_hours, {**OFFICE, "sun": "closed"}, "2026-12-25: closed")
    assert changed[-2:] == ["sun closed", "2026-12-25 closed"]
    assert await write(opening.change_hours, {**OFFICE, "sun": "closed"}, "") == [
        "2026-12-25 as usual"
    ]
    with pytest.raises(BadInput):
        await write(opening.change_hours, {}, "")
    kept = await hub.service.database.read(hub_settings.opening)
    assert kept.on(datetime(2026, 11, 1, tzinfo=UTC).date()) == ()


@pytest.mark.parametrize(
    ("opens", "words"),
    [
        (datetime(2026, 11, 2, 22, 30, tzinfo=UTC), "today at 10:30pm"),
        (datetime(2026, 11, 3, 0, 0, tzinfo=UTC), "tomorrow at 12am"),
        (datetime(2026, 11, 3, 12, 0, tzinfo=UTC), "tomorrow at 12pm"),
        (datetime(2026, 11, 8, 9, 0, tzinfo=UTC), "on Sunday at 9am"),
        (datetime(2026, 11, 9, 9, 0, tzinfo=UTC), "on 9 November at 9am"),
        (None, "later"),
    ],
)
def test_opening_is_told_as_people_say_it(opens: datetime | None, words: str) -> None:
    assert opening.when(opens, datetime(2026, 11, 2, 21, 15, tzinfo=UTC)) == words


async def _waiting(hub: Hub, staff_id: int) -> list[queue.Row]:
    return await hub.service.database.read(queue.waiting, staff_id, hub.service.clock.now())
