"""Signed requests to the helpline, retried as the address's connection overrides say.

Source: Twilio's "Webhooks (HTTP callbacks): Connection Overrides" and "Security". The overrides
are in the address's fragment (#rc=3&rp=ct,rt,5xx), which is neither sent nor signed.
"""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag, urlencode

import aiohttp
from twilio.request_validator import RequestValidator

_ALL_POLICIES = frozenset({"ct", "rt", "4xx", "5xx"})


@dataclass(frozen=True)
class Overrides:
    """Times in milliseconds; `policy` names the failures that are tried again."""

    connect_ms: int = 5000
    read_ms: int = 15000
    total_ms: int = 15000
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, fragment: str) -> "Overrides":
        """Read a fragment; what is missing or out of range falls to Twilio's default."""
        values = {name: found[-1] for name, found in parse_qs(fragment).items()}
        policy = frozenset(values.get("rp", "ct").split(","))
        return cls(
            connect_ms=_within(values.get("ct"), 100, 10000, cls.connect_ms),
            read_ms=_within(values.get("rt"), 100, 15000, cls.read_ms),
            total_ms=_within(values.get("tt"), 100, 15000, cls.total_ms),
            retries=_within(values.get("rc"), 0, 5, cls.retries),
            policy=_ALL_POLICIES if "all" in policy else policy & _ALL_POLICIES,
        )


@dataclass(frozen=True)
class Outcome:
    """How a webhook ended: the last HTTP status, or the failure (`ct` or `rt`) without one."""

    status: int | None
    failure: str | None
    attempts: int


class WebhookSender:
    """Posts forms to the helpline with Twilio's headers."""

    def __init__(self, auth_token: str) -> None:
        self._token = auth_token
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def close(self) -> None:
        """Give the connections back, for good: what is posted later is not connected."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, form: Mapping[str, str], forged: bool = False) -> Outcome:
        """Send a form, and again after the failures the address asks to be retried."""
        address, fragment = urldefrag(url)
        overrides = Overrides.of(fragment)
        headers = self._headers(address, form, forged)
        deadline = time.monotonic() + overrides.total_ms / 1000
        attempts = 0
        while True:
            attempts += 1
            left = deadline - time.monotonic()
            outcome = await self._attempt(address, form, headers, overrides, left, attempts)
            failed = _failure_of(outcome)
            late = time.monotonic() >= deadline
            if failed not in overrides.policy or attempts > overrides.retries or late:
                return outcome

    def _headers(self, address: str, form: Mapping[str, str], forged: bool) -> dict[str, str]:
        # A forged one is as well formed, and made with a token that is not the account's.
        token = "forged" if forged else self._token
        return {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Home-Region": "us1",
            "X-Twilio-Signature": _signature(token, address, form),
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        }

    async def _attempt(
        self,
        address: str,
        form: Mapping[str, str],
        headers: Mapping[str, str],
        overrides: Overrides,
        left: float,
        attempts: int,
    ) -> Outcome:
        if self._closed:
            return Outcome(None, "ct", attempts)
        timeout = aiohttp.ClientTimeout(
            total=left,
            sock_connect=overrides.connect_ms / 1000,
            sock_read=overrides.read_ms / 1000,
        )
        sending = self._open().post(
            address,
            data=urlencode(form).encode(),
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
        )
        try:
            async with sending as response:
                return Outcome(response.status, None, attempts)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Outcome(None, "ct", attempts)
        except (aiohttp.ClientError, TimeoutError):
            return Outcome(None, "rt", attempts)

    def _open(self) -> aiohttp.ClientSession:
        """The session, made at its first use because it belongs to the running loop."""
        if self._session is None:
            # A connection is let go before the helpline's server would close it under a request.
            connector = aiohttp.TCPConnector(limit=200, keepalive_timeout=2)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def _signature(token: str, address: str, form: Mapping[str, str]) -> str:
    validator = RequestValidator(token)  # type: ignore[no-untyped-call]
    signed: str = validator.compute_signature(address, form)  # type: ignore[no-untyped-call]
    return signed


def _failure_of(outcome: Outcome) -> str | None:
    if outcome.status is None:
        return outcome.failure
    return f"{outcome.status // 100}xx" if outcome.status >= 400 else None


def _within(value: str | None, least: int, most: int, default: int) -> int:
    if value is None or not value.isdigit() or not least <= int(value) <= most:
        return default
    return int(value)
