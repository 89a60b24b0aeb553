"""Near-duplicates leave the training data, with their twins named; short replies stay."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.bot.assistant import BOT_PYTHON, ROOT

pytestmark = [pytest.mark.slow, pytest.mark.assistant]

LONG = "he took my keys and my bank card again on friday night"
EXAMPLES = [
    ("disclose_abuse", "standard", LONG),
    ("disclose_abuse", "standard", "He took my keys and my bank card again on friday nite"),
    ("disclose_abuse", "urgent", LONG + "!"),
    ("disclose_abuse", "standard", "she counts the coins in my purse before work every morning"),
    ("affirm", "standard", "yes"),
    ("affirm", "standard", "Yes."),
    ("affirm", "standard", "yess"),
    ("affirm", "standard", "yes!!"),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of training data with two near-duplicates in it."""
    blocks = [
        {
            "intent": intent,
            "examples": [
                {"text": text, "metadata": {"voice": "one", "triage": level}}
                for name, level, text in EXAMPLES
                if name == intent
            ],
        }
        for intent in ("disclose_abuse", "affirm")
    ]
    folder = tmp_path / "nlu"
    folder.mkdir()
    (folder / "all.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}))
    return folder


def _dedupe(data: Path) -> str:
    if not BOT_PYTHON.exists():
        pytest.skip("the assistant's environment is not installed")
    removed = data.parent / "removed.jsonl"
    done = subprocess.run(
        [BOT_PYTHON, "-m", "bot.evaluation.dedupe", "--data", data, "--removed", removed],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    return done.stdout


def _texts(data: Path) -> list[str]:
    blocks = yaml.safe_load((data / "all.yml").read_text())["nlu"]
    return [example["text"] for block in blocks for example in block["examples"]]


def test_near_duplicate_goes_and_its_twin_is_named(data: Path) -> None:
    assert "removed 2" in _dedupe(data)
    lines = (data.parent / "removed.jsonl").read_text().splitlines()
    gone = {said["text"]: said["kept"] for said in map(json.loads, lines)}
    assert gone == {EXAMPLES[1][2]: LONG, "Yes.": "yes"}


def test_short_replies_and_other_levels_stay(data: Path) -> None:
    _dedupe(data)
    assert _texts(data) == [EXAMPLES[i][2] for i in (0, 2, 3, 4, 6, 7)]


def test_second_run_removes_nothing_more(data: Path) -> None:
    _dedupe(data)
    before = (data / "all.yml").read_text()
    assert _dedupe(data).splitlines() == ["removed 0"]
    assert (data / "all.yml").read_text() == before
