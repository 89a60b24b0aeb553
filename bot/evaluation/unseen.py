"""Reads every training message with a model that never saw its voice, without Rasa."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.components.kernel_ridge import voice_folds
from bot.components.understanding import LEVELS, Understanding
from bot.evaluation.examples import Labelled

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Probabilities:
    """By intent, (messages, intents), and by level, (messages, 3); `intents` names columns."""

    intents: list[str]
    wants: Doubles
    dangers: Doubles


def read_left_out(
    messages: list[Labelled], pools: Floats, unseen: NDArray[np.int64], layers: Path
) -> Probabilities:
    """Read the rows `unseen` by a model of all others and by `layers` that were tuned without."""
    seen = np.setdiff1d(np.arange(len(messages)), unseen)
    model = Understanding.train([messages[row].as_example() for row in seen], pools[seen])
    texts = [messages[row].normal for row in unseen]
    wants, dangers = model.probabilities(texts, pools[unseen], tuned=layers)
    return Probabilities(model.intents, wants, dangers)


def read_unseen(messages: list[Labelled], pools: Floats, folds: int = 5) -> Probabilities:
    """Read each part of the voices by a model that learnt and was calibrated on all the others."""
    intents = sorted({message.intent for message in messages})
    wants = np.zeros((len(messages), len(intents)))
    dangers = np.zeros((len(messages), len(LEVELS)))
    for unseen in voice_folds([message.voice for message in messages], folds):
        seen = np.setdiff1d(np.arange(len(messages)), unseen)
        model = Understanding.train([messages[row].as_example() for row in seen], pools[seen])
        # An intent that only these voices have is one that the model does not know.
        columns = [intents.index(intent) for intent in model.intents]
        texts = [messages[row].normal for row in unseen]
        # The tuned layers have seen every voice, so that they have no say here.
        read = model.probabilities(texts, pools[unseen], tuned=None)
        wants[np.ix_(unseen, columns)], dangers[unseen] = read
    return Probabilities(intents, wants, dangers)
