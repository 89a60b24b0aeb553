"""What stands in bot/details beside the details: further ways, and whole talks that were read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.bot.assistant import bot_prints

FOLDER = Path("bot/details")
_NETWORK = """
import numpy as np
from bot.components.detail_network import DetailNetwork, DetailNetworks

chance = np.random.default_rng(1)
labels = np.arange(3000) % 3
centres = chance.normal(size=(3, 40))
rows = (centres[labels] + 0.4 * chance.normal(size=(3000, 40))).astype(np.float32)
given = np.ones(3000, dtype=np.float32)
together = DetailNetworks().fit(rows, labels, given, 4).log_probabilities(rows)
print((together.argmax(axis=1) == labels).mean() > 0.98)
logs = DetailNetwork(7).fit(rows, labels, given, 4).log_probabilities(rows)
print(np.allclose(np.exp(logs).sum(axis=1), 1, atol=1e-4))
"""
_UNKNOWN = """
from bot.components.details import Said, UnknownDetail, numbers

print(numbers([Said("a", "b/c", ""), Said("d", "none", "x")], [{"name": "b/c"}]))
try:
    numbers([Said("a", "not/there", "")], [{"name": "b/c"}])
except UnknownDetail as error:
    print("not/there" in str(error))
"""


def _read(pattern: str, key: str) -> list[object]:
    return [yaml.safe_load(path.read_text())[key] for path in sorted(FOLDER.glob(pattern))]


def test_ways_and_talks_name_only_details_that_have_words() -> None:
    said = {
        detail["name"]
        for entries in _read("*.yml", "details")
        for detail in entries  # type: ignore[attr-defined]
        if detail.get("say")
    }
    ways = {name for entries in _read("ways/*.yml", "ways") for name in entries}  # type: ignore[attr-defined]
    chosen = {
        name
        for talks in _read("talks/*.yml", "talks")
        for talk in talks  # type: ignore[attr-defined]
        for turn in talk["turns"]
        for name in turn["says"]
    }
    assert ways - said == set()
    assert chosen - said == {"none", "general"}


@pytest.mark.assistant
def test_network_learns_what_tells_labels_apart() -> None:
    assert bot_prints(_NETWORK) == ["True", "True"]


@pytest.mark.assistant
def test_unknown_detail_is_named() -> None:
    assert bot_prints(_UNKNOWN) == ["[0, 1]", "True"]
