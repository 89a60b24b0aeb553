"""How the layers learn: a few rounds over all texts, in small groups of like length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from bot.components.minilm import DIMENSIONS, Tokens, model_folder, weights_of
from bot.tuning.examples import Lesson
from bot.tuning.network import Batch, Network

_ROUNDS: Final = 4
_GROUP: Final = 32  # texts that are learnt from at once
_SORTED: Final = 40  # groups among which texts of like length are put together
# Of the layers and of the heads, which begin with nothing; both fall to 0.
_STEP: Final = 1.5e-4
_HEAD_STEP: Final = 1.5e-3
_WARM: Final = 150  # groups until the whole step is taken
_DECAY: Final = 0.01
_LONGEST: Final = 1.0  # of all changes together
_DROPPED: Final = 0.1
# So much of each label is spread over all of its kind, which also keeps what is said modest.
_SMOOTHED: Final = (0.1, 0.075, 0.1)
# What intents, levels and details count for.
_WORTH: Final = (1.0, 1.5, 0.5)
_SEED: Final = 0
_SHOWN: Final = 200  # groups

Progress = Callable[[int, int, NDArray[np.float64]], None]


def learn(lesson: Lesson, progress: Progress, rounds: float = _ROUNDS) -> Network:
    """Tune new layers on `lesson`; `progress` is told the group, of how many, and the losses."""
    folder = model_folder()
    weights = weights_of(folder)
    tokens = Tokens(folder, weights)
    ids = tokens.numbers(lesson.texts)
    network = Network(weights, tuple(len(names) for names in lesson.names), _SEED)
    step = _Step(network)
    last, lost = int(rounds * len(ids) / _GROUP), []
    for number, group in enumerate(_groups(ids, last), start=1):
        rows, lengths = tokens.laid_out([ids[row] for row in group])
        share = min(1.0, number / _WARM) * (1 - number / (last + 1))
        lost.append(step(Batch(rows, lengths, lesson.labels[group]), share))
        if number % _SHOWN == 0:
            progress(number, last, np.mean(lost[-_SHOWN:], axis=0))
    return network


class _Step:
    """One group of texts after another."""

    def __init__(self, network: Network) -> None:
        self._network = network
        heads = [one for head in network.heads for one in head]
        self._parts = [(_adam(), network.body, _STEP), (_adam(), heads, _HEAD_STEP)]
        for optimiser, variables, _ in self._parts:
            optimiser.build(variables)
        tokens = tf.TensorSpec((None, None, DIMENSIONS), tf.float32)
        lengths, labels = tf.TensorSpec((None,), tf.int32), tf.TensorSpec((None, 3), tf.int32)
        self._run = tf.function(self._learn, input_signature=[tokens, lengths, labels])

    def __call__(self, batch: Batch, share: float) -> NDArray[np.float32]:
        for optimiser, _, step in self._parts:
            optimiser.learning_rate.assign(step * share)
        return np.asarray(self._run(*batch))

    def _learn(self, rows: tf.Tensor, lengths: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            scores = self._network.scores(rows, lengths, _DROPPED)
            lost = tf.stack([_lost(s, labels[:, k], _SMOOTHED[k]) for k, s in enumerate(scores)])
            whole = tf.reduce_sum(lost * tf.constant(_WORTH))
        count = len(self._network.body)
        variables = [one for _, part, _ in self._parts for one in part]
        changes, _ = tf.clip_by_global_norm(tape.gradient(whole, variables), _LONGEST)
        (layers, body, _), (heads, rest, _) = self._parts
        layers.apply_gradients(list(zip(changes[:count], body)))  # noqa: B905  # AutoGraph's own.
        heads.apply_gradients(list(zip(changes[count:], rest)))  # noqa: B905
        return lost


def _adam() -> tf.keras.optimizers.Optimizer:
    return tf.keras.optimizers.AdamW(weight_decay=_DECAY, beta_2=0.98, epsilon=1e-6)


def _lost(scores: tf.Tensor, labels: tf.Tensor, smoothed: float) -> tf.Tensor:
    """The mean over the texts that have a label of this kind; 0 where none has."""
    count = scores.shape[1]
    wanted = tf.one_hot(labels, count) * (1 - smoothed) + smoothed / count
    each = tf.nn.softmax_cross_entropy_with_logits(wanted, scores)
    told = tf.cast(labels >= 0, tf.float32)
    return tf.reduce_sum(each * told) / tf.maximum(tf.reduce_sum(told), 1.0)


def _groups(ids: list[list[int]], count: int) -> Iterator[list[int]]:
    """`count` groups of rows; each round has every row once, in another order."""
    chance = np.random.default_rng(_SEED)
    while True:
        order = chance.permutation(len(ids))
        for start in range(0, len(order), _GROUP * _SORTED):
            alike = sorted(order[start : start + _GROUP * _SORTED], key=lambda row: len(ids[row]))
            groups = [alike[at : at + _GROUP] for at in range(0, len(alike), _GROUP)]
            for group in chance.permutation(len(groups)):
                if count == 0:
                    return
                count -= 1
                yield groups[group]
