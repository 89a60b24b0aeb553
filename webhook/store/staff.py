"""Staff accounts, their sessions, links, passkeys and recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from webhook.core.errors import NotFound
from webhook.core.staff import Role
from webhook.core.vault import Vault, seal, unseal
from webhook.store.hub_models import Passkey, RecoveryCode, Staff, StaffLink, StaffSession


def add(
    session: Session, vault: Vault, login: str, chosen_name: str, role: Role, now: datetime
) -> Staff:
    """A new account without a password; raises IntegrityError when the login is taken."""
    row = Staff(
        login=login.strip().lower(),
        chosen_name=chosen_name.strip(),
        role=role,
        wrapped_key=vault.new_key()[1],
        created_at=now,
        prefs={},
    )
    session.add(row)
    session.flush()
    return row


def get(session: Session, staff_id: int, *, lock: bool = False) -> Staff:
    """An account by id; raises NotFound."""
    query = select(Staff).where(Staff.id == staff_id)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("no such account")
    return row


def by_login(session: Session, login: str) -> Staff | None:
    """The account with a login; the row is locked."""
    return session.scalar(
        select(Staff).where(Staff.login == login.strip().lower()).with_for_update()
    )


def everyone(session: Session, *, active: bool = False) -> Sequence[Staff]:
    """Every account, by name."""
    query = select(Staff).order_by(Staff.chosen_name, Staff.id)
    return session.scalars(query.where(Staff.active.is_(True)) if active else query).all()


def names(session: Session) -> dict[int, str]:
    """The chosen names of all staff by id."""
    return {row.id: row.chosen_name for row in everyone(session)}


def managed(session: Session) -> bool:
    """Whether somebody can already manage the hub."""
    found = session.scalar(
        select(func.count())
        .select_from(Staff)
        .where(Staff.active.is_(True), Staff.role == Role.MANAGER)
        .where(Staff.password_hash.is_not(None))
    )
    return bool(found)


def seal_for(vault: Vault, row: Staff, text: str, what: str) -> bytes:
    """Seal a secret of an account under its own key."""
    return seal(vault.unwrap(row.wrapped_key), text, f"staff {row.id} {what}")


def open_for(vault: Vault, row: Staff, sealed: bytes, what: str) -> str:
    """What was sealed with `seal_for`."""
    return unseal(vault.unwrap(row.wrapped_key), sealed, f"staff {row.id} {what}")


def session_by_hash(session: Session, token_hash: str) -> StaffSession | None:
    """A session that has not ended, by the hash of its token."""
    return session.scalar(
        select(StaffSession).where(
            StaffSession.token_hash == token_hash, StaffSession.ended_at.is_(None)
        )
    )


def sessions_of(session: Session, staff_id: int) -> Sequence[StaffSession]:
    """The sessions of an account that have not ended, newest first."""
    return session.scalars(
        select(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
        .order_by(StaffSession.created_at.desc())
    ).all()


def end_sessions(
    session: Session, staff_id: int, now: datetime, *, only: str = "", but: str = ""
) -> int:
    """End sessions of an account: all, one, or all but one; returns how many."""
    query = update(StaffSession).where(
        StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)
    )
    if only:
        query = query.where(StaffSession.id == only)
    if but:
        query = query.where(StaffSession.id != but)
    done = session.execute(query.values(ended_at=now))
    return int(done.rowcount)  # type: ignore[attr-defined]


def link_by_hash(session: Session, token_hash: str, now: datetime) -> StaffLink | None:
    """A link that was neither used nor has expired; the row is locked."""
    return session.scalar(
        select(StaffLink)
        .where(
            StaffLink.token_hash == token_hash,
            StaffLink.used_at.is_(None),
            StaffLink.expires_at > now,
        )
        .with_for_update()
    )


def void_links(session: Session, staff_id: int | None, now: datetime) -> None:
    """Make every unused link of an account, or every first link, useless."""
    mine = StaffLink.staff_id.is_(None) if staff_id is None else StaffLink.staff_id == staff_id
    session.execute(update(StaffLink).where(mine, StaffLink.used_at.is_(None)).values(used_at=now))


def replace_recovery_codes(session: Session, staff_id: int, hashes: Sequence[str]) -> None:
    """Forget the old codes of an account and keep the hashes of new ones."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    session.add_all(RecoveryCode(staff_id=staff_id, code_hash=found) for found in hashes)


def use_recovery_code(session: Session, staff_id: int, code_hash: str, now: datetime) -> bool:
    """Use a code up; False when it is unknown or was used."""
    done = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == staff_id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def recovery_codes_left(session: Session, staff_id: int) -> int:
    """How many recovery codes are unused."""
    query = select(func.count()).select_from(RecoveryCode)
    mine = (RecoveryCode.staff_id == staff_id) & RecoveryCode.used_at.is_(None)
    return session.scalar(query.where(mine)) or 0


def passkeys_of(session: Session, staff_id: int) -> Sequence[Passkey]:
    """The passkeys of an account."""
    return session.scalars(select(Passkey).where(Passkey.staff_id == staff_id)).all()
