"""The model keeps what is hard to tell, some of the rest, and what has no known answer."""

from __future__ import annotations

from tests.bot.assistant import bot_prints

_MADE = """
import numpy as np
from bot.components.hard_examples import hardest

chance = np.random.default_rng(3)
# 900 messages far apart by their label; 60 between the two, labelled as it comes.
labels = np.array([0, 1] * 450 + list(chance.integers(0, 2, 60)))
middles = np.array([[1.0, 0.0], [0.0, 1.0]])
rows = middles[labels] + chance.normal(scale=0.05, size=(960, 2))
rows[900:] = [0.7, 0.7] + chance.normal(scale=0.05, size=(60, 2))
rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
known = np.eye(2, dtype=np.float32)[labels]
folds = np.array_split(chance.permutation(960), 4)
none = np.zeros(960, dtype=bool)
"""


def test_the_hard_ones_stay_and_a_few_of_the_sure() -> None:
    program = _MADE + "kept = hardest(rows, [known], folds, 300, none)\n"
    program += "print(len(kept), sum(kept >= 900), bool((np.diff(kept) > 0).all()))"
    assert bot_prints(program) == ["300 60 True"]


def test_every_part_keeps_one_message_in_ten_however_few_are_wanted() -> None:
    program = _MADE + "kept = hardest(rows, [known], folds, 10, none)\n"
    program += "print(len(kept), len(kept[kept < 900]) >= 80)"
    assert bot_prints(program) == ["96 True"]


def test_what_is_marked_stays_however_sure_it_is() -> None:
    program = _MADE + "marked = np.arange(960) < 50\n"
    program += "print(np.isin(np.arange(50), hardest(rows, [known], folds, 300, marked)).all())"
    assert bot_prints(program) == ["True"]


def test_a_message_without_a_known_answer_is_not_dropped_for_it() -> None:
    program = _MADE + "half = known.copy(); half[:200] = 0.5\n"
    program += (
        "print(np.isin(np.arange(200), hardest(rows, [known, half], folds, 400, none)).all())"
    )
    assert bot_prints(program) == ["True"]


def test_few_messages_all_stay() -> None:
    assert bot_prints(_MADE + "print(len(hardest(rows, [known], folds, 960, none)))") == ["960"]
    assert bot_prints(_MADE + "print(len(hardest(rows, [known], folds[:1], 10, none)))") == ["960"]
