"""Where the assistant listens, what it keeps, and what it does without its store."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest
import redis

from tests.bot.assistant import BOT_PYTHON, ROOT, Assistant, Valkey

pytestmark = [pytest.mark.slow, pytest.mark.assistant]

CANARY = "zanzibarcanary"


def test_p7_listens_on_loopback_only(assistant: Assistant) -> None:
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{assistant.process.pid}/net/{table}").read_text().splitlines()[1:]
    ]
    port = f"{assistant.port:04X}"
    listening = [line[1] for line in lines if line[3] == "0A" and line[1].endswith(f":{port}")]
    assert listening == [f"0100007F:{port}"]


def test_p7_store_holds_no_words_and_forgets_in_time(assistant: Assistant, valkey: Valkey) -> None:
    assistant.say("kept", f"my name is {CANARY}", "1")
    client = redis.Redis.from_url(valkey.url)
    keys = [key for key in client.keys("*") if b"kept" in key]
    assert keys == [b"tracker:kept"]
    value = client.get(keys[0])
    assert isinstance(value, bytes)
    assert CANARY.encode() not in value
    assert b"name" not in value
    assert 0 < client.ttl(keys[0]) <= 2 * 24 * 3600
    client.close()


def test_p7_no_log_line_holds_what_was_written(assistant: Assistant, valkey: Valkey) -> None:
    assistant.say("canary", f"{CANARY} help", "1")
    assistant.http.post("/read", json={"text": CANARY})
    assistant.http.post("/message", content=f'{{"text": "{CANARY}"'.encode())
    assistant.http.post(f"/{CANARY}", json={"text": CANARY})
    assistant.http.post("/message", json={"sender": CANARY * 9, "text": CANARY})
    assistant.say("canary", "/greet{" + CANARY, "2")
    _break_tracker(valkey, "canary")
    assistant.say("canary", CANARY, "3")
    logged = assistant.logged()
    assert "starting" in logged
    assert "tracker_unreadable" in logged
    assert CANARY not in logged.lower()


def test_p2_answers_while_redis_is_away_and_remembers(assistant: Assistant, valkey: Valkey) -> None:
    assistant.say("outage", "hello", "1", payload="/greet")
    valkey.stop()
    try:
        first = assistant.say("outage", "hello", "2", payload="/greet")
        assert first["replies"]
        assert assistant.say("outage", "hello", "2", payload="/greet") == first
        answer = assistant.http.post("/forget", json={"sender": "outage"})
        assert answer.status_code == 503
    finally:
        valkey.start()
    deadline = time.monotonic() + 20
    while assistant.http.post("/forget", json={"sender": "outage"}).status_code != 200:
        assert time.monotonic() < deadline


def test_process_stays_small(assistant: Assistant) -> None:
    assert assistant.memory_mb() < 900


def test_missing_settings_are_named_in_one_line() -> None:
    ended = subprocess.run(
        [BOT_PYTHON, "-m", "bot.serve"], env={"PATH": ""}, cwd=ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 2
    assert re.fullmatch(r"bot: set HELPLINE_BOT_TOKEN and HELPLINE_TRACKER_KEY\n", ended.stderr)


def _break_tracker(valkey: Valkey, sender: str) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.set(f"tracker:{sender}", b"not sealed by us at all")
