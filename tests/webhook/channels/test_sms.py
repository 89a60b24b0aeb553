"""The webhook of a text: stored once and clean, answered after the commit, or refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fixtures.twilio import SID, Edge, form_of, signature
from webhook.core.clean import MAX_CHARS
from webhook.core.messages import Status

OTHER = "SM" + "2" * 32


async def test_text_is_stored_and_answered_without_content(edge: Edge) -> None:
    answer = await edge.post(form_of())
    assert (answer.status_code, answer.content) == (204, b"")
    assert await edge.texts() == ["how do I get into a refuge"]


async def test_p1_repeats_change_nothing(edge: Edge) -> None:
    answers = [await edge.post(form_of()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [204] * 3
    assert len(await edge.texts()) == 1


async def test_p1_repeats_at_the_same_instant_change_nothing(edge: Edge) -> None:
    answers = await asyncio.gather(*(edge.post(form_of()) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [204] * 8
    assert len(await edge.texts()) == 1


async def test_p1_nothing_is_acknowledged_that_could_not_be_stored(
    edge: Edge, tmp_path: Path
) -> None:
    with edge.app.state.parts.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE messages RENAME TO messages_away")
    assert (await edge.post(form_of())).status_code == 500
    with edge.app.state.parts.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE messages_away RENAME TO messages")
    assert (await edge.post(form_of())).status_code == 204, "the carrier's second try"
    assert len(await edge.texts()) == 1


async def test_forged_text_is_refused(edge: Edge) -> None:
    assert (await edge.post(form_of(), token="not-the-token")).status_code == 403
    assert (await edge.post(form_of(), X_Twilio_Signature="")).status_code == 403
    assert await edge.texts() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"AccountSid": "AC" + "9" * 32},
        {"To": "+447700900999"},
        {"To": None, "MessagingServiceSid": "MG" + "9" * 32},
    ],
)
async def test_text_that_is_not_ours_is_refused(edge: Edge, changed: dict[str, str | None]) -> None:
    assert (await edge.post(form_of(**changed))).status_code == 403
    assert await edge.texts() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("MessageSid", None),
        ("MessageSid", "SM123"),
        ("MessageSid", "'; DROP TABLE messages; --"),
        ("From", None),
        ("From", "nobody"),
        ("To", None),
        ("Body", None),
        ("NumMedia", "-1"),
        ("NumMedia", "many"),
        ("AccountSid", None),
    ],
)
async def test_malformed_text_names_the_field_alone(
    edge: Edge, field: str, value: str | None
) -> None:
    answer = await edge.post(form_of(**{field: value}))
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert value is None or value not in answer.text
    assert await edge.texts() == []


async def test_pictures_without_words_are_stored_without_the_pictures(edge: Edge) -> None:
    media = {"MediaUrl0": "https://media.example/0.jpg", "MediaContentType0": "image/jpeg"}
    form = form_of(Body=None, NumMedia="1", MessageSid="MM" + "3" * 32, **media)
    assert (await edge.post(form)).status_code == 204
    stored = (await edge.rows())[0]
    assert (stored.media_count, await edge.texts()) == (1, [""])


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("x" * MAX_CHARS, "x" * MAX_CHARS),
        ("he hurt me \U0001f494\U0001f469‍\U0001f467", "he hurt me \U0001f494\U0001f469‍\U0001f467"),
        ("he\x00lp", "help"),
        ("a\u202egnp.exe\u2066b", "agnp.exeb"),
        ("line one\r\nline two", "line one\nline two"),
        ("pomóż mi żłó", "pomóż mi żłó"),
    ],
)
async def test_text_is_stored_clean(edge: Edge, sent: str, stored: str) -> None:
    assert (await edge.post(form_of(Body=sent))).status_code == 204
    assert await edge.texts() == [stored]


async def test_bytes_that_are_no_utf8_are_no_error(edge: Edge) -> None:
    form = form_of()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(f"{edge.settings.public_url}/twilio/sms", form),
    }
    answer = await edge.http.post("/twilio/sms", content=b"Body=%ff%fe&From=%00", headers=headers)
    assert answer.status_code == 403


async def test_carriers_own_keyword_reading_is_kept(edge: Edge) -> None:
    await edge.post(form_of(Body="Stopall", OptOutType="STOP"))
    assert (await edge.rows())[0].notes == {"opt_out": "STOP"}


async def test_texts_of_one_number_share_a_conversation(edge: Edge) -> None:
    await edge.post(form_of())
    await edge.post(form_of(MessageSid=OTHER, Body="please"))
    rows = await edge.rows()
    assert [row.seq for row in rows] == [1, 2]
    assert len({row.conversation_id for row in rows}) == 1
    assert {row.status for row in rows} == {Status.RECEIVED}


@pytest.mark.parametrize("status", ["delivered", "read", "no-such-status"])
async def test_receipt_of_an_unknown_message_is_no_error(edge: Edge, status: str) -> None:
    form = form_of(MessageStatus=status, MessageSid=SID)
    assert (await edge.post(form, "/twilio/status?message=5")).status_code == 204


@pytest.mark.parametrize(("field", "value"), [("MessageStatus", "<b>"), ("ErrorCode", "x")])
async def test_malformed_receipt_names_the_field(edge: Edge, field: str, value: str) -> None:
    form = form_of(MessageStatus="delivered") | {field: value}
    answer = await edge.post(form, "/twilio/status")
    assert (answer.status_code, answer.json()["field"]) == (400, field)


@pytest.mark.parametrize("path", ["/twilio/sms", "/twilio/status"])
async def test_receipt_or_text_by_get_is_not_taken(edge: Edge, path: str) -> None:
    assert (await edge.http.get(path)).status_code == 405
