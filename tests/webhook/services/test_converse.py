"""Answering: once, in order, safely, whatever fails."""

from __future__ import annotations

import asyncio

import pytest

from tests.fixtures.service import NUMBER, Service
from webhook.clients.assistant import Answer, Reading, Reply
from webhook.core.messages import Mode, Status
from webhook.core.triage import Triage
from webhook.services.converse import MAX_TRIES
from webhook.services.turn import names_999_and_55
from webhook.store import handovers


def _says(text: str, *, intent: str = "disclose_abuse", triage: str = "standard") -> Answer:
    return Answer(replies=[Reply(text=text)], reading=Reading(intent=intent, triage=triage))


async def test_p1_messages_are_answered_in_order_once(service: Service) -> None:
    for body in ("first thing", "second thing", "third thing"):
        conversation = await service.text(body)
    await service.talk.handle(conversation)
    await service.talk.handle(conversation)
    assert [said for _, said, _ in service.assistant.asked] == [
        "first thing",
        "second thing",
        "third thing",
    ]


async def test_p1_two_workers_handle_a_message_once(service: Service) -> None:
    conversation = await service.text("is anyone there")
    talk = service.talk
    other = type(talk)(
        service.database, service.vault, service.clock, service.assistant,  # type: ignore[arg-type]
        talk._bus, talk._metrics,
    )  # fmt: skip
    await asyncio.gather(*(worker.handle(conversation) for worker in (talk, other)))
    assert len(service.assistant.asked) == 1


async def test_p2_emergency_is_answered_with_the_assistant_away(service: Service) -> None:
    service.assistant.away = True
    replies = await service.exchange("he's outside with a hammer")
    assert names_999_and_55(" ".join(replies))
    kinds = [alert.kind for alert in await service.database.read(handovers.open_alerts)]
    assert "emergency" in kinds


async def test_p2_assistant_away_gives_the_true_fallback(service: Service) -> None:
    service.assistant.away = True
    replies = await service.exchange("how do I get a new passport for my daughter")
    assert "999" in replies[0]
    kinds = [alert.kind for alert in await service.database.read(handovers.open_alerts)]
    assert kinds == ["assistant_away"]


async def test_assistant_in_circles_says_each_thing_once(service: Service) -> None:
    service.assistant.answer = lambda _: Answer(
        replies=[Reply(text="Say it another way?")] * 10, reading=Reading(intent="greet")
    )
    await service.exchange("hello there")
    assert (await service.exchange("what now")).count("Say it another way?") == 1


async def test_p3_triage_is_raised_by_the_model_and_never_lowered(service: Service) -> None:
    service.assistant.answer = lambda _: _says("That sounds hard.", triage="urgent")
    conversation = await service.text("it has been getting worse")
    await service.talk.handle(conversation)
    service.assistant.answer = lambda _: _says("OK.", triage="standard")
    await service.exchange("im safe now")
    row = await service.row(conversation)
    assert (row.triage, row.mode) == (Triage.URGENT, Mode.WAITING)


async def test_p3_handover_for_a_child_is_never_standard(service: Service) -> None:
    asked: dict[str, object] = {"command": "request_handover", "reason": "child"}
    service.assistant.answer = lambda _: Answer(
        replies=[Reply(text="I believe you.")],
        commands=[asked],
        reading=Reading(intent="child_harm"),
    )
    conversation = await service.text("there was a mark on his back when we got changed")
    await service.talk.handle(conversation)
    assert (await service.row(conversation)).triage is Triage.URGENT


async def test_p10_emergency_seen_by_the_model_names_999(service: Service) -> None:
    service.assistant.answer = lambda _: _says("That sounds hard.", triage="emergency")
    replies = await service.exchange("the usual thing again only more so")
    assert any(names_999_and_55(reply) for reply in replies)
    assert "That sounds hard." not in replies


async def test_order_of_food_is_asked_about_whatever_the_model_makes_of_it(
    service: Service,
) -> None:
    service.assistant.answer = lambda _: _says("That sounds hard.", triage="emergency")
    replies = await service.exchange("can i order a pizza please, extra cheese")
    assert any("Is someone there with you?" in reply for reply in replies)
    assert any(names_999_and_55(reply) for reply in replies)


async def test_p6_quiet_signal_sends_nothing_until_they_write(service: Service) -> None:
    conversation = await service.text("hello")
    await service.talk.handle(conversation)
    assert await service.exchange("gtg hes back") == []
    assert (await service.row(conversation)).quiet
    assert await service.exchange("ok im back he went out") != []
    assert not (await service.row(conversation)).quiet


async def test_p5_bot_is_silent_while_an_advocate_holds_it(service: Service) -> None:
    conversation = await service.text("hello")
    await service.talk.handle(conversation)

    def take_over(session: object) -> None:
        from webhook.store.conversations import get

        get(session, conversation).mode = Mode.STAFF  # type: ignore[arg-type]

    await service.database.write(take_over)
    assert await service.exchange("are you there") == []
    assert await service.exchange("he's got a knife hes coming at me") == []
    assert (await service.row(conversation)).triage is Triage.EMERGENCY


async def test_stop_is_honoured_silently_and_ends_by_writing(service: Service) -> None:
    conversation = await service.text("hello")
    await service.talk.handle(conversation)
    assert await service.exchange("STOP") == []
    assert (await service.row(conversation)).stopped
    assert await service.exchange("can you still help me get somewhere to stay") != []
    assert not (await service.row(conversation)).stopped


async def test_help_twice_is_not_answered_alike(service: Service) -> None:
    first = await service.exchange("HELP")
    second = await service.exchange("help")
    assert first != second
    assert "999" in first[0]


async def test_help_and_nothing_else_brings_a_person_and_no_loop(service: Service) -> None:
    said = [(await service.exchange("HELP"))[-1] for _ in range(8)]
    assert all("999" in text for text in said)
    assert all(text not in said[max(0, turn - 2) : turn] for turn, text in enumerate(said))
    assert "asking a person" in said[2]
    conversation = await service.text("HELP")
    await service.talk.handle(conversation)
    assert await service.database.read(handovers.open_handover, conversation) is not None


async def test_assistant_is_told_of_a_picture_and_of_our_own_question(service: Service) -> None:
    await service.exchange("hello")
    await service.exchange("", media_count=1)
    await service.exchange("its my face from sunday")
    assert service.assistant.asked[-1][2]["picture"] == "before"
    service.assistant.answer = lambda _: _says("Hm", intent="out_of_scope")
    await service.exchange("\U0001f622")
    await service.exchange("yes")
    assert service.assistant.asked[-1][2]["fixed"] == "emoji_0"


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        ("\U0001f6aa\U0001f3c3\u200d\u2640\ufe0f", "where there are people"),
        ("\U0001f46e\u2705\u2764\ufe0f", "glad if help has come"),
    ],
)
async def test_signs_after_an_alarm_are_read_for_what_they_tell(
    service: Service, signs: str, words: str
) -> None:
    await service.exchange("\U0001f621\U0001f52a\U0001f3e0")
    service.assistant.answer = lambda _: _says("In danger, call 999. Press 55 when asked.")
    said = await service.exchange(signs)
    assert words in said[0]
    assert names_999_and_55(said[0])


async def test_signs_with_no_alarm_before_are_asked_about(service: Service) -> None:
    assert "safe just now" in (await service.exchange("\U0001f6aa\U0001f3c3"))[0]


async def test_picture_without_words_is_answered_truly(service: Service) -> None:
    first = await service.exchange("", media_count=1)
    second = await service.exchange("", media_count=1)
    assert "picture" in first[0]
    assert first != second


async def test_poison_message_is_set_aside_and_shown(service: Service) -> None:
    def broken(_: str) -> Answer:
        raise RuntimeError("cannot be handled")

    service.assistant.answer = broken
    conversation = await service.text("some poison")
    later = await service.text("and another")
    assert later == conversation
    for _ in range(MAX_TRIES):
        await service.talk.handle(conversation)
        service.clock.advance(seconds=60)
    rows = await service.rows(conversation)
    assert rows[0].status == Status.SET_ASIDE
    kinds = [alert.kind for alert in await service.database.read(handovers.open_alerts)]
    assert kinds == ["set_aside"]
    assert len(await service.said(conversation)) >= 1, "the person is answered all the same"


async def test_deleting_needs_a_yes_and_destroys_everything(service: Service) -> None:
    conversation = await service.text("she reads my post before i do")
    await service.talk.handle(conversation)
    asked = await service.exchange("DELETE")
    assert len(asked) == 1
    fresh = await service.text("yes im sure")
    await service.talk.handle(fresh)
    assert await service.rows(conversation) == []
    assert service.assistant.forgotten == [conversation]
    again = await service.text("is it all gone now")
    assert again != conversation
    assert "" not in await service.said(again)


@pytest.mark.parametrize("text", ["hi who is this", "hi can i ask about my sis not me"])
async def test_p11_first_text_has_no_telling_word(service: Service, text: str) -> None:
    service.assistant.answer = lambda _: _says("Hello.", intent="greet")
    replies = await service.exchange(text, number=NUMBER)
    for word in ("abuse", "violence", "domestic", "helpline", "refuge"):
        assert word not in " ".join(replies).lower()


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("hi can i ask about my sis not me", True),
        ("not sure i am in the right place. It's about my daughter", True),
        ("dunno if this is owt to do wi you but its next door", True),
        ("hello", False),
        ("is this just for women", False),
    ],
)
async def test_first_answer_hears_that_it_is_about_somebody_else(
    service: Service, text: str, other: bool
) -> None:
    service.assistant.answer = lambda _: _says("Hello.", intent="greet")
    (reply,) = await service.exchange(text, number=NUMBER)
    assert ("about someone else" in reply) is other
