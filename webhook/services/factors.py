"""The second step of signing in: one-time codes, recovery codes and passkeys."""

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
from webhook.core.errors import Conflict, Forbidden
from webhook.core.staff import Who
from webhook.core.vault import Vault
from webhook.services.audit import Action
from webhook.services.staff import Refused, count_failure, hash_token
from webhook.store import audit, staff
from webhook.store.database import Database
from webhook.store.hub_models import Passkey, Staff, StaffSession

_STEP = 30  # seconds (ASVS 5.0, 6.5.5)
_TRIES = 5  # wrong codes until the session ends
_CODES = 10


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
        _may_add(who)
        return await self._database.write(self._begin_codes, who)

    async def confirm_codes(self, who: Who, code: str) -> list[str]:
        """Confirm the secret by its first code; gives recovery codes, shown this once."""
        _may_add(who)
        codes: list[str] = await self._checked(self._confirm_codes, who, code)
        return codes

    async def check_code(self, who: Who, code: str) -> None:
        """The second step by a one-time code or a recovery code; raises Refused."""
        await self._checked(self._check_code, who, code)

    async def begin_passkey(self, who: Who) -> dict[str, Any]:
        """What the browser needs to make a passkey."""
        _may_add(who)
        return await self._database.write(self._begin_passkey, who)

    async def add_passkey(self, who: Who, credential: dict[str, Any]) -> list[str]:
        """Keep a passkey; gives recovery codes with the first one."""
        _may_add(who)
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
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def _begin_codes(self, session: Session, who: Who) -> Enrolment:
        row = staff.get(session, who.staff_id, lock=True)
        if row.totp_confirmed:
            raise Conflict("codes are set up already")
        if row.totp_sealed is None:
            row.totp_sealed = staff.seal_for(self._vault, row, pyotp.random_base32(), "totp")
        secret = staff.open_for(self._vault, row, row.totp_sealed, "totp")
        link = pyotp.TOTP(secret).provisioning_uri(name=row.login, issuer_name="Hub")
        return Enrolment(secret, link)

    def _confirm_codes(
        self, session: Session, who: Who, code: str, now: datetime
    ) -> list[str] | Refused:
        row = staff.get(session, who.staff_id, lock=True)
        if not self._fits(row, code, now):
            return _wrong(session, who, now)
        row.totp_confirmed = True
        audit.note(session, now, row.id, Action.FACTOR_ADDED, subject="codes")
        return self._verified(session, who, now, with_codes=True)

    def _check_code(self, session: Session, who: Who, code: str, now: datetime) -> None | Refused:
        row = staff.get(session, who.staff_id, lock=True)
        if row.totp_confirmed and self._fits(row, code, now):
            self._verified(session, who, now)
            return None
        hashed = hash_token(code.strip().lower().replace(" ", ""))
        if staff.use_recovery_code(session, row.id, hashed, now):
            audit.note(session, now, row.id, Action.RECOVERY_USED)
            self._verified(session, who, now)
            return None
        return _wrong(session, who, now)

    def _fits(self, row: Staff, code: str, now: datetime) -> bool:
        """Whether it is a code of now or its neighbours that was not used: each works once."""
        if row.totp_sealed is None:
            return False
        totp = pyotp.TOTP(staff.open_for(self._vault, row, row.totp_sealed, "totp"))
        current = int(now.timestamp()) // _STEP
        given = code.strip().replace(" ", "")
        for step in (current - 1, current, current + 1):
            if step > row.totp_step and hmac.compare_digest(
                totp.at(step * _STEP).encode(), given.encode()
            ):
                row.totp_step = step
                return True
        return False

    def _verified(
        self, session: Session, who: Who, now: datetime, *, with_codes: bool = False
    ) -> list[str]:
        """Mark the session as signed in fully; new recovery codes when they are due."""
        row = session.get_one(StaffSession, who.session_id)
        if not row.verified:
            audit.note(session, now, who.staff_id, Action.SIGN_IN)
        row.verified, row.challenge, row.failures = True, None, 0
        person = staff.get(session, who.staff_id, lock=True)
        person.failures, person.locked_until = 0, None
        if not with_codes or staff.recovery_codes_left(session, who.staff_id):
            return []
        codes = [f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(_CODES)]
        staff.replace_recovery_codes(session, who.staff_id, [hash_token(c) for c in codes])
        return codes

    def _begin_passkey(self, session: Session, who: Who) -> dict[str, Any]:
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
            return _wrong(session, who, now)
        session.add(
            Passkey(
                staff_id=who.staff_id,
                credential_id=bytes_to_base64url(made.credential_id),
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                created_at=now,
            )
        )
        audit.note(session, now, who.staff_id, Action.FACTOR_ADDED, subject="passkey")
        return self._verified(session, who, now, with_codes=True)

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
    ) -> None | Refused:
        challenge = _take_challenge(session, who)
        wanted = str(credential.get("id", ""))
        known = staff.passkeys_of(session, who.staff_id)
        key = next((key for key in known if key.credential_id == wanted), None)
        if key is None:
            return _wrong(session, who, now)
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
            return _wrong(session, who, now)
        key.sign_count = used.new_sign_count
        self._verified(session, who, now)
        return None


def _may_add(who: Who) -> None:
    """Who has a second step already must have done it before adding another."""
    if who.has_factor and not who.verified:
        raise Forbidden("do the second step first")


def _wrong(session: Session, who: Who, now: datetime) -> Refused:
    row = session.get_one(StaffSession, who.session_id)
    row.failures += 1
    count_failure(staff.get(session, who.staff_id, lock=True), now)
    if row.failures >= _TRIES:
        row.ended_at = now
    audit.note(session, now, who.staff_id, Action.SIGN_IN_FAILED, subject="second step")
    return Refused("second step")


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
