"""Taking in texts: once, in order, sealed."""

from __future__ import annotations

import asyncio

from sqlalchemy import text as sql

from tests.fixtures.service import NUMBER, Service
from webhook.services.inbox import InboundSms
from webhook.store.database import Database


async def test_p1_repeat_of_a_sid_changes_nothing(service: Service) -> None:
    sms = InboundSms("SM" + "a" * 32, NUMBER, "hiya")
    stored = await service.inbox.receive_sms(sms)
    assert stored is not None
    assert await service.inbox.receive_sms(sms) is None
    assert len(await service.rows(stored.conversation_id)) == 1


async def test_p1_repeats_at_the_same_instant_store_one(service: Service) -> None:
    sms = InboundSms("SM" + "b" * 32, NUMBER, "hiya")
    other = Database(str(service.database.engine.url.render_as_string(hide_password=False)))
    inboxes = [service.inbox, type(service.inbox)(other, service.vault, service.clock)]
    results = await asyncio.gather(*(inboxes[i % 2].receive_sms(sms) for i in range(10)))
    other.close()
    stored = [result for result in results if result is not None]
    assert len(stored) == 1
    assert len(await service.rows(stored[0].conversation_id)) == 1


async def test_first_texts_at_the_same_instant_share_a_conversation(service: Service) -> None:
    texts = [InboundSms(f"SM{i:032x}", NUMBER, f"part {i}") for i in range(8)]
    results = await asyncio.gather(*(service.inbox.receive_sms(sms) for sms in texts))
    found = {result.conversation_id for result in results if result is not None}
    assert len(found) == 1
    assert [row.seq for row in await service.rows(found.pop())] == list(range(1, 9))


async def test_p7_neither_text_nor_number_is_readable_in_the_tables(service: Service) -> None:
    await service.text("canary words in a text")
    with service.database.engine.connect() as connection:
        for table in ("conversations", "messages", "conversation_keys"):
            held = repr(connection.execute(sql(f"SELECT * FROM {table}")).all())
            assert "canary" not in held
            assert "900123" not in held


async def test_control_characters_and_length_are_cleaned(service: Service) -> None:
    conversation = await service.text("he\x00llo\u202e there" + "x" * 2000)
    await service.talk.handle(conversation)
    _, said, _ = service.assistant.asked[0]
    assert said.startswith("hello there")
    assert len(said) == 1600
