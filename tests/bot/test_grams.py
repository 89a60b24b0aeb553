"""Our n-grams are those of scikit-learn, which the project counted with before."""

from __future__ import annotations

import pytest

from tests.bot.assistant import bot_prints

_COMPARE = """
import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from bot.components.features import FeatureOptions

seen = ["he's outside!! he's at the door", "i am at work", "is he at work", "am i ok", ""]
seen.append("\U0001f62d \U0001f62d")
asked = [*seen, "he is at the WORK door door", "a", "never seen 123", " ", "\u00e9t\u00e9 he's"]
options = FeatureOptions()
ours = options.grams().fit(seen).transform(asked).toarray()
shared = {"sublinear_tf": True, "min_df": options.min_messages, "dtype": np.float32}
words = TfidfVectorizer(
    ngram_range=options.word_ngrams, token_pattern=r"(?u)[^\\W_]+(?:'[^\\W_]+)?|[^\\w\\s]", **shared
).fit(seen)
chars = TfidfVectorizer(analyzer="char_wb", ngram_range=options.char_ngrams, **shared).fit(seen)
parts = [(words, options.word_share), (chars, options.char_share)]
theirs = hstack([part.transform(asked) * share**0.5 for part, share in parts]).toarray()
print(ours.shape == theirs.shape, ours.shape[1] > 20, float(np.abs(ours - theirs).max()) < 1e-6)
alone = [options.grams().fit(seen).transform([text]).toarray()[0] for text in asked]
print(bool((np.array(alone) == ours).all()))
"""


@pytest.mark.assistant
def test_rows_equal_those_of_the_slow_way() -> None:
    assert bot_prints(_COMPARE) == ["True True True", "True"]
