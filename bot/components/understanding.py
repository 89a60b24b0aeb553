"""What a message wants (intent) and how dangerous it is (triage), read by one model.

Usable without Rasa, by evaluations for one:

    pools = MiniLm().encode_pools(texts)               # texts already normalised
    model = Understanding.train(examples, pools)        # examples: list[Example]
    readings = model.read(texts, pools, Thresholds())   # list[Reading]
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.components.calibration import LevelCalibrator, SoftmaxCalibrator
from bot.components.features import FeatureOptions, Features, MessageFeatures
from bot.components.hard_examples import hardest
from bot.components.kernel_ridge import KernelOptions, KernelRidge, voice_folds
from bot.components.neighbours import Neighbours
from bot.components.tuned import FILE, POOLS, head, joined

Doubles = NDArray[np.float64]
Progress = Callable[[str, float], None]

# What the tuned layers count for beside the kernel model (docs/evaluation.md).
_TUNED: Final = 0.4
_ASIDE: Final = "out_of_scope"
_SMALL: Final = frozenset({_ASIDE, "greet", "thank", "goodbye", "affirm", "deny", "dont_know"})
_SMALL_FROM: Final = 0.1
_SMALL_TO: Final = 0.4
# "Yes its safe" is said in every talk, and what is like it by letters may mean the opposite.
_SHORT_WORDS: Final = 4
# Messages compared with all others at once.
_BLOCK: Final = 1024

LEVELS: Final = ("standard", "urgent", "emergency")


@dataclass(frozen=True)
class Example:
    """One labelled message; `voice` names who wrote it, so that folds never share a writer."""

    text: str
    intent: str
    triage: str | None = None
    voice: str = ""


@dataclass(frozen=True)
class Thresholds:
    """When a message is raised: P(urgent or emergency), and then P(emergency), from 0 to 1.

    `raise_small_talk` stands in for `raise_urgent` where the words are small talk, or of nothing
    that is ours.
    """

    raise_urgent: float = 0.3
    raise_emergency: float = 0.2
    raise_small_talk: float = 0.6

    @classmethod
    def among(cls, config: dict[str, Any]) -> Thresholds:
        """The thresholds in a component's configuration; those that it leaves out as above."""
        return cls(
            **{field.name: config[field.name] for field in fields(cls) if field.name in config}
        )


@dataclass(frozen=True)
class Reading:
    """What the models make of one message; `probabilities` is by level and sums to 1."""

    ranking: tuple[tuple[str, float], ...]
    level: str
    probabilities: dict[str, float]

    @property
    def intent(self) -> str:
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        return self.ranking[0][1]


@dataclass
class Understanding:
    """One kernel model over intents and levels, votes of the nearest messages, and calibration.

    joblib keeps it whole.
    """

    features: MessageFeatures
    scorer: KernelRidge
    neighbours: Neighbours
    intents: list[str]
    wants: SoftmaxCalibrator
    dangers: LevelCalibrator

    @classmethod
    def train(
        cls,
        examples: list[Example],
        pools: NDArray[np.float32],
        *,
        features: FeatureOptions | None = None,
        kernel: KernelOptions | None = None,
        folds: int = 6,
        most: int = 22_000,
        progress: Progress = lambda stage, seconds: None,
    ) -> Understanding:
        """Fit to the `most` hardest of `examples`, and calibrate on all; about a minute.

        `pools` has one row of (11, 384) an example; what the tuned layers say is not learnt from.
        """
        started = time.monotonic()
        texts = [example.text for example in examples]
        pools = pools[:, :POOLS]
        extractor = MessageFeatures(features or FeatureOptions()).fit(texts, pools)
        rows = extractor.transform(texts, pools)
        progress("features", time.monotonic() - started)
        intents = sorted({example.intent for example in examples})
        options = kernel or KernelOptions()
        scorer, neighbours = KernelRidge(options), Neighbours()
        dangers = LevelCalibrator(len(LEVELS))
        model = cls(extractor, scorer, neighbours, intents, SoftmaxCalibrator(), dangers)
        voices = [example.voice for example in examples]
        targets = _targets(examples, intents)
        asked = np.split(targets, [len(intents)], axis=1)
        short = np.array([len(text.split()) <= _SHORT_WORDS for text in texts])
        kept = hardest(rows.dense, asked, voice_folds(voices, folds), most, short)
        parts = voice_folds([voices[row] for row in kept], folds)
        known = rows.rows(kept)
        unseen = scorer.fit(known, targets[kept], parts)
        neighbours.fit(known.sparse, _levels(examples)[kept], options.meaning)
        progress("final model", time.monotonic() - started)
        if len(set(voices)) > 1:
            votes = neighbours.unseen(known, parts, scorer.alike)
            rest = np.setdiff1d(np.arange(len(examples)), kept)
            easy, easy_votes = model.evidence(rows.rows(rest))
            order = [examples[row] for row in (*kept, *rest)]
            model.calibrate(order, np.vstack([unseen, easy]), np.vstack([votes, easy_votes]))
        progress("calibration by voices", time.monotonic() - started)
        return model

    def calibrate(
        self, examples: list[Example], unseen: NDArray[np.float32], votes: NDArray[np.float32]
    ) -> None:
        """Learn what scores and votes are worth from those given without the example's help."""
        count = len(self.intents)
        wanted = np.array([self.intents.index(example.intent) for example in examples])
        self.wants.fit(unseen[:, :count], wanted)
        levels = _levels(examples)
        told = levels >= 0
        scores = self._of_danger(unseen)
        self.dangers.fit(scores[told], votes[told], levels[told])

    def evidence(self, features: Features) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scores (messages, intents + levels) and votes, for messages that were not learnt."""
        scores, votes = [], []
        for start in range(0, max(1, len(features.dense)), _BLOCK):
            end = min(start + _BLOCK, len(features.dense))
            block = features.rows(np.arange(start, end))
            alike = self.scorer.alike(block)
            scores.append(self.scorer.scores(block, alike))
            votes.append(self.neighbours.votes(alike, block.sparse))
        return np.vstack(scores), np.vstack(votes)

    def probabilities(
        self, texts: list[str], pools: NDArray[np.float32], *, tuned: Path | None = FILE
    ) -> tuple[Doubles, ...]:
        """By intent, (messages, intents), and by level, (messages, 3).

        `tuned` is the file of the tuned layers; None for messages that those have seen.
        """
        scores, votes = self.evidence(self.features.transform(texts, pools[:, :POOLS]))
        count = len(self.intents)
        wants = self.wants.probabilities(scores[:, :count])
        dangers = self.dangers.probabilities(self._of_danger(scores), votes)
        if tuned is None:
            return wants, dangers
        signs = pools[:, POOLS:]
        return (
            joined(wants, head("intents", tuned), signs, self.intents, _TUNED),
            joined(dangers, head("levels", tuned), signs, list(LEVELS), _TUNED),
        )

    def _of_danger(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores of the levels, and of speaking of nothing that is ours (docs/evaluation.md)."""
        aside = [row for row, intent in enumerate(self.intents) if intent == _ASIDE]
        return np.hstack([scores[:, len(self.intents) :], scores[:, aside]])

    def read(
        self, texts: list[str], pools: NDArray[np.float32], thresholds: Thresholds, top: int = 5
    ) -> list[Reading]:
        """Read normalised `texts`; `pools` is what MiniLM makes of them, (messages, 11, 384)."""
        wants, dangers = self.probabilities(texts, pools)
        levels = levels_by(dangers, thresholds, small_talk(self.intents, wants))
        return [
            Reading(_ranking(self.intents, want, top), LEVELS[level], _by_level(danger))
            for want, danger, level in zip(wants, dangers, levels, strict=True)
        ]


def small_talk(intents: list[str], wants: Doubles) -> Doubles:
    """P(small talk, or nothing that is ours), (messages,), of `wants` (messages, intents)."""
    return wants[:, [row for row, intent in enumerate(intents) if intent in _SMALL]].sum(axis=1)


def needed(thresholds: Thresholds, small: Doubles) -> Doubles:
    """How probable danger must be, (messages,), to raise messages that are so much small talk.

    "Im dead haha" is likelier a laugh than a threat, so that it must be surer; between _SMALL_FROM
    and _SMALL_TO the one threshold passes into the other (docs/decisions/0021-small-talk.md).
    """
    share = np.clip((small - _SMALL_FROM) / (_SMALL_TO - _SMALL_FROM), 0.0, 1.0)
    more = max(0.0, thresholds.raise_small_talk - thresholds.raise_urgent)
    return np.asarray(thresholds.raise_urgent + more * share)


def levels_by(dangers: Doubles, thresholds: Thresholds, small: Doubles) -> NDArray[np.int64]:
    """The numbers in LEVELS, (messages,), that probabilities (messages, 3) amount to.

    `small` is how much each is small talk. What is hardly dangerous at all is no emergency, however
    little else it could be.
    """
    raised = dangers[:, 1:].sum(axis=1) >= needed(thresholds, small)
    emergency = dangers[:, 2] >= thresholds.raise_emergency
    return np.asarray(raised * (1 + emergency), dtype=np.int64)


def _by_level(danger: Doubles) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(LEVELS, danger, strict=True)}


def _ranking(classes: list[str], row: Doubles, top: int) -> tuple[tuple[str, float], ...]:
    best = np.argsort(-row)[:top]
    return tuple((classes[index], round(float(row[index]), 4)) for index in best)


def _levels(examples: list[Example]) -> NDArray[np.int64]:
    """The number of each example's level in LEVELS; -1 where none is said."""
    told = [LEVELS.index(e.triage) if e.triage in LEVELS else -1 for e in examples]
    return np.array(told, dtype=np.int64)


def _targets(examples: list[Example], intents: list[str]) -> NDArray[np.float32]:
    """1 where a label holds, shape (messages, intents + levels); level means where none is said."""
    targets = np.zeros((len(examples), len(intents) + len(LEVELS)), dtype=np.float32)
    for row, example in enumerate(examples):
        targets[row, intents.index(example.intent)] = 1.0
        if example.triage in LEVELS:
            targets[row, len(intents) + LEVELS.index(example.triage)] = 1.0
    silent = [row for row, example in enumerate(examples) if example.triage not in LEVELS]
    told = np.delete(targets, silent, axis=0)
    targets[silent, len(intents) :] = told[:, len(intents) :].mean(axis=0) if len(told) else 0.0
    return targets
