"""Lines for the person who started the helpline; a terminal that went away is no failure."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator


def say(line: str) -> None:
    """One line, shown at once."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Say how long a stage took, when it ends well: "Database … 0.4 s"."""
    began = time.monotonic()
    yield
    say(f"  {name} … {time.monotonic() - began:.1f} s")
