"""Handovers and alerts: what the hub has to see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from webhook.core.triage import Triage
from webhook.store.models import Alert, Conversation, Handover

# Built once, since every message asks them.
_OPEN = (
    select(Handover)
    .where(Handover.conversation_id == bindparam("id"), Handover.ended_at.is_(None))
    .order_by(Handover.id.desc())
    .limit(1)
)
_OPEN_ALERTS = select(Alert).where(Alert.kind == bindparam("kind"), Alert.resolved_at.is_(None))
_ANY_ALERT = _OPEN_ALERTS.with_only_columns(Alert.id)


def open_handover(session: Session, conversation_id: str) -> Handover | None:
    """The handover of a conversation that has not ended."""
    return session.scalar(_OPEN, {"id": conversation_id})


def request(
    session: Session,
    conversation: Conversation,
    reason: str,
    now: datetime,
    wishes: dict[str, Any] | None = None,
) -> Handover:
    """Ask for a person; an open request is raised and completed rather than made twice."""
    handover = open_handover(session, conversation.id)
    if handover is None:
        handover = Handover(
            conversation_id=conversation.id,
            reason=reason,
            triage=conversation.triage,
            requested_at=now,
        )
        session.add(handover)
    handover.triage = max(handover.triage, conversation.triage)
    handover.wishes = {**(handover.wishes or {}), **(wishes or {})}
    session.flush()
    return handover


def raise_triage(session: Session, conversation: Conversation, level: Triage) -> bool:
    """Raise a conversation and its open handover; never lowers. Returns whether it rose."""
    if level <= conversation.triage:
        return False
    conversation.triage = level
    handover = open_handover(session, conversation.id)
    if handover is not None:
        handover.triage = max(handover.triage, level)
    return True


def alert(
    session: Session,
    kind: str,
    now: datetime,
    *,
    conversation_id: str | None = None,
    message_id: int | None = None,
    code: int | None = None,
) -> bool:
    """Tell the hub, once while it is open; returns whether it is new."""
    known = session.scalar(
        select(Alert.id).where(
            Alert.kind == kind,
            Alert.resolved_at.is_(None),
            Alert.conversation_id == conversation_id,
            Alert.message_id == message_id,
        )
    )
    if known is not None:
        return False
    session.add(
        Alert(
            kind=kind,
            conversation_id=conversation_id,
            message_id=message_id,
            code=code,
            created_at=now,
        )
    )
    return True


def resolve_alerts(session: Session, kind: str, now: datetime) -> int:
    """Close every open alert of a kind that has passed by itself; returns how many."""
    if session.connection().execute(_ANY_ALERT, {"kind": kind}).first() is None:
        return 0  # As nearly always, so that it costs a look and no flush.
    found = session.scalars(_OPEN_ALERTS, {"kind": kind})
    count = 0
    for row in found:
        row.resolved_at = now
        count += 1
    return count


def resolve_for(session: Session, conversation_id: str, now: datetime) -> None:
    """Close the alerts of a conversation that somebody has now looked after."""
    session.execute(
        update(Alert)
        .where(Alert.conversation_id == conversation_id, Alert.resolved_at.is_(None))
        .values(resolved_at=now)
    )


def resolve(session: Session, alert_id: int, now: datetime) -> str | None:
    """Close one alert; gives its kind, None when it is closed already."""
    row = session.get(Alert, alert_id)
    if row is None or row.resolved_at is not None:
        return None
    row.resolved_at = now
    return row.kind


def open_alerts(session: Session) -> Sequence[Alert]:
    """Every alert that nobody has resolved, oldest first."""
    return session.scalars(
        select(Alert).where(Alert.resolved_at.is_(None)).order_by(Alert.id)
    ).all()
