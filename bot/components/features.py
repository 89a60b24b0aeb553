"""Features of a message for the linear models: its meaning, its words and its spelling.

Plain scikit-learn, usable without Rasa: `HybridFeatures().fit(texts).transform(texts, dense)` where
`texts` are normalised and `dense` is `MiniLm().encode(texts)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

WORD_PATTERN = r"(?u)[^\W_]+(?:'[^\W_]+)?|[^\w\s]"


@dataclass
class FeatureOptions:
    """Sizes and weights of the three blocks; a weight scales a block of unit rows."""

    word_ngrams: tuple[int, int] = (1, 2)
    char_ngrams: tuple[int, int] = (2, 4)
    min_messages: int = 3
    dense_weight: float = 2.0
    word_weight: float = 1.0
    char_weight: float = 1.0


@dataclass
class HybridFeatures:
    """Joins MiniLM vectors (384) with word and character n-grams (TF-IDF, unit rows)."""

    options: FeatureOptions = field(default_factory=FeatureOptions)

    def fit(self, texts: list[str]) -> HybridFeatures:
        """Learn the n-grams seen in at least `min_messages` of `texts`."""
        options = self.options
        shared = {"sublinear_tf": True, "min_df": options.min_messages, "dtype": np.float32}
        self.words_ = TfidfVectorizer(
            ngram_range=options.word_ngrams, token_pattern=WORD_PATTERN, **shared
        ).fit(texts)
        self.chars_ = TfidfVectorizer(
            analyzer="char_wb", ngram_range=options.char_ngrams, **shared
        ).fit(texts)
        return self

    def transform(self, texts: list[str], dense: NDArray[np.float32]) -> csr_matrix:
        """Return shape (len(texts), 384 + words + characters), float32."""
        blocks = [
            csr_matrix(dense * np.float32(self.options.dense_weight)),
            self.words_.transform(texts) * np.float32(self.options.word_weight),
            self.chars_.transform(texts) * np.float32(self.options.char_weight),
        ]
        return hstack(blocks, format="csr", dtype=np.float32)
