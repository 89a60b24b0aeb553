"""The examples are read as Rasa's own reader reads them, and a bad one is named."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bot.assistant import BOT_PYTHON, ROOT, small_data

pytestmark = [pytest.mark.assistant, pytest.mark.slow]

_READ = """
import json, sys
from pathlib import Path
from bot.importer import ExampleImporter
from rasa.shared.nlu.training_data.loading import load_data
folder = Path(sys.argv[1])
ours = ExampleImporter(None, None, [str(folder)]).get_nlu_data()
theirs = load_data(str(folder / "nlu"))
print(json.dumps([[m.data for m in data.training_examples] for data in (ours, theirs)]))
"""


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BOT_PYTHON, "-W", "ignore", "-c", _READ, folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_examples_are_those_that_rasa_would_read(tmp_path: Path) -> None:
    small_data(tmp_path)
    ours, theirs = json.loads(_run(tmp_path).stdout)
    assert len(ours) > 200
    assert ours == theirs


@pytest.mark.parametrize(
    ("nlu", "named"),
    [
        ([{"intent": "greet", "examples": [{"text": "hiya"}]}], "hiya"),
        ([{"intent": "greet", "examples": ["hiya"]}], "hiya"),
        ([{"intent": "greet", "examples": [{"text": " "}]}], "needs `text`"),
        ([{"examples": []}, {"intent": "greet"}], "expected `nlu:`"),
        ("greet", "expected `nlu:`"),
    ],
)
def test_bad_example_is_named_with_its_file(tmp_path: Path, nlu: Any, named: str) -> None:
    (tmp_path / "nlu").mkdir()
    (tmp_path / "nlu/talk.yml").write_text(yaml.safe_dump({"nlu": nlu}))
    ended = _run(tmp_path)
    assert ended.returncode != 0
    assert "talk.yml" in ended.stderr
    assert named in ended.stderr
