"""Reads every training message with a model that never saw its voice, without Rasa."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.components.calibration import LevelCalibrator, SoftmaxCalibrator
from bot.components.features import FeatureOptions, MessageFeatures
from bot.components.kernel_ridge import KernelOptions, KernelRidge, voice_folds
from bot.components.neighbours import Neighbours
from bot.components.understanding import LEVELS
from bot.evaluation.examples import Labelled, levels_of

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Probabilities:
    """By intent, (messages, intents), and by level, (messages, 3); `intents` names columns."""

    intents: list[str]
    wants: Doubles
    dangers: Doubles


def read_unseen(messages: list[Labelled], pools: Floats, folds: int = 10) -> Probabilities:
    """Read by held-out voices; calibration is learnt on other voices as well.

    N-grams and directions of meaning are found once over all messages, without their labels.
    """
    texts = [message.normal for message in messages]
    voices = [message.voice for message in messages]
    rows = MessageFeatures(FeatureOptions()).fit(texts, pools).transform(texts, pools)
    intents = sorted({message.intent for message in messages})
    wanted = np.array([intents.index(message.intent) for message in messages], dtype=np.int64)
    levels = levels_of(messages)
    targets = np.zeros((len(messages), len(intents) + len(LEVELS)), dtype=np.float32)
    targets[np.arange(len(messages)), wanted] = 1.0
    targets[np.arange(len(messages)), len(intents) + levels] = 1.0
    options = KernelOptions()
    scorer, neighbours = KernelRidge(options), Neighbours()
    parts = voice_folds(voices, folds)
    scores = scorer.fit(rows, targets, parts)
    votes = neighbours.fit(rows.sparse, levels, options.meaning).unseen(rows, parts, scorer.alike)
    return _calibrated(intents, scores, votes, (wanted, levels), parts)


def _calibrated(
    intents: list[str],
    scores: Floats,
    votes: Floats,
    labels: tuple[NDArray[np.int64], NDArray[np.int64]],
    parts: list[NDArray[np.int64]],
) -> Probabilities:
    count, (wanted, levels) = len(intents), labels
    wants = np.zeros((len(scores), count))
    dangers = np.zeros((len(scores), len(LEVELS)))
    for unseen in parts:
        seen = np.setdiff1d(np.arange(len(scores)), unseen)
        intent_side = SoftmaxCalibrator().fit(scores[seen, :count], wanted[seen])
        wants[unseen] = intent_side.probabilities(scores[unseen, :count])
        level_side = LevelCalibrator()
        level_side.fit(scores[seen, count:], votes[seen], levels[seen], len(LEVELS))
        dangers[unseen] = level_side.probabilities(scores[unseen, count:], votes[unseen])
    return Probabilities(intents, wants, dangers)
