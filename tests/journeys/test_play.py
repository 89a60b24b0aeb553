"""`helpline play`: scripts by both channels, each with somebody whom the helpline does not know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.whole import Helpline
from tests.webhook.cli.running import helpline

pytestmark = [pytest.mark.slow, pytest.mark.assistant]

SMS = {"channel": "sms", "turns": [{"user": "hello"}, {"user": "yes its safe"}]}
WEB = {"channel": "web", "age_band": "under13", "turns": [{"user": "hello"}]}
KEYS = {"user", "replies", "triage", "intent", "mode", "quiet"}


def _played(whole: Helpline, scripts: Path) -> list[dict[str, Any]]:
    run = helpline("play", str(scripts), environment=whole.web.environment)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_every_play_begins_with_somebody_unknown(whole: Helpline, tmp_path: Path) -> None:
    scripts = tmp_path / "scripts.jsonl"
    told = [*({"id": f"sms{count}", **SMS} for count in range(5)), {"id": "web", **WEB}]
    told.append({"id": "web1", **WEB, "age_band": "18+"})
    scripts.write_text("".join(json.dumps(script) + "\n" for script in told))
    first, again = _played(whole, scripts), _played(whole, scripts)
    assert [line["id"] for line in first] == [script["id"] for script in told]
    assert all(set(turn) == KEYS for line in first for turn in line["turns"])
    greetings = {line["turns"][0]["replies"][0] for line in [*first, *again][:5]}
    for line in [*first, *again]:
        assert line["turns"][0]["intent"] == "greet"
        assert (line["handover"], line["case"]["channel"]) == (None, line["id"].rstrip("01234"))
    assert [line["case"]["age_band"] for line in first[5:]] == ["under13", "18plus"]
    assert len(greetings) == 1
    assert {line["turns"][0]["replies"][0] for line in again[:5]} == greetings


def test_script_that_cannot_be_played_is_named(whole: Helpline, tmp_path: Path) -> None:
    scripts = tmp_path / "scripts.jsonl"
    scripts.write_text(json.dumps({"id": "lost", "channel": "pigeon", "turns": [{"user": "hi"}]}))
    run = helpline("play", str(scripts), environment=whole.web.environment)
    assert run.returncode != 0
    assert "lost" in run.stderr
