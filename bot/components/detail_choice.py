"""Which particular answer fits a message: learnt from ways of saying it and from read messages.

Ridge regression on what MiniLM makes of a message, layer by layer, scores every detail at once, and
"no particular one". The best few and those that are said most alike are then judged by a logistic
regression, which learns how often such a choice was the reader's, on voices it never saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.components.kernel_ridge import voice_folds

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

_TINY: Final = np.float32(1e-6)
_RIDGE: Final = 0.4
# A message that somebody read and answered counts as two ways of saying made up for it.
_READ: Final = 2.0
_FOLDS: Final = 5
_BY_SCORE: Final = 6
_BY_LIKENESS: Final = 4
_EVIDENCE: Final = 8  # columns


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


class DetailChoice:
    """The learnt chooser; joblib keeps it whole."""

    def fit(self, known: Known, likeness: Floats, mute: NDArray[np.bool_]) -> DetailChoice:
        """Learn from `known`; ways of saying come first, then read messages.

        `likeness` is that of each read message to each detail, (read, details). `mute` marks the
        details that have no words: they are never chosen.
        """
        self._mute, self._details = mute, len(mute)
        # Nothing is chosen where no message was read to learn it from.
        self._slopes, self._offset = np.zeros(_EVIDENCE), -np.inf
        self._mean, self._spread = known.pools.mean(axis=0), known.pools.std(axis=0) + _TINY
        rows = self._rows(known.pools)
        read = np.flatnonzero(np.array([bool(voice) for voice in known.voices]))
        weights = self._weights_of(known)
        products, sums = _products(rows, known.owners, weights, self._details + 1)
        if len(read):
            scores = np.empty((len(read), self._details + 1), dtype=np.float32)
            voices = [known.voices[row] for row in read]
            for unseen in voice_folds(voices, _FOLDS):
                own = read[unseen]
                less = _products(rows[own], known.owners[own], weights[own], self._details + 1)
                fitted = _solve(products - less[0], sums - less[1])
                scores[unseen] = rows[own] @ fitted
            self._judge(scores, likeness, known.owners[read])
        self._fitted = _solve(products, sums)
        return self

    def choices(self, pools: Floats, likeness: Floats) -> list[Choice]:
        """The likeliest details of one message, the best first.

        `pools` is (9, 384), `likeness` (details,).
        """
        scores = self._rows(pools[None]) @ self._fitted
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

    def _weights_of(self, known: Known) -> Floats:
        """Details with many messages are held back, so that they do not drown the others."""
        given = np.array([_READ if voice else 1.0 for voice in known.voices])
        count = np.bincount(known.owners, weights=given, minlength=self._details + 1)
        return np.asarray(given / np.sqrt(np.maximum(count, 1.0))[known.owners], dtype=np.float32)

    def _judge(self, scores: Floats, likeness: Floats, owners: Rows) -> None:
        messages, details, evidence = self._candidates(scores, likeness)
        middle, spread = evidence.mean(axis=0), evidence.std(axis=0) + _TINY
        judge = LogisticRegression(max_iter=500)
        judge.fit((evidence - middle) / spread, owners[messages] == details)
        self._slopes = judge.coef_[0] / spread
        self._offset = float(judge.intercept_[0] - middle @ self._slopes)

    def _candidates(self, scores: Floats, likeness: Floats) -> tuple[Rows, Rows, Floats]:
        """Message and detail of each candidate, and what speaks for it."""
        own = np.where(self._mute, np.float32(-9.0), scores[:, :-1])
        by_score = np.argpartition(-own, min(_BY_SCORE, self._details - 1), axis=1)[:, :_BY_SCORE]
        alike = np.where(self._mute, np.float32(-9.0), likeness)
        few = min(_BY_LIKENESS, self._details - 1)
        by_likeness = np.argpartition(-alike, few, axis=1)[:, :_BY_LIKENESS]
        pairs = np.hstack([by_score, by_likeness])
        rows = np.repeat(np.arange(len(scores)), pairs.shape[1])
        unique = np.unique(np.stack([rows, pairs.ravel()], axis=1), axis=0)
        unique = unique[~self._mute[unique[:, 1]]]
        return unique[:, 0], unique[:, 1], _evidence(unique, scores, own, likeness, self._mute)


def _evidence(
    pairs: Rows, scores: Floats, own: Floats, likeness: Floats, mute: NDArray[np.bool_]
) -> Floats:
    rows, details = pairs[:, 0], pairs[:, 1]
    ranked = np.sort(own, axis=1)
    best, second = ranked[:, -1], ranked[:, -2]
    score, alike = own[rows, details], likeness[rows, details]
    others = np.where(mute, likeness, np.float32(-1.0)).max(axis=1)
    return np.stack(
        [
            score,
            scores[rows, -1],
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
