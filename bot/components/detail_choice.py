"""Which particular answer fits a message: learnt from ways of saying it and from read messages.

Ridge regression and a small network, on what MiniLM makes of a message layer by layer, score every
detail at once, and "no particular one". The best few and those that are said most alike are then
judged by a logistic regression, which learns how often such a choice was the reader's, on voices
that neither saw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.components.detail_network import DetailNetworks
from bot.components.kernel_ridge import voice_folds

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

_TINY: Final = np.float32(1e-6)
_RIDGE: Final = 0.4
# A message that somebody read and answered counts as two ways of saying made up for it.
_READ: Final = 2.0
# One part of so many of the voices is left out to judge by: the network is slow to learn anew.
_FOLDS: Final = 4
# What a log probability of the network is worth beside a score of the regression.
_NETWORK: Final = np.float32(0.015)
# What the tuned layers count for beside the networks.
_TUNED: Final = np.float32(0.55)
_BY_SCORE: Final = 14
_BY_LIKENESS: Final = 4
_EVIDENCE: Final = 10  # columns


@dataclass(frozen=True)
class Known:
    """Messages whose detail is known: pools (messages, 9, 384), number of the detail, writer.

    The number after the last detail's stands for no particular one. Ways of saying a detail have
    an empty `voice`.
    """

    pools: Floats
    owners: Rows
    voices: list[str]


@dataclass(frozen=True)
class Choice:
    """One detail that a message may be: its number, and how likely a reader would choose it."""

    detail: int
    chance: float


class Scores(NamedTuple):
    """Of messages for each detail and for none, (messages, details + 1): by each, and together."""

    regression: Floats
    network: Floats
    both: Floats


class DetailChoice:
    """The learnt chooser; joblib keeps it whole."""

    def fit(
        self, known: Known, likeness: Callable[[Rows], Floats], mute: NDArray[np.bool_]
    ) -> DetailChoice:
        """Learn from `known`; `mute` marks the details without words, which are never chosen.

        `likeness` says how like messages, given by their rows in `known`, are to each detail:
        shape (messages, details).
        """
        self._mute, self._details = mute, len(mute)
        # Nothing is chosen where no message was read to learn it from.
        self._slopes, self._offset = np.zeros(_EVIDENCE), -np.inf
        self._network = DetailNetworks()
        self._mean, self._spread = known.pools.mean(axis=0), known.pools.std(axis=0) + _TINY
        rows = self._rows(known.pools)
        read = np.flatnonzero(np.array([bool(voice) for voice in known.voices]))
        given = np.array([_READ if voice else 1.0 for voice in known.voices], dtype=np.float32)
        if len(read):
            voices = [known.voices[row] for row in read]
            unseen = voice_folds(voices, _FOLDS)[0]
            seen = np.setdiff1d(np.arange(len(rows)), read[unseen])
            self._learn(rows[seen], known.owners[seen], given[seen])
            owners = known.owners[read[unseen]]
            self._judge(rows[read[unseen]], likeness(read[unseen]), owners)
        self._learn(rows, known.owners, given)
        return self

    def _learn(self, rows: Floats, owners: Rows, given: Floats) -> None:
        columns = self._details + 1
        # Details with many messages are held back, so that they do not drown the others.
        count = np.bincount(owners, weights=given, minlength=columns)
        weights = (given / np.sqrt(np.maximum(count, 1.0))[owners]).astype(np.float32)
        self._fitted = _solve(*_products(rows, owners, weights, columns))
        # The network has a constant of its own, and goes on from what it learnt before.
        self._network.fit(rows[:, :-1], owners, given, columns)

    def _scores(self, rows: Floats, tuned: Floats | None = None) -> Scores:
        regression = rows @ self._fitted
        network = self._network.log_probabilities(rows[:, :-1])
        if tuned is not None:
            mixed = (1 - _TUNED) * network + _TUNED * tuned
            network = np.where(np.isnan(tuned), network, mixed)
        return Scores(regression, network, regression + _NETWORK * network)

    def choices(self, pools: Floats, likeness: Floats, tuned: Floats | None = None) -> list[Choice]:
        """The likeliest details of one message, the best first.

        `pools` is (9, 384), `likeness` (details,), and `tuned` (details + 1,) what the tuned layers
        say, NaN for a detail that they do not know.
        """
        scores = self._scores(self._rows(pools[None]), None if tuned is None else tuned[None])
        _, details, evidence = self._candidates(scores, likeness[None])
        chances = 1 / (1 + np.exp(-(evidence @ self._slopes + self._offset)))
        order = np.argsort(-chances)
        return [Choice(int(details[row]), float(chances[row])) for row in order]

    def _rows(self, pools: Floats) -> Floats:
        """Layers side by side, each brought to length 1, and a constant."""
        scaled = (pools - self._mean) / self._spread
        scaled /= np.maximum(np.linalg.norm(scaled, axis=2, keepdims=True), _TINY)
        flat = scaled.reshape(len(pools), -1) / np.float32(np.sqrt(pools.shape[1]))
        return np.hstack([flat, np.ones((len(flat), 1), dtype=np.float32)])

    def _judge(self, rows: Floats, likeness: Floats, owners: Rows) -> None:
        messages, details, evidence = self._candidates(self._scores(rows), likeness)
        middle, spread = evidence.mean(axis=0), evidence.std(axis=0) + _TINY
        judge = LogisticRegression(max_iter=500)
        judge.fit((evidence - middle) / spread, owners[messages] == details)
        self._slopes = judge.coef_[0] / spread
        self._offset = float(judge.intercept_[0] - middle @ self._slopes)

    def _candidates(self, scores: Scores, likeness: Floats) -> tuple[Rows, Rows, Floats]:
        """Message and detail of each candidate, and what speaks for it."""
        own = np.where(self._mute, np.float32(-9.0), scores.both[:, :-1])
        by_score = np.argpartition(-own, min(_BY_SCORE, self._details - 1), axis=1)[:, :_BY_SCORE]
        alike = np.where(self._mute, np.float32(-9.0), likeness)
        few = min(_BY_LIKENESS, self._details - 1)
        by_likeness = np.argpartition(-alike, few, axis=1)[:, :_BY_LIKENESS]
        pairs = np.hstack([by_score, by_likeness])
        rows = np.repeat(np.arange(len(own)), pairs.shape[1])
        unique = np.unique(np.stack([rows, pairs.ravel()], axis=1), axis=0)
        unique = unique[~self._mute[unique[:, 1]]]
        return unique[:, 0], unique[:, 1], _evidence(unique, scores, own, likeness, self._mute)


def _evidence(
    pairs: Rows, scores: Scores, own: Floats, likeness: Floats, mute: NDArray[np.bool_]
) -> Floats:
    rows, details = pairs[:, 0], pairs[:, 1]
    ranked = np.sort(own, axis=1)
    best, second = ranked[:, -1], ranked[:, -2]
    score, alike = own[rows, details], likeness[rows, details]
    others = np.where(mute, likeness, np.float32(-1.0)).max(axis=1)
    return np.stack(
        [
            score,
            scores.regression[rows, -1],
            scores.network[rows, details],
            scores.network[rows, -1],
            best[rows] - score,
            np.where(score == best[rows], best[rows] - second[rows], 0.0),
            alike,
            likeness.max(axis=1)[rows] - alike,
            np.maximum(others[rows] - alike, 0.0),
            score * alike,
        ],
        axis=1,
    )


def _products(rows: Floats, owners: Rows, weights: Floats, columns: int) -> tuple[Floats, Floats]:
    """Sums of products of rows with each other, and with the detail that each belongs to."""
    weighted = rows * weights[:, None]
    each = csr_matrix((weights, owners, np.arange(len(rows) + 1)), shape=(len(rows), columns))
    return weighted.T @ rows, np.asarray((each.T @ rows).T, dtype=np.float32)


def _solve(products: Floats, sums: Floats) -> Floats:
    ridged = products.copy()
    ridged.flat[:: len(ridged) + 1] += np.float32(_RIDGE)
    factor = cho_factor(ridged, lower=True, overwrite_a=True)
    return np.asarray(cho_solve(factor, sums), dtype=np.float32)
