"""The assistant's normalising holds to the contract it shares with the service's."""

from __future__ import annotations

import ast
import json
import subprocess

import pytest

from tests.bot.assistant import BOT_PYTHON, ROOT

FIXTURE = ROOT / "tests/fixtures/normalise.jsonl"
RUN = """
import json, sys
from bot.components.normalise import normalise
for line in sys.stdin:
    print(json.dumps(normalise(json.loads(line)["raw"])))
"""


@pytest.mark.assistant
def test_every_row_of_the_contract_holds_in_the_assistants_python() -> None:
    rows = [json.loads(line) for line in FIXTURE.read_text().splitlines()]
    sent = "\n".join(json.dumps(row) for row in rows)
    run = subprocess.run(
        [BOT_PYTHON, "-c", RUN], input=sent, capture_output=True, text=True, check=True, cwd=ROOT
    )
    got = [json.loads(line) for line in run.stdout.splitlines()]
    wrong = [(r["raw"], g) for r, g in zip(rows, got, strict=True) if g != r["normal"]]
    assert wrong == []


def test_both_sides_normalise_by_the_same_code() -> None:
    ours, theirs = (
        ast.parse((ROOT / path).read_text()).body[1:]
        for path in ("bot/components/normalise.py", "webhook/safety/normalise.py")
    )
    assert [ast.dump(node) for node in ours] == [ast.dump(node) for node in theirs]
