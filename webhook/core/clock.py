"""Time as a dependency: nothing else in the service asks the system what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time, in UTC."""

    def now(self) -> datetime:
        """The current moment, timezone-aware."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current moment, timezone-aware."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock moved by the number of seconds held in a file.

    Development only: `helpline play` moves every process of a running helpline through
    a conversation's pauses by writing that file, so retention and resuming are exercised.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The shifted moment; an absent or unreadable file means no shift."""
        try:
            shift = float(self._path.read_text())
        except (OSError, ValueError):
            shift = 0.0
        return datetime.now(UTC) + timedelta(seconds=shift)

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds, for every process that shares the file."""
        moved = (self.now() - datetime.now(UTC)).total_seconds() + seconds
        self._path.write_text(f"{moved:.0f}")
