"""The three triage levels, ordered so that the highest of several readings is `max`."""

from __future__ import annotations

from enum import IntEnum


class Triage(IntEnum):
    """How soon a person must see this: standard, urgent (today), emergency (now)."""

    STANDARD = 0
    URGENT = 1
    EMERGENCY = 2

    @property
    def label(self) -> str:
        """The name used in data, reports and on the wire: "standard", "urgent", "emergency"."""
        return self.name.lower()

    @classmethod
    def parse(cls, label: str) -> Triage:
        """Read a label; raises ValueError for anything else."""
        try:
            return cls[label.upper()]
        except KeyError:
            raise ValueError(f"unknown triage level: {label!r}") from None
