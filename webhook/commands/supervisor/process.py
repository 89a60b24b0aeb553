"""One run of a program, in a process group of its own that does not outlive the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux
_LONGEST_LINE = 1 << 20  # bytes


@dataclass(frozen=True)
class Run:
    """A running program and what it prints; `close` when nobody reads any more."""

    process: Process
    lines: asyncio.StreamReader
    close: Callable[[], None]


async def spawn(
    argv: Sequence[str], environment: Mapping[str, str], given: bytes = b"", nice: int = 0
) -> Run:
    """Start a program as the leader of a new group, with `given` on its standard input.

    `nice` is by how much it gives way to others when there is more to do than processors, 0 to 19.
    Raises OSError when it cannot be started at all.
    """
    # A pipe of our own: asyncio's would keep the program's end from being seen for as long as
    # something that it started holds the pipe open.
    reading, writing = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            env=environment,
            stdin=PIPE if given else DEVNULL,
            stdout=writing,
            stderr=STDOUT,
            start_new_session=True,
            preexec_fn=_before_it_begins(nice),
        )
    except OSError:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    lines, close = await _reader(reading)
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.write(given)
            await process.stdin.drain()
        process.stdin.close()
    return Run(process, lines, close)


async def _reader(descriptor: int) -> tuple[asyncio.StreamReader, Callable[[], None]]:
    lines = asyncio.StreamReader(limit=_LONGEST_LINE)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(descriptor, "rb", buffering=0)
    )
    return lines, transport.close


def signal_group(process: Process, number: signal.Signals) -> None:
    """Send a signal to everything the program started; nothing when all of it has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _before_it_begins(nice: int) -> Callable[[], None]:
    """What the child does before it becomes the program, in its own session already."""
    dies_with_parent = _dies_with_parent()

    def prepare() -> None:
        if dies_with_parent is not None:
            dies_with_parent()
        if nice:
            _give_way(nice)

    return prepare


def _give_way(nice: int) -> None:
    """Run behind what others want to do; where that is not permitted it runs beside them."""
    with contextlib.suppress(OSError):
        os.nice(nice)
    # Linux may schedule each session as one (sched(7), "autogroup"): then niceness counts within
    # the session alone, and this is what counts between ours and the others.
    with contextlib.suppress(OSError):
        group = os.open("/proc/self/autogroup", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(group, str(nice).encode())
        finally:
            os.close(group)


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
