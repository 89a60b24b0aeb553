"""Rasa component that reads intent and triage of a message in one pass.

`parse` output and tracker carry `intent`, `intent_ranking` and
`triage: {level, probabilities: {standard, urgent, emergency}}`. Triage is learnt from the
`metadata: {voice, triage}` of each training example.
"""

from __future__ import annotations

import logging
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.features import FeatureOptions
from bot.components.kernel_ridge import KernelOptions
from bot.components.minilm_featurizer import MiniLmFeaturizer, pools_of
from bot.components.text_normaliser import NORMAL_TEXT
from bot.components.understanding import (
    Example,
    Reading,
    Thresholds,
    Understanding,
)

TRIAGE = "triage"
MODEL_FILE = "understanding.joblib"

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentTriageClassifier(IntentClassifier, GraphComponent):
    """One model over meaning, words and spelling; thresholds come from the configuration."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [MiniLmFeaturizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn", "joblib"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Options are the fields of FeatureOptions, KernelOptions and Thresholds."""
        return {
            **vars(Thresholds()),
            "folds": 6,
            "features": {},
            "kernel": {},
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Understanding | None = None,
    ) -> None:
        self._config = config
        self._thresholds = Thresholds.among(config)
        self._storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentTriageClassifier:
        return cls({**cls.get_default_config(), **config}, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentTriageClassifier:
        with model_storage.read_from(resource) as folder:
            model = joblib.load(folder / MODEL_FILE)
        return cls({**cls.get_default_config(), **config}, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        messages = [m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT)]
        self._model = Understanding.train(
            [_example(message) for message in messages],
            pools_of(messages),
            features=FeatureOptions(**_tuples(self._config["features"])),
            kernel=KernelOptions(**self._config["kernel"]),
            folds=self._config["folds"],
            progress=_log_progress,
        )
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / MODEL_FILE, compress=3)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        if self._model is None or not messages:
            return messages
        texts = [message.get(NORMAL_TEXT) or "" for message in messages]
        readings = self._model.read(texts, pools_of(messages), self._thresholds)
        for message, reading in zip(messages, readings, strict=True):
            _set(message, reading)
        return messages


def _set(message: Message, reading: Reading) -> None:
    ranking = [{"name": name, "confidence": score} for name, score in reading.ranking]
    triage = {"level": reading.level, "probabilities": reading.probabilities}
    message.set(INTENT, ranking[0], add_to_output=True)
    message.set("intent_ranking", ranking, add_to_output=True)
    message.set(TRIAGE, triage, add_to_output=True)


def _example(message: Message) -> Example:
    said = (message.get(METADATA) or {}).get(METADATA_EXAMPLE) or {}
    return Example(
        text=message.get(NORMAL_TEXT),
        intent=message.get(INTENT).split("/")[0],
        triage=said.get("triage"),
        voice=said.get("voice") or "",
    )


def _tuples(options: dict[str, Any]) -> dict[str, Any]:
    """YAML gives lists where n-gram ranges are pairs."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}


def _log_progress(stage: str, seconds: float) -> None:
    logger.info("train_stage", extra={"stage": stage, "seconds": round(seconds, 1)})
