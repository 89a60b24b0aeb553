"""Answers to the short forms reach the advocate, raise and never lower, and stay sealed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fixtures.hub import Hub
from tests.fixtures.service import Service
from webhook.clients.assistant import Answer, Reading, Reply
from webhook.core.messages import Mode, OptOut
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.services.risk import Answer as Known
from webhook.services.risk import RiskSheets, Sheet, prefilled, result
from webhook.store import conversations, facts


def says(*commands: dict[str, str]) -> Answer:
    return Answer(
        replies=[Reply(text="Thank you. Next?")],
        commands=list(commands),
        reading=Reading(intent="affirm", triage="standard"),
    )


def risk(topic: str, answer: str) -> dict[str, str]:
    return {"command": "risk_answer", "topic": topic, "answer": answer}


async def _told(service: Service, conversation: str) -> dict[str, str]:
    def read(session: Any) -> dict[str, str]:
        key = conversations.key_of(session, service.vault, conversation)
        return facts.read(conversations.get(session, conversation), key)

    return await service.database.read(read)


async def test_p3_yes_of_the_risk_check_raises_and_asks_for_a_person(service: Service) -> None:
    service.assistant.answer = lambda _: says(risk("strangulation", "yes"))
    conversation = await service.text("yes")
    await service.talk.handle(conversation)
    row = await service.row(conversation)
    assert (row.triage, row.mode) == (Triage.URGENT, Mode.WAITING)
    assert ContactState.load(row.state).indicators == ["strangulation"]


@pytest.mark.parametrize("answer", ["no", "unknown"])
async def test_p3_no_and_skip_are_kept_and_lower_nothing(service: Service, answer: str) -> None:
    service.assistant.answer = lambda _: says(risk("escalation", "yes"))
    conversation = await service.text("yes")
    await service.talk.handle(conversation)
    service.assistant.answer = lambda _: says(
        risk("escalation", answer), risk("suicide_self", answer)
    )
    await service.exchange("no")
    row = await service.row(conversation)
    state = ContactState.load(row.state)
    assert state.risk == {"escalation": "yes", "suicide_self": answer}
    assert state.indicators == ["escalation"]
    assert row.triage is Triage.URGENT


async def test_unlisted_topic_is_refused(service: Service) -> None:
    service.assistant.answer = lambda _: says(risk("score", "yes"))
    conversation = await service.text("yes")
    await service.talk.handle(conversation)
    assert ContactState.load((await service.row(conversation)).state).risk == {}


def test_sheet_takes_answers_with_where_they_come_from() -> None:
    told = {"strangulation": "yes", "escalation": "no", "suicide_self": "unknown"}
    found = prefilled(Sheet(), {}, told)
    assert found.answers["strangulation"] == Known("yes", "told_bot")
    assert found.answers["worse"] == Known("no", "told_bot")
    assert found.answers["low_mood"] == Known("unknown", "told_bot")
    assert result(found, 14, None, told).unknown == 22


def test_words_that_say_yes_count_before_a_no_and_staff_before_both() -> None:
    told = {"strangulation": "no"}
    said = prefilled(Sheet(), {"strangulation": "hands on my neck"}, told)
    assert said.answers["strangulation"] == Known("yes", "inferred", "hands on my neck")
    staff = Sheet({"strangulation": Known("no", "told_me")})
    assert prefilled(staff, {}, {"strangulation": "yes"}).answers == staff.answers


def test_yes_to_one_of_two_counts_once_and_refers() -> None:
    told = {"threat_or_weapon": "yes", "separation_or_stalking": "yes"}
    sheet = prefilled(Sheet(), {}, told)
    found = result(sheet, 14, None, told)
    assert (found.count, found.unknown, found.high) == (2, 24, True)
    assert found.critical == ["A threat to kill or a weapon, told the automated helper"]
    known = Sheet({"weapons": Known("yes", "told_me")})
    assert result(known, 14, None, {"threat_or_weapon": "yes"}).count == 1


def test_no_to_two_things_is_a_no_to_each() -> None:
    found = prefilled(Sheet(), {}, {"separation_or_stalking": "no"})
    assert [found.answers[name].answer for name in ("separation", "stalking")] == ["no", "no"]


async def test_advocate_sees_what_was_asked_on_the_sheet(hub: Hub) -> None:
    hub.service.assistant.answer = lambda _: says(
        risk("strangulation", "yes"), risk("pregnancy_or_baby", "unknown")
    )
    conversation, sam = await hub.waiting("yes"), await hub.staff("Sam")
    view = await RiskSheets(hub.desk).open(sam, conversation)
    assert view.asked == [
        ("Neck squeezed, or breathing stopped", "yes"),
        ("Pregnant, or a baby under 18 months", "unknown"),
    ]
    assert view.result.critical == ["Strangulation or choking"]


async def test_p7_safe_contact_is_kept_sealed_and_without_a_number(service: Service) -> None:
    command = {"command": "keep_words", "name": "safe_way"}
    service.assistant.answer = lambda _: says(command)
    conversation = await service.text("text my other phone 07700 900456 after nine")
    await service.talk.handle(conversation)
    told = await _told(service, conversation)
    assert told["safe_way"] == "text my other phone (a number, see the message) after nine"
    row = await service.row(conversation)
    assert "other phone" not in json.dumps(row.state)


async def test_assistant_is_told_what_is_known_and_who_spoke_last(service: Service) -> None:
    await service.exchange("he strangled me last year")
    await service.exchange("what now")
    beside = service.assistant.asked[-1][2]
    assert "strangulation" in beside["known"]
    assert beside["signs"] == []
    assert beside["last_said"] == "assistant"
    await service.exchange("HELP")
    await service.exchange("yes")
    assert service.assistant.asked[-1][2]["last_said"] == "service"


async def test_assistant_is_told_how_long_somebody_waits(hub: Hub) -> None:
    await hub.waiting("can I talk to a person")
    hub.service.clock.advance(minutes=11)
    await hub.service.exchange("still here")
    beside = hub.service.assistant.asked[-1][2]
    assert (beside["waited"], beside["nobody"]) == (11, True)


async def test_yes_that_a_carrier_takes_for_start_is_an_answer(service: Service) -> None:
    await service.exchange("he takes my money")
    await service.exchange("yes", opt_out=OptOut.START)
    assert service.assistant.asked[-1][1] == "yes"
    await service.exchange("STOP")
    started = await service.exchange("yes", opt_out=OptOut.START)
    assert "back in touch" in started[0]
