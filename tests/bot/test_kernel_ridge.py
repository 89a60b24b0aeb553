"""One factorisation says what many models, each without a fold, would have said."""

from __future__ import annotations

import pytest

from tests.bot.assistant import bot_prints

_MADE = """
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse import random as sparse_random
from bot.components.features import Features
from bot.components.kernel_ridge import KernelOptions, KernelRidge, voice_folds

chance = np.random.default_rng(7)
count, labels = 1500, 5
dense = chance.normal(size=(count, 16)).astype(np.float32)
dense /= np.linalg.norm(dense, axis=1, keepdims=True)
grams = sparse_random(count, 400, density=0.03, random_state=1, format="csr", dtype=np.float32)
grams = grams.multiply(np.float32(0.3)).tocsr()
grams = grams + 0.2 * (chance.random((count, 400)) < (np.arange(400) < 20)).astype(np.float32)
features = Features(dense, csr_matrix(grams, dtype=np.float32))
targets = np.eye(labels, dtype=np.float32)[chance.integers(0, labels, count)]
voices = [f"voice {number}" for number in chance.integers(0, 17, count)]
folds = voice_folds(voices, 6)
model = KernelRidge(KernelOptions())


def scores(rows):
    return model.scores(rows, model.alike(rows))


unseen = model.fit(features, targets, folds)


def solved(seen, asked):
    # The plain way: a model of its own, with nothing shared.
    def likeness(a, b):
        near = np.exp(-1.5 * 2 * (1 - dense[a].astype(float) @ dense[b].T))
        return 3.0 * near + (features.sparse[a] @ features.sparse[b].T).toarray()

    means = targets[seen].mean(axis=0)
    ridged = likeness(seen, seen) + 0.6 * np.eye(len(seen))
    return likeness(asked, seen) @ np.linalg.solve(ridged, targets[seen] - means) + means
"""

_SAME = """
everyone = np.arange(count)
print(float(np.abs(scores(features) - solved(everyone, everyone)).max()) < 2e-4)
for fold in folds:
    plain = solved(np.setdiff1d(everyone, fold), fold)
    print(float(np.abs(unseen[fold] - plain).max()) < 2e-4)
"""

_ALONE = """
together = scores(features)
alone = np.vstack([scores(features.rows(np.array([row]))) for row in range(50)])
print(float(np.abs(together[:50] - alone).max()) < 1e-5)
print(len(voice_folds(["one"] * 4, 6)), len(voice_folds(voices, 6)))
one_voice = voice_folds(["one"] * count, 6)
print(KernelRidge(KernelOptions()).fit(features, targets, one_voice).shape == targets.shape)
"""


@pytest.mark.assistant
def test_unseen_scores_equal_those_of_models_without_the_fold() -> None:
    assert bot_prints(_MADE + _SAME) == ["True"] * 7


@pytest.mark.assistant
def test_one_message_scores_as_among_others() -> None:
    assert bot_prints(_MADE + _ALONE) == ["True", "1 6", "True"]
