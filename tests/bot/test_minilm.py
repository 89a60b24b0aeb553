"""The sentence vectors equal those of the model's original implementation."""

from __future__ import annotations

import pytest

from tests.bot.assistant import bot_prints

_COMPARE = """
import numpy as np
from transformers import AutoTokenizer, TFAutoModel
from bot.components.minilm import MiniLm, model_folder

texts = ["he's outside", "how do i get a non-mol order", "\U0001f62d", "x " * 90]
tokenizer = AutoTokenizer.from_pretrained(model_folder())
model = TFAutoModel.from_pretrained(model_folder())
for text, ours in zip(texts, MiniLm(halves=False).encode(texts)):
    tokens = tokenizer(text, return_tensors="tf", truncation=True, max_length=128)
    theirs = model(**tokens).last_hidden_state[0].numpy().mean(axis=0)
    print(float(ours @ theirs / np.linalg.norm(theirs)))
"""


@pytest.mark.assistant
@pytest.mark.slow
def test_vectors_equal_those_of_the_original() -> None:
    likeness = [float(line) for line in bot_prints(_COMPARE)]
    assert len(likeness) == 4
    assert min(likeness) > 0.9999


_PRECISIONS = """
from bot.environment import prepare

prepare(threads=1)
import numpy as np
from bot.components.minilm import MiniLm

texts = ["he's outside", "ok", "how do i get a non-mol order", "\U0001f62d", "x " * 90, ""] * 9
single, halves = MiniLm(halves=False).encode_pools(texts), MiniLm(halves=True).encode_pools(texts)
lengths = np.linalg.norm(single, axis=2) * np.linalg.norm(halves, axis=2)
print(float(((single * halves).sum(axis=2) / lengths).min()))
"""


@pytest.mark.assistant
def test_half_precision_keeps_the_direction_of_vectors() -> None:
    (nearest,) = bot_prints(_PRECISIONS)
    assert float(nearest) > 0.9995


_TOGETHER = """
from bot.environment import prepare

prepare(threads=1)
import numpy as np
from bot.components.minilm import MiniLm

encoder = MiniLm()
texts = ["he's outside", "ok", "how do i get a non-mol order", "\U0001f62d", "x " * 90, ""] * 9
texts += ["he has " + "gone " * count for count in range(100)]
together = encoder.encode_pools(texts)
alone = np.concatenate([encoder.encode_pools([text]) for text in texts])
print(float(np.abs(together - alone).max()))
"""


@pytest.mark.assistant
def test_message_reads_alike_alone_and_among_others() -> None:
    (furthest,) = bot_prints(_TOGETHER)
    assert float(furthest) < 0.05
