"""What the layers are tuned on: examples with intent and level, and ways of saying details."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.components.details import (
    NONE,
    Said,
    further_ways,
    load_details,
    numbers,
    talk_turns,
    ways,
)
from bot.components.kernel_ridge import voice_folds
from bot.components.understanding import LEVELS
from bot.evaluation.examples import Labelled, training_messages

Numbers = NDArray[np.int32]

UNTOLD = -1
FOLDS = 5


@dataclass(frozen=True)
class Lesson:
    """Texts, already normalised, and for each the number of its intent, level and detail.

    The number is -1 where nothing is said of it. `names` has the intents, levels and details,
    of which the last is `none`.
    """

    texts: list[str]
    labels: Numbers  # (texts, 3)
    names: tuple[list[str], list[str], list[str]]


def lesson(messages: list[Labelled]) -> Lesson:
    """All that `messages` and bot/details teach."""
    details = load_details()
    intents = sorted({message.intent for message in messages})
    said = [*_ways(details), *further_ways(), *talk_turns()]
    read = [Said(m.normal, m.detail, m.voice) for m in messages if m.detail]
    known = iter(numbers(read, details))
    labels = [
        (intents.index(m.intent), LEVELS.index(m.triage), next(known) if m.detail else UNTOLD)
        for m in messages
    ]
    labels += [(UNTOLD, UNTOLD, number) for number in numbers(said, details)]
    texts = [message.normal for message in messages] + [one.text for one in said]
    names = (intents, list(LEVELS), [*(detail["name"] for detail in details), NONE])
    return Lesson(texts, np.array(labels, dtype=np.int32), names)


def messages_without(folder: Path, fold: int | None) -> tuple[list[Labelled], list[Labelled]]:
    """The examples to learn, and those of the voices of `fold` (0 to 4), which are left out."""
    messages = training_messages(folder)
    if fold is None:
        return messages, []
    unseen = set(voice_folds([message.voice for message in messages], FOLDS)[fold].tolist())
    seen = [message for row, message in enumerate(messages) if row not in unseen]
    return seen, [messages[row] for row in sorted(unseen)]


def _ways(details: list[dict[str, Any]]) -> list[Said]:
    owners = [str(detail["name"]) for detail in details for _ in detail["examples"]]
    return [Said(text, owner, "") for text, owner in zip(ways(details), owners, strict=True)]
