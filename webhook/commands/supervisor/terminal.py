"""Lines for the person who started the helpline; a terminal that went away is no failure."""

from __future__ import annotations

import contextlib
import sys


def say(line: str) -> None:
    """One line, shown at once."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
