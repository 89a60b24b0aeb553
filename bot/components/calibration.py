"""Turns scores into probabilities that hold, learnt on voices that the scores never saw."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_FLOOR: Final = 1e-9
# Sharpness where there is nothing to learn it from: near what thousands of messages gave.
_USUAL: Final = 6.0
# Brings the scores to a scale on which the regression's smoothing is slight.
_SPREAD: Final = 4.0


class SoftmaxCalibrator:
    """Probabilities as the softmax of scores times one number, that with the least log loss."""

    sharpness: float = _USUAL

    def fit(self, scores: Floats, labels: NDArray[np.int64]) -> SoftmaxCalibrator:
        """Choose the sharpness for `scores` (messages, labels) of messages with `labels`."""
        right = np.arange(len(labels)), labels

        def loss(log_sharpness: float) -> float:
            chosen = _softmax(scores * np.exp(log_sharpness))[right]
            return float(-np.log(np.maximum(chosen, _FLOOR)).mean())

        best = minimize_scalar(loss, bounds=(-1.0, 4.0), method="bounded")
        self.sharpness = float(np.exp(best.x))
        return self

    def probabilities(self, scores: Floats) -> Doubles:
        """Return shape (messages, labels), rows that sum to 1."""
        return _softmax(scores.astype(np.float64) * self.sharpness)


class LevelCalibrator:
    """Multinomial logistic regression from the scores of the levels and the neighbours' votes.

    What stands beside the levels' scores, further columns, is evidence too.
    """

    _weights: Doubles | None = None

    def __init__(self, levels: int) -> None:
        self._levels = levels

    def fit(self, scores: Floats, votes: Floats, labels: NDArray[np.int64]) -> LevelCalibrator:
        """Learn from `scores` (messages, at least levels), `votes`, `labels`, if all occur."""
        if len(set(labels.tolist())) == self._levels:
            model = LogisticRegression(C=1.0, max_iter=1000, multi_class="multinomial")
            model.fit(_evidence(scores, votes), labels)
            self._weights, self._offsets = model.coef_.T, model.intercept_
        return self

    def probabilities(self, scores: Floats, votes: Floats) -> Doubles:
        """Return shape (messages, levels), rows that sum to 1."""
        if self._weights is None:
            return _softmax(scores[:, : self._levels].astype(np.float64) * _USUAL)
        return _softmax(_evidence(scores, votes) @ self._weights + self._offsets)


def _evidence(scores: Floats, votes: Floats) -> Doubles:
    return np.hstack([scores, votes]).astype(np.float64) * _SPREAD


def _softmax(values: Doubles) -> Doubles:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Doubles = powers / powers.sum(axis=1, keepdims=True)
    return shares
