"""Taking turns at SQLite's one write lock: waiting processes are woken, not left polling.

SQLite waits for its lock by sleeping longer and longer, so a short wait costs up to a tenth of a
second. Here a process first waits in the kernel, which wakes it when its turn comes and frees what
a dead process held. SQLite's own lock still decides; this only orders those who want it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator


class Turnstile:
    """One writer at a time over every process that opens the same two files.

    Whoever waits for the room holds the turnstile. One who leaves the room and wants it again has
    to pass the turnstile first and so goes behind the one who waits there.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._within = threading.Lock()  # The locks below are one process's, not one thread's.
        self._files: tuple[int, int] | None = None

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the room; waits for as long as others hold it."""
        with self._within:
            entrance, room = self._open()
            fcntl.flock(entrance, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX)
            fcntl.flock(entrance, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(room, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the files; the next turn opens them again."""
        with self._within:
            for file in self._files or ():
                os.close(file)
            self._files = None

    def _open(self) -> tuple[int, int]:
        if self._files is None:
            first, second = (
                os.open(f"{self._path}-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                for name in ("entrance", "room")
            )
            self._files = first, second
        return self._files
