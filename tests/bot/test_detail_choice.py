"""A particular answer is chosen by ways of saying it and by what readers chose."""

from __future__ import annotations

import pytest

from tests.bot.assistant import bot_prints

# Four details, each around a direction of its own; the last one has no words. Readers gave messages
# of direction 0 to detail 2, and those of direction 1 to none.
_MADE = """
import numpy as np
from bot.components.detail_choice import DetailChoice, Known

chance = np.random.default_rng(3)
directions = chance.normal(size=(4, 9, 384)).astype(np.float32)


def around(direction, count):
    noise = chance.normal(size=(count, 9, 384)).astype(np.float32)
    return directions[direction] + 0.7 * noise


ways = np.concatenate([around(detail, 8) for detail in range(4)])
owners = np.repeat(np.arange(4), 8)
read = np.concatenate([around(0, 40), around(1, 40)])
chosen = np.repeat([2, 4], 40)
voices = [""] * 32 + [f"voice {number % 7}" for number in range(80)]
known = Known(np.concatenate([ways, read]), np.concatenate([owners, chosen]), voices)
mute = np.array([False, False, False, True])


def likeness(rows):
    return np.full((len(rows), 4), 0.4, dtype=np.float32)
"""

_LEARNT = """
choice = DetailChoice().fit(known, likeness, mute)
for direction in (0, 1, 2, 3):
    best = choice.choices(around(direction, 1)[0], likeness([0])[0])[0]
    print(best.detail if best.chance > 0.5 else "none")
print(all(one.detail != 3 for one in choice.choices(around(3, 1)[0], likeness([0])[0])))
"""

_NOTHING_READ = """
only = Known(ways, owners, [""] * 32)
choice = DetailChoice().fit(only, likeness, mute)
print(max(one.chance for one in choice.choices(around(0, 1)[0], likeness([0])[0])))
"""


@pytest.mark.assistant
def test_what_readers_chose_outweighs_a_few_ways_of_saying_it() -> None:
    learnt = bot_prints(_MADE + _LEARNT)
    assert learnt[:2] == ["2", "none"]
    assert learnt[4] == "True"


@pytest.mark.assistant
def test_nothing_is_chosen_where_no_message_was_read() -> None:
    assert bot_prints(_MADE + _NOTHING_READ) == ["0.0"]
