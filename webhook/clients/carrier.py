"""Sending SMS through Twilio's REST API, or one at another address that speaks the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import aiohttp
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from webhook.clients.twilio_http import TwilioHttp
from webhook.core.errors import SendRefused, SendRetryable, SendUncertain

_TOO_MANY = 429


@dataclass(frozen=True)
class Accepted:
    """What the carrier gave a message: its id, and its own count of segments if it told."""

    sid: str
    segments: int | None


class Carrier(Protocol):
    """Something that sends texts."""

    async def send(self, to: str, text: str, callback: str) -> Accepted:
        """Send one text; raises SendRetryable, SendUncertain or SendRefused."""
        ...

    async def find(
        self, to: str, text: str, since: datetime, known: frozenset[str]
    ) -> Accepted | None:
        """A text that was accepted since a moment (UTC), for when the answer was lost.

        The `known` ids are those of other messages, which may say the same.
        """
        ...

    async def close(self) -> None:
        """Close every connection."""
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
        self._sender: dict[str, object] = (
            {"MessagingServiceSid": messaging_service_sid}
            if messaging_service_sid
            else {"From": number}
        )
        self._http = TwilioHttp(api_url, timeout_seconds)
        self._client = Client(account_sid, auth_token, http_client=self._http)  # type: ignore[no-untyped-call]
        self._path = f"/Accounts/{account_sid}/Messages.json"

    async def send(self, to: str, text: str, callback: str) -> Accepted:
        """Send one text; see Carrier."""
        form = {"To": to, "Body": text, "StatusCallback": callback, **self._sender}
        try:
            # One level below `messages.create`, which parses twenty fields that nobody reads.
            made: dict[str, Any] = await self._client.api.v2010.create_async(
                "POST", self._path, data=form
            )
            return Accepted(str(made["sid"]), _count(made.get("num_segments")))
        except TwilioRestException as error:
            raise _refusal(error) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # A connection that was never made carried nothing; one that broke may have.
            raise SendRetryable("no connection") from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError) as error:
            raise SendUncertain(type(error).__name__) from error

    async def find(
        self, to: str, text: str, since: datetime, known: frozenset[str]
    ) -> Accepted | None:
        """The newest outbound text to a number with this body; see Carrier."""
        try:
            # DateSent filters by UTC day at Twilio, so the exact moment is compared here.
            listed = await self._client.messages.list_async(
                to=to, date_sent_after=since.date(), limit=50
            )
        except TwilioRestException as error:
            raise _refusal(error) from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise SendRetryable(type(error).__name__) from error
        for made in listed:
            created = made.date_created
            recent = created is None or created.timestamp() >= int(since.timestamp())
            ours = str(made.direction).startswith("outbound") and made.sid not in known
            if made.body == text and recent and ours:
                return Accepted(str(made.sid), _count(made.num_segments))
        return None

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()


def _refusal(error: TwilioRestException) -> SendRetryable | SendRefused:
    status = int(error.status or 0)
    if status == _TOO_MANY or status >= 500:
        return SendRetryable(f"status {status}")
    return SendRefused(int(error.code) if error.code else None)


def _count(value: object) -> int | None:
    return int(str(value)) if value not in (None, "") else None
