"""Sending SMS through Twilio's REST API, or one at another address that speaks the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from webhook.core.errors import SendRefused, SendRetryable, SendUncertain

_TWILIO = "https://api.twilio.com"


@dataclass(frozen=True)
class Accepted:
    """What the carrier gave a message: its id, and its own count of segments if it told."""

    sid: str
    segments: int | None


class Carrier(Protocol):
    """Something that sends texts. Both calls block; run them in a thread."""

    def send(self, to: str, text: str, callback: str) -> Accepted:
        """Send one text; raises SendRetryable, SendUncertain or SendRefused."""
        ...

    def find(self, to: str, text: str, since: datetime, known: frozenset[str]) -> Accepted | None:
        """A text that was accepted since a moment (UTC), for when the answer was lost.

        The `known` ids are those of other messages, which may say the same.
        """
        ...


class TwilioCarrier:
    """Twilio, with a messaging service or a number as the sender."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        messaging_service_sid: str = "",
        number: str = "",
        api_url: str = "",
        timeout_seconds: float = 10.0,
    ) -> None:
        self._sender: dict[str, str] = (
            {"messaging_service_sid": messaging_service_sid}
            if messaging_service_sid
            else {"from_": number}
        )
        http = _HttpClient(api_url, timeout=timeout_seconds)
        self._client = Client(account_sid, auth_token, http_client=http)  # type: ignore[no-untyped-call]

    def send(self, to: str, text: str, callback: str) -> Accepted:
        """Send one text; see Carrier."""
        try:
            made = self._client.messages.create(
                to=to, body=text, status_callback=callback, **self._sender
            )
        except TwilioRestException as error:
            raise _refusal(error) from error
        except (requests.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise SendRetryable("no connection") from error
        except requests.ConnectionError as error:
            raise _connection_failure(error) from error
        except requests.RequestException as error:
            raise SendUncertain(type(error).__name__) from error
        return Accepted(str(made.sid), _count(made.num_segments))

    def find(self, to: str, text: str, since: datetime, known: frozenset[str]) -> Accepted | None:
        """The newest outbound text to a number with this body; see Carrier."""
        try:
            # DateSent filters by UTC day at Twilio, so the exact moment is compared here.
            listed = self._client.messages.list(to=to, date_sent_after=since.date(), limit=50)
        except TwilioRestException as error:
            raise _refusal(error) from error
        except requests.RequestException as error:
            raise SendRetryable(type(error).__name__) from error
        for made in listed:
            created = made.date_created
            recent = created is None or created.timestamp() >= int(since.timestamp())
            ours = str(made.direction).startswith("outbound") and made.sid not in known
            if made.body == text and recent and ours:
                return Accepted(str(made.sid), _count(made.num_segments))
        return None


class _HttpClient(TwilioHttpClient):
    """Twilio's HTTP client with another base address, pooled, never retrying by itself."""

    def __init__(self, api_url: str, timeout: float) -> None:
        super().__init__(pool_connections=True, timeout=timeout)
        self._api_url = api_url
        if self.session is not None:
            self.session.trust_env = False
            adapter = requests.adapters.HTTPAdapter(pool_maxsize=64, max_retries=0)
            self.session.mount("http://", adapter)
            self.session.mount("https://", adapter)

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send the request to the configured address."""
        if self._api_url and url.startswith(_TWILIO):
            url = self._api_url + url.removeprefix(_TWILIO)
        return super().request(method, url, params, data, headers, auth, timeout, allow_redirects)


def _refusal(error: TwilioRestException) -> SendRetryable | SendRefused:
    status = int(error.status or 0)
    if status == requests.codes.too_many_requests or status >= 500:
        return SendRetryable(f"status {status}")
    return SendRefused(int(error.code) if error.code else None)


def _connection_failure(error: requests.ConnectionError) -> SendRetryable | SendUncertain:
    """A connection that was never made carried nothing; one that broke may have."""
    never_made = "NewConnectionError" in repr(error)
    return SendRetryable("no connection") if never_made else SendUncertain("connection broke")


def _count(value: object) -> int | None:
    return int(str(value)) if value not in (None, "") else None
