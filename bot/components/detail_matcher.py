"""Rasa component that recognises particular things people say which have an answer of their own.

An intent says what a person wants; a detail is finer ("is it my fault", "what is 55", "don't ring
me") and has its own reviewed reply. Each is given by a dozen ways of saying it in bot/details/; a
message is compared with all of them, and only a close one counts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from bot.components.grams import GramKind, Grams, char_grams
from bot.components.minilm import MiniLm, sentence
from bot.components.minilm_featurizer import MiniLmFeaturizer, encode_cached, pools_of
from bot.components.normalise import normalise
from bot.components.text_normaliser import NORMAL_TEXT

DETAIL: Final = "detail"
NEAR: Final = "near_details"
FOLDER: Final = Path(__file__).parents[1] / "details"
DETAILS_FILE: Final = "details.json"
VECTORS_FILE: Final = "vectors.npy"
# A long message tells more than one thing; only short ones are nothing but a detail.
_LONGEST_WORDS: Final = 40
_NEAR: Final = 12  # how many are told, for one that fits the talk in hand to be found


def load_details(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Every detail of the folder: `name`, `say`, `examples`, and the optional keys."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.yml")):
        found += yaml.safe_load(path.read_text(encoding="utf-8"))["details"]
    return found


def ways(details: list[dict[str, Any]]) -> list[str]:
    """Every way of saying a detail, normalised, in the order of the details."""
    return [normalise(text) for detail in details for text in detail["examples"]]


class DetailBank:
    """The ways of saying each detail, as sentence vectors and as character n-grams."""

    def __init__(
        self, details: list[dict[str, Any]], vectors: NDArray[np.float32], meaning: float
    ) -> None:
        """Take the sentence vectors of `ways(details)`, shape (ways, 384)."""
        texts = ways(details)
        self._owners = np.array(
            [row for row, detail in enumerate(details) for _ in detail["examples"]]
        )
        self._details = details
        self._meaning = meaning
        self._vectors = vectors
        self._grams = Grams([GramKind(char_grams, (2, 4), weight=1.0)], min_messages=1).fit(texts)
        self._written: csr_matrix = self._grams.transform(texts).T.tocsr()

    def nearest(self, text: str, vector: NDArray[np.float32]) -> tuple[dict[str, Any], float]:
        """The detail that a normalised text is closest to, and how close, from 0 to 1.

        Closeness is the mean of two cosines, of meaning and of spelling, with weight `meaning` on
        the first; dialect and typing errors hide the one, other words the other.
        """
        return self.near(text, vector, 1)[0]

    def near(
        self, text: str, vector: NDArray[np.float32], count: int
    ) -> list[tuple[dict[str, Any], float]]:
        """The `count` nearest details, each once, the nearest first."""
        spelled = (self._grams.transform([text]) @ self._written).toarray()[0]
        close = self._meaning * (self._vectors @ vector) + (1 - self._meaning) * spelled
        best = np.full(len(self._details), -1.0)
        np.maximum.at(best, self._owners, close)
        order = np.argsort(best)[::-1][:count]
        return [(self._details[row], float(best[row])) for row in order]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class DetailMatcher(GraphComponent):
    """Adds `detail: {name, say, danger, confidence}` to a message that is close enough to one.

    The nearest ones stand in `near_details`: the talk in hand may tell which is meant.

    Training keeps the details and their vectors in the model: making them takes much longer than
    all else that a start of the assistant does.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [MiniLmFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`close` is the closeness from which a detail counts, `meaning` the weight of meaning.

        `cache` is a folder that keeps the vectors between trainings, or null.
        """
        return {"close": 0.62, "meaning": 0.65, "cache": ".rasa/minilm/details"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DetailMatcher:
        return cls({**cls.get_default_config(), **config}, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DetailMatcher:
        with model_storage.read_from(resource) as folder:
            details = json.loads((folder / DETAILS_FILE).read_text(encoding="utf-8"))
            vectors = np.load(folder / VECTORS_FILE)
        options = {**cls.get_default_config(), **config}
        bank = DetailBank(details, vectors, options["meaning"])
        return cls(options, model_storage, resource, bank)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        bank: DetailBank | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._bank = bank

    def train(self, training_data: TrainingData) -> Resource:
        details, cache = load_details(), self._config["cache"]
        pools = encode_cached(MiniLm(), ways(details), cache and Path(cache))
        with self._storage.write_to(self._resource) as folder:
            (folder / DETAILS_FILE).write_text(json.dumps(details), encoding="utf-8")
            np.save(folder / VECTORS_FILE, sentence(pools))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(NORMAL_TEXT) or ""
            if self._bank is None or not text or len(text.split()) > _LONGEST_WORDS:
                continue
            near = self._bank.near(text, sentence(pools_of([message]))[0], _NEAR)
            found = [
                {**{key: detail.get(key) for key in ("name", "say", "danger")},
                 "confidence": round(close, 3)}
                for detail, close in near
            ]  # fmt: skip
            if found[0]["confidence"] >= self._config["close"]:
                message.set(DETAIL, found[0], add_to_output=True)
            message.set(NEAR, found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data
