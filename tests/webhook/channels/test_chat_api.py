"""The web chat's API against the running helpline: stored once, answered in order, told at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.fixtures.web import Chatter, Event, Web, client_id, opened, says, until
from webhook.channels.chat import events as chat_events
from webhook.core.messages import Mode
from webhook.core.triage import Triage
from webhook.services.chat import hash_token
from webhook.store.models import Alert, Case, Conversation, ConversationKey, Handover, Message

FIGHT = "he has got a knife and he is coming up the stairs now"


def replies(events: list[Event]) -> list[str]:
    return [e.data["text"] for e in events if e.name == "message" and e.data["author"] == "bot"]


def answered(chatter: Chatter, count: int = 1) -> list[Event]:
    return chatter.follow(lambda got: len(replies(got)) >= count)


def count(web: Web, table: Any) -> int:
    found = web.database.write_now(lambda s: s.scalar(select(func.count()).select_from(table)))
    return found or 0


def test_message_is_stored_and_answered(web: Web) -> None:
    web.bot.answer = lambda _: says("I hear you.", quick_replies=["Stay safe", "Talk"])
    chatter = opened(web, age_band="13-15", area="leeds", language="pl")
    answer = chatter.write("my dad is scaring me")
    assert answer.json() == {"seq": 1, "client_id": client_id(1)}
    events = answered(chatter)
    assert events[0] == Event("status", {"mode": "bot", "joined_name": None}, None)
    said = events[-1]
    assert (said.id, said.data["seq"], said.data["text"]) == (2, 2, "I hear you.")
    assert [choice["title"] for choice in said.data["quick_replies"]] == ["Stay safe", "Talk"]
    heard = web.bot.heard[0]["metadata"]
    assert (heard["channel"], heard["age_band"], heard["area"]) == ("web", "13-15", "leeds")
    assert web.only().state["language"] == "pl"


def test_p1_message_sent_again_is_one_message(web: Web) -> None:
    chatter = opened(web)
    first, second = chatter.write("hello"), chatter.write("hello")
    assert first.json() == second.json()
    answered(chatter)
    assert web.said(chatter.id, "person") == ["hello"]
    assert len(web.bot.heard) == 1


def test_messages_are_answered_in_their_order(web: Web) -> None:
    web.bot.answer = lambda text: says(f"about {text}")
    chatter = opened(web)
    for number in range(1, 6):
        chatter.write(f"part {number}", number)
    assert replies(answered(chatter, 5)) == [f"about part {n}" for n in range(1, 6)]


def test_token_is_long_and_only_its_hash_is_kept(web: Web) -> None:
    chatter = opened(web)
    chatter.write("hello")
    assert len(chatter.token) == 43  # 32 random bytes
    assert web.only().token_hash == hash_token(chatter.token)
    assert chatter.token.encode() not in stored_bytes(web)


def stored_bytes(web: Web) -> bytes:
    return b"".join(path.read_bytes() for path in web.settings.data.glob("helpline.sqlite3*"))


def test_partner_site_and_area_are_remembered_coded(web: Web) -> None:
    opened(web, partner="https://unknown.example")
    assert web.only().state["heard_from"] is None


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"age_band": "7"}, "age_band"),
        ({"area": "Leeds; DROP"}, "area"),
        ({"language": "polish"}, "language"),
        ({"name": "Anna"}, "name"),
    ],
)
def test_opening_takes_nothing_else(web: Web, about: dict[str, str], field: str) -> None:
    answer = web.client().post("/chat/api/conversations", json=about)
    assert (answer.status_code, answer.json()) == (400, {"error": "BadInput", "field": field})


def test_p1_reconnecting_stream_misses_nothing(web: Web) -> None:
    web.bot.answer = lambda text: says(f"about {text}")
    chatter = opened(web)
    chatter.write("one", 1)
    seen = answered(chatter)[-1].id
    assert seen == 2
    chatter.write("two", 2)
    chatter.write("three", 3)
    until(lambda: len(web.said(chatter.id, "bot")) == 3)
    events = chatter.follow(lambda got: len(replies(got)) >= 2, last=2)
    places = [event.id for event in events if event.name == "message"]
    assert places == list(range(3, 7))


def test_status_tells_of_the_person_who_joined(web: Web) -> None:
    chatter = opened(web)
    chatter.write("hello")
    answered(chatter)
    web.set_mode(chatter.id, Mode.STAFF, "Sam")
    web.advocate_says(chatter.id, "Hi, I'm Sam.")
    events = chatter.follow(lambda got: got[-1].data.get("author") == "advocate", last=2)
    assert events[0].data == {"mode": "staff", "joined_name": "Sam"}
    assert (events[-1].data["name"], events[-1].data["text"]) == ("Sam", "Hi, I'm Sam.")


def test_p5_bot_is_silent_while_an_advocate_is_there(web: Web) -> None:
    chatter = opened(web)
    web.set_mode(chatter.id, Mode.STAFF, "Sam")
    chatter.write("are you there")
    until(lambda: web.rows(chatter.id)[0].handled_at)
    assert web.said(chatter.id, "bot") == []


def test_advocate_typing_is_shown_and_ours_is_not_echoed(web: Web) -> None:
    chatter = opened(web)

    def wanted(got: list[Event]) -> bool:
        assert chatter.post("typing", {}).status_code == 204
        web.ring(chatter.id, "typing:advocate")
        return got[-1].name == "typing"

    chatter.write("hello")
    events = chatter.follow(wanted)
    typing = [event.data for event in events if event.name == "typing"]
    assert typing == [{"author": "advocate"}]


def test_stream_beats_while_nothing_happens(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_events, "HEARTBEAT_SECONDS", 0.0)
    chatter = opened(web)
    path = f"/chat/api/conversations/{chatter.id}/events"
    with chatter.http.stream("GET", path, headers=chatter.auth) as stream:
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert next(line for line in stream.iter_lines() if line.startswith(": ")) == ": "


def test_closed_conversation_ends_the_stream_and_refuses(web: Web) -> None:
    chatter = opened(web)
    chatter.write("hello")
    answered(chatter)
    web.set_mode(chatter.id, Mode.CLOSED)
    assert chatter.follow(lambda _: False, last=2)[-1].name == "ended"
    assert chatter.write("again", 2).status_code == 409
    assert chatter.write("hello", 1).json()["seq"] == 1  # What was stored is still acknowledged.


def test_p2_emergency_is_answered_while_the_assistant_is_away(web: Web) -> None:
    web.bot.away = True
    chatter = opened(web, age_band="under13")
    chatter.write(FIGHT)
    (said,) = replies(answered(chatter))
    assert "999" in said  # P10
    assert "55" in said
    assert web.only().triage is Triage.EMERGENCY
    assert count(web, Handover) == 1
    assert count(web, Alert) >= 1


def test_translated_words_carry_their_language_and_direction(web: Web) -> None:
    chatter = opened(web)
    chatter.write(
        "\u0648\u06c1 \u0645\u062c\u06be\u06d2 \u0645\u0627\u0631 \u0631\u06c1\u0627 \u06c1\u06d2"
    )  # Urdu: he is hitting me
    said = [e.data for e in answered(chatter, 2) if e.data.get("author") == "bot"]
    assert [(line.get("lang"), line.get("dir")) for line in said] == [("ur", "rtl"), (None, None)]


def test_p6_quiet_signal_is_answered_by_silence(web: Web) -> None:
    chatter = opened(web)
    chatter.write("cant talk hes here")
    until(lambda: web.rows(chatter.id)[0].handled_at)
    assert web.only().quiet
    assert web.said(chatter.id, "bot") == []


def test_request_for_a_person_puts_the_chat_in_the_queue(web: Web) -> None:
    wanted = [{"command": "request_handover", "reason": "asked"}]
    web.bot.answer = lambda _: says("I have asked.", intent="request_human", commands=wanted)
    chatter = opened(web)
    chatter.write("Can I talk to a person?")
    events = answered(chatter)
    assert len(replies(events)) == 1
    told = chatter.follow(lambda got: got[-1].name == "status")
    assert told[-1].data["mode"] == "waiting"
    assert web.only().mode == "waiting"
    assert count(web, Handover) == 1


def test_p6_exit_ends_the_conversation_as_quiet(web: Web) -> None:
    chatter = opened(web)
    chatter.write("hello")
    answered(chatter)
    answer = leave(chatter, chatter.token)
    assert (answer.status_code, answer.content) == (204, b"")
    row = web.only()
    assert (row.quiet, row.state["left_by_exit"]) == (True, True)


def leave(chatter: Chatter, token: str) -> Any:
    path = f"/chat/api/conversations/{chatter.id}/exit"
    return chatter.http.post(path, content=token, headers={"Content-Type": "text/plain"})


def test_p6_answer_found_after_exit_is_not_said(web: Web) -> None:
    asked, left = threading.Event(), threading.Event()

    def slowly(_: str) -> dict[str, Any]:
        asked.set()
        assert left.wait(10)
        return says("Too late.")

    web.bot.answer = slowly
    chatter = opened(web)
    chatter.write("my step dad hits me")
    assert asked.wait(10)
    leave(chatter, chatter.token)
    left.set()
    until(lambda: web.rows(chatter.id)[0].handled_at)
    assert web.said(chatter.id, "bot") == []
    row = web.only()
    assert (row.quiet, row.state["left_by_exit"]) == (True, True)


def test_writing_again_after_exit_ends_the_silence(web: Web) -> None:
    chatter = opened(web)
    leave(chatter, chatter.token)
    chatter.write("i am back")
    answered(chatter)
    row = web.only()
    assert (row.quiet, row.state["left_by_exit"]) == (False, False)


def test_age_can_be_told_later_and_taken_back(web: Web) -> None:
    chatter = opened(web)
    assert chatter.post("age", {"age_band": "16-17"}).status_code == 204
    assert web.only().age_band == "16-17"
    assert chatter.post("age", {"age_band": None}).status_code == 204
    assert web.only().age_band is None


def test_p7_erase_deletes_everything_and_tells_the_page(web: Web) -> None:
    chatter = opened(web)
    chatter.write("please forget this")
    answered(chatter)
    assert chatter.post("erase", {}).status_code == 204
    for table in (Conversation, ConversationKey, Message, Handover):
        assert count(web, table) == 0
    assert count(web, Case) == 1
    until(lambda: web.bot.forgotten == [chatter.id])
    assert chatter.write("hello", 2).status_code == 404


def test_open_stream_is_told_of_the_erasure(web: Web) -> None:
    chatter = opened(web)
    chatter.write("please forget this")

    def wanted(got: list[Event]) -> bool:
        if got[-1].data.get("author") == "bot":
            assert chatter.post("erase", {}).status_code == 204
        return False

    last = chatter.follow(wanted)[-1]
    assert last.name == "erased"
    assert "deleted" in last.data["text"]


def test_erasing_by_words_asks_first_and_leaves_nothing(web: Web) -> None:
    chatter = opened(web)
    chatter.write("DELETE")
    asked = answered(chatter)[-1]
    assert [choice["title"] for choice in asked.data["quick_replies"]] == ["Yes", "No"]
    chatter.write("Yes", 2)
    assert chatter.follow(lambda _: False, last=asked.id or 0)[-1].name == "erased"
    assert count(web, Conversation) == 0


def test_erasing_while_the_answer_is_found_stays_erased(web: Web) -> None:
    asked, erased = threading.Event(), threading.Event()

    def slowly(_: str) -> dict[str, Any]:
        asked.set()
        assert erased.wait(10)
        return says("Too late.")

    web.bot.answer = slowly
    chatter, other = opened(web), opened(web)
    chatter.write("hello")
    assert asked.wait(10)
    chatter.post("erase", {})
    erased.set()
    other.write("and me")
    answered(other)
    assert count(web, Conversation) == 1
