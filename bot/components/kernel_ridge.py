"""Ridge regression in the space of likeness between messages: one solve for all labels at once.

Two messages are alike by a Gaussian of the distance of their meanings plus the cosine of their
words and spelling. N-gram weights are folded into one matrix; meanings are compared with all of
the training messages. One factorisation of the likeness gives the model and, by way of its inverse,
what the model would have said of each message had it not seen the messages of the same fold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import spotrf, spotrs, strtri
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold

from bot.components.features import Features

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

# Rows of likeness worked out at once: what is put together beside the matrix stays small.
_BLOCK: Final = 1024
# N-grams in more than one of so many messages are multiplied as a dense matrix, which is faster.
_FREQUENT: Final = 25


@dataclass
class KernelOptions:
    """`meaning` weighs the Gaussian against n-grams, `sharpness` narrows it, `ridge` smooths."""

    meaning: float = 3.0
    sharpness: float = 1.5
    ridge: float = 0.6


class KernelRidge:
    """Scores of shape (messages, labels) that tend to 1 for a label that holds and to 0 else."""

    def __init__(self, options: KernelOptions) -> None:
        self._options = options

    def fit(self, features: Features, targets: Floats, folds: list[Rows]) -> Floats:
        """Fit to `targets` (messages, labels); return what it says of messages it never saw.

        `folds` are row numbers that hold every row once; a fold's scores come from all others.
        The largest thing in memory is one matrix of (messages, messages), overwritten in place.
        """
        order = np.concatenate(folds)
        features, targets = features.rows(order), targets[order]
        likeness = self.likeness(features)
        likeness.flat[:: len(likeness) + 1] += np.float32(self._options.ridge)
        # The upper half that was filled is the lower one of the transposed matrix.
        factor, failed = spotrf(likeness.T, lower=1, clean=0, overwrite_a=1)
        if failed:
            raise np.linalg.LinAlgError("the likeness of the messages has no Cholesky factor")
        # Targets are centred, but on another mean in each fold: a column of ones stands for it.
        columns = np.hstack([targets, np.ones((len(targets), 1), dtype=np.float32)])
        solved = spotrs(factor, columns, lower=1)[0]
        back = np.argsort(order)
        self._keep(features.rows(back), solved[back], targets.mean(axis=0))
        scores = np.empty_like(targets)
        scores[order] = _left_out(factor, columns, solved, [len(fold) for fold in folds])
        return scores

    def _keep(self, features: Features, solved: Floats, means: Floats) -> None:
        weights = solved[:, :-1] - solved[:, -1:] * means
        self._means = means
        # A single message is multiplied with all of them twice as fast when laid out this way.
        self._anchors = np.ascontiguousarray(features.dense.T)
        self._by_meaning = np.ascontiguousarray(weights * np.float32(self._options.meaning))
        self._by_grams = np.asarray(features.sparse.T @ weights, dtype=np.float32)

    def alike(self, features: Features) -> Floats:
        """How alike in meaning to each training message, (messages, training messages), 0 to 1."""
        return _gaussian(features.dense @ self._anchors, self._options.sharpness)

    def scores(self, features: Features, alike: Floats) -> Floats:
        """Return shape (messages, labels); `alike` is what this says of the same features."""
        scores: Floats = alike @ self._by_meaning + features.sparse @ self._by_grams + self._means
        return scores

    def likeness(self, features: Features) -> Floats:
        """How alike messages are to each other, (messages, messages); only the upper half."""
        count = len(features.dense)
        often, seldom = _parted(features.sparse, count // _FREQUENT)
        likeness = np.zeros((count, count), dtype=np.float32)
        for start in range(0, count, _BLOCK):
            rows, rest = slice(start, start + _BLOCK), slice(start, None)
            block = likeness[rows, rest]
            np.matmul(features.dense[rows], features.dense[rest].T, out=block)
            _gaussian(block, self._options.sharpness)
            block *= np.float32(self._options.meaning)
            block += often[rows] @ often[rest].T
            block += (seldom[rows] @ seldom[rest].T).toarray()
        return likeness


def voice_folds(voices: list[str], folds: int) -> list[Rows]:
    """Row numbers in at most `folds` folds that share no voice; every row is in one of them."""
    count = min(folds, len(set(voices)))
    if count < 2:
        return [np.arange(len(voices))]
    return [unseen for _, unseen in GroupKFold(count).split(voices, groups=voices)]


def _left_out(factor: Floats, columns: Floats, solved: Floats, sizes: list[int]) -> Floats:
    """Scores of each fold by a model of all the others, without fitting any of them.

    With C the inverse of the ridged likeness, a model without the rows F misses their targets by
    C[F, F]^-1 (C targets)[F]: the block form of the leave-one-out residual.
    """
    inverse = strtri(factor, lower=1, overwrite_c=1)[0]
    targets, scores = columns[:, :-1], np.empty_like(columns[:, :-1])
    total, start = targets.sum(axis=0), 0
    for size in sizes:
        fold = slice(start, start + size)
        inverse[fold, fold] = np.tril(inverse[fold, fold])
        own = inverse[start:, fold]
        missed = cho_solve(cho_factor(own.T @ own, lower=True), solved[fold])
        unseen = columns[fold] - missed
        means = (total - targets[fold].sum(axis=0)) / max(1, len(targets) - size)
        scores[fold] = unseen[:, :-1] + (1 - unseen[:, -1:]) * means
        start += size
    return scores


def _parted(grams: csr_matrix, many: int) -> tuple[Floats, csr_matrix]:
    """The columns that more than `many` messages have, dense; and the others, sparse."""
    often = np.bincount(grams.indices, minlength=grams.shape[1]) > many
    return grams[:, often].toarray(), grams[:, ~often]


def _gaussian(cosines: Floats, sharpness: float) -> Floats:
    """exp(-sharpness * squared distance) of vectors of length 1, in place."""
    cosines -= np.float32(1.0)
    cosines *= np.float32(2.0 * sharpness)
    return np.exp(cosines, out=cosines)
