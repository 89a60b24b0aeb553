"""Features of a message for the models: its meaning, its words and its spelling.

Usable without Rasa: `features = MessageFeatures().fit(texts, pools)`, then
`features.transform(texts, pools)`, where `texts` are normalised and `pools` is
`MiniLm().encode_pools(texts)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_matrix

from bot.components.grams import GramKind, Grams, char_grams, word_grams

Floats = NDArray[np.float32]

_TINY = np.float32(1e-6)
# Messages whose layers are worked on at once; all of them would fill gigabytes.
_BLOCK: Final = 2048


@dataclass
class FeatureOptions:
    """What is kept: `components` is the size of the dense block; shares weigh the n-grams."""

    components: int = 320
    word_ngrams: tuple[int, int] = (1, 2)
    char_ngrams: tuple[int, int] = (2, 5)
    min_messages: int = 2
    word_share: float = 1.5
    char_share: float = 0.5

    def grams(self) -> Grams:
        """N-grams as these options want them; nothing is learnt yet."""
        # Likeness is a product of two rows, so each row gets the root of its share.
        words = GramKind(word_grams, self.word_ngrams, self.word_share**0.5)
        chars = GramKind(char_grams, self.char_ngrams, self.char_share**0.5)
        return Grams([words, chars], self.min_messages)


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
        self.grams_ = self.options.grams().fit(texts)
        self.mean_, self.spread_ = pools.mean(axis=0), pools.std(axis=0) + _TINY
        total = sum(joined.sum(axis=0, dtype=np.float64) for joined in self._blocks(pools))
        self.middle_ = np.asarray(total / len(pools), dtype=np.float32)
        self.axes_ = _axes(self._products(pools), self.options.components)
        return self

    def transform(self, texts: list[str], pools: Floats) -> Features:
        """Return both blocks, one row a text."""
        dense = [_unit((joined - self.middle_) @ self.axes_) for joined in self._blocks(pools)]
        return Features(np.concatenate(dense), self.grams_.transform(texts))

    def _products(self, pools: Floats) -> Floats:
        """Sums of products of what is joined, centred, two by two."""
        size = self.middle_.size
        products = np.zeros((size, size), dtype=np.float32)
        for joined in self._blocks(pools):
            joined -= self.middle_
            products += joined.T @ joined
        return products

    def _blocks(self, pools: Floats) -> Iterator[Floats]:
        """Layers side by side, each brought to length 1 so that none drowns the others."""
        for start in range(0, len(pools), _BLOCK):
            part = pools[start : start + _BLOCK]
            yield _unit((part - self.mean_) / self.spread_).reshape(len(part), -1)


def _unit(rows: Floats) -> Floats:
    # einsum makes no second array as large as the first.
    length = np.sqrt(np.einsum("...i,...i->...", rows, rows))[..., None]
    unit: Floats = np.divide(rows, np.maximum(length, _TINY), out=rows)
    return unit


def _axes(products: Floats, count: int) -> Floats:
    """The `count` principal directions of centred rows with these products, as columns."""
    size = len(products)
    wanted = (max(0, size - count), size - 1)
    vectors: Floats = eigh(products, subset_by_index=wanted, driver="evr", overwrite_a=True)[1]
    return np.ascontiguousarray(vectors, dtype=np.float32)
