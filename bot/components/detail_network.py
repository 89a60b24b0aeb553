"""A small network that tells which detail a message is: one hidden layer over what MiniLM makes.

Beside the ridge regression of bot.components.detail_choice it sees what two signs mean together,
and is wrong about other messages. It is trained here and not by TensorFlow, which is told that no
weight of ours ever changes (bot.environment).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

_HIDDEN: Final = 384
_EPOCHS: Final = 6
_BATCH: Final = 256
_STEP: Final = 1.5e-3  # of the optimiser (Adam), falling to 0
_MORE_EPOCHS: Final = 2
_MORE_STEP: Final = 1.2e-3
_MOMENTUM: Final = (0.9, 0.999)
_DROPPED_INPUTS: Final = 0.3
_DROPPED: Final = 0.4  # of the hidden signs
# So much of each label is spread over all: many details lie near each other.
_SMOOTHED: Final = 0.1
_SEED: Final = 7
_NETWORKS: Final = 3
_TINY: Final = 1e-8


class DetailNetworks:
    """Several networks that began elsewhere; what they say on the whole errs less than each."""

    def __init__(self) -> None:
        self._all = [DetailNetwork(_SEED + number) for number in range(_NETWORKS)]

    def fit(self, rows: Floats, labels: Rows, weights: Floats, count: int) -> DetailNetworks:
        """Each of them learns as `DetailNetwork.fit` says."""
        for network in self._all:
            network.fit(rows, labels, weights, count)
        return self

    def log_probabilities(self, rows: Floats) -> Floats:
        """The mean of theirs, (messages, labels)."""
        return np.mean([network.log_probabilities(rows) for network in self._all], axis=0)


class DetailNetwork:
    """Log probabilities of shape (messages, labels); joblib keeps it whole."""

    def __init__(self, seed: int) -> None:
        self._layers: list[Floats] = []
        self._seed = seed

    def fit(self, rows: Floats, labels: Rows, weights: Floats, count: int) -> DetailNetwork:
        """Learn `labels` below `count` from `rows` (messages, signs), each with its weight.

        Once more, with more messages, it goes on from what it knows, in a third of the time.
        """
        if self._layers:
            return self._learn(rows, labels, weights, _MORE_EPOCHS, _MORE_STEP)
        chance = np.random.default_rng(self._seed)
        self._scale = np.float32(1.0 / max(float(rows.std()), _TINY))
        signs = rows.shape[1]
        self._layers = [
            _start(chance, signs, _HIDDEN), np.zeros(_HIDDEN, dtype=np.float32),
            _start(chance, _HIDDEN, count), np.zeros(count, dtype=np.float32),
        ]  # fmt: skip
        return self._learn(rows, labels, weights, _EPOCHS, _STEP)

    def _learn(
        self, rows: Floats, labels: Rows, weights: Floats, epochs: int, step: float
    ) -> DetailNetwork:
        chance = np.random.default_rng(self._seed)
        optimiser = _Adam(self._layers, epochs * -(-len(rows) // _BATCH), step)
        shares = (weights / weights.mean()).astype(np.float32)
        for _ in range(epochs):
            order = chance.permutation(len(rows))
            for start in range(0, len(order), _BATCH):
                batch = order[start : start + _BATCH]
                slopes = self._slopes(rows[batch], labels[batch], shares[batch], chance)
                optimiser.step(slopes)
        return self

    def log_probabilities(self, rows: Floats) -> Floats:
        """Shape (messages, labels); the exponentials of a row sum to 1."""
        inner, inner_bias, outer, outer_bias = self._layers
        hidden = np.maximum((rows * self._scale) @ inner + inner_bias, 0)
        return _logs(hidden @ outer + outer_bias)

    def _slopes(
        self, rows: Floats, labels: Rows, shares: Floats, chance: np.random.Generator
    ) -> list[Floats]:
        """Of the cross entropy with smoothed labels, for each layer, at these messages."""
        inner, inner_bias, outer, outer_bias = self._layers
        given = rows * _kept(chance, rows.shape, _DROPPED_INPUTS) * self._scale
        before = given @ inner + inner_bias
        kept = _kept(chance, before.shape, _DROPPED)
        hidden = np.maximum(before, 0) * kept
        missed = np.exp(_logs(hidden @ outer + outer_bias))
        missed -= np.float32(_SMOOTHED / missed.shape[1])
        missed[np.arange(len(labels)), labels] -= np.float32(1 - _SMOOTHED)
        missed *= shares[:, None] / np.float32(len(labels))
        back = (missed @ outer.T) * kept * (before > 0)
        return [given.T @ back, back.sum(axis=0), hidden.T @ missed, missed.sum(axis=0)]


class _Adam:
    """Moves layers against their slopes, in place, by steps that fall to 0 (Kingma & Ba 2015)."""

    def __init__(self, layers: list[Floats], steps: int, first: float) -> None:
        self._layers, self._steps, self._first, self._done = layers, steps, first, 0
        self._means = [np.zeros_like(layer) for layer in layers]
        self._squares = [np.zeros_like(layer) for layer in layers]

    def step(self, slopes: list[Floats]) -> None:
        falling = self._first * (1 - self._done / self._steps)
        self._done += 1
        first, second = _MOMENTUM
        fair = np.sqrt(1 - second**self._done) / (1 - first**self._done)
        for layer, slope, mean, square in zip(
            self._layers, slopes, self._means, self._squares, strict=True
        ):
            mean += np.float32(1 - first) * (slope - mean)
            square += np.float32(1 - second) * (slope * slope - square)
            layer -= np.float32(falling * fair) * mean / (np.sqrt(square) + np.float32(_TINY))


def _start(chance: np.random.Generator, inputs: int, outputs: int) -> Floats:
    """Weights to begin with (Glorot & Bengio 2010)."""
    most = float(np.sqrt(6.0 / (inputs + outputs)))
    return chance.uniform(-most, most, (inputs, outputs)).astype(np.float32)


def _kept(chance: np.random.Generator, shape: tuple[int, ...], dropped: float) -> Floats:
    """0 for what is dropped, and more than 1 for the rest, so that sums stay as they are."""
    kept = chance.random(shape, dtype=np.float32) >= dropped
    return kept.astype(np.float32) / np.float32(1 - dropped)


def _logs(found: Floats) -> Floats:
    found = found - found.max(axis=1, keepdims=True)
    logs: Floats = found - np.log(np.exp(found).sum(axis=1, keepdims=True))
    return logs
