"""The audit trail: written with what it records, read by managers, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webhook.core.vault import Vault, seal
from webhook.store.conversations import key_of
from webhook.store.hub_models import AuditEntry


@dataclass(frozen=True)
class Search:
    """What to look for; an empty field matches all."""

    staff_id: int | None = None
    action: str = ""
    conversation_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def note(
    session: Session,
    now: datetime,
    staff_id: int | None,
    action: str,
    *,
    conversation_id: str | None = None,
    subject: str | None = None,
    reason: str | None = None,
) -> AuditEntry:
    """Write an entry in the caller's transaction, so that neither is there without the other."""
    entry = AuditEntry(
        at=now,
        staff_id=staff_id,
        action=action,
        conversation_id=conversation_id,
        subject=subject,
        reason=reason,
    )
    session.add(entry)
    session.flush()
    return entry


def with_words(session: Session, vault: Vault, entry: AuditEntry, words: str) -> None:
    """Seal what was typed as the reason under the conversation's key: it may name the person."""
    if entry.conversation_id is not None:
        key = key_of(session, vault, entry.conversation_id)
        entry.words_sealed = seal(key, words, f"audit {entry.id}")


def find(session: Session, search: Search, limit: int = 200) -> Sequence[AuditEntry]:
    """The newest entries that match."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if search.staff_id is not None:
        query = query.where(AuditEntry.staff_id == search.staff_id)
    if search.action:
        query = query.where(AuditEntry.action == search.action)
    if search.conversation_id:
        query = query.where(AuditEntry.conversation_id == search.conversation_id)
    if search.since is not None:
        query = query.where(AuditEntry.at >= search.since)
    if search.until is not None:
        query = query.where(AuditEntry.at < search.until)
    return session.scalars(query).all()
