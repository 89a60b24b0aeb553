"""Rasa component that recognises particular things people say which have an answer of their own.

An intent says what a person wants; a detail is finer ("is it my fault", "what is 55", "don't ring
me") and has its own reviewed reply. Each is given by a dozen ways of saying it in bot/details/, and
by the training examples whose `metadata: {detail}` names it, or says `none`. What is said nearly
word for word as it stands there is known by likeness; else the choice is learnt.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, METADATA_EXAMPLE
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from bot.components.closeness import CHANCES, CLOSENESS
from bot.components.detail_choice import DetailChoice, Known
from bot.components.details import (
    NONE,
    Said,
    further_ways,
    load_details,
    numbers,
    talk_turns,
    ways,
)
from bot.components.grams import GramKind, Grams, char_grams
from bot.components.minilm import MiniLm, sentence
from bot.components.minilm_featurizer import MiniLmFeaturizer, encode_cached, pools_of
from bot.components.text_normaliser import NORMAL_TEXT
from bot.components.tuned import POOLS, head

logger = logging.getLogger(__name__)

DETAIL: Final = "detail"
NEAR: Final = "near_details"
DETAILS_FILE: Final = "details.json"
VECTORS_FILE: Final = "vectors.npy"
CHOICE_FILE: Final = "choice.joblib"
# A long message tells more than one thing; only short ones are nothing but a detail.
_LONGEST_WORDS: Final = 40
_NEAR: Final = 16  # how many are told, for one that fits the talk in hand to be found
# The likeness from which a message is said as somebody wrote it down.
_WORD_FOR_WORD: Final = 0.85
_ALIKE: Final = 0.66
_SILENCED: Final = 0.95


class DetailBank:
    """The ways of saying each detail, as sentence vectors and as character n-grams."""

    def __init__(
        self, details: list[dict[str, Any]], vectors: NDArray[np.float32], meaning: float
    ) -> None:
        """Take the sentence vectors of `ways(details)`, shape (ways, 384)."""
        texts = ways(details)
        counts = [len(detail["examples"]) for detail in details]
        self._starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        self._meaning = meaning
        # Laid out so that one message is compared with all of them quickly.
        self._vectors = np.ascontiguousarray(vectors.T)
        self._grams = Grams([GramKind(char_grams, (2, 4), weight=1.0)], min_messages=1).fit(texts)
        self._written: csr_matrix = self._grams.transform(texts).T.tocsr()

    def likeness(self, text: str, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """How like each detail a normalised text is, from 0 to 1, shape (details,).

        It is the mean of two cosines, of meaning and of spelling, with weight `meaning` on the
        first; dialect and typing errors hide the one, other words the other.
        """
        return self.likenesses([text], vector[None])[0]

    def likenesses(self, texts: list[str], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same for several texts, (texts, details)."""
        spelled = (self._grams.transform(texts) @ self._written).toarray()
        close = self._meaning * (vectors @ self._vectors) + (1 - self._meaning) * spelled
        # Ways of one detail stand together.
        return np.maximum.reduceat(close, self._starts, axis=1).astype(np.float32)


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
            choice = joblib.load(folder / CHOICE_FILE)
        options = {**cls.get_default_config(), **config}
        bank = DetailBank(details, vectors, options["meaning"])
        return cls(options, model_storage, resource, Nearest(details, bank, choice))

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        nearest: Nearest | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._nearest = nearest

    def train(self, training_data: TrainingData) -> Resource:
        details, cache = load_details(), self._config["cache"]
        logger.info("train_stage", extra={"stage": "details"})
        said = [*further_ways(), *talk_turns()]
        texts = [*ways(details), *(one.text for one in said)]
        pools = encode_cached(MiniLm(), texts, cache and Path(cache))
        vectors = sentence(pools[: len(texts) - len(said)])
        read = [message for message in training_data.intent_examples if _detail_of(message)]
        bank = DetailBank(details, vectors, self._config["meaning"])
        said += [Said(m.get(NORMAL_TEXT), _detail_of(m), _voice_of(m)) for m in read]
        if read:
            pools = np.concatenate([pools, pools_of(read)])
        choice = _learnt(details, pools, bank, said)
        with self._storage.write_to(self._resource) as folder:
            (folder / DETAILS_FILE).write_text(json.dumps(details), encoding="utf-8")
            np.save(folder / VECTORS_FILE, vectors)
            joblib.dump(choice, folder / CHOICE_FILE, compress=1)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(NORMAL_TEXT) or ""
            if self._nearest is None or not text or len(text.split()) > _LONGEST_WORDS:
                continue
            found = self._nearest.to(text, pools_of([message])[0])
            if found[0]["confidence"] >= self._config["close"]:
                message.set(DETAIL, found[0], add_to_output=True)
            message.set(NEAR, found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


class Nearest:
    """The details that a message may be, by what was learnt and by likeness."""

    def __init__(
        self, details: list[dict[str, Any]], bank: DetailBank, choice: DetailChoice
    ) -> None:
        self._details, self._bank, self._choice = details, bank, choice
        self._columns = [*(detail["name"] for detail in details), NONE]
        self._mute = _mute(details)
        self._sure = self._mute | np.array([d["name"].startswith("fish/") for d in details])

    def to(self, text: str, pools: NDArray[np.float32]) -> list[dict[str, Any]]:
        """`{name, say, danger, confidence}` of the nearest, the nearest first."""
        likeness = self._bank.likeness(text, sentence(pools[None])[0])
        tuned = head("details").aligned(pools[None, POOLS:], self._columns)[0]
        close = {
            choice.detail: float(np.interp(choice.chance, CHANCES, CLOSENESS))
            for choice in self._choice.choices(pools[:POOLS], likeness, tuned)
        }
        # What has no words keeps others from being said where nothing is more alike, and who asks
        # after somebody else is refused.
        silent = self._sure & (likeness >= max(_ALIKE, likeness.max()))
        known = ~self._mute & (likeness >= _WORD_FOR_WORD)
        for row in np.flatnonzero(known):
            close[int(row)] = max(close.get(int(row), 0.0), float(likeness[row]))
        for row in np.flatnonzero(silent):
            close[int(row)] = _SILENCED
        best = sorted(close.items(), key=lambda one: -one[1])[:_NEAR]
        return [
            {**{key: self._details[row].get(key) for key in ("name", "say", "danger")},
             "confidence": round(closeness, 3)}
            for row, closeness in best
        ]  # fmt: skip


def _learnt(
    details: list[dict[str, Any]], pools: NDArray[np.float32], bank: DetailBank, said: list[Said]
) -> DetailChoice:
    """Learn the choice from ways of saying the details and, after them, from what else is `said`.

    `pools` has one row of (11, 384) for each.
    """
    owners = [row for row, detail in enumerate(details) for _ in detail["examples"]]
    first = len(owners)
    voices = [""] * first + [one.voice for one in said]

    def likeness(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return bank.likenesses([said[row - first].text for row in rows], sentence(pools[rows]))

    known = Known(pools[:, :POOLS], np.array([*owners, *numbers(said, details)]), voices)
    return DetailChoice().fit(known, likeness, _mute(details))


def _mute(details: list[dict[str, Any]]) -> NDArray[np.bool_]:
    return np.array([detail.get("say") is None for detail in details])


def _detail_of(message: Message) -> str:
    """The detail that a training example was read as; empty where nobody read it for one."""
    told = (message.get(METADATA) or {}).get(METADATA_EXAMPLE) or {}
    return str(told.get("detail") or "")


def _voice_of(message: Message) -> str:
    return str(message.get(METADATA)[METADATA_EXAMPLE].get("voice") or "unknown")
