"""Votes of the nearest training messages: what they count, and that no fold asks itself."""

from __future__ import annotations

import pytest

from tests.bot.assistant import bot_prints

_MADE = """
import numpy as np
from scipy.sparse import csr_matrix
from bot.components.features import Features
from bot.components.neighbours import COLUMNS, Neighbours

# Forty messages on a line, the first twenty calm, then ten urgent and ten emergencies.
places = np.arange(40, dtype=np.float32)
levels = np.repeat([0, 1, 2], [20, 10, 10])
dense = places[:, None]
grams = csr_matrix((40, 200), dtype=np.float32)


def alike(features):
    return np.exp(-np.abs(features.dense - places[None, :]) / 8).astype(np.float32)


def votes(grams, place, words):
    asked = Features(np.array([[place]], dtype=np.float32), words)
    shares = Neighbours().fit(grams, levels, 3.0).votes(alike(asked), words)[0]
    return shares.astype(float).round(2).tolist()
"""

_COUNTED = """
none = csr_matrix((1, 200), dtype=np.float32)
print(votes(grams, 39.0, none))
print(votes(grams, 0.0, none))
"""

# The calm end of the line shares its words with the emergencies at the other end.
_BY_WORDS = """
shared = np.zeros((40, 200), dtype=np.float32)
shared[30:, 7] = 3.0
words = np.zeros((1, 200), dtype=np.float32)
words[0, 7] = 3.0
print(votes(csr_matrix(shared), 0.0, csr_matrix(words)))
"""

_FOLDS = """
folds = [np.arange(0, 30), np.arange(30, 40)]
unseen = Neighbours().fit(grams, levels, 3.0).unseen(Features(dense, grams), folds, alike)
print(unseen.shape == (40, COLUMNS), unseen[39, 2] == 0.0, unseen[0, 2] > 0.3)
"""


@pytest.mark.assistant
def test_danger_of_the_nearest_is_counted() -> None:
    assert bot_prints(_MADE + _COUNTED) == [
        "[1.0, 0.67, 0.33, 1.0, 0.67, 0.33]",
        "[0.0, 0.33, 0.0, 0.0, 0.33, 0.0]",
    ]


@pytest.mark.assistant
def test_shared_words_bring_messages_near() -> None:
    assert bot_prints(_MADE + _BY_WORDS) == ["[0.0, 0.33, 0.0, 1.0, 0.33, 0.33]"]


@pytest.mark.assistant
def test_messages_of_the_same_fold_do_not_vote() -> None:
    assert bot_prints(_MADE + _FOLDS) == ["True True True"]
