"""What a message is: who wrote it, where it goes, and the states it may pass through."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """The way a person reaches us."""

    SMS = "sms"
    WEB = "web"


class OptOut(StrEnum):
    """What the carrier says it understood of a keyword (Twilio's `OptOutType`)."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


class Author(StrEnum):
    """Who wrote a message."""

    PERSON = "person"
    BOT = "bot"
    ADVOCATE = "advocate"


class Mode(StrEnum):
    """Who holds a conversation: the bot, the bot while an advocate is awaited, or an advocate."""

    BOT = "bot"
    WAITING = "waiting"
    STAFF = "staff"
    CLOSED = "closed"


class Status(StrEnum):
    """Where a message stands; inbound ones are received, handled or set aside."""

    RECEIVED = "received"
    HANDLED = "handled"
    SET_ASIDE = "set_aside"
    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


UNSENT = frozenset({Status.QUEUED, Status.SENDING})
NOT_RECEIVED = frozenset({Status.UNDELIVERED, Status.FAILED})
FINAL = frozenset({Status.DELIVERED, Status.UNDELIVERED, Status.FAILED, Status.WITHDRAWN})

# How far along an outbound message is. Callbacks repeat and overtake one another, so a status
# only ever replaces one of a lower rank; the three outcomes share the highest and stay.
_RANK = {
    Status.QUEUED: 0,
    Status.SENDING: 1,
    Status.ACCEPTED: 2,
    Status.SENT: 3,
    Status.DELIVERED: 4,
    Status.UNDELIVERED: 4,
    Status.FAILED: 4,
    Status.WITHDRAWN: 4,
}

# Twilio's MessageStatus → ours. https://www.twilio.com/docs/messaging/api/message-resource
TWILIO_STATUS = {
    "accepted": Status.ACCEPTED,
    "scheduled": Status.ACCEPTED,
    "queued": Status.ACCEPTED,
    "sending": Status.ACCEPTED,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.FAILED,
    "canceled": Status.WITHDRAWN,
}


def moves_forward(current: Status, new: Status) -> bool:
    """Whether an outbound message in state `current` may go on to `new`."""
    return _RANK[new] > _RANK[current]


def behind(new: Status) -> list[Status]:
    """The states from which an outbound message may go on to `new`."""
    return [status for status, rank in _RANK.items() if rank < _RANK[new]]
