"""`python -m bot.classify`: read messages as JSON lines, write what the models make of them.

Reads `{"id", "text", "channel"}` and writes, in the same order, `{"id", "intent", "confidence",
"triage", "probabilities"}`; a line that is not such a message gives `{"id", "error": <field>}`.
Answers as soon as a line is there, and in batches when many are.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

from bot.environment import prepare
from bot.fingerprint import newest

if TYPE_CHECKING:
    from bot.components.understanding import Reading, Thresholds, Understanding

BATCH = 64


def main() -> int:
    """Answer until the input ends; 2 when there is no model."""
    prepare(threads=2)
    try:
        model, thresholds = load(newest(Path(os.environ.get("HELPLINE_MODELS", "models"))))
    except FileNotFoundError as error:
        sys.stderr.write(f"classify: {error}\n")
        return 2
    from bot.components.minilm import MiniLm

    encoder = MiniLm()
    for batch in _batches(sys.stdin):
        for line in _classified(batch, encoder, model, thresholds):
            sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return 0


def load(archive: Path) -> tuple[Understanding, Thresholds]:
    """The linear models and thresholds inside a model that Rasa packed, without loading Rasa."""
    import joblib

    from bot.components.understanding import Thresholds

    with TemporaryDirectory() as folder, tarfile.open(archive) as packed:
        member = next(m for m in packed if m.name.endswith("understanding.joblib"))
        packed.extract(member, folder)
        model = joblib.load(Path(folder) / member.name)
        metadata = json.load(packed.extractfile("metadata.json"))  # type: ignore[arg-type]
    return model, Thresholds.among(_configured(metadata))


def _configured(metadata: dict[str, Any]) -> dict[str, Any]:
    """The classifier's configuration as it was when the model was trained."""
    nodes = metadata["predict_schema"]["nodes"].values()
    found = (n["config"] for n in nodes if n["uses"].endswith("IntentTriageClassifier"))
    config: dict[str, Any] = next(found)
    return config


def _batches(lines: IO[str]) -> Iterator[list[str]]:
    """Whatever lines are waiting, up to BATCH, as soon as there is one."""
    waiting: queue.Queue[str | None] = queue.Queue(maxsize=4 * BATCH)
    threading.Thread(target=_pump, args=(lines, waiting), daemon=True).start()
    ended = False
    while not ended:
        first = waiting.get()
        batch = [] if first is None else [first]
        ended = first is None
        while not ended and len(batch) < BATCH and not waiting.empty():
            following = waiting.get()
            ended = following is None
            batch.extend([] if following is None else [following])
        if batch:
            yield batch


def _pump(lines: IO[str], waiting: queue.Queue[str | None]) -> None:
    for line in lines:
        if line.strip():
            waiting.put(line)
    waiting.put(None)


def _classified(
    batch: list[str], encoder: Any, model: Understanding, thresholds: Thresholds
) -> list[dict[str, Any]]:
    from bot.components.normalise import normalise

    messages = [_message(line) for line in batch]
    texts = [normalise(message["text"]) for message in messages if "error" not in message]
    readings = iter(model.read(texts, encoder.encode_pools(texts), thresholds) if texts else [])
    return [m if "error" in m else _line(m["id"], next(readings)) for m in messages]


def _message(line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {"id": None, "error": "line"}
    if not isinstance(message, dict):
        return {"id": None, "error": "line"}
    if not isinstance(message.get("text"), str):
        return {"id": message.get("id"), "error": "text"}
    return {"id": message.get("id"), "text": message["text"]}


def _line(message_id: Any, reading: Reading) -> dict[str, Any]:
    return {
        "id": message_id,
        "intent": reading.intent,
        "confidence": reading.confidence,
        "triage": reading.level,
        "probabilities": reading.probabilities,
    }


if __name__ == "__main__":
    sys.exit(main())
