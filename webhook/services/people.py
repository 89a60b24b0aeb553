"""Looking after accounts: added with a link, changed, closed; every change on the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webhook.core.errors import BadInput, Conflict
from webhook.core.staff import Role, Who
from webhook.services.audit import Action
from webhook.services.desk import Desk
from webhook.services.paging import set_number
from webhook.services.staff import Accounts, check_names
from webhook.store import audit, queue, staff
from webhook.store.hub_models import Passkey, RecoveryCode, Staff


@dataclass(frozen=True)
class Person:
    """An account as those see it who look after accounts; no number, no secret."""

    id: int
    login: str
    name: str
    role: Role
    active: bool
    set_up: bool
    pageable: bool


class People:
    """Accounts for those who may look after them."""

    def __init__(self, desk: Desk, accounts: Accounts) -> None:
        self._desk = desk
        self._accounts = accounts

    async def listed(self) -> list[Person]:
        """Every account."""
        return [_person(row) for row in await self._desk.database.read(staff.everyone)]

    async def add(self, who: Who, login: str, name: str, role: str) -> str:
        """A new account; gives the token of the link with which it is set up."""
        check_names(login, name)
        chosen = _role(role)

        def work(session: Session) -> int:
            now = self._desk.clock.now()
            row = staff.add(session, self._desk.vault, login, name, chosen, now)
            _note(session, self._desk, who, Action.ACCOUNT_ADDED, row.id)
            return row.id

        try:
            added = await self._desk.database.write(work)
        except IntegrityError as error:
            raise BadInput("login", "is taken") from error
        return await self._accounts.link_for(who, added)

    async def link(self, who: Who, staff_id: int) -> str:
        """A link to set password and second step anew; the old second step ends at once."""

        def reset(session: Session) -> None:
            row = staff.get(session, staff_id, lock=True)
            row.totp_sealed, row.totp_next_sealed, row.totp_confirmed = None, None, False
            row.totp_name, row.provider_subject = None, None
            session.execute(delete(Passkey).where(Passkey.staff_id == staff_id))
            session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
            staff.end_sessions(session, staff_id, self._desk.clock.now())
            _note(session, self._desk, who, Action.FACTOR_RESET, staff_id)

        if staff_id == who.staff_id:
            raise Conflict("ask another manager to reset your own account")
        await self._desk.database.write(reset)
        return await self._accounts.link_for(who, staff_id)

    async def change(
        self, who: Who, staff_id: int, name: str, role: str, number: str, *, clear: bool
    ) -> None:
        """Change a name, a role, or the number that is paged; an empty one stays."""
        chosen, paged = _role(role), _number(number)

        def work(session: Session) -> None:
            row = staff.get(session, staff_id, lock=True)
            check_names(row.login, name)
            if row.role != chosen and row.id == who.staff_id:
                raise Conflict("somebody else changes your role")
            row.chosen_name, row.role = name.strip(), chosen
            if paged or clear:
                set_number(self._desk.vault, row, paged)
            _note(session, self._desk, who, Action.ACCOUNT_CHANGED, staff_id)

        await self._desk.database.write(work)

    async def close(self, who: Who, staff_id: int, *, active: bool) -> None:
        """Close an account, which signs it out everywhere, or open it again."""

        def work(session: Session) -> None:
            if staff_id == who.staff_id:
                raise Conflict("somebody else closes your account")
            row = staff.get(session, staff_id, lock=True)
            if not active and queue.loads(session).get(staff_id):
                raise Conflict("they are with somebody: reassign that first")
            row.active = active
            staff.end_sessions(session, staff_id, self._desk.clock.now())
            action = Action.ACCOUNT_CHANGED if active else Action.ACCOUNT_CLOSED
            _note(session, self._desk, who, action, staff_id)

        await self._desk.database.write(work)


def _note(session: Session, desk: Desk, who: Who, action: Action, staff_id: int) -> None:
    audit.note(session, desk.clock.now(), who.staff_id, action, subject=f"staff {staff_id}")


def _person(row: Staff) -> Person:
    return Person(
        id=row.id,
        login=row.login,
        name=row.chosen_name,
        role=Role(row.role),
        active=row.active,
        set_up=row.password_hash is not None,
        pageable=row.number_sealed is not None,
    )


def _role(given: str) -> Role:
    try:
        return Role(given)
    except ValueError as error:
        raise BadInput("role", "choose a role") from error


def _number(given: str) -> str | None:
    """A number in the carrier's form (E.164); raises BadInput."""
    if not given.strip():
        return None
    try:
        number = phonenumbers.parse(given, "GB")
    except phonenumbers.NumberParseException as error:
        raise BadInput("number", "is not a mobile number") from error
    if not phonenumbers.is_possible_number(number):
        raise BadInput("number", "is not a mobile number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
