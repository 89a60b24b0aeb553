"""The assistant's channel, on a real Rasa server with a real Valkey."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.bot.assistant import Assistant

pytestmark = [pytest.mark.slow, pytest.mark.assistant]


def test_greeting_is_answered_with_reply_and_reading(assistant: Assistant) -> None:
    answer = assistant.say("greeting", "hello", "1", payload="/greet")
    assert [reply["response"] for reply in answer["replies"]] == ["utter_greet"]
    assert answer["reading"]["intent"] == "greet"
    assert sum(answer["reading"]["triage_probabilities"].values()) == pytest.approx(1, abs=0.01)


def test_each_channel_gets_the_words_written_for_it(assistant: Assistant) -> None:
    by_text = assistant.say("texter", "hello", "1", payload="/greet", channel="sms")
    by_chat = assistant.say("chatter", "hello", "1", payload="/greet", channel="web")
    assert "texted" in by_text["replies"][0]["text"]
    assert "texted" not in by_chat["replies"][0]["text"]
    assert [q["payload"] for q in by_chat["replies"][0]["quick_replies"]] == ["/affirm", "/deny"]


def test_p1_message_said_twice_is_spoken_once(assistant: Assistant) -> None:
    first = assistant.say("twice", "hello", "1", payload="/greet")
    assistant.say("twice", "thanks", "2", payload="/thank")
    assert assistant.say("twice", "hello", "1", payload="/greet") == first
    # Had it been spoken again, "no" would now answer the greeting and mean silence.
    assert assistant.say("twice", "no", "3", payload="/deny")["commands"] == []


def test_p1_messages_of_one_sender_at_once_all_get_their_own_answer(assistant: Assistant) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: assistant.say("crowd", "thanks", str(n), payload="/thank"), range(8))
        )
    assert all(answer["replies"] for answer in answers)
    again = [assistant.say("crowd", "thanks", str(n), payload="/thank") for n in range(8)]
    assert again == answers


def test_p6_no_to_is_it_safe_means_silence(assistant: Assistant) -> None:
    assistant.say("unsafe", "hello", "1", payload="/greet")
    answer = assistant.say("unsafe", "no", "2", payload="/deny")
    assert answer["replies"] == []
    assert answer["commands"] == [{"command": "go_quiet"}]


def test_asking_for_a_person_requests_handover(assistant: Assistant) -> None:
    answer = assistant.say("person", "a person please", "1", payload="/request_human")
    assert answer["commands"] == [{"command": "request_handover", "reason": "asked"}]


def test_typed_rasa_commands_change_nothing(assistant: Assistant) -> None:
    first = assistant.say("typed", "hello", "1", payload="/greet")
    for number, text in enumerate(("/restart", "/session_start", "/back", "/")):
        assistant.say("typed", text, f"c{number}")
    assert assistant.say("typed", "hello", "1", payload="/greet") == first


def test_payload_of_a_rasa_command_is_refused(assistant: Assistant) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        assistant.say("refused", "x", "1", payload="/restart")


def test_messages_read_together_are_read_as_each_alone(assistant: Assistant) -> None:
    texts = ["hello", "he takes my wages", "can i get an injunction", "thanks", "no " * 40] * 3

    def read(text: str) -> dict[str, object]:
        found: dict[str, object] = assistant.http.post("/read", json={"text": text}).json()
        return found

    alone = [read(text) for text in texts]
    with ThreadPoolExecutor(len(texts)) as pool:
        together = list(pool.map(read, texts))
    assert [r["intent"] for r in together] == [r["intent"] for r in alone]
    assert [r["triage"] for r in together] == [r["triage"] for r in alone]
    close = [pytest.approx(reading["confidence"], abs=0.001) for reading in alone]
    assert [reading["confidence"] for reading in together] == close


def test_reading_alone_keeps_nothing(assistant: Assistant) -> None:
    reading = assistant.http.post("/read", json={"text": "are you a robot"}).json()
    assert set(reading) == {
        "intent",
        "confidence",
        "triage",
        "triage_probabilities",
        "entities",
    }


def test_forgotten_conversation_is_answered_afresh(assistant: Assistant) -> None:
    assistant.say("leaving", "hello", "1", payload="/greet")
    assert assistant.http.post("/forget", json={"sender": "leaving"}).status_code == 200
    answer = assistant.say("leaving", "no", "2", payload="/deny")
    assert [reply["response"] for reply in answer["replies"]] == ["utter_deny"]


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "Bearer \xff"])
def test_wrong_token_is_refused_everywhere(assistant: Assistant, token: str) -> None:
    headers = {"Authorization": token.encode("latin-1")}
    for route in ("/message", "/read", "/forget"):
        assert assistant.http.post(route, json={}, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b'{"message_id": "1", "text": "x", "metadata": {"channel": "sms"}}', "sender"),
        (b'{"sender": "a", "text": "x", "metadata": {"channel": "sms"}}', "message_id"),
        (b'{"sender": "a", "message_id": "1", "metadata": {"channel": "sms"}}', "text"),
        (b'{"sender": "a", "message_id": "1", "text": "x"}', "metadata"),
        (b'{"sender": "a", "message_id": "1", "text": "x", "metadata": {}}', "metadata.channel"),
    ],
)
def test_bad_request_names_the_field(assistant: Assistant, body: bytes, field: str) -> None:
    answer = assistant.http.post("/message", content=body)
    assert answer.status_code == 400
    assert answer.json() == {"error": "bad_request", "field": field}


def test_nothing_but_the_channel_is_served(assistant: Assistant) -> None:
    root = f"http://127.0.0.1:{assistant.port}"
    for route in ("/model/parse", "/conversations/x/tracker", "/webhooks/rest/webhook", "/status"):
        assert assistant.http.get(root + route).status_code == 404
