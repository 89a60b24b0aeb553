"""Ready replies, and the reviews of closed conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webhook.core.errors import Conflict, NotFound
from webhook.store.hub_models import CannedReply, DirectoryCheck, Review

CHECK_LASTS = timedelta(days=180)
_CHECKED = select(DirectoryCheck.service).where(DirectoryCheck.checked_at > bindparam("since"))


def canned(session: Session) -> Sequence[CannedReply]:
    """Every ready reply, by shortcut and language."""
    return session.scalars(
        select(CannedReply).order_by(CannedReply.shortcut, CannedReply.language)
    ).all()


def save_canned(session: Session, shortcut: str, language: str, text: str) -> None:
    """Add a ready reply or change the one with the same shortcut and language."""
    row = session.scalar(
        select(CannedReply).where(
            CannedReply.shortcut == shortcut, CannedReply.language == language
        )
    )
    if row is None:
        session.add(CannedReply(shortcut=shortcut, language=language, text=text))
    else:
        row.text = text


def drop_canned(session: Session, reply_id: int) -> str:
    """Take a ready reply away; gives its shortcut."""
    row = session.get(CannedReply, reply_id)
    if row is None:
        raise NotFound("no such reply")
    session.delete(row)
    return row.shortcut


def checked_services(session: Session, now: datetime) -> frozenset[str]:
    """The services that somebody at the hub has checked lately enough to tell people of them."""
    found = session.connection().execute(_CHECKED, {"since": now - CHECK_LASTS})
    return frozenset(row[0] for row in found)


def checks(session: Session) -> dict[str, DirectoryCheck]:
    """Every check, by service."""
    return {row.service: row for row in session.scalars(select(DirectoryCheck))}


def check_service(session: Session, service: str, staff_id: int, now: datetime) -> None:
    """Note that a service was checked today."""
    row = session.get(DirectoryCheck, service)
    if row is None:
        row = DirectoryCheck(service=service)
        session.add(row)
    row.checked_at, row.checked_by = now, staff_id


def uncheck_service(session: Session, service: str) -> None:
    """Take a check back: what was checked is no longer what people would be told."""
    row = session.get(DirectoryCheck, service)
    if row is not None:
        session.delete(row)


def reviews(session: Session, *, done: bool, limit: int = 100) -> Sequence[Review]:
    """Closed conversations still to be looked at again, or those that were, the newest first."""
    query = select(Review).order_by(Review.closed_at.desc()).limit(limit)
    seen = Review.reviewed_at.is_not(None) if done else Review.reviewed_at.is_(None)
    return session.scalars(query.where(seen)).all()


def review(session: Session, review_id: int, staff_id: int, verdict: str, now: datetime) -> Review:
    """Keep the second look at a decision; nobody reviews their own."""
    row = session.get(Review, review_id)
    if row is None:
        raise NotFound("no such review")
    if row.closed_by == staff_id:
        raise Conflict("somebody else must look at your own decision")
    row.verdict, row.reviewed_by, row.reviewed_at = verdict, staff_id, now
    return row
