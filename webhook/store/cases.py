"""Cases and the end of conversations: what is closed, what is deleted, and the ledger of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webhook.core.messages import Mode, Status
from webhook.core.triage import Triage
from webhook.store.hub_models import TimelineEntry
from webhook.store.models import (
    Conversation,
    ConversationKey,
    DeletionLedger,
    Handover,
    Message,
)

_REPEAT_WINDOW = timedelta(days=14)


def contacted_before(session: Session, conversation: Conversation, now: datetime) -> bool:
    """Whether the same number has an earlier conversation that is still kept."""
    if conversation.address_hash is None:
        return False
    earlier = session.scalar(
        select(Conversation.id)
        .where(
            Conversation.address_hash == conversation.address_hash,
            Conversation.id != conversation.id,
            Conversation.created_at > now - _REPEAT_WINDOW,
        )
        .limit(1)
    )
    return earlier is not None


def highest_triage(session: Session, conversation: Conversation) -> Triage:
    """The highest level that a conversation ever had, also when an advocate lowered it later."""
    mine = conversation.id
    found = [
        conversation.triage,
        session.scalar(select(func.max(Message.triage)).where(Message.conversation_id == mine)),
        session.scalar(select(func.max(Handover.triage)).where(Handover.conversation_id == mine)),
    ]
    changes = select(TimelineEntry.data).where(
        TimelineEntry.conversation_id == mine, TimelineEntry.kind == "triage"
    )
    # What staff changed is on the timeline: it alone knows a level that a later reading or an
    # advocate's judgement gave and that was lowered again.
    for data in session.scalars(changes):
        found += [Triage.parse(str(data[side])) for side in ("before", "after")]
    return max(level for level in found if level is not None)


def idle_conversations(session: Session, before: datetime, limit: int = 200) -> list[Conversation]:
    """Open conversations, held by nobody on the staff, in which nothing moved since a moment."""
    return list(
        session.scalars(
            select(Conversation)
            .where(
                Conversation.closed_at.is_(None),
                Conversation.mode != Mode.STAFF,
                Conversation.last_activity_at < before,
            )
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def expired_conversations(
    session: Session, before: datetime, before_escalated: datetime, limit: int = 200
) -> list[str]:
    """Closed conversations whose time is up; those of high triage are kept longer."""
    ordinary = (Conversation.triage == Triage.STANDARD) & (Conversation.closed_at < before)
    escalated = (Conversation.triage > Triage.STANDARD) & (
        Conversation.closed_at < before_escalated
    )
    query = select(Conversation.id).where(Conversation.closed_at.is_not(None), ordinary | escalated)
    return list(session.scalars(query.limit(limit)))


def unfinished(session: Session, conversation_id: str) -> bool:
    """Whether something of a conversation is still to be handled or sent."""
    waiting = {Status.RECEIVED, Status.QUEUED, Status.SENDING}
    return (
        session.scalar(
            select(Message.id)
            .where(Message.conversation_id == conversation_id, Message.status.in_(waiting))
            .limit(1)
        )
        is not None
    )


def delete_conversations(
    session: Session, conversation_ids: Sequence[str], reason: str, now: datetime
) -> int:
    """Destroy keys, then rows, and write the counts down; returns the number of messages."""
    if not conversation_ids:
        return 0
    mine = Message.conversation_id.in_(conversation_ids)
    count = session.scalar(select(func.count()).select_from(Message).where(mine)) or 0
    session.execute(
        delete(ConversationKey).where(ConversationKey.conversation_id.in_(conversation_ids))
    )
    session.execute(delete(Message).where(mine))
    session.execute(delete(Handover).where(Handover.conversation_id.in_(conversation_ids)))
    session.execute(delete(Conversation).where(Conversation.id.in_(conversation_ids)))
    session.add(
        DeletionLedger(at=now, reason=reason, conversations=len(conversation_ids), messages=count)
    )
    session.flush()
    session.expire_all()
    return count
