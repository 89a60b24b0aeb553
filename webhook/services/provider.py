"""Signing in by the organisation's own provider: to an open account that is here, or not at all.

What is needed to check the answer travels in a sealed cookie, so that beginning writes nothing;
each state comes back once. The provider counts as the second step only if the settings say so.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from webhook.clients.provider import Provider, ProviderRefused
from webhook.core.clock import Clock
from webhook.core.errors import HelplineError
from webhook.core.vault import VaultError, derive_token, seal, unseal
from webhook.logs import get_log
from webhook.services.audit import Action
from webhook.services.staff import Locked, hash_token, locked, new_session
from webhook.store import audit, staff
from webhook.store.database import Database
from webhook.store.hub_models import ProviderState, Staff

LIFE = timedelta(minutes=10)  # from the button to the return
_CONTEXT = "sign-in at the provider"
_SKEW = timedelta(minutes=1)  # between their clock and ours


class Outdated(HelplineError):
    """The answer belongs to no sign-in that this browser has begun, or was used already."""

    status = 400


class NotHere(HelplineError):
    """The provider knows them; here is no open account of theirs. Which of both is never said."""

    status = 403


class Unproven(HelplineError):
    """The provider does not vouch for the address, or named none."""

    status = 403


@dataclass(frozen=True)
class Rules:
    """Which claim names the account, and whether the provider asks for a second factor."""

    claim: str = "email"
    second_factor: bool = False


@dataclass(frozen=True)
class Attempt:
    """A sign-in that was begun; `at` in seconds since 1970."""

    state: str
    nonce: str
    verifier: str
    at: int
    again: bool


class ProviderSignIn:
    """The way in by the provider; sessions are the same as those of passwords."""

    def __init__(
        self, database: Database, clock: Clock, provider: Provider, rules: Rules, secret: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._provider = provider
        self._rules = rules
        self._key = bytes.fromhex(derive_token(secret, _CONTEXT))

    async def begin(self, *, again: bool) -> tuple[str, str]:
        """Where to send the browser, and the sealed attempt that it keeps meanwhile."""
        at = int(self._clock.now().timestamp())
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        attempt = Attempt(state, nonce, verifier, at, again)
        address = await self._provider.address(state, nonce, verifier, again=again)
        sealed = seal(self._key, json.dumps(asdict(attempt)), _CONTEXT)
        return address, bytes_to_base64url(sealed)

    async def finish(self, sealed: str, answer: Mapping[str, str], device: str) -> str:
        """A session's token for whoever came back; what went wrong is for a page to explain."""
        now = self._clock.now()
        attempt = self._opened(sealed, answer.get("state", ""), now)
        try:
            await self._database.write(_use_up, attempt.state, now)
        except IntegrityError as error:
            raise Outdated("used already") from error
        try:
            claims = await self._provider.claims(answer, attempt.verifier, attempt.nonce, now)
            self._check_again(attempt, claims)
        except ProviderRefused as error:
            get_log().warning("provider_refused", reason=error.why)
            await self._database.write(_note_refusal, None, error.why, now)
            raise
        outcome = await self._database.write(self._enter, attempt, claims, device, now)
        if isinstance(outcome, HelplineError):
            raise outcome  # only after it was put on the audit trail
        return outcome

    def _opened(self, sealed: str, state: str, now: datetime) -> Attempt:
        try:
            attempt = Attempt(**json.loads(unseal(self._key, base64url_to_bytes(sealed), _CONTEXT)))
        except (VaultError, ValueError, TypeError) as error:
            raise Outdated("not begun here") from error
        if not hmac.compare_digest(attempt.state.encode(), state.encode()):
            raise Outdated("another state")
        if not -_SKEW.seconds <= now.timestamp() - attempt.at <= LIFE.seconds:
            raise Outdated("too long ago")
        return attempt

    def _check_again(self, attempt: Attempt, claims: dict[str, Any]) -> None:
        """Who was to sign in anew must have done so since: being signed in there is not enough."""
        signed_in = claims.get("auth_time")
        if not attempt.again:
            return
        if not isinstance(signed_in, int | float) or signed_in < attempt.at - _SKEW.seconds:
            raise ProviderRefused("claim auth_time")

    def _enter(
        self, session: Session, attempt: Attempt, claims: dict[str, Any], device: str, now: datetime
    ) -> str | HelplineError:
        login = _vouched(claims, self._rules.claim)
        if login is None:
            _note_refusal(session, None, "unproven", now)
            return Unproven("the provider does not vouch for the address")
        row = staff.by_login(session, login)
        if row is None or not row.active:
            _note_refusal(session, row, "closed" if row else "unknown", now)
            return NotHere("no open account")
        if not _same_person(row, claims):
            _note_refusal(session, row, "another subject", now)
            return NotHere("another person of that name")
        counts = self._rules.second_factor and not _password_only(claims)
        # The lock is for guessing; where the provider is both steps there is nothing to guess.
        if locked(row, now) and not counts:
            return Locked("too many tries")
        return self._session(session, row, device, now, counts=counts, again=attempt.again)

    def _session(
        self, session: Session, row: Staff, device: str, now: datetime, *, counts: bool, again: bool
    ) -> str:
        token, made = new_session(session, row, device, now, verified=counts)
        if counts:
            made.confirmed_at = now if again else None
            audit.note(session, now, row.id, Action.SIGN_IN, subject="provider")
        return token


def _vouched(claims: dict[str, Any], claim: str) -> str | None:
    """The sign-in name that a token names; an address only if the provider has verified it."""
    value = claims.get(claim)
    if claim == "email" and claims.get("email_verified") is not True:
        return None
    return value.strip().lower() if isinstance(value, str) and value.strip() else None


def _same_person(row: Staff, claims: dict[str, Any]) -> bool:
    """Whether they are who came by the provider first; an address may pass to a successor.

    `iss` and `sub` together name a person for good (OpenID Connect Core 1.0 §5.7). A new link from
    a manager makes the account free again.
    """
    subject = hash_token(json.dumps([claims.get("iss"), claims.get("sub")]))
    if row.provider_subject is None:
        row.provider_subject = subject
    return hmac.compare_digest(row.provider_subject, subject)


def _password_only(claims: dict[str, Any]) -> bool:
    """Whether the provider says itself that it asked for no more than a password (RFC 8176)."""
    return claims.get("amr") == ["pwd"]


def _use_up(session: Session, state: str, now: datetime) -> None:
    session.add(ProviderState(state_hash=hash_token(state), used_at=now))
    session.flush()


def _note_refusal(session: Session, row: Staff | None, why: str, now: datetime) -> None:
    audit.note(
        session, now, row.id if row is not None else None, Action.SIGN_IN_FAILED,
        subject="provider", reason=why[:32],
    )  # fmt: skip
