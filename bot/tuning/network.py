"""MiniLM with its upper layers open to learning, and what is read from them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from bot.components.minilm import DIMENSIONS, LAYERS, SHARED, Weights, attend
from bot.components.tuned import HEAD, HEAD_BIAS, KINDS

_DROPPED: Final = 0.1
_START: Final = 0.02
_SMALL: Final = 1e-12
_HIDDEN: Final = -1e9
_PARTS: Final = {
    "qkv": tuple(f"attention.self.{part}" for part in ("query", "key", "value")),
    "attended": ("attention.output.dense",),
    "wide": ("intermediate.dense",),
    "narrow": ("output.dense",),
}
_NORMS: Final = {"attended_norm": "attention.output.LayerNorm", "narrow_norm": "output.LayerNorm"}


class Batch(NamedTuple):
    """Tokens (messages, longest, 384), how many of them there are, and labels (messages, 3)."""

    rows: tf.Tensor
    lengths: tf.Tensor
    labels: tf.Tensor


class Network:
    """The layers of MiniLM, of which those above SHARED learn, and a head for each kind."""

    def __init__(self, weights: Weights, labels: tuple[int, ...], seed: int) -> None:
        """`labels` says how many there are of each kind, in the order of KINDS."""
        chance = np.random.default_rng(seed)
        self._first = _Norm(weights, "embeddings.LayerNorm", learns=False)
        self._layers = [
            _Layer(weights, f"encoder.layer.{number}.", learns=number >= SHARED)
            for number in range(LAYERS)
        ]
        width = 2 * DIMENSIONS
        self.heads = [
            (
                tf.Variable(chance.normal(0, _START, (width, count)), dtype=tf.float32),
                tf.Variable(tf.zeros(count)),
            )
            for count in labels
        ]
        self.body = [one for layer in self._layers for one in layer.variables]

    def scores(self, rows: tf.Tensor, lengths: tf.Tensor, dropped: float) -> list[tf.Tensor]:
        """Unscaled log probabilities, (messages, labels of a kind), for each kind."""
        shape = tf.shape(rows)
        there = tf.sequence_mask(lengths, shape[1])
        hidden = tf.where(there, 0.0, _HIDDEN)
        x = self._first(tf.reshape(rows, [-1, DIMENSIONS]))
        for number, layer in enumerate(self._layers):
            x = layer(x, hidden, dropped if number >= SHARED else 0.0)
        laid_out = tf.reshape(x, shape)
        shares = tf.cast(there, tf.float32) / tf.cast(lengths, tf.float32)[:, None]
        mean = tf.matmul(shares[:, None, :], laid_out)[:, 0]
        signs = tf.concat([mean, tf.reduce_max(laid_out + hidden[..., None], axis=1)], axis=1)
        return [tf.matmul(tf.nn.dropout(signs, dropped), head) + bias for head, bias in self.heads]

    def learnt(self) -> dict[str, NDArray[np.float16]]:
        """What is kept, by the names of the model's own file; the heads by those of KINDS."""
        kept = {}
        for number in range(SHARED, LAYERS):
            kept.update(self._layers[number].named())
        for kind, (head, bias) in zip(KINDS, self.heads, strict=True):
            kept |= {HEAD.format(kind): head.numpy(), HEAD_BIAS.format(kind): bias.numpy()}
        return {name: np.ascontiguousarray(value, np.float16) for name, value in kept.items()}


class _Linear:
    """A matrix (inputs, outputs) of one part or of several beside each other."""

    def __init__(self, weights: Weights, names: list[str], *, learns: bool) -> None:
        self._names = names
        joined = np.concatenate([weights[f"{name}.weight"].T for name in names], axis=1)
        bias = np.concatenate([weights[f"{name}.bias"] for name in names])
        self.variables = _kept([joined, bias], learns=learns)

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        matrix, bias = self.variables
        halves = tf.matmul(tf.cast(x, tf.bfloat16), tf.cast(matrix, tf.bfloat16))
        return tf.cast(halves, tf.float32) + bias

    def named(self) -> dict[str, NDArray[np.float32]]:
        matrix, bias = (np.split(v.numpy(), len(self._names), axis=-1) for v in self.variables)
        weights = {f"{name}.weight": part.T for name, part in zip(self._names, matrix, strict=True)}
        return weights | {f"{n}.bias": part for n, part in zip(self._names, bias, strict=True)}


class _Norm:
    def __init__(self, weights: Weights, name: str, *, learns: bool) -> None:
        self._name = name
        self.variables = _kept([weights[f"{name}.weight"], weights[f"{name}.bias"]], learns=learns)

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        scale, shift = self.variables
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        return (x - mean) * tf.math.rsqrt(variance + _SMALL) * scale + shift

    def named(self) -> dict[str, NDArray[np.float32]]:
        scale, shift = (variable.numpy() for variable in self.variables)
        return {f"{self._name}.weight": scale, f"{self._name}.bias": shift}


class _Layer:
    """One of the six layers, with dropout where it learns."""

    def __init__(self, weights: Weights, prefix: str, *, learns: bool) -> None:
        self._parts = {
            part: _Linear(weights, [f"{prefix}{name}" for name in names], learns=learns)
            for part, names in _PARTS.items()
        }
        self._norms = {
            part: _Norm(weights, f"{prefix}{name}", learns=learns) for part, name in _NORMS.items()
        }
        every = [*self._parts.values(), *self._norms.values()]
        self.variables = [one for part in every for one in part.variables] if learns else []
        self._every = every

    def __call__(self, x: tf.Tensor, hidden: tf.Tensor, dropped: float) -> tf.Tensor:
        seen = self._parts["attended"](attend(self._parts["qkv"](x), hidden))
        x = self._norms["attended_norm"](tf.nn.dropout(seen, dropped) + x)
        wide = tf.nn.gelu(self._parts["wide"](x), approximate=False)
        narrow = tf.nn.dropout(self._parts["narrow"](wide), dropped)
        return self._norms["narrow_norm"](narrow + x)

    def named(self) -> dict[str, NDArray[np.float32]]:
        return {name: value for part in self._every for name, value in part.named().items()}


def _kept(values: list[NDArray[np.float32]], *, learns: bool) -> list[tf.Tensor]:
    return [tf.Variable(v) if learns else tf.constant(v) for v in values]
