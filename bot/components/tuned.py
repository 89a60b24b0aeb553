"""What the upper layers of MiniLM, tuned to what people write here, say of a message.

`tuned.safetensors` is made by `python -m bot.tuning` and kept with the code: the layers, which
bot.components.minilm adds to its graph, and a head for each of intents, levels and details. They
are beside the other models, never what those learn from: the layers have seen the examples, so
that what they say of one is no evidence for how well they read a message that is new.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

FILE: Final = Path(__file__).with_name("tuned.safetensors")
# What MiniLM makes of a message has so many rows before those of the tuned layers, which are these.
POOLS: Final = 9
SIGNS: Final = 2
KINDS: Final = ("intents", "levels", "details")
HEAD: Final = "head.{}.weight"
HEAD_BIAS: Final = "head.{}.bias"
_LEAST: Final = 1e-9


class TunedHead:
    """Log probabilities of one kind of label from the signs of the tuned layers."""

    def __init__(self, kind: str, file: Path = FILE) -> None:
        """Raises FileNotFoundError and, for a kind that is not one of KINDS, KeyError."""
        names, weights = tuned(file)
        self.names: list[str] = names[kind]
        self._weights = weights[HEAD.format(kind)]
        self._bias = weights[HEAD_BIAS.format(kind)]

    def log_probabilities(self, signs: Floats) -> Floats:
        """Shape (messages, labels), of `signs` (messages, 2, 384)."""
        scores = signs.reshape(len(signs), -1) @ self._weights + self._bias
        highest = scores.max(axis=1, keepdims=True)
        spread = np.log(np.exp(scores - highest).sum(axis=1, keepdims=True))
        return np.asarray(scores - highest - spread, dtype=np.float32)

    def aligned(self, signs: Floats, columns: list[str]) -> Floats:
        """Log probabilities of labels named `columns`; NaN where these layers do not know one."""
        place = {name: number for number, name in enumerate(self.names)}
        logs = self.log_probabilities(signs)
        unknown = np.full(len(logs), np.nan, dtype=np.float32)
        found = [logs[:, place[name]] if name in place else unknown for name in columns]
        return np.stack(found, axis=1)


@cache
def tuned(file: Path = FILE) -> tuple[dict[str, list[str]], dict[str, Floats]]:
    """The names of the labels by kind, and the weights in single precision by name."""
    with safe_open(str(file), framework="numpy") as kept:
        weights = {name: kept.get_tensor(name).astype(np.float32) for name in kept.keys()}  # noqa: SIM118
        names = {kind: json.loads(kept.metadata()[kind]) for kind in KINDS}
    return names, weights


@cache
def head(kind: str, file: Path = FILE) -> TunedHead:
    """The head of one of KINDS."""
    return TunedHead(kind, file)


def joined(
    others: Doubles, own: TunedHead, signs: Floats, columns: list[str], share: float
) -> Doubles:
    """Probabilities `others` (messages, columns) with a `share` of what the tuned layers say.

    The two are mixed as logarithms; a column that the layers do not know stays as it is.
    """
    logs = np.log(np.maximum(others, _LEAST))
    theirs = own.aligned(signs, columns)
    logs = np.where(np.isnan(theirs), logs, (1 - share) * logs + share * theirs)
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
