"""`helpline sms NUMBER "text"`: text the running helpline through the carrier simulator."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

from webhook.commands.supervisor.environment import SIMULATOR_PORT, given, port
from webhook.core.errors import BadInput

NOT_RUNNING = 3
_WAIT_SECONDS = 10.0
_SILENCE_SECONDS = 1.0
_WEBHOOK_SECONDS = 60.0  # the simulator repeats a failed webhook as the carrier does


def arguments(parser: argparse.ArgumentParser) -> None:
    """Number, text and how long to wait."""
    parser.add_argument("number", help="the number that texts, as +447700900123")
    parser.add_argument("text", help="what it says; may be empty with --media")
    parser.add_argument("--media", type=int, default=0, metavar="N", help="send N pictures too")
    parser.add_argument(
        "--wait",
        type=float,
        default=_WAIT_SECONDS,
        metavar="SECONDS",
        help="how long to wait for the first reply (10)",
    )


def run(options: argparse.Namespace) -> int:
    """Print each reply as a JSON line. 1 when the text was not taken, 3 without a simulator."""
    listens = port(given(), "SIMULATOR_PORT", SIMULATOR_PORT)
    address = f"http://127.0.0.1:{listens}/simulator"
    try:
        with httpx.Client(base_url=address, timeout=_WEBHOOK_SECONDS, trust_env=False) as phone:
            after = _text(phone, options)
            for reply in _replies(phone, options.number, after, options.wait):
                print(json.dumps(reply, ensure_ascii=False), flush=True)
    except BadInput as error:
        sys.stderr.write(f"helpline: {error}\n")
        return 1
    except httpx.ConnectError:
        sys.stderr.write(
            f"helpline: no simulator answers on port {listens}: "
            'start the helpline with "make run", or set SIMULATOR_PORT to its port\n'
        )
        return NOT_RUNNING
    except httpx.HTTPError as error:
        sys.stderr.write(f"helpline: the simulator failed ({type(error).__name__})\n")
        return 1
    return 0


def _text(phone: httpx.Client, options: argparse.Namespace) -> int:
    """Send the text; the index on the phone after which replies come."""
    media = [f"https://media.example/{count}.jpg" for count in range(options.media)]
    asked = {"from": options.number, "body": options.text, "media": media}
    answer = phone.post("/inbound", json=asked)
    if answer.is_client_error:
        raise BadInput("sms", str(answer.json().get("detail")))
    answer.raise_for_status()
    taken = answer.json()
    status = taken["webhook_status"]
    if not taken["held"] and not (status and 200 <= status < 300):
        why = f"status {status}" if status else taken["webhook_failure"]
        raise BadInput("sms", f"the helpline did not take the text ({why})")
    return int(taken["message"]["index"])


def _replies(phone: httpx.Client, number: str, after: int, wait: float) -> Iterator[dict[str, Any]]:
    """What arrives on the phone, until it is quiet for a moment."""
    deadline = time.monotonic() + wait
    while (left := deadline - time.monotonic()) > 0:
        asked = {"after": after, "wait": min(left, 5.0)}
        answer = phone.get(f"/phones/{number}/messages", params=asked)
        answer.raise_for_status()
        for message in answer.json()["messages"]:
            after = max(after, message["index"])
            if message["direction"] == "outbound":
                yield _shown(message)
                deadline = time.monotonic() + _SILENCE_SECONDS


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": message["body"],
        "segments": message["segments"],
        "encoding": message["encoding"],
        "status": message["status"],
        "error_code": message["error_code"],
        "sid": message["sid"],
    }
