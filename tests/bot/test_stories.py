"""The conversations of tests/conversations, played to the trained model; each story is a test.

`python -m bot.stories` plays them all once a session, with everything that the model reads and
with what the service's own gate makes of each text.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bot.assistant import BOT_PYTHON, ROOT
from tests.bot.story_gate import texts, told
from tests.fixtures.whole import models

FOLDER = ROOT / "tests" / "conversations"
SECONDS = 840  # a minute and a half on an idle machine

Stories = dict[str, dict[str, Any]]


def _stories(folder: Path) -> Stories:
    """Every story by `<file>: <story>`; a name that comes twice is an error."""
    found: Stories = {}
    for path in sorted(folder.glob("test_*.yml")):
        for story in yaml.safe_load(path.read_text())["stories"]:
            name = f"{path.name}: {story['story']}"
            assert name not in found, name
            found[name] = story
    return found


STORIES = _stories(FOLDER)


@pytest.fixture(scope="session")
def played() -> Stories:
    """Every story as it went, by its name."""
    if not BOT_PYTHON.exists() or not list(models().glob("*.tar.gz")):
        pytest.skip("the assistant is not set up or not trained")
    return _play(FOLDER, STORIES)


@pytest.mark.slow
@pytest.mark.assistant
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", STORIES)
def test_conversation_goes_as_told(name: str, played: Stories) -> None:
    wrong = played[name]["wrong"]
    assert not wrong, f"{name}\n" + "\n".join(_line(turn) for turn in wrong)


@pytest.mark.slow
@pytest.mark.assistant
@pytest.mark.timeout(900)
def test_wrong_step_is_named_with_both_answers(tmp_path: Path) -> None:
    steps = [{"user": "hello", "intent": "greet"}, {"action": "utter_goodbye"}]
    story = {"story": "Broken", "metadata": {"channel": "sms"}, "steps": steps}
    file = tmp_path / "test_broken.yml"
    file.write_text(yaml.safe_dump({"version": "3.1", "stories": [story]}))
    name = "test_broken.yml: Broken"
    wrong = _play(tmp_path, {name: story})[name]["wrong"]
    assert [turn["turn"] for turn in wrong] == [1]
    line = _line(wrong[0])
    assert "hello" in line
    assert "utter_goodbye" in line
    assert "utter_greet" in line


def test_stories_are_many_and_reach_every_intent_twice() -> None:
    assert len(STORIES) >= 160
    intents = yaml.safe_load((ROOT / "bot/domain/intents.yml").read_text())["intents"]
    heard = Counter(
        intent
        for story in STORIES.values()
        for intent in {step["intent"] for step in story["steps"] if "user" in step}
    )
    assert [name for name in intents if heard[name] < 2] == []


def test_stories_come_from_both_channels_and_every_age() -> None:
    told_of = [story["metadata"] for story in STORIES.values()]
    assert min(Counter(meta["channel"] for meta in told_of).values()) >= 50
    ages = Counter(meta.get("age_band") for meta in told_of)
    assert all(ages[band] >= 5 for band in ("under13", "13-15", "16-17"))


def test_no_story_says_the_same_words_twice_running() -> None:
    for name, story in STORIES.items():
        said = [step["action"] for step in story["steps"] if "action" in step]
        spoken = [name for name in said if not name.startswith(("utter_ask_hub", "utter_note_"))]
        again = [one for one, two in zip(spoken, spoken[1:], strict=False) if one == two]
        assert again == [], name


def _play(folder: Path, stories: Stories) -> Stories:
    given = {name: [told(text) for text in texts(story)] for name, story in stories.items()}
    run = subprocess.run(
        [BOT_PYTHON, "-m", "bot.stories", "--stories", folder, "--models", models(), "--told", "-"],
        input=json.dumps(given),
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == int(any(line["wrong"] for line in lines)), run.stderr[-2000:]
    return {f"{line['file']}: {line['story']}": line for line in lines}


def _line(turn: dict[str, Any]) -> str:
    return (
        f"turn {turn['turn']} {turn['user']!r}: expected {turn['expected']}, "
        f"got {turn['got']} ({turn['read']})"
    )
