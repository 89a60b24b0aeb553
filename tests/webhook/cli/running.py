"""Starting programs in tests, waiting for what they do, and seeing that nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[3]
T = TypeVar("T")


def until(look: Callable[[], T | None], seconds: float = 60.0) -> T:
    """The first thing that `look` finds; fails when it finds nothing in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def pid(file: Path) -> int:
    """The process id that a program notes in a file."""
    return int(until(lambda: file.read_text() if file.exists() else None))


def is_gone(number: int) -> bool:
    """Whether a process has ended; one that nobody has waited for counts as ended."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@contextmanager
def running(
    *command: str, environment: Mapping[str, str] | None = None, output: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of ours in a group of its own; it is ended at the end of the test."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
            process.wait()


def helpline(
    *arguments: str, environment: Mapping[str, str] | None = None, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run one command of the helpline to its end."""
    return subprocess.run(
        [sys.executable, "-m", "webhook.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
