"""What the service's safety gate makes of messages.

The gate lives in the service, which this side may not import, so its own Python is asked.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.components.understanding import LEVELS

_PROGRAM: Final = """
import json, sys
from webhook.core.clean import clean_inbound
from webhook.core.triage import Triage
from webhook.safety.gate import assess
from webhook.services.reading import merged
for line in sys.stdin:
    reading = merged(assess(clean_inbound(json.loads(line))), "", 0.0, Triage.STANDARD)
    print(json.dumps([reading.triage.label, reading.intent]))
"""


@dataclass(frozen=True)
class GateReadings:
    """One entry a message: the level (0 to 2), and the intent the gate is sure of or ""."""

    levels: NDArray[np.int64]
    intents: list[str]


def gate_readings(texts: list[str]) -> GateReadings:
    """Ask the gate about raw `texts`. Raises CalledProcessError when the service cannot run."""
    python = os.environ.get("HELPLINE_SERVICE_PYTHON", str(Path(".venv/bin/python")))
    run = subprocess.run(  # noqa: S603  # Our own interpreter and program; texts go in as data.
        [python, "-c", _PROGRAM],
        input="".join(json.dumps(text) + "\n" for text in texts),
        capture_output=True,
        text=True,
        check=True,
    )
    read = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("[")]
    levels = np.array([LEVELS.index(level) for level, _ in read], dtype=np.int64)
    return GateReadings(levels, [intent or "" for _, intent in read])
