"""The managers' board: who waits, who is on, who holds how many, and the second look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webhook.core.staff import Role, Who
from webhook.core.triage import Triage
from webhook.services import queue as lists
from webhook.services.audit import Action, reason_of
from webhook.services.desk import Desk
from webhook.services.opening import Now, now_of
from webhook.services.queue import Counts, Row
from webhook.store import audit, content, hub_settings, queue, staff
from webhook.store.hub_models import Review

_ON = timedelta(seconds=60)
VERDICTS = {
    "agree": "I agree with the decision",
    "learn": "Right, with something to learn",
    "act": "Something must be done now",
}


@dataclass(frozen=True)
class Load:
    """Somebody of the staff: whether they are on, and how many they hold of how many they can."""

    id: int
    name: str
    on: bool
    away: bool
    holds: int
    capacity: int


@dataclass(frozen=True)
class Board:
    """The whole hub at a glance; waits are seconds."""

    counts: Counts
    waiting: list[Row]
    held: list[Row]
    loads: list[Load]
    by_triage: dict[str, int]
    opening: Now

    @property
    def room(self) -> int:
        """How many more conversations those who are on can take."""
        ready = [load for load in self.loads if load.on and not load.away]
        return sum(max(0, load.capacity - load.holds) for load in ready)


@dataclass(frozen=True)
class Decision:
    """A closed conversation's decision with names in place of ids."""

    row: Review
    closed_by: str
    reviewed_by: str
    own: bool


def board(session: Session, who: Who, now: datetime) -> Board:
    """The board as it is now."""
    rows = lists.everything(session, who.staff_id, now)
    waiting = lists.waiting(session, who.staff_id, now)
    held = queue.loads(session)
    capacity = hub_settings.read(session).capacity
    people = [row for row in staff.everyone(session, active=True) if row.role != Role.ADMINISTRATOR]
    return Board(
        counts=lists.counts(session, who.staff_id, now),
        waiting=waiting,
        held=[row for row in rows if row.holder],
        loads=[
            Load(
                id=row.id,
                name=row.chosen_name,
                on=row.seen_at is not None and row.seen_at > now - _ON,
                away=row.away,
                holds=held.get(row.id, 0),
                capacity=capacity,
            )
            for row in people
        ],
        opening=now_of(hub_settings.opening(session), now),
        by_triage={t.label: sum(r.triage is t for r in waiting) for t in reversed(Triage)},
    )


def decisions(session: Session, who: Who, *, done: bool) -> list[Decision]:
    """Closed conversations to be looked at again, or that were."""
    names = staff.names(session)
    return [
        Decision(
            row=row,
            closed_by=names.get(row.closed_by, ""),
            reviewed_by=names.get(row.reviewed_by or 0, ""),
            own=row.closed_by == who.staff_id,
        )
        for row in content.reviews(session, done=done)
    ]


class Reviews:
    """Keeps second looks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def review(self, who: Who, review_id: int, verdict: str) -> None:
        """Keep a verdict on a decision."""
        chosen, now = reason_of(verdict, VERDICTS), self._desk.clock.now()

        def work(session: Session) -> None:
            row = content.review(session, review_id, who.staff_id, chosen, now)
            audit.note(
                session, now, who.staff_id, Action.REVIEWED,
                conversation_id=row.conversation_id, reason=chosen,
            )  # fmt: skip

        await self._desk.database.write(work)
