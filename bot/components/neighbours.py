"""How dangerous the training messages are that a message is most like.

A ridge regression smooths over thousands of messages; the few nearest say what it smooths away.
Their shares of danger stand beside its scores when levels are calibrated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.components.features import Features

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

# Columns of what `votes` returns.
COLUMNS: Final = 6

_NEAREST: Final = 10
_NEAR: Final = 30
# N-grams in more than one of so many messages say little of likeness and cost the most time.
_FREQUENT: Final = 50
_BLOCK: Final = 1024


class Neighbours:
    """Votes of the nearest training messages, by meaning and by meaning and n-grams together."""

    def fit(self, grams: csr_matrix, levels: Rows, meaning: float) -> Neighbours:
        """Keep the training messages' `grams` and `levels` (0 standard, 1 urgent, 2 emergency).

        A level of -1 is unknown and votes for no danger. `meaning` weighs likeness in meaning.
        """
        self._meaning = np.float32(meaning)
        self._raised = (levels > 0).astype(np.float32)
        self._emergency = (levels > 1).astype(np.float32)
        messages, width = grams.shape
        few = np.bincount(grams.indices, minlength=width) <= max(10, messages // _FREQUENT)
        rare = grams.copy()
        rare.data[~few[rare.indices]] = 0.0
        rare.eliminate_zeros()
        self._by_gram = rare.T.tocsr()
        return self

    def votes(self, alike: Floats, grams: csr_matrix) -> Floats:
        """Shares from 0 to 1, (messages, COLUMNS).

        `alike` in meaning is (messages, training messages); where it is 0, none is asked.
        """
        both = (grams @ self._by_gram).toarray()
        both += self._meaning * alike
        # A Gaussian is never 0: those set to 0 are not asked.
        both *= alike > 0
        return np.hstack([self._shares(alike), self._shares(both)])

    def unseen(
        self, features: Features, folds: list[Rows], alike: Callable[[Features], Floats]
    ) -> Floats:
        """The same for the training messages themselves, asking only those of other folds."""
        fold_of = np.empty(len(features.dense), dtype=np.int64)
        for number, fold in enumerate(folds):
            fold_of[fold] = number
        votes = []
        for start in range(0, len(fold_of), _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, len(fold_of)))
            block = features.rows(rows)
            own = fold_of[rows][:, None] == fold_of[None, :]
            others = np.where(own, np.float32(0.0), alike(block))
            votes.append(self.votes(others, block.sparse))
        return np.concatenate(votes)

    def _shares(self, alike: Floats) -> Floats:
        """Danger among the ten nearest and the thirty, and emergency among the thirty."""
        count = min(_NEAR, alike.shape[1])
        nearest = np.argpartition(-alike, count - 1, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(alike, nearest, axis=1), axis=1)
        nearest = np.take_along_axis(nearest, order, axis=1)
        raised = self._raised[nearest]
        shares = [raised[:, :_NEAREST], raised, self._emergency[nearest]]
        return np.stack([share.mean(axis=1) for share in shares], axis=1)
