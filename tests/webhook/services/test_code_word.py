"""A code word is kept as a hash, is asked for, and never stands in the way of help."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fixtures.service import Service
from webhook.clients.assistant import Answer, Reading, Reply
from webhook.core.state import ContactState
from webhook.core.vault import Vault
from webhook.safety.gate import assess
from webhook.services import code_word
from webhook.services.code_word import CHECK, NEW, hear, leading

VAULT = Vault(["a secret key of the tests, long enough"])


def _asks(purpose: str) -> Answer:
    command = {"command": "ask_code_word", "purpose": purpose}
    return Answer(replies=[Reply(text="Which word?")], commands=[command], reading=Reading())


def _hear(text: str, state: ContactState) -> str | None:
    return hear(VAULT, "conversation", text, assess(text), state)


def _agreed() -> ContactState:
    state = ContactState(asked=NEW)
    assert _hear("Blue Tulip", state) == "taken"
    state.asked, state.code_word_given = CHECK, False
    return state


@pytest.mark.parametrize("text", ["bluetulip", "blue tulip", "its BLUE TULIP", "Blue-Tulip!"])
def test_word_is_known_however_it_is_written(text: str) -> None:
    assert _hear(text, _agreed()) == "right"


@pytest.mark.parametrize("text", ["red tulip", "no", "i dont have one", "skip"])
def test_wrong_word_and_none_are_the_same(text: str) -> None:
    state = _agreed()
    assert _hear(text, state) == "wrong"
    assert not state.code_word_given


@pytest.mark.parametrize(
    "text",
    [
        "HELP", "PERSON", "STOP", "hes here with a knife", "help me", "kill myself",
        "hes back", "dont text hes here",
        "what do i do about the rent", "how do i leave",
        "i dont remember but please tell me about the refuge because i have to get out of here",
    ],
)  # fmt: skip
def test_keyword_danger_silence_and_questions_are_never_taken_as_a_word(text: str) -> None:
    for state in (ContactState(asked=NEW), _agreed()):
        before = state.dump()
        heard = _hear(text, state)
        assert heard is None or text.startswith("i dont")
        if heard is None:
            assert state.dump() == before


def test_yes_is_asked_which_word_and_skip_is_taken_as_a_no() -> None:
    assert _hear("yes", ContactState(asked=NEW)) == "which"
    assert _hear("skip", ContactState(asked=NEW)) == "refused"
    assert _hear("tulip", ContactState()) is None


def test_third_wrong_word_shuts_and_the_advocate_sees_it() -> None:
    state = _agreed()
    for word in ("rose", "lily", "daisy"):
        assert code_word.standing(state) == "agreed"
        _hear(word, state)
    assert code_word.standing(state) == "shut"
    assert state.wishes["code_word_agreed"].startswith("yes, and")


async def _agree(service: Service, word: str = "marigold") -> str:
    service.assistant.answer = lambda _: _asks("new")
    conversation = await service.text("can we have a word so you know its me")
    await service.talk.handle(conversation)
    service.assistant.answer = lambda _: Answer(replies=[Reply(text="I'll know it.")])
    await service.exchange(word)
    return conversation


async def test_p7_word_is_in_no_row_and_never_reaches_the_assistant(service: Service) -> None:
    conversation = await _agree(service)
    row = await service.row(conversation)
    state = ContactState.load(row.state)
    assert state.code_word is not None
    assert state.wishes["code_word_agreed"] == "yes"
    assert "marigold" not in json.dumps(row.state)
    assert "marigold" not in " ".join(text for _, text, _ in service.assistant.asked)
    assert service.assistant.asked[-1][2]["code_word"] == "taken"
    assert "marigold" not in " ".join(await _texts(service, conversation))
    assert "(code word agreed)" in await _texts(service, conversation)


async def test_right_word_takes_up_what_was_asked_before(service: Service) -> None:
    conversation = await _agree(service)
    service.clock.advance(hours=3)
    service.assistant.answer = lambda _: _asks("check")
    await service.exchange("read my plan")
    assert service.assistant.asked[-1][2]["code_word"] == "agreed"
    service.assistant.answer = lambda _: Answer(replies=[Reply(text="In short.")])
    await service.exchange("marigold")
    _, text, beside = service.assistant.asked[-1]
    assert (text, beside["code_word"]) == ("read my plan", "given")
    assert "(code word given)" in await _texts(service, conversation)
    await service.exchange("thanks")
    assert service.assistant.asked[-1][2]["code_word"] == "given"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("blue tulip can you read my plan", "can you read my plan"),
        ("Bluetulip, its me. what did i say", "its me. what did i say"),
        ("hi its blue tulip - read my plan", "read my plan"),
        ("Blue Tulip!", ""),
        ("BLUE-TULIP\nhe is out", "he is out"),
    ],
)
def test_word_sent_unasked_at_the_beginning_counts_as_given(text: str, rest: str) -> None:
    state = _agreed()
    state.asked = None
    assert leading(VAULT, "conversation", text, assess(text), state) == rest
    assert code_word.standing(state) == "given"


@pytest.mark.parametrize(
    "text", ["i saw a blue tulip", "blue tulips", "blue", "read my plan", "STOP"]
)
def test_word_elsewhere_or_another_is_not_heard_unasked(text: str) -> None:
    state = _agreed()
    state.asked = None
    before = state.dump()
    assert leading(VAULT, "conversation", text, assess(text), state) is None
    assert state.dump() == before


def test_everyday_word_counts_only_where_a_mark_follows() -> None:
    state = ContactState(asked=NEW)
    assert _hear("mum", state) == "taken"
    state.asked, state.code_word_given = None, False
    told = "mum is outside"
    assert leading(VAULT, "conversation", told, assess(told), state) is None
    assert leading(VAULT, "conversation", "mum. read my plan", assess("mum"), state) is not None


def test_word_that_was_shut_is_not_opened_by_guessing_unasked() -> None:
    state = _agreed()
    for word in ("rose", "lily", "daisy"):
        _hear(word, state)
    state.asked = None
    text = "blue tulip read my plan"
    assert leading(VAULT, "conversation", text, assess(text), state) is None


async def test_p7_unasked_word_is_written_over_and_the_rest_is_answered(service: Service) -> None:
    conversation = await _agree(service)
    service.clock.advance(hours=3)
    service.assistant.answer = lambda _: Answer(replies=[Reply(text="In short.")])
    await service.exchange("marigold can you read my plan")
    _, text, beside = service.assistant.asked[-1]
    assert (text, beside["code_word"]) == ("can you read my plan", "given")
    texts = await _texts(service, conversation)
    assert "(code word given) can you read my plan" in texts
    assert "marigold" not in " ".join(texts)
    await service.exchange("thanks")
    assert service.assistant.asked[-1][2]["code_word"] == "given"


async def test_p10_danger_after_the_word_is_answered_as_danger(service: Service) -> None:
    conversation = await _agree(service)
    service.clock.advance(hours=3)
    replies = await service.exchange("marigold he's outside with a hammer")
    assert "999" in " ".join(replies)
    assert "(code word given) he's outside with a hammer" in await _texts(service, conversation)


async def test_wrong_word_stays_to_be_read_as_it_may_be_a_cry_for_help(service: Service) -> None:
    conversation = await _agree(service)
    service.clock.advance(hours=3)
    service.assistant.answer = lambda _: _asks("check")
    await service.exchange("read my plan")
    await service.exchange("knife")
    _, text, beside = service.assistant.asked[-1]
    assert (text, beside["code_word"]) == ("knife", "wrong")
    assert "knife" in await _texts(service, conversation)


async def test_word_must_be_given_again_after_a_pause_or_a_silence(service: Service) -> None:
    conversation = await _agree(service)
    await service.exchange("dont text hes here")
    assert (await service.row(conversation)).quiet
    await service.exchange("im back")
    assert service.assistant.asked[-1][2]["code_word"] == "agreed"


async def test_p10_danger_is_answered_where_a_word_was_asked_for(service: Service) -> None:
    await _agree(service)
    service.clock.advance(hours=3)
    service.assistant.answer = lambda _: _asks("check")
    await service.exchange("read my plan")
    replies = await service.exchange("he's outside with a hammer")
    assert "999" in " ".join(replies)


async def _texts(service: Service, conversation: str) -> list[str]:
    from webhook.store import conversations, messages

    def read(session: Any) -> list[str]:
        key = conversations.key_of(session, service.vault, conversation)
        return [messages.text_of(row, key) for row in messages.since(session, conversation, 0)]

    return await service.database.read(read)
