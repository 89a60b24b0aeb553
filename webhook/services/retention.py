"""Ending and forgetting: idle conversations become cases, and closed ones are deleted on time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webhook.core.clock import Clock
from webhook.core.messages import Mode
from webhook.core.vault import Vault
from webhook.services import casework
from webhook.store import cases, forget, handovers, staff
from webhook.store.database import Database
from webhook.store.models import Case, Conversation, ConversationKey

_STATE_LIFE = timedelta(hours=1)  # far beyond the minutes in which one can be used
_LONGEST_SESSION = timedelta(hours=24)  # what the settings allow at most


@dataclass(frozen=True)
class Periods:
    """How long: until an idle conversation ends, and until an ended one is deleted.

    `sessions` counts from the end of a session of staff, and from the use of a one-time link.
    """

    idle: timedelta
    keep: timedelta
    keep_escalated: timedelta
    audit: timedelta = timedelta(days=730)
    sessions: timedelta = timedelta(days=30)


@dataclass(frozen=True)
class Purged:
    """What one run did; `conversations` holds the ids that were deleted, the rest is counted."""

    closed: int
    conversations: list[str]
    audit: int = 0
    sessions: int = 0
    links: int = 0


class Retention:
    """The purge job. Safe to run at any time and by several processes at once."""

    def __init__(self, database: Database, clock: Clock, periods: Periods) -> None:
        self._database = database
        self._clock = clock
        self._periods = periods

    async def purge(self) -> Purged:
        """Close what is idle, delete what is over; a batch at a time until nothing is left."""
        closed, deleted = 0, list[str]()
        while count := await self._database.write(self._close_idle, self._clock.now()):
            closed += count
        while batch := await self._database.write(self._delete_expired, self._clock.now()):
            deleted += batch
        entries, sessions, links = await self._purge_hub(self._clock.now())
        if deleted:
            await self._database.shrink_log()
        return Purged(closed, deleted, entries, sessions, links)

    async def _purge_hub(self, now: datetime) -> tuple[int, int, int]:
        """Forget old audit entries, sessions and links; returns how many of each."""
        over = now - self._periods.sessions
        await self._all(forget.provider_states, now - _STATE_LIFE)
        return (
            await self._all(forget.audit_entries, now - self._periods.audit),
            await self._all(forget.sessions, over, over - _LONGEST_SESSION),
            await self._all(forget.links, over),
        )

    async def _all(self, delete: Callable[..., int], *before: datetime) -> int:
        """Delete batch by batch until nothing is left; returns how many rows it was."""
        count = 0
        while some := await self._database.write(delete, *before):
            count += some
        return count

    def _close_idle(self, session: Session, now: datetime) -> int:
        count = 0
        for conversation in cases.idle_conversations(session, now - self._periods.idle):
            if cases.unfinished(session, conversation.id):
                continue
            close(session, conversation, now)
            count += 1
        return count

    def _delete_expired(self, session: Session, now: datetime) -> list[str]:
        expired = cases.expired_conversations(
            session, now - self._periods.keep, now - self._periods.keep_escalated
        )
        casework.delete(session, expired, "expired", now)
        return expired


def close(session: Session, conversation: Conversation, now: datetime) -> Case:
    """End a conversation: one anonymised case is left, whatever was asked for ends with it."""
    case = casework.record(session, conversation, now)
    handover = handovers.open_handover(session, conversation.id)
    if handover is not None:
        handover.ended_at = now
    conversation.mode = Mode.CLOSED
    conversation.closed_at = now
    return case


def rewrap_keys(session: Session, vault: Vault, limit: int = 500) -> int:
    """Wrap keys that still lie under an older secret key anew; returns how many were."""
    count = 0
    for row in session.scalars(select(ConversationKey)):
        if count >= limit:
            break
        if vault.needs_rewrap(row.wrapped):
            row.wrapped = vault.wrap(vault.unwrap(row.wrapped))
            count += 1
    for person in staff.everyone(session):
        if vault.needs_rewrap(person.wrapped_key):
            person.wrapped_key = vault.wrap(vault.unwrap(person.wrapped_key))
            count += 1
    return count
