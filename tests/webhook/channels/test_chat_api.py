"""The web chat's API against the running helpline: stored once, answered in order, told at once."""

from __future__ import annotations

from tests.fixtures.web import Event, Web, client_id, opened, says


def replies(events: list[Event]) -> list[str]:
    return [e.data["text"] for e in events if e.name == "message" and e.data["author"] == "bot"]


def test_message_is_stored_and_answered(web: Web) -> None:
    web.bot.answer = lambda _: says("I hear you.", quick_replies=["Stay safe", "Talk"])
    chatter = opened(web, age_band="13-15")
    answer = chatter.write("my dad is scaring me")
    assert answer.json() == {"seq": 1, "client_id": client_id(1)}
    events = chatter.follow(lambda got: bool(replies(got)))
    assert events[0] == Event("status", {"mode": "bot", "joined_name": None}, None)
    said = events[-1]
    assert (said.id, said.data["text"]) == (2, "I hear you.")
    assert [choice["title"] for choice in said.data["quick_replies"]] == ["Stay safe", "Talk"]
    assert web.bot.heard[0]["metadata"]["age_band"] == "13-15"
