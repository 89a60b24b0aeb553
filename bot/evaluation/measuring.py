"""Puts the evaluation together: who reads what, and which figures are taken from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.components.kernel_ridge import voice_folds
from bot.components.minilm import MiniLm
from bot.components.minilm_featurizer import encode_cached
from bot.components.understanding import Thresholds, Understanding
from bot.evaluation import measures
from bot.evaluation.examples import Labelled, fixed_messages, levels_of, training_messages
from bot.evaluation.gate import gate_readings
from bot.evaluation.latency import measure
from bot.evaluation.measures import Readings
from bot.evaluation.unseen import Probabilities, read_left_out, read_unseen
from bot.evaluation.weaknesses import weaknesses
from bot.tuning.examples import FOLDS

# Apart from the trainer's cache, which keeps only what the last training used.
CACHE: Final = Path(".rasa/minilm-evaluation")
DATA: Final = Path("nlu_data/nlu")
_TIMED: Final = 200


def measure_all(data: Path, sets: dict[str, Path], config: Path) -> dict[str, Any]:
    """Held-out voices first, then each fixed set by its name; everything as plain data."""
    thresholds = configured(config)
    training = training_messages(data)
    encoder = MiniLm()
    # Vectors of other data than the project's own would push those out of the cache.
    cache = CACHE if data == DATA else None
    pools = encode_cached(encoder, [m.normal for m in training], cache)
    unseen = Readings(training, _gate(training), read_unseen(training, pools))
    voices = len({message.voice for message in training})
    about = f"{len(training)} messages of {voices} voices, each read by a model without that voice,"
    about += " and without the tuned layers, which have seen all of them."
    sections = [_section("Held-out voices", about, unseen, thresholds)]
    model = Understanding.train([m.as_example() for m in training], pools)
    for name, file in sets.items():
        messages = fixed_messages(file)
        readings = Readings(messages, _gate(messages), _read(model, encoder, messages))
        about = f"{len(messages)} messages that nothing was trained on."
        sections.append(_section(f"Fixed set: {name}", about, readings, thresholds))
    return {
        "about": "Triage is the higher of the safety gate and the model.",
        "thresholds": vars(thresholds),
        "sections": sections,
        "latency": measure(model, [m.text for m in training[:: len(training) // _TIMED + 1]]),
    }


def measure_left_out(data: Path, fold: int, layers: Path, config: Path) -> dict[str, Any]:
    """The voices of one fold (0 to 4), read by everything that serves but without those voices.

    `layers` were tuned with `python -m bot.tuning --without FOLD --out LAYERS`.
    """
    training = training_messages(data)
    pools = encode_cached(MiniLm(layers=layers), [m.normal for m in training], None)
    rows = voice_folds([message.voice for message in training], FOLDS)[fold]
    unseen = [training[row] for row in rows]
    readings = Readings(unseen, _gate(unseen), read_left_out(training, pools, rows, layers))
    voices = len({message.voice for message in unseen})
    about = f"{len(unseen)} messages of {voices} voices that neither model nor layers saw."
    thresholds = configured(config)
    return {
        "about": "Triage is the higher of the safety gate and the model.",
        "thresholds": vars(thresholds),
        "sections": [_section("Voices left out", about, readings, thresholds)],
    }


def configured(config: Path) -> Thresholds:
    """The thresholds of the assistant's configuration."""
    pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
    said = next(part for part in pipeline if part["name"].endswith("IntentTriageClassifier"))
    return Thresholds.among(said)


def _gate(messages: list[Labelled]) -> Any:
    return gate_readings([message.text for message in messages])


def _read(model: Understanding, encoder: MiniLm, messages: list[Labelled]) -> Probabilities:
    texts = [message.normal for message in messages]
    wants, dangers = model.probabilities(texts, encoder.encode_pools(texts))
    return Probabilities(model.intents, wants, dangers)


def _section(name: str, about: str, readings: Readings, thresholds: Thresholds) -> dict[str, Any]:
    messages = readings.messages
    right = measures.intent_right(readings)
    section = {
        "name": name,
        "about": about,
        "figures": {
            **measures.danger_figures(readings, thresholds),
            "intent": round(float(right.mean()), 4),
            "intent_in_first_three": _in_first_three(readings),
        },
        "curve": measures.curve(readings, thresholds),
        "confusion": measures.confusion(readings, thresholds),
        "calibration": _calibration(readings, right),
        "coverage": measures.coverage(readings),
        "by_voice": measures.by_group(readings, [m.voice for m in messages], thresholds),
        "by_length": measures.by_group(
            readings, [measures.length_group(m) for m in messages], thresholds
        ),
        "by_channel": _by_channel(readings, thresholds),
        "intents": measures.intents_report(readings),
        "pairs": measures.confused_pairs(readings),
    }
    return {**section, "weak": weaknesses(section)}


def _by_channel(readings: Readings, thresholds: Thresholds) -> list[dict[str, Any]]:
    """Nothing for training data, which names no channel."""
    channels = [message.channel for message in readings.messages]
    return measures.by_group(readings, channels, thresholds) if all(channels) else []


def _calibration(readings: Readings, right: NDArray[np.bool_]) -> dict[str, Any]:
    truth = levels_of(readings.messages)
    return {
        "danger": measures.calibration(readings.danger, truth > 0),
        "emergency": measures.calibration(readings.model.dangers[:, 2], truth == 2),
        "intent": measures.calibration(readings.model.wants.max(axis=1), right),
    }


def _in_first_three(readings: Readings) -> float:
    best = np.argsort(-readings.model.wants, axis=1)[:, :3]
    names = readings.model.intents
    pairs = zip(best, readings.messages, strict=True)
    hits = [any(names[i] in message.intent_ok for i in row) for row, message in pairs]
    return round(float(np.mean(hits)), 4)
