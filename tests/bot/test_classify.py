"""The command that classifies messages in bulk, as a process."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.bot.assistant import BOT_PYTHON, ROOT, Assistant

pytestmark = [pytest.mark.slow, pytest.mark.assistant]


def _classified(models: Path, lines: list[str]) -> list[dict[str, object]]:
    run = subprocess.run(
        [BOT_PYTHON, "-m", "bot.classify"],
        input="\n".join(lines) + "\n",
        env={**os.environ, "HELPLINE_MODELS": str(models)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "zanzibar" not in run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_lines_come_back_in_order_with_levels(small_model: Path) -> None:
    lines = [json.dumps({"id": n, "text": f"message {n}", "channel": "sms"}) for n in range(150)]
    answers = _classified(small_model, lines)
    assert [answer["id"] for answer in answers] == list(range(150))
    assert {answer["triage"] for answer in answers} <= {"standard", "urgent", "emergency"}


def test_line_that_is_no_message_is_named_not_fatal(small_model: Path) -> None:
    answers = _classified(small_model, ["zanzibar", '{"id": 2}', '{"id": 3, "text": ""}'])
    assert answers[0] == {"id": None, "error": "line"}
    assert answers[1] == {"id": 2, "error": "text"}
    assert answers[2]["id"] == 3


def test_bulk_and_channel_read_alike(small_model: Path, assistant: Assistant) -> None:
    text = "he is banging on the door and I am frightened"
    bulk = _classified(small_model, [json.dumps({"id": 1, "text": text})])[0]
    live = assistant.http.post("/read", json={"text": text}).json()
    assert (bulk["intent"], bulk["triage"]) == (live["intent"], live["triage"])
    assert bulk["probabilities"] == pytest.approx(live["triage_probabilities"], abs=0.001)
