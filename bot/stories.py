"""`python -m bot.stories`: play the test stories to the trained model, as the service would.

Rasa's own `rasa test` hands the policies the intent that the story names, as if it were certain,
and nothing else that was read: no danger, no detail, no age (docs/decisions/0011). Here the same
files go through Rasa's own reader, and each text through the whole pipeline with the metadata that
the service sends along. A story's `metadata` names the `channel` and, where one was chosen on the
chat, the `age_band`; under `turns` stands what is so for a single text, counted from 1.
`--told FILE` adds what the service's gate makes of each text: `{"<file>: <story>": [{…}, …]}`, with
`heard: false` for a text that it answers by itself and never passes on.

Writes one JSON line a story, `{"file", "story", "turns", "wrong": [{"turn", "user", "expected",
"got", …}]}`, and what is wrong as plain lines on standard error; 1 when anything is.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.environment import prepare
from bot.fingerprint import newest
from bot.story_state import ServiceState

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.core.events import Event, UserUttered

# From this confidence on another intent than the story's is a misreading, whatever was answered;
# below it nothing hangs on the intent (bot.policies.talk.Sureness.change_plan).
SURE: Final = 0.5
LISTEN: Final = "action_listen"

Told = dict[str, list[dict[str, Any]]]


@dataclass
class Turn:
    """One text, what the service says beside it, and the actions that should follow."""

    text: str
    intent: str | None
    metadata: dict[str, Any]
    expected: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """One conversation of a file."""

    file: str
    name: str
    turns: list[Turn]


def main(argv: list[str] | None = None) -> int:
    """Play every story; 1 when one went another way, 2 when there is no model."""
    options = _options(argv)
    prepare(threads=2)
    try:
        model = newest(Path(options.models))
    except FileNotFoundError as error:
        sys.stderr.write(f"stories: {error}\n")
        return 2
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        # Rasa's libraries warn of their own futures; nothing here can act on it.
        warnings.simplefilter("ignore")
        from rasa.core.agent import Agent
        from rasa.utils.log_utils import configure_structlog

        from bot import quick_domain

        configure_structlog(logging.ERROR)
        quick_domain.use()
        agent = Agent.load(str(model))
    told: Told = json.load(options.told) if options.told else {}
    paths = sorted(Path(options.stories).glob("test_*.yml"))
    return asyncio.run(_play_all(agent, paths, options.only, told))


async def _play_all(agent: Agent, paths: list[Path], only: str, told: Told) -> int:
    code = 0
    for path in paths:
        for story in read(path, told, agent.domain):
            if only not in story.name:
                continue
            wrong = await play(story, agent)
            line = {"file": story.file, "story": story.name, "turns": len(story.turns)}
            sys.stdout.write(json.dumps({**line, "wrong": wrong}, ensure_ascii=False) + "\n")
            sys.stdout.flush()
            for found in wrong:
                code = 1
                sys.stderr.write(f"{story.file}: {story.name}: {said(found)}\n")
    return code


def said(found: dict[str, Any]) -> str:
    """One wrong turn as a line for a person."""
    return (
        f'turn {found["turn"]} "{found["user"]}": expected {found["expected"]}, '
        f"got {found['got']} ({found['read']})"
    )


def read(path: Path, told: Told, domain: Any = None) -> Iterator[Story]:
    """The stories of a file, as Rasa reads them; what Rasa would warn of and skip is an error."""
    from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader

    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        steps = YAMLStoryReader(domain).read_from_file(path)
    if [step.block_name for step in steps] != [entry["story"] for entry in entries]:
        raise ValueError(f"{path.name}: a story has no steps, or a name twice")
    for step, entry in zip(steps, entries, strict=True):
        texts = told.get(f"{path.name}: {entry['story']}") or []
        turns = list(_turns(step.events, entry.get("metadata") or {}, texts))
        yield Story(path.name, entry["story"], turns)


def _turns(
    events: list[Event], metadata: dict[str, Any], told: list[dict[str, Any]]
) -> Iterator[Turn]:
    """The story's texts with what follows each."""
    from rasa.shared.core.events import ActionExecuted, UserUttered

    always = {key: value for key, value in metadata.items() if key != "turns"}
    turn, number = None, 0
    for event in events:
        if isinstance(event, UserUttered):
            if turn is not None:
                yield turn
            heard = told[number] if number < len(told) else {}
            number += 1
            here = (metadata.get("turns") or {}).get(number) or {}
            turn = Turn(event.text or "", event.intent.get("name"), {**always, **heard, **here})
        elif isinstance(event, ActionExecuted) and turn is not None:
            turn.expected.append(event.action_name or "")
    if turn is not None:
        yield turn


async def play(story: Story, agent: Agent) -> list[dict[str, Any]]:
    """The turns of a story that went another way; after each the story goes on as it is told."""
    from rasa.shared.core.events import ActionExecuted

    wrong: list[dict[str, Any]] = []
    events: list[Event] = [ActionExecuted(LISTEN)]
    state = ServiceState(agent.domain.responses)
    for number, turn in enumerate(story.turns, 1):
        if not turn.metadata.get("heard", True):
            state.answered_alone(turn.metadata)
            continue
        utterance = await hear(turn.text, state.beside(turn.metadata), agent)
        events.append(utterance)
        got = answered(story.name, events, agent)
        if got != turn.expected or _misread(utterance, turn):
            wrong.append({**_found(turn, utterance), "turn": number, "got": got})
        state.after(turn.metadata, utterance.parse_data or {}, turn.expected)
        events += [ActionExecuted(name) for name in (*turn.expected, LISTEN)]
    return wrong


async def hear(text: str, metadata: dict[str, Any], agent: Agent) -> UserUttered:
    """A text as it stands on the tracker once the model has read it."""
    from rasa.core.channels.channel import UserMessage
    from rasa.shared.core.events import UserUttered

    channel = metadata["channel"]
    message = UserMessage(text, input_channel=channel, metadata=metadata)
    parse: dict[str, Any] = await agent.processor.parse_message(message)
    return UserUttered(
        text,
        parse["intent"],
        parse.get("entities"),
        parse,
        input_channel=channel,
        metadata=metadata,
    )


def answered(name: str, events: list[Event], agent: Agent) -> list[str]:
    """The actions that the model takes now, until it waits for the person."""
    from rasa.shared.core.events import ActionExecuted
    from rasa.shared.core.trackers import DialogueStateTracker

    tracker = DialogueStateTracker.from_events(name, events, agent.domain.slots)
    got: list[str] = []
    while True:
        action, _ = agent.processor.predict_next_with_tracker_if_should(tracker)
        if action.name() == LISTEN:
            return got
        got.append(action.name())
        tracker.update(ActionExecuted(action.name()), agent.domain)


def _misread(utterance: UserUttered, turn: Turn) -> bool:
    """Whether the models are sure of another intent than the story's, where the intent decides.

    Danger and a particular answer are said whatever the text is about.
    """
    parse, found = utterance.parse_data or {}, utterance.intent
    emergency = (parse.get("triage") or {}).get("level") == "emergency"
    if emergency or (parse.get("detail") or {}).get("say") in turn.expected:
        return False
    sure = float(found.get("confidence") or 0.0) >= SURE
    return turn.intent is not None and found.get("name") != turn.intent and sure


def _found(turn: Turn, utterance: UserUttered) -> dict[str, Any]:
    parse = utterance.parse_data or {}
    detail = parse.get("detail") or {}
    closest = f", detail {detail['name']} {detail['confidence']:.2f}" if detail else ""
    intent, level = utterance.intent, (parse.get("triage") or {}).get("level")
    read_as = f"{intent.get('name')} {float(intent.get('confidence') or 0):.2f}, {level}{closest}"
    return {
        "user": turn.text,
        "expected": turn.expected,
        "intent": turn.intent,
        "read": read_as if intent.get("name") == turn.intent else f"not {turn.intent}: {read_as}",
    }


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.stories", description=__doc__)
    parser.add_argument("--stories", default="tests/conversations")
    parser.add_argument("--models", default=os.environ.get("HELPLINE_MODELS", "models"))
    parser.add_argument(
        "--told",
        type=argparse.FileType("r", encoding="utf-8"),
        help="what the service's gate makes of each text, as JSON; - for standard input",
    )
    parser.add_argument("--only", default="", help="play stories whose name holds this")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
