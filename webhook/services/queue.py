"""The order of the queue: triage first, then waiting, with ageing so that nobody starves.

While the hub is closed only emergencies age: everybody else's wait counts in open hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from webhook.core.hours import Hours
from webhook.core.messages import Author
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.directory.places import Area
from webhook.services import local
from webhook.store import hub_settings, queue, staff
from webhook.store.hub_settings import HubSettings
from webhook.store.models import Conversation, Handover

AGEING = 4  # after so many times its target a conversation counts as one level more urgent
_AMBER = 0.75  # of the target time


@dataclass(frozen=True)
class Row:
    """One conversation of a list. `waited`, `counted` and `target` are seconds.

    `counted` is the part of the wait in opening hours, by which `light` tells how late it is.
    """

    id: str
    channel: str
    mode: str
    triage: Triage
    reason: str
    waited: int
    counted: int
    target: int
    light: Literal["green", "amber", "red", ""]
    holder: str
    held_by_me: bool
    offered_to_me: bool
    offered_to: str
    quiet: bool
    stopped: bool
    age_band: str
    area: str
    needs: list[str]
    team: str
    to_answer: bool
    last_at: datetime
    last_seq: int


@dataclass(frozen=True)
class Counts:
    """What the tab title and the sound go by."""

    waiting: int
    emergencies: int
    longest: int
    mine: int
    offered: int


def place(
    triage: Triage,
    requested_at: datetime,
    now: datetime,
    settings: HubSettings,
    hours: Hours | None = None,
) -> tuple[int, datetime, datetime]:
    """A sorting key: the level that a wait has reached, highest first, and since when.

    A wait of AGEING times the target rises one level, and behind everybody who is at that level
    already: so a steady stream of emergencies delays an older, calmer contact but never for ever.
    """
    level, since = triage, now - counted(triage, requested_at, now, hours or Hours())
    while level < Triage.EMERGENCY:
        rises_at = since + timedelta(seconds=AGEING * settings.target(level))
        if now < rises_at:
            break
        level, since = Triage(level + 1), rises_at
    return -level, since, requested_at


def counted(triage: Triage, requested_at: datetime, now: datetime, hours: Hours) -> timedelta:
    """How much of a wait counts: an emergency's every minute, others' in opening hours only."""
    if triage is Triage.EMERGENCY:
        return now - requested_at
    return timedelta(seconds=hours.open_seconds(requested_at, now))


def waiting(session: Session, staff_id: int, now: datetime) -> list[Row]:
    """Everybody who waits for a person, in the order in which to join them."""
    settings = hub_settings.read(session)
    pairs = [(c, h) for c, h in queue.waiting(session) if h is not None]
    hours = hub_settings.opening(session)
    pairs.sort(key=lambda pair: place(pair[1].triage, pair[1].requested_at, now, settings, hours))
    return _rows(session, list(pairs), staff_id, now)


def mine(session: Session, staff_id: int, now: datetime) -> list[Row]:
    """What somebody holds, helps with or is offered; what needs an answer comes first."""
    rows = _rows(session, queue.mine(session, staff_id), staff_id, now)
    return sorted(rows, key=lambda row: (not row.offered_to_me, not row.to_answer, -row.triage))


def everything(session: Session, staff_id: int, now: datetime) -> list[Row]:
    """Every open conversation, the most recent first."""
    return _rows(session, queue.everything(session), staff_id, now)


def counts(session: Session, staff_id: int, now: datetime) -> Counts:
    """The figures of the tab title."""
    wait = queue.asked_since(session)
    held, offered = queue.held_and_offered(session, staff_id)
    longest = max(((now - since).total_seconds() for _, since in wait), default=0)
    return Counts(
        waiting=len(wait),
        emergencies=sum(triage is Triage.EMERGENCY for triage, _ in wait),
        longest=round(longest),
        mine=held,
        offered=offered,
    )


def light(waited: float, target: float) -> Literal["green", "amber", "red"]:
    """How late a wait is."""
    return "red" if waited >= target else "amber" if waited >= _AMBER * target else "green"


@dataclass(frozen=True)
class _Around:
    """What the rows of one list share."""

    staff_id: int
    now: datetime
    settings: HubSettings
    hours: Hours
    names: dict[int, str]
    areas: Mapping[str, Area]
    last: dict[str, str]


def _rows(session: Session, pairs: list[queue.Pair], staff_id: int, now: datetime) -> list[Row]:
    around = _Around(
        staff_id,
        now,
        hub_settings.read(session),
        hub_settings.opening(session),
        staff.names(session),
        local.areas_of(session),
        queue.last_authors(session, [conversation.id for conversation, _ in pairs]),
    )
    return [_row(conversation, handover, around) for conversation, handover in pairs]


def _row(conversation: Conversation, handover: Handover | None, around: _Around) -> Row:
    held = handover.claimed_by if handover else None
    offered = handover.offered_to if handover else None
    waits = handover is not None and held is None
    since = handover.requested_at if handover else conversation.last_activity_at
    passed = counted(conversation.triage, since, around.now, around.hours).total_seconds()
    target = around.settings.target(conversation.triage)
    return Row(
        id=conversation.id,
        channel=conversation.channel,
        mode=conversation.mode,
        triage=conversation.triage,
        reason=handover.reason if handover else "",
        waited=round((around.now - since).total_seconds()) if waits else 0,
        counted=round(passed) if waits else 0,
        target=target,
        light=light(round(passed), target) if waits else "",
        holder=around.names.get(held, "") if held is not None else "",
        held_by_me=held == around.staff_id,
        offered_to_me=offered == around.staff_id,
        offered_to=around.names.get(offered, "") if offered is not None else "",
        quiet=conversation.quiet,
        stopped=conversation.stopped,
        age_band=conversation.age_band or "",
        area=local.name_in(around.areas, conversation.area),
        needs=ContactState.load(conversation.state or {}).needs[:2],
        team=(handover.team or "") if handover else "",
        to_answer=around.last.get(conversation.id) == Author.PERSON and held == around.staff_id,
        last_at=conversation.last_activity_at,
        last_seq=conversation.last_seq,
    )
