"""Which training messages a model learns most from: those that a plain one is least sure of.

What thousands of messages already say alike teaches a kernel model little, while its training takes
time with the cube of their number and each reading with the number itself.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

_RIDGE: Final = np.float32(1.0)
_CONSTANT: Final = np.float32(0.3)  # beside rows of length 1
# Of the sure ones so many stay, in every part of what people say.
_KEPT_ALL_THE_SAME: Final = 10


def hardest(
    rows: Floats, targets: list[Floats], folds: list[Rows], most: int, staying: NDArray[np.bool_]
) -> Rows:
    """Row numbers of at most `most` messages, in order; all where there are no more.

    Those marked in `staying` stay, and one in ten of the others, even where that is more.

    `targets` holds, for each question asked of a message, a matrix (messages, answers) with 1 where
    an answer holds. A message is as hard as the question that a linear model, which saw no message
    of its fold, is least sure to answer rightly.
    """
    too_many = len(rows) - most
    if too_many <= 0 or len(folds) < 2:
        return np.arange(len(rows))
    scores = _unseen(rows, np.hstack(targets), folds)
    ends = np.cumsum([target.shape[1] for target in targets])[:-1]
    margins = [
        _margin(found, target)
        for found, target in zip(np.split(scores, ends, axis=1), targets, strict=True)
    ]
    surest = np.argsort(-np.minimum.reduce(margins), kind="stable")
    going = (np.arange(len(surest)) % _KEPT_ALL_THE_SAME != 0) & ~staying[surest]
    return np.setdiff1d(np.arange(len(rows)), surest[going][:too_many])


def _unseen(rows: Floats, targets: Floats, folds: list[Rows]) -> Floats:
    """Scores of each fold by ridge regression on all the others."""
    signs = np.hstack([rows, np.full((len(rows), 1), _CONSTANT)])
    products, sums = signs.T @ signs, signs.T @ targets
    scores = np.empty_like(targets)
    for fold in folds:
        own = signs[fold]
        others = products - own.T @ own
        others.flat[:: len(others) + 1] += _RIDGE
        scores[fold] = own @ np.linalg.solve(others, sums - own.T @ targets[fold])
    return scores


def _margin(scores: Floats, targets: Floats) -> Floats:
    """How far the right answer is ahead of the best wrong one; negative where it is not."""
    right = targets == 1
    ahead = np.where(right, scores, -np.inf).max(axis=1)
    margin: Floats = ahead - np.where(right, -np.inf, scores).max(axis=1)
    # Where no answer is known to hold the message is not dropped for it.
    margin[~right.any(axis=1)] = -np.inf
    return margin
