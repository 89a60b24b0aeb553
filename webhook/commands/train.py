"""`helpline train`: train the assistant if what it learns from has changed."""

from __future__ import annotations

import argparse
import subprocess

from webhook.commands.supervisor.environment import given
from webhook.commands.supervisor.programs import BOT_PYTHON
from webhook.core.errors import SettingsError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to train in any case."""
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")


def run(options: argparse.Namespace) -> int:
    """Show the training's progress; its exit code."""
    if not BOT_PYTHON.exists():
        raise SettingsError('the assistant is not set up: run "make setup"')
    command = [str(BOT_PYTHON), "-m", "bot.train", *(["--force"] if options.force else [])]
    return subprocess.run(command, env=given(), check=False).returncode
