"""The lists of the hub: who waits, who is mine, everybody; and what the watch looks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from webhook.core.messages import Author
from webhook.core.triage import Triage
from webhook.store.hub_models import Staff
from webhook.store.models import Conversation, Handover, Message

Pair = tuple[Conversation, Handover | None]
_OPEN = and_(Handover.conversation_id == Conversation.id, Handover.ended_at.is_(None))


def waiting(session: Session) -> list[Pair]:
    """Open requests that nobody has claimed."""
    rows = session.execute(
        select(Conversation, Handover)
        .join(Handover, _OPEN)
        .where(Conversation.closed_at.is_(None), Handover.claimed_by.is_(None))
    )
    return [(row[0], row[1]) for row in rows]


def mine(session: Session, staff_id: int) -> list[Pair]:
    """What somebody holds, helps with or is offered."""
    owned = or_(
        Handover.claimed_by == staff_id,
        Handover.helper_id == staff_id,
        Handover.offered_to == staff_id,
    )
    rows = session.execute(
        select(Conversation, Handover)
        .join(Handover, _OPEN)
        .where(Conversation.closed_at.is_(None), owned)
        .order_by(Handover.claimed_at)
    )
    return [(row[0], row[1]) for row in rows]


def everything(session: Session, limit: int = 300) -> list[Pair]:
    """Every open conversation in which somebody wrote, the most recent first."""
    rows = session.execute(
        select(Conversation, Handover)
        .outerjoin(Handover, _OPEN)
        .where(Conversation.closed_at.is_(None), Conversation.last_seq > 0)
        .order_by(Conversation.last_activity_at.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def asked_since(session: Session) -> list[tuple[Triage, datetime]]:
    """Of every open request that nobody has claimed, its triage and since when; no rows read."""
    rows = session.execute(
        select(Handover.triage, Handover.requested_at)
        .join(Conversation, _OPEN)
        .where(Conversation.closed_at.is_(None), Handover.claimed_by.is_(None))
    )
    return [(row[0], row[1]) for row in rows]


def held_and_offered(session: Session, staff_id: int) -> tuple[int, int]:
    """How many conversations somebody holds and is offered."""
    rows = session.execute(
        select(Handover.claimed_by, Handover.offered_to)
        .join(Conversation, _OPEN)
        .where(
            Conversation.closed_at.is_(None),
            or_(Handover.claimed_by == staff_id, Handover.offered_to == staff_id),
        )
    ).all()
    return sum(row[0] == staff_id for row in rows), sum(row[1] == staff_id for row in rows)


def last_authors(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Who wrote last in each conversation, the bot's words aside."""
    if not ids:
        return {}
    latest = (
        select(Message.conversation_id, func.max(Message.seq).label("seq"))
        .where(Message.conversation_id.in_(ids), Message.author != Author.BOT)
        .group_by(Message.conversation_id)
        .subquery()
    )
    rows = session.execute(
        select(Message.conversation_id, Message.author).join(
            latest,
            and_(Message.conversation_id == latest.c.conversation_id, Message.seq == latest.c.seq),
        )
    )
    return {row[0]: row[1] for row in rows}


def to_page(session: Session, before: datetime, again: datetime) -> Sequence[str]:
    """Conversations of emergencies asked for before a moment and not paged since another."""
    return session.scalars(
        select(Handover.conversation_id).where(
            Handover.ended_at.is_(None),
            Handover.claimed_by.is_(None),
            Handover.triage == Triage.EMERGENCY,
            Handover.requested_at <= before,
            or_(Handover.paged_at.is_(None), Handover.paged_at <= again),
        )
    ).all()


def abandoned(session: Session, before: datetime) -> Sequence[str]:
    """Conversations whose advocate has not been seen since a moment."""
    return session.scalars(
        select(Handover.conversation_id)
        .join(Staff, Staff.id == Handover.claimed_by)
        .where(
            Handover.ended_at.is_(None),
            or_(Staff.seen_at.is_(None), Staff.seen_at < before, Staff.active.is_(False)),
        )
    ).all()


def unanswered_offers(session: Session, before: datetime) -> Sequence[str]:
    """Conversations offered to somebody before a moment who has not answered."""
    return session.scalars(
        select(Handover.conversation_id).where(
            Handover.ended_at.is_(None),
            Handover.offered_to.is_not(None),
            Handover.offered_at < before,
        )
    ).all()


def loads(session: Session) -> dict[int, int]:
    """How many conversations each member of staff holds."""
    rows = session.execute(
        select(Handover.claimed_by, func.count())
        .where(Handover.ended_at.is_(None), Handover.claimed_by.is_not(None))
        .group_by(Handover.claimed_by)
    )
    return {int(row[0]): int(row[1]) for row in rows if row[0] is not None}
