"""How long to wait before a program that ended is started again."""

from __future__ import annotations

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 30.0
HEALTHY_SECONDS = 60.0


class Backoff:
    """Doubles the wait with every early end; a run that was long enough starts it afresh."""

    def __init__(self) -> None:
        self._next = FIRST_SECONDS

    def after(self, ran_seconds: float) -> float:
        """Seconds to wait now, for a run that lasted `ran_seconds`."""
        if ran_seconds >= HEALTHY_SECONDS:
            self._next = FIRST_SECONDS
        wait = self._next
        self._next = min(wait * 2, LONGEST_SECONDS)
        return wait
