"""`helpline play SCRIPTS.jsonl`: play scripted conversations against the running helpline.

Development only. Each line of the file is `{"id", "channel": "sms"|"web", "age_band"?, "turns":
[{"user"} or {"user", "media": N} or {"wait_hours": N}]}`; each line printed is `{"id", "turns":
[{"user", "replies", "triage", "intent", "mode", "quiet"}], "handover", "case"}`. Texts go through
the carrier simulator, chat through its API; a wait moves the clock of the whole helpline.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import httpx

from webhook.commands.playing import Witness
from webhook.commands.supervisor.environment import SIMULATOR_PORT, given, port, public_url
from webhook.core.clock import ShiftedClock
from webhook.core.errors import BadInput, SettingsError
from webhook.settings import Settings, load_settings

_FIRST_NUMBER = 447700900300  # of Ofcom's numbers for drama, which nobody has
_NUMBERS = 600
_ANSWER_SECONDS = 20.0
_POLL_SECONDS = 0.05
_BANDS = {band: band for band in ("under13", "13-15", "16-17")} | {"18+": "18plus"}


class _Person(Protocol):
    """Somebody who writes by one channel."""

    def write(self, text: str, media: int) -> tuple[str, str]:
        """Send; returns the name and the value of the column that finds the message."""
        ...


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file of scripts, and which of them."""
    parser.add_argument("scripts", type=Path, help="scripted conversations, one JSON line each")
    parser.add_argument("--only", nargs="*", metavar="ID", help="play these alone")


def run(options: argparse.Namespace) -> int:
    """Play every script; 1 with one line when the helpline is not there."""
    settings = load_settings()
    if settings.production:
        raise SettingsError("HELPLINE_ENV: play is for development; it moves the helpline's clock")
    listens = port(given(), "SIMULATOR_PORT", SIMULATOR_PORT)
    stage = _Stage(settings, f"http://127.0.0.1:{listens}/simulator")
    try:
        for script in _scripts(options):
            print(json.dumps(stage.play(script), ensure_ascii=False), flush=True)
    except httpx.HTTPError as error:
        sys.stderr.write(f'helpline: is it running ("make run")? {type(error).__name__}\n')
        return 1
    finally:
        stage.close()
    return 0


class _Stage:
    """The running helpline: two doors in, and a look at what it keeps."""

    def __init__(self, settings: Settings, simulator: str) -> None:
        self._settings = settings
        self._clock = ShiftedClock(settings.data / "clock-shift")
        self._phone = httpx.Client(base_url=simulator, timeout=60, trust_env=False)
        address = f"http://127.0.0.1:{settings.port}"
        origin = {"Origin": public_url(settings)}
        self._chat = httpx.Client(base_url=address, headers=origin, timeout=60, trust_env=False)
        self._witness = Witness(settings)
        self._numbers = (f"+{_FIRST_NUMBER + place}" for place in range(_NUMBERS))

    def play(self, script: dict[str, Any]) -> dict[str, Any]:
        """Play one script from its first turn to its last."""
        person = self._person(script)
        turns = []
        conversation = ""
        for turn in script["turns"]:
            if "wait_hours" in turn:
                self._clock.advance(float(turn["wait_hours"]) * 3600)
                continue
            column, value = person.write(turn.get("user") or "", int(turn.get("media") or 0))
            conversation, seen = self._wait(column, value)
            turns.append({"user": turn.get("user"), **seen})
        return {"id": script["id"], "turns": turns, **self._witness.end(conversation)}

    def close(self) -> None:
        """Let go of everything."""
        self._phone.close()
        self._chat.close()
        self._witness.close()

    def _person(self, script: dict[str, Any]) -> _Person:
        if script["channel"] == "web":
            return _Chatter(self._chat, script.get("age_band"))
        return _Texter(self._phone, self._unknown_number())

    def _unknown_number(self) -> str:
        """A number that the helpline does not know, or one play would go on with another."""
        for number in self._numbers:
            if not self._witness.knows(number):
                return number
        raise SettingsError(
            "HELPLINE_DATA: every number for plays is known; start with a new folder"
        )

    def _wait(self, column: str, value: str) -> tuple[str, dict[str, Any]]:
        deadline = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < deadline:
            seen = self._witness.answered(column, value)
            if seen is not None:
                return seen
            time.sleep(_POLL_SECONDS)
        raise httpx.ReadTimeout("the message was not handled")


class _Texter:
    """A person with a phone."""

    def __init__(self, phone: httpx.Client, number: str) -> None:
        self._phone = phone
        self._number = number

    def write(self, text: str, media: int) -> tuple[str, str]:
        """Text the helpline."""
        pictures = [f"https://media.example/{count}.jpg" for count in range(media)]
        asked = {"from": self._number, "body": text, "media": pictures}
        answer = self._phone.post("/inbound", json=asked)
        answer.raise_for_status()
        return "provider_sid", str(answer.json()["message"]["sid"])


class _Chatter:
    """A person at the web chat."""

    def __init__(self, chat: httpx.Client, age_band: str | None) -> None:
        self._chat = chat
        opening = {"age_band": _BANDS[age_band]} if age_band in _BANDS else {}
        begun = chat.post("/chat/api/conversations", json=opening)
        begun.raise_for_status()
        self._id = begun.json()["id"]
        self._headers = {"Authorization": f"Bearer {begun.json()['token']}"}

    def write(self, text: str, media: int) -> tuple[str, str]:
        """Write in the chat, which takes no pictures."""
        client_id = str(uuid.uuid4())
        sent = self._chat.post(
            f"/chat/api/conversations/{self._id}/messages",
            json={"client_id": client_id, "text": text},
            headers=self._headers,
        )
        sent.raise_for_status()
        return "client_id", client_id


def _scripts(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    try:
        lines = options.scripts.read_text(encoding="utf-8").splitlines()
        scripts = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise SettingsError(f"{options.scripts}: cannot be read as JSON lines") from error
    for script in scripts:
        if not options.only or script.get("id") in options.only:
            if not script.get("turns") or script.get("channel") not in {"sms", "web"}:
                raise BadInput(str(script.get("id")), "a script needs turns, and sms or web")
            yield script
