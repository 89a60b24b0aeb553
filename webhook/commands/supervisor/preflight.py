"""What must be so before anything is started; every problem is one line with what to do."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from webhook.commands.supervisor.environment import Plan
from webhook.commands.supervisor.probes import is_free
from webhook.core.errors import SettingsError
from webhook.settings import Settings


def open_data_folder(folder: Path) -> TextIO:
    """Create the data folder and take it for this run; keep the returned file open.

    Raises SettingsError when it cannot be used, or another run holds it.
    """
    try:
        for needed in (folder, folder / "logs", folder / "valkey"):
            needed.mkdir(parents=True, exist_ok=True, mode=0o700)
        for needed in (folder, folder / "logs"):
            if not os.access(needed, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(13, os.strerror(13), str(needed))
        held = (folder / "up.lock").open("w")
    except OSError as error:
        raise SettingsError(
            f"HELPLINE_DATA: {folder.absolute()} cannot be used ({error.strerror}): "
            "give this user the folder or set another one"
        ) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise SettingsError(
            f"HELPLINE_DATA: a helpline is already running on {folder.absolute()}: "
            "stop it or set another folder"
        ) from error
    return held


def port_problems(settings: Settings, plan: Plan) -> Iterator[str]:
    """One line for every port that is taken or asked for twice."""
    wanted = (
        ("web", settings.host, plan.web, "HELPLINE_PORT to a free one"),
        ("simulator", "127.0.0.1", plan.simulator, "SIMULATOR_PORT to a free one"),
        ("assistant", "127.0.0.1", plan.rasa, "HELPLINE_RASA_URL to one with a free port"),
        ("actions", "127.0.0.1", plan.actions, "HELPLINE_ACTIONS_PORT to a free one"),
    )
    seen: dict[int, str] = {}
    for name, host, port, what in wanted:
        if not port:
            continue
        if port in seen:
            yield f"port {port} is given to both {seen[port]} and {name}: set {what}"
        elif not _free(name, host, port):
            yield f"port {port} ({name}) is taken: stop what uses it or set {what}"
        seen[port] = name


def _free(name: str, host: str, port: int) -> bool:
    try:
        return is_free(host, port)
    except OSError as error:
        raise SettingsError(
            f"HELPLINE_HOST: {name} cannot listen on this address ({error.strerror}): "
            "set one of this machine, or 0.0.0.0"
        ) from error
