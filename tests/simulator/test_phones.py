"""What a phone shows, and the streams that follow it."""

import json
from collections.abc import Generator
from typing import Any

from tests.simulator.carrier import OTHER_PHONE, PHONE, TestCarrier
from tests.simulator.servers import until

Events = Generator[tuple[int, str, Any], None, None]

EVENTS = f"/simulator/phones/{PHONE}/events"


def events(carrier: TestCarrier, last: int | None = None) -> Events:
    """Events of the phone as a browser reads them: id, kind and data."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    with carrier.http.stream("GET", EVENTS, headers=headers) as stream:
        found: dict[str, str] = {}
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            found[name] = value
            if not line and "data" in found:
                yield int(found["id"]), found["event"], json.loads(found["data"])
                found = {}


def test_screen_shows_both_ways_in_order(carrier: TestCarrier) -> None:
    carrier.text("hello")
    carrier.send(body="hi’")
    carrier.send(to=OTHER_PHONE, body="elsewhere")
    first, second = carrier.screen()
    assert (first["direction"], first["body"]) == ("inbound", "hello")
    assert (second["direction"], second["body"]) == ("outbound", "hi’")
    assert (second["segments"], second["encoding"]) == (1, "UCS-2")
    assert second["index"] > first["index"]


def test_screen_after_an_index_shows_only_newer(carrier: TestCarrier) -> None:
    index = carrier.text("one")["message"]["index"]
    carrier.text("two")
    assert [text["body"] for text in carrier.screen(after=index)] == ["two"]


def test_waiting_ends_when_a_reply_comes(carrier: TestCarrier) -> None:
    index = carrier.text("one")["message"]["index"]
    carrier.fault("latency", latency_ms=1)
    carrier.send(body="reply")
    assert [text["body"] for text in carrier.screen(after=index, wait=10)] == ["reply"]
    assert carrier.screen(number=OTHER_PHONE, wait=0.05) == []


def test_stream_tells_messages_then_statuses(carrier: TestCarrier) -> None:
    sid = carrier.send().sid
    stream = events(carrier)
    told = [next(stream) for _ in range(3)]
    stream.close()
    assert [(kind, data["status"]) for _, kind, data in told] == [
        ("message", "queued"),
        ("status", "sent"),
        ("status", "delivered"),
    ]
    assert {data["sid"] for _, _, data in told} == {sid}


def test_stream_goes_on_after_the_last_event_seen(carrier: TestCarrier) -> None:
    carrier.text("one")
    carrier.text("two")
    stream = events(carrier)
    seen, _, _ = next(stream)
    stream.close()
    resumed = events(carrier, last=seen)
    number, _, data = next(resumed)
    resumed.close()
    assert number > seen
    assert data["body"] == "two"


def test_stream_brings_what_comes_while_it_is_open(carrier: TestCarrier) -> None:
    carrier.text("before")
    stream = events(carrier)
    next(stream)
    carrier.text("during")
    _, _, data = next(stream)
    stream.close()
    assert data["body"] == "during"


def test_reset_forgets_everything_but_the_numbering(carrier: TestCarrier) -> None:
    index = carrier.text("STOP")["message"]["index"]
    carrier.fault("503", count=None)
    carrier.http.post("/simulator/reset").raise_for_status()
    assert carrier.screen() == []
    assert carrier.http.get("/simulator/faults").json() == []
    assert carrier.client().messages.list() == []
    carrier.send()
    assert carrier.screen()[0]["index"] > index


def test_reset_is_told_to_an_open_stream(carrier: TestCarrier) -> None:
    carrier.text("before")
    stream = events(carrier)
    next(stream)
    carrier.http.post("/simulator/reset")
    _, kind, _ = next(stream)
    stream.close()
    assert kind == "reset"


def test_statuses_reach_the_screen(carrier: TestCarrier) -> None:
    carrier.send()
    until(lambda: carrier.screen()[0]["status"] == "delivered")
