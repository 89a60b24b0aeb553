"""The sentence vectors equal those of the model's original implementation."""

from __future__ import annotations

import subprocess

import pytest

from tests.bot.assistant import BOT_PYTHON

_COMPARE = """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
from transformers import AutoTokenizer, TFAutoModel
from bot.components.minilm import MiniLm, model_folder

texts = ["he's outside", "how do i get a non-mol order", "\U0001f62d", "x " * 90]
tokenizer = AutoTokenizer.from_pretrained(model_folder())
model = TFAutoModel.from_pretrained(model_folder())
for text, ours in zip(texts, MiniLm().encode(texts)):
    tokens = tokenizer(text, return_tensors="tf", truncation=True, max_length=128)
    theirs = model(**tokens).last_hidden_state[0].numpy().mean(axis=0)
    print(float(ours @ theirs / np.linalg.norm(theirs)))
"""


@pytest.mark.assistant
@pytest.mark.slow
def test_vectors_equal_those_of_the_original() -> None:
    done = subprocess.run(
        [str(BOT_PYTHON), "-c", _COMPARE], capture_output=True, text=True, timeout=240, check=True
    )
    likeness = [float(line) for line in done.stdout.split()]
    assert len(likeness) == 4
    assert min(likeness) > 0.9999
