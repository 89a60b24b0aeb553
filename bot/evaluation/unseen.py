"""Reads every training message with a model that never saw its voice, without Rasa."""

from __future__ import annotations

from dataclasses import dataclass

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
        wants[np.ix_(unseen, columns)], dangers[unseen] = model.probabilities(texts, pools[unseen])
    return Probabilities(intents, wants, dangers)
