"""N-grams of words and of characters as sparse rows, quick for a single message.

They count as scikit-learn's TfidfVectorizer does (`char_wb` for characters), whose calls cost a
millisecond each before any n-gram is looked at.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

# Words, with what an apostrophe joins to them, and every other sign by itself.
_WORD: Final = re.compile(r"(?u)[^\W_]+(?:'[^\W_]+)?|[^\w\s]")


def word_grams(text: str, shortest: int, longest: int) -> list[str]:
    """Runs of `shortest` to `longest` words or signs, joined by spaces."""
    words = _WORD.findall(text.lower())
    return [
        " ".join(words[start : start + size])
        for size in range(shortest, longest + 1)
        for start in range(len(words) - size + 1)
    ]


def char_grams(text: str, shortest: int, longest: int) -> list[str]:
    """Runs of characters inside words with a space at each end; a short word counts whole, once."""
    grams: list[str] = []
    for word in text.lower().split():
        padded = f" {word} "
        for size in range(shortest, longest + 1):
            starts = range(max(1, len(padded) - size + 1))
            grams += [padded[start : start + size] for start in starts]
            if size >= len(padded):
                break
    return grams


@dataclass(frozen=True)
class GramKind:
    """How a text is split, the range of lengths, and the length of a text's row."""

    split: Callable[[str, int, int], list[str]]
    lengths: tuple[int, int]
    weight: float

    def count(self, text: str) -> Counter[str]:
        """How often each n-gram stands in a text."""
        return Counter(self.split(text, *self.lengths))


class Grams:
    """Rows of `weight` (1 + log count) idf, the part of each kind brought to its own length."""

    def __init__(self, kinds: list[GramKind], min_messages: int) -> None:
        self._kinds = kinds
        self._min_messages = min_messages

    def fit(self, texts: list[str]) -> Grams:
        """Learn the n-grams that at least `min_messages` of `texts` have, and how rare each is."""
        self._columns: list[dict[str, tuple[int, float]]] = []
        self._width = 0
        for kind in self._kinds:
            seen: Counter[str] = Counter()
            for text in texts:
                seen.update(set(kind.split(text, *kind.lengths)))
            kept = sorted(gram for gram, count in seen.items() if count >= self._min_messages)
            self._columns.append(
                {
                    gram: (self._width + place, log((1 + len(texts)) / (1 + seen[gram])) + 1)
                    for place, gram in enumerate(kept)
                }
            )
            self._width += len(kept)
        return self

    def transform(self, texts: list[str]) -> csr_matrix:
        """One row a text, with the columns of all kinds side by side."""
        columns, values, ends = array("i"), array("f"), array("i", [0])
        for text in texts:
            for kind, known in zip(self._kinds, self._columns, strict=True):
                _add_row(kind, known, text, columns, values)
            ends.append(len(columns))
        parts = np.array(values), np.array(columns), np.array(ends)
        return csr_matrix(parts, shape=(len(texts), self._width))


def _add_row(
    kind: GramKind,
    known: dict[str, tuple[int, float]],
    text: str,
    columns: array[int],
    values: array[float],
) -> None:
    """Append the columns and values of one text's known n-grams."""
    found = [(known[gram], count) for gram, count in kind.count(text).items() if gram in known]
    row = [rarity * (1 + log(count)) for (_, rarity), count in found]
    length = sqrt(sum(value * value for value in row))
    columns.extend([column for (column, _), _ in found])
    values.extend([kind.weight * value / length for value in row])
