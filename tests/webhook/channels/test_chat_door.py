"""The web chat's door: who gets in, how much, how fast, and what is never written down."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import structlog

from tests.fixtures.web import Chatter, ScriptedBot, Web, client_id, opened, running, until
from webhook.channels.chat.pace import Allowance, Pace
from webhook.core.messages import Status
from webhook.logs import configure_logs
from webhook.main import create_app

PARTNER = "https://school.example"
ADDRESS = "203.0.113.77"  # RFC 5737: an address for documentation
NOBODY = "0" * 32
HELD = {
    ("POST", "messages"): {"client_id": client_id(7), "text": "hello"},
    ("GET", "events"): None,
    ("POST", "typing"): {},
    ("POST", "age"): {"age_band": "16-17"},
    ("POST", "erase"): {},
    ("POST", "exit"): None,
}


def operations(web: Web) -> set[tuple[str, str]]:
    """Every operation on a conversation that the application declares."""
    paths = create_app(web.settings).openapi()["paths"]
    prefix = "/chat/api/conversations/{conversation_id}/"
    return {
        (method.upper(), path.removeprefix(prefix))
        for path, methods in paths.items()
        if path.startswith(prefix)
        for method in methods
    }


def call(
    chatter: Chatter, method: str, what: str, *, id: str, token: str | None, **headers: str
) -> httpx.Response:
    """One operation on a conversation with a token, which an exit carries in its body."""
    path = f"/chat/api/conversations/{id}/{what}"
    if what == "exit":
        given: dict[str, Any] = {"content": token or ""}
    else:
        given = {"json": HELD[method, what]} if method == "POST" else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
    return chatter.http.request(method, path, headers=headers, **given)


def test_every_operation_is_known_to_these_tests(web: Web) -> None:
    assert operations(web) == set(HELD)


def test_token_never_opens_another_conversation(web: Web) -> None:
    mine, theirs = opened(web), opened(web)
    theirs.write("something private")
    until(lambda: web.rows(theirs.id)[0].handled_at)
    for method, what in HELD:
        wrong = [
            call(mine, method, what, id=theirs.id, token=mine.token),
            call(mine, method, what, id=theirs.id, token=None),
            call(mine, method, what, id=theirs.id, token="x" * 43),
            call(mine, method, what, id=NOBODY, token=mine.token),
            call(mine, method, what, id="A" + theirs.id[1:], token=mine.token),
        ]
        assert {answer.status_code for answer in wrong} == {404}, what
        assert {answer.text for answer in wrong} == {'{"error":"NotFound"}'}, what
    row = web.conversation(theirs.id)
    assert row is not None
    assert (row.quiet, row.age_band) == (False, None)
    assert web.said(theirs.id, "person") == ["something private"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "suffix", "scheme", None])
def test_foreign_origin_is_refused_everywhere(web: Web, origin: str | None) -> None:
    tricks = {"suffix": f"{web.base}.evil.example", "scheme": web.base.replace("http", "https")}
    chatter = opened(web)
    del chatter.http.headers["Origin"]
    told = {"Origin": tricks.get(origin, origin)} if origin else {}
    for method, what in HELD:
        if origin is None and method == "GET":
            continue  # Browsers send none there: see the next test.
        answer = call(chatter, method, what, id=chatter.id, token=chatter.token, **told)
        assert (answer.status_code, answer.json()) == (403, {"error": "Forbidden"}), what


@pytest.mark.parametrize(("site", "status"), [("same-origin", 200), ("cross-site", 403)])
def test_stream_without_origin_must_be_of_our_page(web: Web, site: str, status: int) -> None:
    chatter = opened(web)
    del chatter.http.headers["Origin"]
    headers = chatter.auth | {"Sec-Fetch-Site": site}
    path = f"/chat/api/conversations/{chatter.id}/events"
    with chatter.http.stream("GET", path, headers=headers) as stream:
        assert stream.status_code == status


def test_opening_needs_a_known_origin(web: Web) -> None:
    answer = web.client(Origin="https://evil.example").post("/chat/api/conversations", json={})
    assert answer.status_code == 403


def test_partner_is_let_in_and_remembered_without_its_name(
    tmp_path: Path, valkey_url: str, scripted_bot: tuple[ScriptedBot, str]
) -> None:
    settings = {"redis_url": valkey_url, "chat_origins": PARTNER}
    with running(tmp_path, *scripted_bot, **settings) as web:
        about = {"partner": PARTNER}
        answer = web.client(Origin=PARTNER).post("/chat/api/conversations", json=about)
        assert answer.status_code == 201
        assert web.only().state["heard_from"] == "partner_site"


def test_bodies_over_8_kb_are_refused_unread(web: Web) -> None:
    chatter = opened(web)
    assert chatter.write("x" * 8200).status_code == 413
    path = f"/chat/api/conversations/{chatter.id}/exit"
    chunks = (b"x" * 1000 for _ in range(20))
    assert chatter.http.post(path, content=chunks).status_code == 413


@pytest.mark.parametrize("text", ["", "x" * 1601])
def test_text_is_never_cut_but_refused(web: Web, text: str) -> None:
    answer = opened(web).write(text)
    assert (answer.status_code, answer.json()) == (400, {"error": "BadInput", "field": "text"})


def test_client_id_must_be_a_uuid(web: Web) -> None:
    answer = opened(web).post("messages", {"client_id": "1", "text": "hello"})
    assert (answer.status_code, answer.json()["field"]) == (400, "client_id")


def flood(chatter: Chatter, count: int) -> None:
    for number in range(count):
        assert chatter.write(f"message {number}", number).status_code == 200


def test_flood_is_stored_whole_and_answered_slowly(web: Web) -> None:
    chatter = opened(web)
    flood(chatter, 24)
    assert len(web.said(chatter.id, "person")) == 24
    until(lambda: len(web.bot.heard) == 20)
    waiting = [row for row in web.rows(chatter.id) if row.status == Status.RECEIVED]
    assert len(waiting) == 4
    for row in waiting:
        assert row.next_attempt_at is not None
        assert row.next_attempt_at > row.created_at


def test_p2_emergency_in_a_flood_is_answered_at_once(web: Web) -> None:
    chatter = opened(web)
    flood(chatter, 22)
    until(lambda: len(web.bot.heard) == 20)
    before = datetime.now(UTC)
    chatter.write("he is strangling my mum right now help", 99)
    until(lambda: any("999" in said for said in web.said(chatter.id, "bot")), 6)
    handled = web.rows(chatter.id)[-1].handled_at
    assert handled is not None
    assert (handled - before).total_seconds() < 6  # Sooner than the delay of the flood.


def test_opening_flood_is_refused_but_nobody_else_is(web: Web) -> None:
    earlier = opened(web)
    flooding = web.client(**{"X-Forwarded-For": ADDRESS})
    answers = [flooding.post("/chat/api/conversations", json={}) for _ in range(45)]
    assert [a.status_code for a in answers].count(201) == Allowance().openings
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"] == "20"
    assert earlier.write("hello").status_code == 200
    assert opened(web).write("hello").status_code == 200


async def test_pace_without_redis_counts_in_memory() -> None:
    pace = Pace("redis://127.0.0.1:9/0", Allowance(messages=2, delay_seconds=5))
    delays = [await pace.delay("a", ADDRESS) for _ in range(3)]
    assert delays == [0.0, 0.0, 5.0]
    assert await pace.delay("b", ADDRESS) == 0.0
    await pace.close()


async def test_pace_counts_an_address_across_conversations() -> None:
    pace = Pace("", Allowance(messages_per_address=2, delay_seconds=5))
    assert [await pace.delay(str(n), ADDRESS) for n in range(3)] == [0.0, 0.0, 5.0]
    assert await pace.delay("z", "203.0.113.78") == 0.0


def test_lost_redis_only_makes_it_slower(
    tmp_path: Path, scripted_bot: tuple[ScriptedBot, str]
) -> None:
    with running(tmp_path, *scripted_bot, redis_url="redis://127.0.0.1:9/0") as web:
        chatter = opened(web)
        assert chatter.write("hello").status_code == 200
        events = chatter.follow(lambda got: got[-1].data.get("author") == "bot")
        assert events[-1].data["text"] == "I hear you."


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """The service's own logging, at its most talkative, until the test ends."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    configure_logs("web", "DEBUG")
    yield capsys
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_p7_no_address_or_text_in_any_log_or_table(
    logs: pytest.CaptureFixture[str], web: Web
) -> None:
    secret = "canary-9f27 my own words"
    web.bot.away = True
    chatter = opened(web)
    chatter.http.headers["X-Forwarded-For"] = ADDRESS
    chatter.write(secret)
    chatter.write("x" * 9000, 2)
    chatter.post("messages", {"client_id": secret, "text": secret})
    chatter.http.post(f"/chat/api/conversations/{NOBODY}/erase", json={}, headers=chatter.auth)
    chatter.http.get("/chat/nothing", headers={"Origin": secret})
    chatter.follow(lambda got: got[-1].data.get("author") == "bot")
    call(chatter, "POST", "exit", id=chatter.id, token=chatter.token)
    written = logs.readouterr()
    kept = b"".join(path.read_bytes() for path in web.settings.data.glob("helpline.sqlite3*"))
    everything = written.out.encode() + written.err.encode() + kept + _redis_dump(web)
    for canary in (ADDRESS, secret, chatter.token):
        assert canary.encode() not in everything


def _redis_dump(web: Web) -> bytes:
    with redis.Redis.from_url(web.settings.redis_url) as client:
        return b"\n".join(key + (client.dump(key) or b"") for key in client.scan_iter())
