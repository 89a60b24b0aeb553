"""What managers set at the hub: read with defaults, written by name.

Rows are "hub" (targets), "opening" (hours and the words when closed), "directory" (edits of areas
and services) and "list …" (coded lists).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webhook.core.hours import Hours
from webhook.core.triage import Triage
from webhook.store.hub_models import HubSetting

_VALUES = select(HubSetting.name, HubSetting.value).where(
    HubSetting.name.in_(bindparam("names", expanding=True))
)


@dataclass(frozen=True)
class HubSettings:
    """Targets in seconds by triage, times in seconds, and what else a hub decides for itself."""

    target_emergency: int = 60
    target_urgent: int = 300
    target_standard: int = 900
    page_again: int = 60
    vanish: int = 60
    offer: int = 60
    capacity: int = 5
    risk_threshold: int = 14

    def target(self, triage: Triage) -> int:
        """Seconds in which somebody of this triage should be joined."""
        return int(getattr(self, f"target_{triage.label}"))


def read(session: Session) -> HubSettings:
    """The settings as they stand now."""
    known = {f.name for f in fields(HubSettings)}
    stored = {k: v for k, v in value(session, "hub").items() if k in known}
    return HubSettings(**stored)


def write(session: Session, settings: HubSettings) -> list[str]:
    """Keep the settings; returns the names of those that changed."""
    before = asdict(read(session))
    after: dict[str, Any] = asdict(settings)
    keep(session, "hub", after)
    return [name for name in after if after[name] != before[name]]


def opening(session: Session) -> Hours:
    """When the hub is open; day and night unless managers said otherwise."""
    return Hours.load(value(session, "opening"))


def value(session: Session, name: str, *, lock: bool = False) -> dict[str, Any]:
    """What is kept under a name, or nothing; with `lock` to be changed in this transaction."""
    row = session.get(HubSetting, name, with_for_update=True if lock else None)
    return dict(row.value) if row is not None else {}


def values(session: Session, *names: str) -> dict[str, dict[str, Any]]:
    """What is kept under several names, in one look; names without anything are left out."""
    rows = session.connection().execute(_VALUES, {"names": names})
    return {row[0]: dict(row[1]) for row in rows}


def keep(session: Session, name: str, value: dict[str, Any]) -> None:
    """Keep a value under a name in place of what was there."""
    row = session.get(HubSetting, name)
    if row is None:
        session.add(HubSetting(name=name, value=value))
    else:
        row.value = value
