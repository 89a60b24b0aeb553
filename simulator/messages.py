"""A message as the carrier keeps it, and the Message resource Twilio's API shows of it."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal

from simulator.segments import count_parts

API_VERSION = "2010-04-01"

Direction = Literal["inbound", "outbound-api", "outbound-reply"]

# Statuses after which nothing more happens to a message, so it may be redacted or deleted.
COMPLETE = frozenset({"sent", "delivered", "undelivered", "failed", "received", "canceled"})


def new_sid(prefix: str) -> str:
    """A fresh identifier: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


@dataclass
class Message:
    """One text, either way. `sender` is None until a messaging service has picked one."""

    account_sid: str
    direction: Direction
    to: str
    body: str
    status: str
    sender: str | None = None
    sid: str = field(default_factory=lambda: new_sid("SM"))
    media: tuple[str, ...] = ()
    messaging_service_sid: str | None = None
    status_callback: str | None = None
    send_at: datetime | None = None
    error_code: int | None = None
    error_message: str | None = None
    date_created: datetime = field(default_factory=now)
    date_updated: datetime = field(default_factory=now)
    date_sent: datetime | None = None

    @property
    def num_segments(self) -> int:
        """Parts; 0 while no sender has been picked, as Twilio reports it."""
        return count_parts(self.body).count if self.sender else 0

    @property
    def uri(self) -> str:
        """Where the resource is, relative to the API's base address."""
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}.json"

    def move(self, status: str, error_code: int | None = None) -> None:
        """Take the next status and stamp the change."""
        self.status = status
        self.date_updated = now()
        if status in ("sent", "received") and self.date_sent is None:
            self.date_sent = self.date_updated
        if error_code is not None:
            self.error_code = error_code
            self.error_message = f"Simulated delivery failure {error_code}"

    def resource(self) -> dict[str, object]:
        """The fields and types of `api.v2010.account.message` in Twilio's OpenAPI file."""
        return {
            "body": self.body,
            "num_segments": str(self.num_segments),
            "direction": self.direction,
            "from": self.sender,
            "to": self.to,
            "date_updated": _rfc2822(self.date_updated),
            "price": None,
            "error_message": self.error_message,
            "uri": self.uri,
            "account_sid": self.account_sid,
            "num_media": str(len(self.media)),
            "status": self.status,
            "messaging_service_sid": self.messaging_service_sid,
            "sid": self.sid,
            "date_sent": _rfc2822(self.date_sent),
            "date_created": _rfc2822(self.date_created),
            "error_code": self.error_code,
            "price_unit": "USD",
            "api_version": API_VERSION,
            "subresource_uris": {"media": self.uri.replace(".json", "/Media.json")},
        }


def _rfc2822(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)
