"""Features of a message for the models: its meaning, its words and its spelling.

Usable without Rasa: `features = MessageFeatures().fit(texts, pools)`, then
`features.transform(texts, pools)`, where `texts` are normalised and `pools` is
`MiniLm().encode_pools(texts)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float32]

WORD_PATTERN = r"(?u)[^\W_]+(?:'[^\W_]+)?|[^\w\s]"
_TINY = np.float32(1e-6)


@dataclass
class FeatureOptions:
    """What is kept: `components` is the size of the dense block; shares weigh the n-grams."""

    components: int = 320
    word_ngrams: tuple[int, int] = (1, 2)
    char_ngrams: tuple[int, int] = (2, 5)
    min_messages: int = 2
    word_share: float = 1.5
    char_share: float = 0.5


class Features(NamedTuple):
    """Rows of length 1 of shape (messages, components), and n-gram weights (sparse)."""

    dense: Floats
    sparse: csr_matrix

    def rows(self, which: NDArray[np.int64]) -> Features:
        """The features of some of the messages."""
        return Features(self.dense[which], self.sparse[which])


@dataclass
class MessageFeatures:
    """MiniLM's pools, joined and compressed, beside TF-IDF of word and character n-grams."""

    options: FeatureOptions = field(default_factory=FeatureOptions)

    def fit(self, texts: list[str], pools: Floats) -> MessageFeatures:
        """Learn the n-grams seen often enough, and the directions in which meanings differ."""
        options = self.options
        shared = {"sublinear_tf": True, "min_df": options.min_messages, "dtype": np.float32}
        self.words_ = TfidfVectorizer(
            ngram_range=options.word_ngrams, token_pattern=WORD_PATTERN, **shared
        ).fit(texts)
        self.chars_ = TfidfVectorizer(
            analyzer="char_wb", ngram_range=options.char_ngrams, **shared
        ).fit(texts)
        self.mean_, self.spread_ = pools.mean(axis=0), pools.std(axis=0) + _TINY
        joined = self._joined(pools)
        self.middle_ = joined.mean(axis=0)
        self.axes_ = _axes(joined - self.middle_, options.components)
        return self

    def transform(self, texts: list[str], pools: Floats) -> Features:
        """Return both blocks, one row a text."""
        dense = _unit((self._joined(pools) - self.middle_) @ self.axes_)
        # Likeness is a product of two rows, so each row gets the root of its share.
        grams = [
            self.words_.transform(texts) * np.float32(self.options.word_share**0.5),
            self.chars_.transform(texts) * np.float32(self.options.char_share**0.5),
        ]
        return Features(dense, hstack(grams, format="csr", dtype=np.float32))

    def _joined(self, pools: Floats) -> Floats:
        """Layers side by side, each brought to length 1 so that none drowns the others."""
        levelled = _unit((pools - self.mean_) / self.spread_)
        joined: Floats = levelled.reshape(len(levelled), -1)
        return joined


def _unit(rows: Floats) -> Floats:
    unit: Floats = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), _TINY)
    return unit


def _axes(rows: Floats, count: int) -> Floats:
    """The `count` principal directions of centred rows, as columns."""
    size = rows.shape[1]
    wanted = (max(0, size - count), size - 1)
    vectors: Floats = eigh(rows.T @ rows, subset_by_index=wanted, driver="evr")[1]
    return np.ascontiguousarray(vectors, dtype=np.float32)
