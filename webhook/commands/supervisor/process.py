"""One run of a program, in a process group of its own that does not outlive the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux
_LONGEST_LINE = 1 << 20  # bytes


async def spawn(argv: Sequence[str], environment: Mapping[str, str], given: bytes = b"") -> Process:
    """Start a program as the leader of a new group, with `given` on its standard input.

    Raises OSError when it cannot be started at all.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        env=environment,
        stdin=PIPE if given else asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        limit=_LONGEST_LINE,
        start_new_session=True,
        preexec_fn=_dies_with_parent(),
    )
    if given and process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.write(given)
            await process.stdin.drain()
        process.stdin.close()
    return process


def signal_group(process: Process, number: signal.Signals) -> None:
    """Send a signal to everything the program started; nothing when all of it has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _dies_with_parent() -> Callable[[], None] | None:
    """What the child does before it becomes the program: ask to be killed with its parent."""
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return None  # Not Linux: an ordinary stop still ends the group.
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # It died before the request was made.
            os._exit(1)

    return ask
