"""Rasa component that gives every message what MiniLM makes of it, layer by layer."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.minilm import DIMENSIONS, MiniLm
from bot.components.text_normaliser import NORMAL_TEXT, TextNormaliser
from bot.components.tuned import POOLS, SIGNS

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MiniLmFeaturizer(GraphComponent):
    """Adds a dense sentence feature of shape (1, 11 * 384); `pools_of` gives it its shape back."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [TextNormaliser]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`cache` is a folder that keeps training vectors between trainings, or null."""
        return {"cache": ".rasa/minilm"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MiniLmFeaturizer:
        return cls({**cls.get_default_config(), **config}, execution_context.node_name)

    def __init__(self, config: dict[str, Any], name: str) -> None:
        self._config = config
        self._name = name
        self._encoder = MiniLm()

    def process(self, messages: list[Message]) -> list[Message]:
        texts = [message.get(NORMAL_TEXT) or "" for message in messages]
        if texts:
            self._add(messages, self._encoder.encode_pools(texts))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        messages = [m for m in training_data.training_examples if m.get(NORMAL_TEXT) is not None]
        texts = [message.get(NORMAL_TEXT) for message in messages]
        if texts:
            logger.info("train_stage", extra={"stage": "sentence vectors"})
            cache = self._config["cache"]
            self._add(messages, encode_cached(self._encoder, texts, cache and Path(cache)))
        return training_data

    def _add(self, messages: list[Message], vectors: NDArray[np.float32]) -> None:
        for message, vector in zip(messages, vectors, strict=True):
            row = vector.reshape(1, -1)
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._name))


def pools_of(messages: list[Message]) -> NDArray[np.float32]:
    """What the featurizer added to `messages`, shape (messages, 11, 384)."""
    rows = [message.get_dense_features(TEXT)[1].features for message in messages]
    return np.vstack(rows).reshape(-1, POOLS + SIGNS, DIMENSIONS)


def encode_cached(encoder: MiniLm, texts: list[str], folder: Path | None) -> NDArray[np.float32]:
    """Encode `texts`, keeping what comes by hash of text in `folder` for next time."""
    if folder is None:
        return encoder.encode_pools(texts)
    kept_file = folder / "pools.npz"
    keys = [hashlib.sha256(f"{encoder.mark} {text}".encode()).hexdigest() for text in texts]
    kept = _kept(kept_file)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
    if missing:
        kept.update(zip(missing, encoder.encode_pools(list(missing.values())), strict=True))
        folder.mkdir(parents=True, exist_ok=True)
        used = sorted(set(keys))
        made = folder / f"{os.getpid()}.npz"
        np.savez(made, keys=np.array(used), vectors=np.array([kept[key] for key in used]))
        made.replace(kept_file)  # at once, because another training may be reading it
    found = np.array([kept[key] for key in keys], dtype=np.float32)
    return found.reshape(-1, POOLS + SIGNS, DIMENSIONS)


def _kept(file: Path) -> dict[str, NDArray[np.float32]]:
    if not file.exists():
        return {}
    with np.load(file) as saved:
        return dict(zip(saved["keys"].tolist(), saved["vectors"], strict=True))
