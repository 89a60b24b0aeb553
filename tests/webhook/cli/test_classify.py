"""`helpline classify`: one line in, one line out, in order, whatever a line holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.webhook.cli.running import helpline
from webhook.commands.model import Model
from webhook.core.triage import Triage
from webhook.safety.gate import Assessment
from webhook.safety.keywords import Keyword
from webhook.safety.language import Language
from webhook.services.reading import merged

DANGER = "he's outside with a hammer"


def classified(lines: list[str], models: Path) -> tuple[int, list[dict[str, object]], str]:
    result = helpline(
        "classify", environment={"HELPLINE_MODELS": str(models)}, given="\n".join(lines)
    )
    return (
        result.returncode,
        [json.loads(line) for line in result.stdout.splitlines()],
        result.stderr,
    )


def test_bad_lines_are_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": 1, "text": DANGER, "channel": "sms"}),
        "not json",
        "[1]",
        json.dumps({"id": "c", "text": 5}),
        json.dumps({"id": "d", "text": "hi", "channel": "fax"}),
        "",
        "[" * 100_000,
        '{"id": "half", "text": "hi \\ud83d", "channel": "web"}',
        json.dumps({"id": 2, "text": "STOP"}),
    ]
    code, answers, said = classified(lines, tmp_path)
    assert code == 2
    assert 'not trained: run "make train"' in said
    assert [answer["id"] for answer in answers] == [1, None, None, "c", "d", None, "half", 2]
    assert [bool(answer.get("error")) for answer in answers] == [0, 1, 1, 1, 1, 1, 0, 0]
    assert answers[0]["triage"] == "emergency"
    assert answers[-1] == {
        "id": 2, "triage": "standard", "intent": "stop_messages", "confidence": 1.0
    }  # fmt: skip


def test_order_is_kept_over_many_lines(tmp_path: Path) -> None:
    lines = [json.dumps({"id": number, "text": f"hello {number}"}) for number in range(3000)]
    _, answers, _ = classified(lines, tmp_path)
    assert [answer["id"] for answer in answers] == list(range(3000))


def test_model_that_ends_early_is_said_and_not_waited_for() -> None:
    code = 'import sys; sys.stdin.readline(); print(\'{"intent": "greet"}\', flush=True)'
    model = Model((sys.executable, "-c", code))
    model.ask("hi")
    assert model.next() == {"intent": "greet"}
    model.ask("hi")
    assert model.next() is None
    model.ask("hi")
    model.close()
    assert "ended early" in model.problem


@pytest.mark.parametrize(
    ("gate", "model", "together"),
    [
        (Triage.EMERGENCY, Triage.STANDARD, Triage.EMERGENCY),
        (Triage.STANDARD, Triage.URGENT, Triage.URGENT),
        (Triage.URGENT, Triage.URGENT, Triage.URGENT),
    ],
)
def test_p3_higher_triage_of_both_counts(gate: Triage, model: Triage, together: Triage) -> None:
    assert merged(Assessment(triage=gate), "greet", 0.9, model).triage is together


@pytest.mark.parametrize(
    ("assessment", "intent"),
    [
        (Assessment(keyword=Keyword.STOP), "stop_messages"),
        (Assessment(keyword=Keyword.DELETE), "data_request"),
        (Assessment(quiet=True), "unsafe_to_talk"),
        (Assessment(language=Language("pl", "Polish", certain=True)), "language_request"),
        (Assessment(language=Language("pl", "Polish", certain=False)), "greet"),
        (Assessment(triage=Triage.EMERGENCY, language=Language("ar", "Arabic", True)), "greet"),
        (Assessment(), "greet"),
    ],
)
def test_gate_names_the_intent_where_it_is_sure(assessment: Assessment, intent: str) -> None:
    reading = merged(assessment, "greet", 0.4, Triage.STANDARD)
    assert reading.intent == intent
    assert reading.confidence == (0.4 if intent == "greet" else 1.0)
