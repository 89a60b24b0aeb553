"""What a person is told in their own language, in a conversation by text and in production."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.database import migrated
from tests.fixtures.service import NUMBER, Service
from webhook.build import build, build_worker
from webhook.clients.assistant import Answer, Reading, Reply
from webhook.core.messages import Mode
from webhook.core.sms_text import segments
from webhook.safety.language import language
from webhook.safety.translations import load_translations
from webhook.services.inbox import InboundSms
from webhook.settings import Settings
from webhook.store import conversations, messages

FIGHT = "допоможіть він мене б'є"  # Ukrainian: help, he is hitting me
WANTS_HELP = "potrzebuję pomocy i nie mówię po angielsku"  # Polish
PRODUCTION: dict[str, Any] = {
    "env": "production",
    "secret_key": "k" * 32,
    "public_url": "https://helpline.example",
    "twilio_account_sid": "AC" + "1" * 32,
    "twilio_auth_token": "a-token-of-ours",
    "twilio_from": "+447700900001",
}


@pytest.fixture
def translated(service: Service) -> Service:
    """The service with every translation on, as in development."""
    service.talk._translations = load_translations((), unreviewed=True)
    return service


def spoken(texts: list[str]) -> list[str]:
    """The language of each text; "en" for English."""
    return [found.code if (found := language(text)) else "en" for text in texts]


async def test_p10_emergency_is_told_in_their_language_and_in_english(translated: Service) -> None:
    replies = await translated.exchange(FIGHT)
    assert spoken(replies) == ["uk", "en"]
    assert all("999" in text and "55" in text for text in replies)
    again = await translated.exchange("він хоче мене вбити")
    assert spoken(again) == ["uk", "en"]
    assert not set(again) & set(replies)


async def test_hub_knows_the_language_of_an_emergency(translated: Service) -> None:
    conversation = await translated.text(FIGHT)
    await translated.talk.handle(conversation)
    row = await translated.row(conversation)
    assert (row.state["wishes"]["language"], row.mode) == ("uk", Mode.WAITING)


async def test_emergency_of_any_kind_has_words_that_fit(translated: Service) -> None:
    translated.assistant.answer = lambda _: Answer(
        replies=[Reply(text="Call 999. On a mobile press 55 when asked.")],
        reading=Reading(intent="child_harm", triage="emergency"),
    )
    await translated.exchange(WANTS_HELP)
    replies = await translated.exchange("the same thing again only more so")
    assert spoken(replies) == ["en", "pl"]
    assert "999" in replies[1]


async def test_bare_cry_is_answered_like_an_emergency(translated: Service) -> None:
    replies = await translated.exchange("Рятуйте!")
    assert spoken(replies) == ["uk", "en"]
    assert "999" in replies[0]


async def test_interpreter_is_offered_in_their_language_first(translated: Service) -> None:
    replies = await translated.exchange(WANTS_HELP)
    assert spoken(replies) == ["pl", "en", "pl"]
    assert "tlumacza" in replies[0]
    assert "bezpiecz" in replies[2], "whether it is safe, in their words alone"
    assert all(segments(text) <= 2 for text in replies)
    assert spoken(await translated.exchange("czy moge rozmawiac po polsku")) == ["pl", "en"]


async def test_person_asked_for_in_english_is_told_in_both(translated: Service) -> None:
    await translated.exchange(WANTS_HELP)
    assert spoken(await translated.exchange("PERSON")) == ["en", "pl"]


async def test_language_without_translation_gets_english(translated: Service) -> None:
    replies = await translated.exchange("yardım edin kocam beni dövüyor")
    assert set(spoken(replies)) == {"en"}


async def test_english_speaker_sees_no_other_language(translated: Service) -> None:
    assert set(spoken(await translated.exchange("he's outside with a hammer"))) == {"en"}


async def test_p6_silence_stays_silence_in_any_language(translated: Service) -> None:
    await translated.exchange(WANTS_HELP)
    assert await translated.exchange("gtg hes back") == []


async def test_unreviewed_language_is_off_and_a_person_is_asked_for(service: Service) -> None:
    conversation = await service.text(WANTS_HELP)
    await service.talk.handle(conversation)
    assert set(spoken(await service.said(conversation))) == {"en"}
    assert (await service.row(conversation)).mode == Mode.WAITING


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"env": "development"}, ["uk", "en"]),
        (PRODUCTION, ["en"]),
        (PRODUCTION | {"translations": "pl"}, ["en"]),
        (PRODUCTION | {"translations": "pl, uk"}, ["uk", "en"]),
    ],
    ids=["development", "production", "another", "reviewed"],
)
async def test_translations_are_off_in_production_until_named(
    tmp_path: Path, given: dict[str, Any], expected: list[str]
) -> None:
    away = {"data": tmp_path, "rasa_url": "http://127.0.0.1:9"}
    settings = Settings(_env_file=None, **(away | given))
    migrated(settings.database)
    parts = build(settings)
    stored = await parts.inbox.receive_sms(InboundSms("SM" + "0" * 32, NUMBER, FIGHT))
    assert stored is not None
    await build_worker(parts)._talk.handle(stored.conversation_id)
    assert spoken(await parts.database.read(_said, parts, stored.conversation_id)) == expected
    await parts.close()


def _said(session: Any, parts: Any, conversation_id: str) -> list[str]:
    key = conversations.key_of(session, parts.vault, conversation_id)
    found = messages.since(session, conversation_id, 0)
    return [messages.text_of(message, key) for message in found if message.author == "bot"]


def test_unknown_translation_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="there is no translation 'xx'"):
        Settings(_env_file=None, translations="pl,xx")
