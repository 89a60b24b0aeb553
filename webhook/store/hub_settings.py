"""What managers set at the hub: read with defaults, written by name."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy.orm import Session

from webhook.core.triage import Triage
from webhook.store.hub_models import HubSetting


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
    row = session.get(HubSetting, "hub")
    stored = {k: v for k, v in (row.value if row else {}).items() if k in known}
    return HubSettings(**stored)


def write(session: Session, settings: HubSettings) -> list[str]:
    """Keep the settings; returns the names of those that changed."""
    before = asdict(read(session))
    after: dict[str, Any] = asdict(settings)
    row = session.get(HubSetting, "hub")
    if row is None:
        session.add(HubSetting(name="hub", value=after))
    else:
        row.value = after
    return [name for name in after if after[name] != before[name]]
