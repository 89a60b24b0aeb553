"""`helpline …`: finds the command's module and runs it; each lives in `webhook/commands/`."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from webhook.core.errors import SettingsError

COMMANDS = {
    "up": "start everything on this machine",
    "sms": "text the running helpline through the simulator",
    "play": "play scripted conversations against the running helpline (development)",
    "classify": "read messages as JSON lines and say triage and intent",
    "doctor": "list what is missing for going live",
    "train": "train the assistant if its data changed",
    "purge": "close idle conversations and delete what is over",
    "rotate-keys": "wrap every conversation's key under the newest secret key",
}


class Command(Protocol):
    """What a command's module gives."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare its arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code, 1 with one line for a bad setting."""
    given = list(sys.argv[1:] if argv is None else argv)
    # Only the named command is imported: some of them take a second to load.
    named = next((word for word in given if not word.startswith("-")), "")
    options = _parser(named).parse_args(given)
    try:
        return int(_module(options.command).run(options))
    except SettingsError as error:
        sys.stderr.write(f"helpline: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not complain about it at the end.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser(named: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="helpline", description="A domestic-abuse helpline.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what.capitalize() + ".")
        if name == named:
            _module(name).arguments(command)
    return parser


def _module(name: str) -> Command:
    module = importlib.import_module(f"webhook.commands.{name.replace('-', '_')}")
    return cast(Command, module)


if __name__ == "__main__":
    sys.exit(main())
