"""Reads the training examples in seconds.

Rasa's own reader takes minutes over thousands of examples: it goes through each file four times
with a parser in Python, and checks every word against a list of patterns that grows with each file.
What it would accept besides (entities, synonyms, lists in one string) our examples do not have.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

LEVELS = frozenset({"standard", "urgent", "emergency"})


class BadExamples(RasaException):
    """A file of examples is not as it should be; says which, where and what is expected."""


class Example(Message):
    """A training example that is told from others by what was written in its file.

    Rasa asks each message for its fingerprint again and again, over all that was added to it; what
    our components add follows from the text, and hashing it took half a minute.
    """

    def fingerprint(self) -> str:
        """A hash of the text, its labels and how many features it was given."""
        told = (self.get(TEXT), self.get(INTENT), self.get(METADATA), len(self.features))
        return hashlib.sha256(repr(told).encode()).hexdigest()


class ExampleImporter(RasaFileImporter):
    """Takes every `nlu/*.yml` of the data itself, and leaves all else to Rasa's own importer."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        given = training_data_paths or []
        paths = [Path(path) for path in ([given] if isinstance(given, str) else given)]
        self._examples = sorted(file for path in paths for file in path.glob("nlu/*.yml"))
        rest = [str(part) for path in paths for part in path.iterdir() if part.name != "nlu"]
        super().__init__(config_file, domain_path, rest)

    # Rasa asks for either several times in a training, and each time takes seconds.
    @cached_method
    def get_domain(self) -> Domain:
        """The assistant's domain, read and checked by Rasa once."""
        return super().get_domain()

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Every example as a message with its intent and its `metadata: {voice, triage}`."""
        return TrainingData([message for file in self._examples for message in read(file)])


def read(file: Path) -> list[Message]:
    """The examples of a file, in its order. Raises BadExamples."""
    try:
        blocks = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]
        return [_message(file, block, one) for block in blocks for one in block["examples"]]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise BadExamples(
            f"{file}: expected `nlu:` with blocks of `intent` and `examples` ({error})"
        ) from error


def _message(file: Path, block: dict[str, Any], example: Any) -> Message:
    told = example if isinstance(example, dict) else {}
    text, metadata = told.get("text"), told.get("metadata") or {}
    if not isinstance(text, str) or not text.strip() or metadata.get("triage") not in LEVELS:
        raise BadExamples(
            f"{file}: an example of {block['intent']} needs `text` and `metadata` with `voice` and "
            f"`triage` (one of {', '.join(sorted(LEVELS))}): {example!r}"
        )
    return Example.build(text.strip(), block["intent"], example_metadata=metadata)
