"""Figures from readings: the recall and false-alarm curve, confusion, calibration, coverage."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.components.understanding import LEVELS, Thresholds, levels_by, needed, small_talk
from bot.evaluation.examples import Labelled, levels_of
from bot.evaluation.gate import GateReadings
from bot.evaluation.unseen import Probabilities

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

CURVE: Final = tuple(round(step / 100, 2) for step in range(2, 96, 2))
_BINS: Final = 10


@dataclass(frozen=True)
class Readings:
    """Messages with what the gate and the model made of them."""

    messages: list[Labelled]
    gate: GateReadings
    model: Probabilities

    @property
    def danger(self) -> Doubles:
        """P(urgent or emergency) by the model."""
        rising: Doubles = 1.0 - self.model.dangers[:, 0]
        return rising

    @property
    def intents(self) -> list[str]:
        """The intent each message is taken for: the gate's where it is sure."""
        best = self.model.wants.argmax(axis=1)
        pairs = zip(self.gate.intents, best, strict=True)
        return [sure or self.model.intents[index] for sure, index in pairs]

    def levels(self, thresholds: Thresholds) -> Ints:
        """The triage level each message gets: the higher of gate and model."""
        given = levels_by(self.model.dangers, thresholds, self.small_talk)
        return np.maximum(given, self.gate.levels)

    @property
    def small_talk(self) -> Doubles:
        """P(small talk, or nothing that is ours) by the model."""
        return small_talk(self.model.intents, self.model.wants)


def danger_figures(readings: Readings, thresholds: Thresholds) -> dict[str, float]:
    """Recall, false raises and emergencies, as the targets state them."""
    given = readings.levels(thresholds)
    truth = levels_of(readings.messages)
    emergency = truth == 2
    ok = [m.triage_ok for m in readings.messages]
    right = np.array([LEVELS[level] in fine for level, fine in zip(given, ok, strict=True)])
    return {
        "recall": _share(given[truth > 0] > 0),
        "false_raises": _share(given[truth == 0] > 0),
        "emergency_as_emergency": _share(given[emergency] == 2),
        "emergency_raised": _share(given[emergency] > 0),
        "false_emergencies": _share(given[truth < 2] == 2),
        "triage_right": _share(right),
        "dangers": int((truth > 0).sum()),
        "standards": int((truth == 0).sum()),
        "emergencies": int(emergency.sum()),
    }


def curve(readings: Readings, thresholds: Thresholds) -> list[dict[str, float]]:
    """Recall and false raises of gate and model together, at each threshold of the model."""
    truth = levels_of(readings.messages)
    points = []
    for threshold in CURVE:
        least = needed(
            Thresholds(threshold, raise_small_talk=thresholds.raise_small_talk), readings.small_talk
        )
        raised = (readings.danger >= least) | (readings.gate.levels > 0)
        acute = (readings.model.dangers[:, 2] >= threshold) | (readings.gate.levels == 2)
        points.append(
            {
                "threshold": threshold,
                "recall": _share(raised[truth > 0]),
                "false_raises": _share(raised[truth == 0]),
                "emergency_recall": _share(acute[truth == 2]),
                "false_emergencies": _share(acute[truth < 2]),
            }
        )
    return points


def confusion(readings: Readings, thresholds: Thresholds) -> list[list[int]]:
    """Counts, rows by labelled level and columns by given level, in the order of LEVELS."""
    table = np.zeros((len(LEVELS), len(LEVELS)), dtype=np.int64)
    np.add.at(table, (levels_of(readings.messages), readings.levels(thresholds)), 1)
    rows: list[list[int]] = table.tolist()
    return rows


def calibration(said: Doubles, held: NDArray[np.bool_]) -> dict[str, Any]:
    """Reliability by tenths of the probability said, and the expected calibration error."""
    bins = np.minimum((said * _BINS).astype(int), _BINS - 1)
    table = []
    for index in range(_BINS):
        inside = bins == index
        if inside.any():
            row = {
                "from": index / _BINS,
                "messages": int(inside.sum()),
                "said": _share(said[inside]),
                "held": _share(held[inside]),
            }
            table.append(row)
    error = sum(abs(row["said"] - row["held"]) * row["messages"] for row in table)
    return {"table": table, "error": round(error / max(1, len(said)), 4)}


def intent_right(readings: Readings) -> NDArray[np.bool_]:
    """Whether the intent given is a defensible one."""
    pairs = zip(readings.intents, readings.messages, strict=True)
    return np.array([intent in message.intent_ok for intent, message in pairs])


def coverage(readings: Readings) -> list[dict[str, float]]:
    """How often the intent is right, and of how many messages, when only sure ones are answered."""
    sure = readings.model.wants.max(axis=1)
    right = intent_right(readings)
    points = []
    for threshold in (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        kept = sure >= threshold
        if kept.any():
            share = {"sure": threshold, "answered": _share(kept), "right": _share(right[kept])}
            points.append(share)
    return points


def intents_report(readings: Readings) -> list[dict[str, Any]]:
    """By labelled intent, weakest first: how many, recall, precision and what it is taken for."""
    given, right = readings.intents, intent_right(readings)
    taken = Counter(given)
    rows = []
    for intent in sorted({message.intent for message in readings.messages}):
        mine = [i for i, message in enumerate(readings.messages) if message.intent == intent]
        wrong = Counter(given[i] for i in mine if not right[i])
        hits = sum(given[i] == intent for i in mine)
        rows.append(
            {
                "intent": intent,
                "messages": len(mine),
                "recall": _share(right[mine]),
                "precision": round(hits / taken[intent], 4) if taken[intent] else None,
                "taken_for": wrong.most_common(3),
            }
        )
    return sorted(rows, key=lambda row: row["recall"])


def confused_pairs(readings: Readings, count: int = 12) -> list[dict[str, Any]]:
    """The pairs of intents most often mistaken for each other, with an example of each way."""
    examples: dict[tuple[str, str], list[str]] = {}
    given, right = readings.intents, intent_right(readings)
    for index, message in enumerate(readings.messages):
        if not right[index]:
            examples.setdefault((message.intent, given[index]), []).append(message.text)
    worst = sorted(examples.items(), key=lambda item: -len(item[1]))[:count]
    return [
        {"intent": said, "taken_for": heard, "messages": len(texts), "examples": texts[:2]}
        for (said, heard), texts in worst
    ]


def by_group(readings: Readings, groups: list[str], thresholds: Thresholds) -> list[dict[str, Any]]:
    """Recall, false raises and intents by group (voice, length, channel …), None if no such."""
    given, truth = readings.levels(thresholds), levels_of(readings.messages)
    right, names = intent_right(readings), np.array(groups)
    rows = []
    for name in sorted(set(groups)):
        mine = names == name
        danger, calm = mine & (truth > 0), mine & (truth == 0)
        rows.append(
            {
                "group": name,
                "messages": int(mine.sum()),
                "recall": _share(given[danger] > 0) if danger.any() else None,
                "false_raises": _share(given[calm] > 0) if calm.any() else None,
                "intent": _share(right[mine]),
            }
        )
    return rows


def length_group(message: Labelled) -> str:
    """A class of length, in words."""
    words = len(message.normal.split())
    return next(name for most, name in _LENGTHS if words <= most)


_LENGTHS: Final = (
    (3, "1 to 3 words"),
    (8, "4 to 8 words"),
    (20, "9 to 20 words"),
    (40, "21 to 40 words"),
    (10_000, "more than 40 words"),
)


def _share(values: NDArray[Any]) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0
