"""Holds understanding to its floors on a fixed set that nothing is trained on.

The messages go through `helpline classify`: the gate and the model that serve.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bot.assistant import BOT_PYTHON, ROOT

HERE = Path(__file__).parent
FLOORS = yaml.safe_load((HERE / "floors.yml").read_text())
MODELS = Path(os.environ.get("HELPLINE_MODELS", ROOT / "models"))
LEVELS = ("standard", "urgent", "emergency")

pytestmark = [pytest.mark.slow, pytest.mark.assistant]


def _messages() -> list[dict[str, Any]]:
    lines = (HERE / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def readings() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each message of the set with what the helpline makes of it."""
    if not BOT_PYTHON.exists() or not list(MODELS.glob("*.tar.gz")):
        pytest.skip("no trained model: run make train")
    messages = _messages()
    asked = [{key: message[key] for key in ("id", "text", "channel")} for message in messages]
    run = subprocess.run(
        [sys.executable, "-m", "webhook.cli", "classify"],
        input="".join(json.dumps(line) + "\n" for line in asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=240,
    )
    answers = {answer["id"]: answer for answer in map(json.loads, run.stdout.splitlines())}
    return [(message, answers[message["id"]]) for message in messages]


def _share(right: list[bool]) -> float:
    return sum(right) / len(right)


def test_recall_of_danger_keeps_its_floor(readings: Any) -> None:
    raised = [a["triage"] != "standard" for m, a in readings if m["triage"] != "standard"]
    assert _share(raised) >= FLOORS["recall"]


def test_emergencies_as_emergencies_keep_their_floor(readings: Any) -> None:
    acute = [a["triage"] == "emergency" for m, a in readings if m["triage"] == "emergency"]
    assert _share(acute) >= FLOORS["emergency_as_emergency"]


def test_false_raises_stay_under_their_ceiling(readings: Any) -> None:
    raised = [a["triage"] != "standard" for m, a in readings if m["triage"] == "standard"]
    assert _share(raised) <= FLOORS["false_raises"]


def test_right_intents_keep_their_floor(readings: Any) -> None:
    assert _share([a["intent"] in m["intent_ok"] for m, a in readings]) >= FLOORS["intent"]


def test_fixed_set_is_whole_and_never_trained_on() -> None:
    messages = _messages()
    trained = "".join(file.read_text() for file in (ROOT / "nlu_data/nlu").glob("*.yml"))
    long = [m["text"] for m in messages if len(m["text"].split()) > 6]
    assert len({message["id"] for message in messages}) == len(messages)
    assert all(m["triage"] in m["triage_ok"] and m["intent"] in m["intent_ok"] for m in messages)
    assert not [text for text in long if json.dumps(text, ensure_ascii=False) in trained]
