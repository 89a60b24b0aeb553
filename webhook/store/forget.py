"""Forgetting what the hub no longer needs: old audit entries, ended sessions, used links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webhook.store.hub_models import AuditEntry, ProviderState, StaffLink, StaffSession

BATCH = 1000  # rows of one transaction: messages that arrive meanwhile must not wait


def audit_entries(session: Session, before: datetime) -> int:
    """Delete a batch of audit entries older than a moment; returns how many."""
    return _some(session, AuditEntry.id, AuditEntry.at < before)


def sessions(session: Session, ended: datetime, begun: datetime) -> int:
    """Delete a batch of sessions that ended before one moment or began before another."""
    over = or_(StaffSession.ended_at < ended, StaffSession.created_at < begun)
    return _some(session, StaffSession.id, over)


def links(session: Session, before: datetime) -> int:
    """Delete a batch of one-time links that were used or ran out before a moment."""
    over = or_(StaffLink.used_at < before, StaffLink.expires_at < before)
    return _some(session, StaffLink.id, over)


def provider_states(session: Session, before: datetime) -> int:
    """Delete a batch of used states of the sign-in provider; they run out by themselves."""
    return _some(session, ProviderState.state_hash, ProviderState.used_at < before)


def _some(session: Session, key: InstrumentedAttribute[Any], over: ColumnElement[bool]) -> int:
    chosen = select(key).where(over).limit(BATCH)
    done = session.execute(delete(key.class_).where(key.in_(chosen)))
    return int(done.rowcount)  # type: ignore[attr-defined]
