"""What staff write beside a conversation: the timeline with its notes, drafts, who is looking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webhook.core.vault import Vault, seal, unseal
from webhook.store.conversations import key_of
from webhook.store.hub_models import Draft, TimelineEntry, Viewing
from webhook.store.models import Conversation


def add(
    session: Session,
    vault: Vault,
    conversation: Conversation,
    kind: str,
    now: datetime,
    *,
    staff_id: int | None = None,
    data: dict[str, Any] | None = None,
    words: str = "",
) -> TimelineEntry:
    """Put an entry after the newest message; words are sealed under the conversation's key."""
    entry = TimelineEntry(
        conversation_id=conversation.id,
        staff_id=staff_id,
        kind=kind,
        data=data or {},
        after_seq=conversation.last_seq,
        created_at=now,
    )
    session.add(entry)
    session.flush()
    if words:
        key = key_of(session, vault, conversation.id)
        entry.body_sealed = seal(key, words, f"timeline {entry.id}")
    return entry


def words_of(entry: TimelineEntry, key: bytes) -> str:
    """What was written in an entry, or ""."""
    if entry.body_sealed is None:
        return ""
    return unseal(key, entry.body_sealed, f"timeline {entry.id}")


def timeline(session: Session, conversation_id: str, after: int = 0) -> Sequence[TimelineEntry]:
    """The entries of a conversation with a higher id, in order."""
    return session.scalars(
        select(TimelineEntry)
        .where(TimelineEntry.conversation_id == conversation_id, TimelineEntry.id > after)
        .order_by(TimelineEntry.id)
    ).all()


def closed_before(session: Session, conversation: Conversation) -> TimelineEntry | None:
    """The entry that closed an earlier contact of the same number, if it is still kept."""
    if conversation.address_hash is None:
        return None
    return session.scalar(
        select(TimelineEntry)
        .join(Conversation, Conversation.id == TimelineEntry.conversation_id)
        .where(
            Conversation.address_hash == conversation.address_hash,
            Conversation.id != conversation.id,
            TimelineEntry.kind == "closed",
        )
        .order_by(TimelineEntry.id.desc())
        .limit(1)
    )


def save_draft(
    session: Session,
    vault: Vault,
    conversation_id: str,
    staff_id: int,
    kind: str,
    words: str,
    now: datetime,
) -> None:
    """Keep unsent words of one kind, or forget them when there are none."""
    row = session.get(Draft, (conversation_id, staff_id, kind))
    if not words:
        if row is not None:
            session.delete(row)
        return
    key = key_of(session, vault, conversation_id)
    sealed = seal(key, words, f"draft {conversation_id} {staff_id} {kind}")
    if row is None:
        row = Draft(conversation_id=conversation_id, staff_id=staff_id, kind=kind)
        session.add(row)
    row.body_sealed, row.updated_at = sealed, now


def draft(session: Session, key: bytes, conversation_id: str, staff_id: int, kind: str) -> str:
    """The unsent words of one kind, or ""."""
    row = session.get(Draft, (conversation_id, staff_id, kind))
    if row is None:
        return ""
    return unseal(key, row.body_sealed, f"draft {conversation_id} {staff_id} {kind}")


def look(
    session: Session, conversation_id: str, staff_id: int, now: datetime, *, writing: bool = False
) -> None:
    """Note that somebody has a conversation open, or is writing in it."""
    row = session.get(Viewing, (conversation_id, staff_id))
    if row is None:
        row = Viewing(conversation_id=conversation_id, staff_id=staff_id, at=now)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another stream of the same page was there at the same instant
            row = session.get_one(Viewing, (conversation_id, staff_id))
    row.at = now
    if writing:
        row.writing_at = now


def looking(
    session: Session, conversation_id: str, now: datetime, within: timedelta
) -> Sequence[Viewing]:
    """Who has a conversation open now."""
    return session.scalars(
        select(Viewing).where(Viewing.conversation_id == conversation_id, Viewing.at > now - within)
    ).all()


def stop_looking(session: Session, conversation_id: str, staff_id: int) -> None:
    """Note that somebody closed it."""
    session.execute(
        delete(Viewing).where(
            Viewing.conversation_id == conversation_id, Viewing.staff_id == staff_id
        )
    )
