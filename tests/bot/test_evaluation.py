"""The evaluation measures by held-out voices and writes a page that loads nothing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.bot.assistant import BOT_PYTHON, ROOT, small_data

pytestmark = [pytest.mark.slow, pytest.mark.assistant]

_LEVELS = """
import numpy as np
from bot.components.understanding import Thresholds
from bot.evaluation.examples import Labelled
from bot.evaluation.gate import GateReadings
from bot.evaluation.measures import Readings, calibration, danger_figures
from bot.evaluation.unseen import Probabilities

ok = lambda name: frozenset([name])
messages = [Labelled("", "", t, "deny", ok(t), ok("deny")) for t in ("standard", "urgent") * 2]
dangers = np.array([[0.9, 0.1, 0.0], [0.9, 0.1, 0.0], [0.9, 0.1, 0.0], [0.2, 0.7, 0.1]])
model = Probabilities(["affirm", "deny"], np.tile([0.9, 0.1], (4, 1)), dangers)
readings = Readings(messages, GateReadings(np.array([0, 2, 0, 0]), ["", "deny", "", ""]), model)
print(readings.levels(Thresholds(0.3, 0.3)).tolist())
print(danger_figures(readings, Thresholds(0.3, 0.3))["recall"])
print(readings.intents)
halves = np.array([[0.5, 0.5, 0.0]] * 3)
wants = np.array([[0.9, 0.1], [0.02, 0.98], [0.25, 0.75]])
mixed = Probabilities(["thank", "disclose_abuse"], wants, halves)
three = Readings(messages[:3], GateReadings(np.zeros(3, dtype=int), [""] * 3), mixed)
print(three.levels(Thresholds(0.3, 0.6)).tolist())
print(calibration(np.full(100, 0.25), np.arange(100) < 25)["error"])
"""

_FOLDS = """
from bot.components.kernel_ridge import voice_folds

voices = ["a", "b", "a", "c", "b", "d"] * 3
folds = voice_folds(voices, 3)
for fold in folds:
    others = set(range(len(voices))) - set(fold.tolist())
    print(sorted({voices[i] for i in others} & {voices[i] for i in fold}))
print(sorted(row for fold in folds for row in fold.tolist()) == list(range(len(voices))))
"""


def _run(*arguments: object) -> list[str]:
    if not BOT_PYTHON.exists():
        pytest.skip("the assistant's environment is not installed")
    done = subprocess.run(
        [str(BOT_PYTHON), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=240,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on the first examples of every intent."""
    root = tmp_path_factory.mktemp("evaluation")
    small_data(root / "data")
    _run("-m", "bot.evaluation", "--data", root / "data/nlu", "--out", root / "reports")
    return root / "reports"


def test_p3_gate_and_model_together_only_raise() -> None:
    levels, recall, intents, small, error = _run("-c", _LEVELS)
    assert levels == "[0, 2, 0, 1]"
    assert recall == "1.0"
    assert intents == "['affirm', 'deny', 'affirm', 'affirm']"
    assert small == "[0, 1, 1]", "only what is likely small talk must be surer"
    assert error == "0.0"


def test_folds_never_share_a_voice() -> None:
    assert _run("-c", _FOLDS) == ["[]", "[]", "[]", "True"]


def test_report_holds_every_figure_as_json(written: Path) -> None:
    report: dict[str, Any] = json.loads((written / "understanding.json").read_text())
    unseen = report["sections"][0]
    assert unseen["name"] == "Held-out voices"
    assert 0.0 <= unseen["figures"]["recall"] <= 1.0
    assert len(unseen["intents"]) == 42
    assert {"curve", "confusion", "calibration", "coverage", "pairs", "weak"} <= set(unseen)
    assert report["latency"]["p50_ms"] > 0


def test_page_draws_its_plots_and_loads_nothing(written: Path) -> None:
    page = (written / "understanding.html").read_text()
    assert page.count("<svg") >= 2
    assert not [word for word in ("<script", "src=", "href=", "url(", "@import") if word in page]
