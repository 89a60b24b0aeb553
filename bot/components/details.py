"""Reads bot/details: the details, further ways of saying them, and talks that were read for them.

`*.yml` has the details themselves, `ways/*.yml` what other writers would say for each, and
`talks/*.yml` whole talks with the answer that a reader chose for each turn.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from rasa.shared.exceptions import RasaException

from bot.components.normalise import normalise

FOLDER: Final = Path(__file__).parents[1] / "details"
NONE: Final = "none"
# What a talk says where the talk of the topic is right: no particular answer either.
GENERAL: Final = "general"


class UnknownDetail(RasaException):
    """Something names a detail that bot/details does not have; says which."""


class Said(NamedTuple):
    """A normalised text, the detail that it is (or `none`), and whose it is where it was read."""

    text: str
    detail: str
    voice: str


def load_details(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Every detail of the folder: `name`, `say`, `examples`, and the optional keys."""
    return [detail for entries in _files(folder, "details") for detail in entries]


def ways(details: list[dict[str, Any]]) -> list[str]:
    """Every way of saying a detail, normalised, in the order of the details."""
    return [normalise(text) for detail in details for text in detail["examples"]]


def further_ways(folder: Path = FOLDER / "ways") -> list[Said]:
    """Ways of saying details by writers who did not write the details."""
    return [
        Said(normalise(text), name, "")
        for entries in _files(folder, "ways")
        for name, texts in entries.items()
        for text in texts
    ]


def talk_turns(folder: Path = FOLDER / "talks") -> list[Said]:
    """The turns of whole talks, each with the first answer that its reader chose."""
    return [
        Said(normalise(turn["user"]), turn["says"][0], talk["id"])
        for entries in _files(folder, "talks")
        for talk in entries
        for turn in talk["turns"]
        if turn["says"]
    ]


def numbers(said: list[Said], details: list[dict[str, Any]]) -> list[int]:
    """The number of each detail; the one after the last for no particular one.

    Raises UnknownDetail.
    """
    known = {detail["name"]: row for row, detail in enumerate(details)}
    known |= {NONE: len(details), GENERAL: len(details)}
    unknown = sorted({one.detail for one in said if one.detail not in known})
    if unknown:
        raise UnknownDetail(f"these details are named and bot/details has them not: {unknown}")
    return [known[one.detail] for one in said]


def _files(folder: Path, key: str) -> list[Any]:
    return [
        yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)[key]
        for path in sorted(folder.glob("*.yml"))
    ]
