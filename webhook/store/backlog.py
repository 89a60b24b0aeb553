"""How far behind we are: the figures that somebody is woken for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webhook.core.messages import UNSENT, Status
from webhook.store.models import Handover, Message


@dataclass(frozen=True)
class Backlog:
    """The oldest message nobody handled, the oldest reply not sent, the people unclaimed."""

    oldest_unhandled: datetime | None
    oldest_unsent: datetime | None
    unclaimed: int


def backlog(session: Session) -> Backlog:
    """Read the backlog of the whole helpline."""

    def oldest(statuses: frozenset[Status]) -> datetime | None:
        query = select(func.min(Message.created_at)).where(Message.status.in_(statuses))
        return session.scalar(query)

    unclaimed = session.scalar(
        select(func.count())
        .select_from(Handover)
        .where(Handover.claimed_at.is_(None), Handover.ended_at.is_(None))
    )
    return Backlog(oldest(frozenset({Status.RECEIVED})), oldest(UNSENT), unclaimed or 0)
