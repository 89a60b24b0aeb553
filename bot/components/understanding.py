"""What a message wants (intent) and how dangerous it is (triage), read by two linear models.

Usable without Rasa, by evaluations for one:

    dense = MiniLm().encode(texts)                       # texts already normalised
    model = Understanding.train(examples, dense)         # examples: list[Example]
    readings = model.read(texts, dense, Thresholds())    # list[Reading]
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bot.components.features import FeatureOptions, HybridFeatures

Doubles = NDArray[np.float64]
Progress = Callable[[str, float], None]

LEVELS: Final = ("standard", "urgent", "emergency")
_FLOOR: Final = 1e-9


@dataclass(frozen=True)
class Example:
    """One labelled message; `voice` names who wrote it, so that folds never share a writer."""

    text: str
    intent: str
    triage: str | None = None
    voice: str = ""


@dataclass(frozen=True)
class Thresholds:
    """When a message is raised: P(urgent or emergency), and P(emergency), from 0 to 1."""

    raise_urgent: float = 0.35
    raise_emergency: float = 0.45


@dataclass(frozen=True)
class Reading:
    """What the models make of one message; `probabilities` is by level and sums to 1."""

    ranking: tuple[tuple[str, float], ...]
    level: str
    probabilities: dict[str, float]

    @property
    def intent(self) -> str:
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        return self.ranking[0][1]


@dataclass
class LinearOptions:
    """Regularisation (smaller `c` is stronger) and effort of one linear model."""

    c: float = 1.0
    max_iter: int = 100
    balanced: bool = True


@dataclass
class CalibratedLinear:
    """Logistic regression whose probabilities are tempered on voices it never saw.

    One class against the rest: on these features as good as multinomial, in a tenth of the time.
    """

    options: LinearOptions = field(default_factory=LinearOptions)
    temperature: float = 1.0

    def fit(self, x: csr_matrix, y: list[str], voices: list[str], folds: int) -> CalibratedLinear:
        labels = np.array(y)
        self.temperature = self._temperature(x, labels, voices, folds)
        self.model_ = self._new().fit(x, labels)
        self.classes_ = [str(name) for name in self.model_.classes_]
        return self

    def probabilities(self, x: csr_matrix) -> Doubles:
        """Return shape (rows, classes), in the order of `classes_`."""
        return _tempered(self.model_.predict_log_proba(x), self.temperature)

    def _temperature(
        self, x: csr_matrix, labels: NDArray[np.str_], voices: list[str], folds: int
    ) -> float:
        """The temperature with the least log loss out of fold, 1.0 when there is no way to tell."""
        folds = min(folds, len(set(voices)))
        if folds < 2:
            return 1.0
        logs, right = [], []
        for seen, unseen in GroupKFold(folds).split(x, labels, voices):
            model = self._new().fit(x[seen], labels[seen])
            known = np.isin(labels[unseen], model.classes_)
            logs.append(_padded(model.predict_log_proba(x[unseen][known]), model, labels))
            right.append(np.searchsorted(np.unique(labels), labels[unseen][known]))
        return _best_temperature(np.vstack(logs), np.concatenate(right))

    def _new(self) -> LogisticRegression:
        options = self.options
        weight = "balanced" if options.balanced else None
        return LogisticRegression(
            C=options.c,
            max_iter=options.max_iter,
            class_weight=weight,
            solver="liblinear",
            multi_class="ovr",
            random_state=0,
        )


@dataclass
class Understanding:
    """The two models over one set of features; joblib keeps it whole."""

    features: HybridFeatures
    intent: CalibratedLinear
    triage: CalibratedLinear

    @classmethod
    def train(
        cls,
        examples: list[Example],
        dense: NDArray[np.float32],
        *,
        features: FeatureOptions | None = None,
        intent: LinearOptions | None = None,
        triage: LinearOptions | None = None,
        folds: int = 5,
        progress: Progress = lambda stage, seconds: None,
    ) -> Understanding:
        """Fit both models; `dense` has one row of 384 an example. Takes minutes for thousands."""
        started = time.monotonic()
        texts = [example.text for example in examples]
        voices = [example.voice for example in examples]
        hybrid = HybridFeatures(features or FeatureOptions()).fit(texts)
        x = hybrid.transform(texts, dense)
        progress("features", time.monotonic() - started)
        intents = CalibratedLinear(intent or LinearOptions()).fit(
            x, [example.intent for example in examples], voices, folds
        )
        progress("intent model", time.monotonic() - started)
        rows = [row for row, example in enumerate(examples) if example.triage]
        levels = CalibratedLinear(triage or LinearOptions()).fit(
            x[rows],
            [str(examples[row].triage) for row in rows],
            [voices[row] for row in rows],
            folds,
        )
        progress("triage model", time.monotonic() - started)
        return cls(hybrid, intents, levels)

    def read(
        self, texts: list[str], dense: NDArray[np.float32], thresholds: Thresholds, top: int = 5
    ) -> list[Reading]:
        """Read normalised `texts`; `dense` is their MiniLM vectors, one row each."""
        x = self.features.transform(texts, dense)
        wants = self.intent.probabilities(x)
        dangers = self.triage.probabilities(x)
        return [
            Reading(
                _ranking(self.intent.classes_, want, top),
                *_level(dict(zip(self.triage.classes_, danger, strict=True)), thresholds),
            )
            for want, danger in zip(wants, dangers, strict=True)
        ]


def level_of(probabilities: dict[str, float], thresholds: Thresholds) -> str:
    """The triage level that probabilities by level amount to under `thresholds`."""
    emergency = probabilities.get("emergency", 0.0)
    if emergency >= thresholds.raise_emergency:
        return "emergency"
    if emergency + probabilities.get("urgent", 0.0) >= thresholds.raise_urgent:
        return "urgent"
    return "standard"


def _level(by_level: dict[str, float], limits: Thresholds) -> tuple[str, dict[str, float]]:
    probabilities = {name: round(float(by_level.get(name, 0.0)), 4) for name in LEVELS}
    return level_of(probabilities, limits), probabilities


def _ranking(classes: list[str], row: Doubles, top: int) -> tuple[tuple[str, float], ...]:
    best = np.argsort(-row)[:top]
    return tuple((classes[index], round(float(row[index]), 4)) for index in best)


def _tempered(log_probabilities: Doubles, temperature: float) -> Doubles:
    scaled = log_probabilities / temperature
    scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    tempered: Doubles = scaled / scaled.sum(axis=1, keepdims=True)
    return tempered


def _padded(logs: Doubles, model: LogisticRegression, labels: NDArray[np.str_]) -> Doubles:
    """Columns for every class, also those that this fold's training rows did not hold."""
    classes = np.unique(labels)
    padded = np.full((len(logs), len(classes)), np.log(_FLOOR))
    padded[:, np.searchsorted(classes, model.classes_)] = logs
    return padded


def _best_temperature(logs: Doubles, right: NDArray[np.int64]) -> float:
    def loss(log_temperature: float) -> float:
        chosen = _tempered(logs, float(np.exp(log_temperature)))[np.arange(len(right)), right]
        return float(-np.log(np.maximum(chosen, _FLOOR)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))
