"""`helpline classify`: JSON lines in, triage and intent out, by the gate and model that serve.

A line is `{"id", "text", "channel"}`; the answer to it `{"id", "triage", "intent", "confidence"}`,
in the same order. A line that cannot be read gives `{"id", "error"}` and the next one goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Queue
from typing import Any, TextIO

from webhook.commands.model import Model
from webhook.core.clean import clean_inbound
from webhook.core.messages import Channel
from webhook.core.triage import Triage
from webhook.safety.gate import Assessment, assess
from webhook.services.reading import merged

WITHOUT_MODEL = 2
_AHEAD = 1024  # lines read before the first of them is answered


@dataclass(frozen=True)
class _Line:
    """One line of input: its id, and what the gate found or what is wrong with it."""

    id: Any
    assessment: Assessment | None = None
    problem: str = ""


def arguments(_: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(_: argparse.Namespace) -> int:
    """Answer every line of standard input. 2 when the model did not take part."""
    model = Model.start()
    lines: Queue[_Line | None] = Queue(_AHEAD)
    reader = threading.Thread(target=_read, args=(sys.stdin, model, lines), daemon=True)
    reader.start()
    for line in iter(lines.get, None):
        print(json.dumps(_answer(line, model)), flush=True)
    model.close()
    if model.problem:
        sys.stderr.write(f"helpline: the gate alone classified: {model.problem}\n")
        return WITHOUT_MODEL
    return 0


def _read(source: TextIO, model: Model, lines: Queue[_Line | None]) -> None:
    """Feed the model and remember the order; ends with None."""
    try:
        for raw in _lines(source):
            line, text = _parse(raw)
            if line.assessment is not None:
                model.ask(text)
            lines.put(line)
    finally:
        lines.put(None)


def _lines(source: TextIO) -> Iterator[str]:
    # Bytes that are no UTF-8 spoil their own line, not the rest.
    source.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[attr-defined]
    return (raw for raw in source if raw.strip())


def _parse(raw: str) -> tuple[_Line, str]:
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        return _Line(None, problem="not JSON"), ""
    if not isinstance(given, dict):
        return _Line(None, problem="not an object"), ""
    name, text = given.get("id"), given.get("text")
    if not isinstance(text, str):
        return _Line(name, problem="text: must be a string"), ""
    if given.get("channel", Channel.SMS.value) not in [channel.value for channel in Channel]:
        return _Line(name, problem="channel: must be sms or web"), ""
    clean = clean_inbound(_without_lone_surrogates(text))
    return _Line(name, assess(clean)), clean


def _without_lone_surrogates(text: str) -> str:
    """JSON can write half of a character, which no encoding can carry on."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _answer(line: _Line, model: Model) -> dict[str, Any]:
    if line.assessment is None:
        return {"id": line.id, "error": line.problem}
    said = model.next() or {}
    # A finer intent inside the assistant, `name/detail`, is reported by its name.
    intent = str(said["intent"]).partition("/")[0] if said.get("intent") else None
    reading = merged(
        line.assessment,
        intent,
        float(said.get("confidence") or 0.0),
        Triage.parse(said.get("triage") or "standard"),
    )
    return {
        "id": line.id,
        "triage": reading.triage.label,
        "intent": reading.intent,
        "confidence": round(reading.confidence, 4),
    }
