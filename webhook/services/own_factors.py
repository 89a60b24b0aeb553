"""One's own second step, changed later: named, taken away while another remains, new codes.

Each needs a session in which somebody proved just now who they are, and is on the audit trail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from webhook.core.clock import Clock
from webhook.core.errors import Conflict, NotFound
from webhook.core.staff import Who
from webhook.services.audit import Action
from webhook.services.factors import name_of, new_recovery_codes
from webhook.services.staff import Unconfirmed, check_recent
from webhook.store import audit, staff
from webhook.store.database import Database
from webhook.store.hub_models import Passkey, Staff

T = TypeVar("T")
CODES = "codes"  # the id of the one secret for one-time codes; passkeys have numbers


@dataclass(frozen=True)
class Factor:
    """A factor as its owner sees it."""

    id: str
    kind: str
    name: str
    since: datetime | None


@dataclass(frozen=True)
class Standing:
    """What somebody signs in with beside the password, and whether they may change it now."""

    factors: list[Factor]
    recovery_left: int
    has_password: bool
    recent: bool

    @property
    def has_codes(self) -> bool:
        """Whether an app for one-time codes is in use."""
        return any(factor.id == CODES for factor in self.factors)

    @property
    def has_passkey(self) -> bool:
        """Whether there is a passkey."""
        return any(factor.id != CODES for factor in self.factors)


class OwnFactors:
    """Changes to one's own factors; `services.factors` adds them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def standing(self, who: Who) -> Standing:
        """What there is."""
        return await self._database.read(_standing, who, self._clock.now())

    async def rename(self, who: Who, factor: str, name: str) -> None:
        """Call a factor something else; an empty name gives back the plain one."""

        def work(session: Session, row: Staff, now: datetime) -> None:
            if factor == CODES:
                _check_codes(row)
                row.totp_name = name_of(name, "Code app")
            else:
                _passkey(session, row, factor).name = name_of(name, "Passkey")
            audit.note(session, now, row.id, Action.FACTOR_NAMED, subject=_subject(factor))

        await self._change(who, work)

    async def remove(self, who: Who, factor: str) -> None:
        """Take a factor away while another remains; whoever is signed in elsewhere is out."""

        def work(session: Session, row: Staff, now: datetime) -> None:
            key = None if factor == CODES else _passkey(session, row, factor)
            if key is None:
                _check_codes(row)
            if len(_factors(session, row)) < 2:
                raise Conflict("add another first: this is the only second step you have")
            if key is None:
                row.totp_sealed, row.totp_next_sealed, row.totp_name = None, None, None
                row.totp_confirmed = False
            else:
                session.delete(key)
            staff.end_sessions(session, row.id, now, but=who.session_id)
            audit.note(session, now, row.id, Action.FACTOR_REMOVED, subject=_subject(factor))

        await self._change(who, work)

    async def recovery_codes(self, who: Who) -> list[str]:
        """New recovery codes, shown this once; the old ones stop working."""

        def work(session: Session, row: Staff, now: datetime) -> list[str]:
            if not _factors(session, row):
                raise Conflict("add a second step first: these codes stand in for one")
            audit.note(session, now, row.id, Action.RECOVERY_MADE)
            return new_recovery_codes(session, row.id)

        return await self._change(who, work)

    async def _change(self, who: Who, work: Callable[[Session, Staff, datetime], T]) -> T:
        now = self._clock.now()

        def change(session: Session) -> T:
            # Under the lock, so that two at once cannot take the last two away.
            row = staff.get(session, who.staff_id, lock=True)
            check_recent(session, who, now)
            return work(session, row, now)

        return await self._database.write(change)


def _standing(session: Session, who: Who, now: datetime) -> Standing:
    row = staff.get(session, who.staff_id)
    try:
        check_recent(session, who, now)
    except Unconfirmed:
        recent = False
    else:
        recent = True
    left = staff.recovery_codes_left(session, row.id)
    return Standing(_factors(session, row), left, row.password_hash is not None, recent)


def _factors(session: Session, row: Staff) -> list[Factor]:
    keys = sorted(staff.passkeys_of(session, row.id), key=lambda key: key.id)
    found = [Factor(str(key.id), "passkey", key.name or "Passkey", key.created_at) for key in keys]
    if row.totp_confirmed:
        found.append(Factor(CODES, "codes", row.totp_name or "Code app", None))
    return found


def _passkey(session: Session, row: Staff, factor: str) -> Passkey:
    """One of one's own passkeys; raises NotFound."""
    for key in staff.passkeys_of(session, row.id):
        if str(key.id) == factor:
            return key
    raise NotFound("no such factor of yours")


def _check_codes(row: Staff) -> None:
    if not row.totp_confirmed:
        raise NotFound("no such factor of yours")


def _subject(factor: str) -> str:
    return "codes" if factor == CODES else "passkey"
