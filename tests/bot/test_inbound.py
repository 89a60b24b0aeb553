"""What the assistant's channel takes in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.inbound import BadField, Choice, parse_inbound, parse_text


def _body(**changes: Any) -> bytes:
    whole = {"sender": "c1", "message_id": "7", "text": "hi", "metadata": {"channel": "sms"}}
    return json.dumps({**whole, **changes}).encode()


def test_message_id_travels_in_the_metadata() -> None:
    assert parse_inbound(_body()).metadata == {"channel": "sms", "message_id": "7"}


@pytest.mark.parametrize("text", ["/restart", " / restart", "//restart"])
def test_typed_slash_never_reads_as_a_command(text: str) -> None:
    assert parse_inbound(_body(text=text)).text == "restart"


def test_nothing_but_slashes_is_still_a_message() -> None:
    assert parse_inbound(_body(text="/")).text == "?"


def test_text_is_cut_to_1600_characters() -> None:
    assert len(parse_text(json.dumps({"text": "a" * 5000}).encode())) == 1600


def test_tapped_choice_gives_intent_and_entities() -> None:
    choice = parse_inbound(_body(payload='/affirm{"step": "bag"}')).choice
    assert choice == Choice("affirm", {"step": "bag"})


@pytest.mark.parametrize("payload", ["affirm", "/", "/a{", "/affirm{]}", '/affirm{"a": 1}', 3])
def test_malformed_choice_names_its_field(payload: object) -> None:
    with pytest.raises(BadField) as bad:
        parse_inbound(_body(payload=payload))
    assert bad.value.field == "payload"


@pytest.mark.parametrize("sender", ["", "a b", "+447700900123", "x" * 65, None, 5])
def test_sender_that_is_no_conversation_id_is_refused(sender: object) -> None:
    with pytest.raises(BadField, match="sender"):
        parse_inbound(_body(sender=sender))
