"""Messages to measure on: the training data with its voices, and fixed sets never trained on."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.components.normalise import normalise
from bot.components.understanding import LEVELS, Example


@dataclass(frozen=True)
class Labelled:
    """A message with its labels; `triage_ok` and `intent_ok` hold every defensible one."""

    text: str
    normal: str
    triage: str
    intent: str
    triage_ok: frozenset[str]
    intent_ok: frozenset[str]
    voice: str = ""
    channel: str = ""
    detail: str = ""

    def as_example(self) -> Example:
        """What the model trains on."""
        return Example(self.normal, self.intent, self.triage, self.voice)


def training_messages(folder: Path) -> list[Labelled]:
    """Every example of the training data, in the order of its files."""
    found = []
    for file in sorted(folder.glob("*.yml")):
        for block in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            intent = block["intent"].split("/")[0]
            for example in block["examples"]:
                meta = example["metadata"]
                one = _one(example["text"], meta["triage"], intent, voice=meta["voice"])
                found.append(replace(one, detail=meta.get("detail", "")))
    return found


def fixed_messages(file: Path) -> list[Labelled]:
    """A fixed set: JSON lines of text, channel, triage, triage_ok, intent and intent_ok."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [
        _one(
            said["text"],
            said["triage"],
            said["intent"],
            triage_ok=said.get("triage_ok"),
            intent_ok=said.get("intent_ok"),
            voice=said.get("audience", ""),
            channel=said.get("channel", ""),
        )
        for said in (json.loads(line) for line in lines if line.strip())
    ]


def levels_of(messages: list[Labelled]) -> NDArray[np.int64]:
    """The labelled level of each: 0 standard, 1 urgent, 2 emergency."""
    return np.array([LEVELS.index(message.triage) for message in messages], dtype=np.int64)


def _one(
    text: str,
    triage: str,
    intent: str,
    *,
    triage_ok: list[str] | None = None,
    intent_ok: list[str] | None = None,
    voice: str = "",
    channel: str = "",
) -> Labelled:
    return Labelled(
        text=text,
        normal=normalise(text),
        triage=triage,
        intent=intent,
        triage_ok=frozenset(triage_ok or [triage]),
        intent_ok=frozenset(intent_ok or [intent]),
        voice=voice,
        channel=channel,
    )
