"""Starting what is measured, and what it and all it started hold in memory."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

_STOP_SECONDS = 20.0


@contextlib.contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, name: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a folder until the end of the block; its output goes to `<name>.log`."""
    with (folder / f"{name}.log").open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
    # Whatever it left behind is in the group that it led.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(ready: Callable[[], bool], seconds: float, process: subprocess.Popen[bytes]) -> None:
    """Wait until something is so; raises TimeoutError, or RuntimeError if the process ended."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with code {process.returncode}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"{process.args!r} was not ready after {seconds:g} s")
        time.sleep(0.2)


def answers(url: str) -> bool:
    """Whether an address of this machine answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 -- loopback only
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port(first: int = 9210, last: int = 9229) -> int:
    """A port of loopback that nobody listens on; raises OSError when there is none."""
    for port in range(first, last + 1):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no port from {first} to {last} is free")


def memory(*leaders: int) -> float:
    """Megabytes of these processes and all that they started: proportional set sizes, summed."""
    return sum(_pss(pid) for leader in leaders for pid in (leader, *_descendants(leader))) / 1024


def _descendants(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from _descendants(int(child))


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def cpu_seconds(*leaders: int) -> dict[str, float]:
    """Processor seconds that these processes and all that they started used so far, by program."""
    used: dict[str, float] = {}
    for leader in leaders:
        for pid in (leader, *_descendants(leader)):
            with contextlib.suppress(OSError):
                name = _program(pid)
                used[name] = used.get(name, 0.0) + _cpu(pid)
    return used


def _program(pid: int) -> str:
    """The module that a Python runs, or the name of the program."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    if "-m" in words[:-1]:
        return words[words.index("-m") + 1]
    return Path(words[0]).name.split(" ")[0]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
