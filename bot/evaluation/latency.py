"""How long one message takes the model, alone on one core."""

from __future__ import annotations

import os
import time

import numpy as np
from threadpoolctl import threadpool_limits

from bot.components.minilm import MiniLm
from bot.components.normalise import normalise
from bot.components.understanding import Thresholds, Understanding

_WARM_UP = 10


def measure(model: Understanding, texts: list[str]) -> dict[str, float]:
    """Milliseconds from raw text to reading: the clock's, and the processor's own.

    The processor's time is what the work costs when others do not use the same core.
    """
    _keep_to_one_core()
    with threadpool_limits(1):
        wall, worked = _times(model, texts)
    return {
        "messages": len(wall),
        "p50_ms": _milliseconds(wall, 50),
        "p95_ms": _milliseconds(wall, 95),
        "processor_p50_ms": _milliseconds(worked, 50),
        "processor_p95_ms": _milliseconds(worked, 95),
    }


def _times(model: Understanding, texts: list[str]) -> tuple[list[float], list[float]]:
    """Seconds for each text by the clock and of the processor."""
    encoder = MiniLm()
    wall, worked = [], []
    for index, text in enumerate(texts[:_WARM_UP] + texts):
        clock, processor = time.perf_counter(), time.process_time()
        normal = [normalise(text)]
        model.read(normal, encoder.encode_pools(normal), Thresholds())
        if index >= _WARM_UP:
            wall.append(time.perf_counter() - clock)
            worked.append(time.process_time() - processor)
    return wall, worked


def _keep_to_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _milliseconds(seconds: list[float], percentile: int) -> float:
    return round(1000 * float(np.percentile(seconds, percentile)), 2)
