"""The second step of signing in: one-time codes, recovery codes and passkeys.

Adding a factor to an account that has one needs a session in which somebody proved just now who
they are; the first is set up on the way in.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyotp
import webauthn
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from webhook.core.clock import Clock
from webhook.core.errors import BadInput, Conflict, Forbidden
from webhook.core.staff import Who
from webhook.core.vault import Vault
from webhook.services.audit import Action
from webhook.services.staff import Locked, Refused, check_recent, hash_token, locked, refuse
from webhook.store import audit, staff
from webhook.store.database import Database
from webhook.store.hub_models import Passkey, Staff, StaffSession

_STEP = 30  # seconds (ASVS 5.0, 6.5.5)
_CODES = 10
_LONGEST_NAME = 40  # characters


@dataclass(frozen=True)
class Enrolment:
    """A secret to put into an authenticator app, as text and as its link."""

    secret: str
    link: str


class Factors:
    """The second step; `origin` is the hub's own address, which passkeys are bound to."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, origin: str) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._origin = origin
        self._rp_id = origin.split("://", 1)[-1].split(":")[0]

    async def begin_codes(self, who: Who) -> Enrolment:
        """A new secret for one-time codes, the same until the first code confirms it."""
        return await self._database.write(self._begin_codes, who, self._clock.now())

    async def confirm_codes(self, who: Who, code: str, name: str = "") -> list[str]:
        """Put a secret in use by its first code; gives recovery codes when there are none."""
        codes: list[str] = await self._checked(self._confirm_codes, who, (code, name))
        return codes

    async def check_code(self, who: Who, code: str) -> None:
        """The second step by a one-time code or a recovery code; raises Refused."""
        await self._checked(self._check_code, who, code)

    async def begin_passkey(self, who: Who) -> dict[str, Any]:
        """What the browser needs to make a passkey."""
        return await self._database.write(self._begin_passkey, who, self._clock.now())

    async def add_passkey(self, who: Who, credential: dict[str, Any]) -> list[str]:
        """Keep a passkey under its `name`; gives recovery codes when there are none."""
        codes: list[str] = await self._checked(self._add_passkey, who, credential)
        return codes

    async def begin_sign_in(self, who: Who) -> dict[str, Any]:
        """What the browser needs to use a passkey."""
        return await self._database.write(self._begin_sign_in, who)

    async def check_passkey(self, who: Who, credential: dict[str, Any]) -> None:
        """The second step by a passkey; raises Refused."""
        await self._checked(self._check_passkey, who, credential)

    async def _checked(self, work: Any, who: Who, given: Any) -> Any:
        """Run a check whose failure must be counted, and so committed, before it is raised."""
        outcome = await self._database.write(work, who, given, self._clock.now())
        if isinstance(outcome, Refused | Locked):
            raise outcome
        return outcome

    def _begin_codes(self, session: Session, who: Who, now: datetime) -> Enrolment:
        _check_may_add(session, who, now)
        row = staff.get(session, who.staff_id, lock=True)
        if row.totp_next_sealed is None:
            secret = pyotp.random_base32()
            row.totp_next_sealed = staff.seal_for(self._vault, row, secret, "totp")
        secret = staff.open_for(self._vault, row, row.totp_next_sealed, "totp")
        link = pyotp.TOTP(secret).provisioning_uri(name=row.login, issuer_name="Hub")
        return Enrolment(secret, link)

    def _confirm_codes(
        self, session: Session, who: Who, given: tuple[str, str], now: datetime
    ) -> list[str] | Refused:
        code, name = given[0], name_of(given[1], "Code app")
        _check_may_add(session, who, now)
        row = staff.get(session, who.staff_id, lock=True)
        # No code of the new secret was used yet, whatever was used of an older one.
        step = self._step(row, row.totp_next_sealed, code, now, after=0)
        if step is None:
            return refuse(session, who, now, "second step")
        if row.totp_confirmed:
            staff.end_sessions(session, row.id, now, but=who.session_id)
        row.totp_sealed, row.totp_next_sealed = row.totp_next_sealed, None
        row.totp_confirmed, row.totp_step, row.totp_name = True, step, name
        audit.note(session, now, row.id, Action.FACTOR_ADDED, subject="codes")
        return self._added(session, who, now)

    def _check_code(
        self, session: Session, who: Who, code: str, now: datetime
    ) -> None | Refused | Locked:
        row = staff.get(session, who.staff_id, lock=True)
        if locked(row, now):
            return Locked("too many tries")
        step = self._step(row, row.totp_sealed, code, now, after=row.totp_step)
        if row.totp_confirmed and step is not None:
            row.totp_step = step
            self._verified(session, who, now, "code")
            return None
        hashed = hash_token(code.strip().lower().replace(" ", ""))
        if staff.use_recovery_code(session, row.id, hashed, now):
            audit.note(session, now, row.id, Action.RECOVERY_USED)
            self._verified(session, who, now, "recovery code")
            return None
        return refuse(session, who, now, "second step")

    def _step(
        self, row: Staff, sealed: bytes | None, code: str, now: datetime, *, after: int
    ) -> int | None:
        """The step that a code belongs to: now or a neighbour, after the last; each works once."""
        if sealed is None:
            return None
        totp = pyotp.TOTP(staff.open_for(self._vault, row, sealed, "totp"))
        current = int(now.timestamp()) // _STEP
        given = code.strip().replace(" ", "").encode()
        for step in (current - 1, current, current + 1):
            if step > after and hmac.compare_digest(totp.at(step * _STEP).encode(), given):
                return step
        return None

    def _verified(self, session: Session, who: Who, now: datetime, how: str) -> None:
        """Mark the session as signed in fully, or as confirmed again."""
        row = session.get_one(StaffSession, who.session_id)
        action = Action.CONFIRMED if row.verified else Action.SIGN_IN
        audit.note(session, now, who.staff_id, action, subject=how)
        row.verified, row.confirmed_at, row.challenge, row.failures = True, now, None, 0
        person = staff.get(session, who.staff_id, lock=True)
        person.failures, person.locked_until = 0, None

    def _added(self, session: Session, who: Who, now: datetime) -> list[str]:
        """After a factor was added: who adds it on the way in is in; codes when there are none."""
        if not session.get_one(StaffSession, who.session_id).verified:
            self._verified(session, who, now, "new factor")
        if staff.recovery_codes_left(session, who.staff_id):
            return []
        return new_recovery_codes(session, who.staff_id)

    def _begin_passkey(self, session: Session, who: Who, now: datetime) -> dict[str, Any]:
        _check_may_add(session, who, now)
        row = staff.get(session, who.staff_id)
        options = webauthn.generate_registration_options(
            rp_id=self._rp_id,
            rp_name="Hub",
            user_name=row.login,
            user_id=f"staff {row.id}".encode(),
            exclude_credentials=_descriptors(session, row.id),
            authenticator_selection=AuthenticatorSelectionCriteria(
                user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
        session.get_one(StaffSession, who.session_id).challenge = options.challenge
        return dict(json.loads(webauthn.options_to_json(options)))

    def _add_passkey(
        self, session: Session, who: Who, credential: dict[str, Any], now: datetime
    ) -> list[str] | Refused:
        _check_may_add(session, who, now)
        name = name_of(str(credential.get("name", "")), "Passkey")
        challenge = _take_challenge(session, who)
        try:
            made = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError):
            return refuse(session, who, now, "second step")
        session.add(
            Passkey(
                staff_id=who.staff_id,
                credential_id=bytes_to_base64url(made.credential_id),
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                name=name,
                created_at=now,
            )
        )
        audit.note(session, now, who.staff_id, Action.FACTOR_ADDED, subject="passkey")
        return self._added(session, who, now)

    def _begin_sign_in(self, session: Session, who: Who) -> dict[str, Any]:
        options = webauthn.generate_authentication_options(
            rp_id=self._rp_id,
            allow_credentials=_descriptors(session, who.staff_id),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        session.get_one(StaffSession, who.session_id).challenge = options.challenge
        return dict(json.loads(webauthn.options_to_json(options)))

    def _check_passkey(
        self, session: Session, who: Who, credential: dict[str, Any], now: datetime
    ) -> None | Refused | Locked:
        if locked(staff.get(session, who.staff_id, lock=True), now):
            return Locked("too many tries")
        challenge = _take_challenge(session, who)
        wanted = str(credential.get("id", ""))
        known = staff.passkeys_of(session, who.staff_id)
        key = next((key for key in known if key.credential_id == wanted), None)
        if key is None:
            return refuse(session, who, now, "second step")
        try:
            used = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError):
            return refuse(session, who, now, "second step")
        key.sign_count = used.new_sign_count
        self._verified(session, who, now, "passkey")
        return None


def name_of(given: str, otherwise: str) -> str:
    """What somebody calls a factor of theirs; raises BadInput."""
    name = " ".join(given.split()) or otherwise
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInput("name", f"use up to {_LONGEST_NAME} letters, digits and spaces")
    return name


def new_recovery_codes(session: Session, staff_id: int) -> list[str]:
    """New recovery codes in place of the old ones; shown once, only hashes are kept."""
    codes = [f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(_CODES)]
    staff.replace_recovery_codes(session, staff_id, [hash_token(code) for code in codes])
    return codes


def _check_may_add(session: Session, who: Who, now: datetime) -> None:
    """The first factor is set up on the way in; another needs a session just confirmed."""
    row = staff.get(session, who.staff_id, lock=True)
    has_factor = row.totp_confirmed or bool(staff.passkeys_of(session, row.id))
    if who.verified:
        check_recent(session, who, now)
    elif has_factor:
        raise Forbidden("do the second step first")


def _take_challenge(session: Session, who: Who) -> bytes:
    row = session.get_one(StaffSession, who.session_id)
    challenge, row.challenge = row.challenge, None
    if challenge is None:
        raise Conflict("begin again")
    return challenge


def _descriptors(session: Session, staff_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id))
        for key in staff.passkeys_of(session, staff_id)
    ]
