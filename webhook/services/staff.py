"""Accounts of the hub: links that work once, passwords with lock-out, sessions with limits."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webhook.core.clock import Clock
from webhook.core.errors import BadInput, Forbidden, HelplineError
from webhook.core.staff import Role, Who
from webhook.core.vault import Vault
from webhook.services.audit import Action
from webhook.services.passwords import Passwords
from webhook.store import audit, staff
from webhook.store.database import Database
from webhook.store.hub_models import Staff, StaffLink, StaffSession

_LINK_LIFE = timedelta(hours=48)
_UNVERIFIED_LIFE = timedelta(minutes=10)  # to do the second step in
RECENT = timedelta(minutes=10)  # how long a password or factor counts as just given
_TRIES = 5  # wrong passwords or codes until a session ends
_FREE_TRIES = 4  # a fifth failure locks for a minute, each further one for twice as long
_LONGEST_LOCK = timedelta(minutes=30)
_NAME = re.compile(
    r"[A-Za-z\u00c0-\u00f6\u00f8-\u00ff][A-Za-z\u00c0-\u00f6\u00f8-\u00ff' .-]{0,22}"
)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{2,78}")


class Locked(HelplineError):
    """Too many wrong passwords: nothing is tried until later."""

    status = 429


class Refused(HelplineError):
    """Sign-in name, password, code or link is wrong; which of them is never said."""

    status = 401


class Unconfirmed(Forbidden):
    """The password or a factor must be given again first: this changes how somebody signs in."""


@dataclass(frozen=True)
class Limits:
    """How long a session lasts without use, and at all."""

    idle: timedelta = timedelta(minutes=60)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True)
class SessionView:
    """A session as its owner sees it."""

    id: str
    device: str
    created_at: datetime
    used_at: datetime


class Accounts:
    """Sign-in and sessions. Tokens are 256 bit and only their hashes are kept."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, limits: Limits | None = None
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._limits = limits or Limits()
        self._passwords = Passwords()

    async def first_link(self) -> str | None:
        """A token to make the first manager with; None once somebody manages the hub."""
        return await self._database.write(self._first_link, self._clock.now())

    async def link_for(self, by: Who, staff_id: int) -> str:
        """A token with which somebody sets their password and second step anew."""
        return await self._database.write(self._link_for, by, staff_id, self._clock.now())

    async def accept_link(
        self, token: str, password: str, login: str = "", chosen_name: str = ""
    ) -> int:
        """Set the password of a link's account, or make the first manager; returns the account."""
        now, name = self._clock.now(), login.strip().lower()
        known = await self._database.read(self._login_behind, token, now)
        await self._passwords.check_new(password, known or name)
        hashed = await self._passwords.hash(password)
        return await self._database.write(self._accept, token, hashed, name, chosen_name, now)

    async def sign_in(self, login: str, password: str, device: str) -> str:
        """A token of a session whose second step is still to come; raises Refused or Locked."""
        now = self._clock.now()
        hashed = await self._database.read(self._hash_of, login, now)
        right = await self._passwords.fits(hashed, password)
        outcome = await self._database.write(self._sign_in, login, right, device, now)
        if isinstance(outcome, HelplineError):
            raise outcome  # only after the failure was counted
        return outcome

    async def confirm(self, who: Who, password: str) -> None:
        """Give the password again in a session; raises Refused or Locked."""
        now = self._clock.now()
        hashed = await self._database.read(self._hash_of, who.login, now)
        right = await self._passwords.fits(hashed, password)
        refused = await self._database.write(self._confirm, who, right, now)
        if refused is not None:
            raise refused  # only after the failure was counted

    async def who(self, token: str) -> Who | None:
        """Whose session a token is; None when it ended or its time is up."""
        now = self._clock.now()
        found = await self._database.read(self._who, token, now)
        if found is not None and found[1]:
            await self._database.write(self._touch, found[0].session_id, now)
        return found[0] if found is not None else None

    async def sessions(self, who: Who) -> list[SessionView]:
        """Where somebody is signed in."""
        rows = await self._database.read(staff.sessions_of, who.staff_id)
        return [SessionView(row.id, row.device, row.created_at, row.used_at) for row in rows]

    async def end(self, who: Who, session_id: str) -> None:
        """End one of one's own sessions."""
        await self._database.write(self._end, who, session_id, self._clock.now())

    def _first_link(self, session: Session, now: datetime) -> str | None:
        return None if staff.managed(session) else _new_link(session, None, now)

    def _link_for(self, session: Session, by: Who, staff_id: int, now: datetime) -> str:
        staff.get(session, staff_id)
        staff.void_links(session, staff_id, now)
        audit.note(session, now, by.staff_id, Action.LINK_MADE, subject=f"staff {staff_id}")
        return _new_link(session, staff_id, now)

    def _login_behind(self, session: Session, token: str, now: datetime) -> str | None:
        """The sign-in name of a link's account, None for the first; raises Refused."""
        link = staff.link_by_hash(session, hash_token(token), now)
        if link is None or (link.staff_id is None and staff.managed(session)):
            raise Refused("link")
        return staff.get(session, link.staff_id).login if link.staff_id is not None else None

    def _accept(
        self, session: Session, token: str, hashed: str, login: str, name: str, now: datetime
    ) -> int:
        link = staff.link_by_hash(session, hash_token(token), now)
        if link is None or (link.staff_id is None and staff.managed(session)):
            raise Refused("link")
        if link.staff_id is None:
            row = self._first_manager(session, login, name, now)
        else:
            row = staff.get(session, link.staff_id, lock=True)
        row.password_hash = hashed
        row.failures, row.locked_until = 0, None
        staff.void_links(session, link.staff_id, now)
        staff.end_sessions(session, row.id, now)
        audit.note(session, now, row.id, Action.PASSWORD_SET)
        return row.id

    def _first_manager(self, session: Session, login: str, name: str, now: datetime) -> Staff:
        check_names(login, name)
        row = staff.by_login(session, login)
        if row is None:
            row = staff.add(session, self._vault, login, name, Role.MANAGER, now)
        row.role, row.active, row.chosen_name = Role.MANAGER, True, name.strip()
        audit.note(session, now, row.id, Action.ACCOUNT_ADDED, subject=f"staff {row.id}")
        return row

    def _hash_of(self, session: Session, login: str, now: datetime) -> str | None:
        """What a password is checked against; raises Locked without checking anything."""
        row = staff.by_login(session, login)
        if row is not None and locked(row, now):
            raise Locked("too many tries")
        return row.password_hash if row is not None else None

    def _sign_in(
        self, session: Session, login: str, right: bool, device: str, now: datetime
    ) -> str | HelplineError:
        row = staff.by_login(session, login)
        if row is not None and locked(row, now):
            return Locked("too many tries")
        if row is None or not right or not row.active:
            if row is not None:
                count_failure(row, now)
                audit.note(session, now, row.id, Action.SIGN_IN_FAILED)
            return Refused("sign-in")
        # Failures are forgotten only after the second step, which counts them too.
        return new_session(session, row, device, now)[0]

    def _confirm(
        self, session: Session, who: Who, right: bool, now: datetime
    ) -> HelplineError | None:
        row = staff.get(session, who.staff_id, lock=True)
        if locked(row, now):
            return Locked("too many tries")
        if not right:
            return refuse(session, who, now, "password again")
        session.get_one(StaffSession, who.session_id).confirmed_at = now
        audit.note(session, now, row.id, Action.CONFIRMED, subject="password")
        return None

    def _who(self, session: Session, token: str, now: datetime) -> tuple[Who, bool] | None:
        row = staff.session_by_hash(session, hash_token(token))
        if row is None or self._over(row, now):
            return None
        person = staff.get(session, row.staff_id)
        if not person.active:
            return None
        stale = now - row.used_at > timedelta(minutes=1)
        has_factor = person.totp_confirmed or bool(staff.passkeys_of(session, person.id))
        who = Who(
            staff_id=person.id,
            session_id=row.id,
            name=person.chosen_name,
            login=person.login,
            role=Role(person.role),
            verified=row.verified,
            has_factor=has_factor,
            prefs=dict(person.prefs or {}),
            away=person.away,
        )
        return who, stale

    def _over(self, row: StaffSession, now: datetime) -> bool:
        age = now - row.created_at
        if not row.verified and age > _UNVERIFIED_LIFE:
            return True
        return age > self._limits.absolute or now - row.used_at > self._limits.idle

    def _touch(self, session: Session, session_id: str, now: datetime) -> None:
        row = session.get(StaffSession, session_id)
        if row is not None:
            row.used_at = now

    def _end(self, session: Session, who: Who, session_id: str, now: datetime) -> None:
        if not staff.end_sessions(session, who.staff_id, now, only=session_id):
            raise Forbidden("not one of yours")
        own = session_id == who.session_id
        action = Action.SIGN_OUT if own else Action.SESSION_ENDED
        audit.note(session, now, who.staff_id, action)


def hash_token(token: str) -> str:
    """What is kept of a random token (hex)."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_names(login: str, chosen_name: str) -> None:
    """Raise BadInput unless the sign-in name and the name that people are told are usable."""
    if not _LOGIN.fullmatch(login.strip().lower()):
        raise BadInput("login", "use 3 to 79 letters, digits, dots or an email address")
    if not _NAME.fullmatch(chosen_name.strip()):
        raise BadInput("chosen_name", "use up to 23 letters: people are told this name")


def _new_link(session: Session, staff_id: int | None, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        StaffLink(
            token_hash=hash_token(token),
            staff_id=staff_id,
            created_at=now,
            expires_at=now + _LINK_LIFE,
        )
    )
    return token


def new_session(
    session: Session, row: Staff, device: str, now: datetime, *, verified: bool = False
) -> tuple[str, StaffSession]:
    """Begin a session, as a rule with its second step still to come; gives its token too."""
    token = secrets.token_urlsafe(32)
    made = StaffSession(
        id=uuid.uuid4().hex,
        token_hash=hash_token(token),
        staff_id=row.id,
        device=device[:40],
        verified=verified,
        created_at=now,
        used_at=now,
    )
    session.add(made)
    return token, made


def check_recent(session: Session, who: Who, now: datetime) -> None:
    """Raise Unconfirmed unless a password or factor was given in this session just now."""
    given = session.get_one(StaffSession, who.session_id).confirmed_at
    if given is None or now - given > RECENT:
        raise Unconfirmed("confirm first that it is you")


def locked(row: Staff, now: datetime) -> bool:
    """Whether an account is locked after too many failures."""
    return row.locked_until is not None and row.locked_until > now


def refuse(session: Session, who: Who, now: datetime, subject: str) -> Refused:
    """Count a failure within a session, which the fifth ends; returns what to raise afterwards."""
    row = session.get_one(StaffSession, who.session_id)
    row.failures += 1
    count_failure(staff.get(session, who.staff_id, lock=True), now)
    if row.failures >= _TRIES:
        row.ended_at = now
    audit.note(session, now, who.staff_id, Action.SIGN_IN_FAILED, subject=subject)
    return Refused(subject)


def count_failure(row: Staff, now: datetime) -> None:
    """Count a wrong password or code; from the fifth on, lock the account for a while."""
    row.failures += 1
    if row.failures > _FREE_TRIES:
        lock = timedelta(minutes=2 ** min(row.failures - _FREE_TRIES - 1, 10))
        row.locked_until = now + min(lock, _LONGEST_LOCK)
