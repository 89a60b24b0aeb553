"""Taking a text in: the fewest statements that can be, since a carrier waits for their commit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from webhook.core.errors import NotFound
from webhook.core.messages import Author, Channel, Status
from webhook.core.vault import Vault, seal
from webhook.store.models import Conversation, ConversationKey, Message


@dataclass(frozen=True)
class Place:
    """A conversation whose row this transaction locked or made, and the place behind its last."""

    conversation_id: str
    key: bytes
    seq: int


def place_for(session: Session, vault: Vault, number: str, now: datetime) -> Place:
    """Where the next text of a number goes: into its open conversation, or into a new one."""
    hashes = vault.hashes(number)
    found = session.connection().execute(_OPEN, {"hashes": hashes}).first()
    if found is None:
        return _begin(session, vault, number, hashes[0], now)
    conversation_id, last_seq, wrapped = found
    if wrapped is None:
        raise NotFound("the conversation's key is destroyed")
    return Place(conversation_id, vault.unwrap(wrapped), last_seq + 1)


def store(
    session: Session, place: Place, text: str, now: datetime, *, provider_sid: str,
    media_count: int = 0, notes: dict[str, Any] | None = None,
) -> int:  # fmt: skip
    """Store what a person wrote at a place; returns the message's id.

    Raises sqlalchemy's IntegrityError for a carrier's id that is stored already.
    """
    of, seq = place.conversation_id, place.seq
    message = {
        "conversation_id": of,
        "seq": seq,
        "author": Author.PERSON,
        "body_sealed": seal(place.key, text, f"message {of} {seq}"),
        "created_at": now,
        "provider_sid": provider_sid,
        "media_count": media_count,
        "status": Status.RECEIVED,
        "notes": notes or {},
    }
    stored: int = session.connection().execute(_MESSAGE, message).scalar_one()
    session.connection().execute(_MOVE_ON, {"of": of, "to_seq": seq, "at": now})
    return stored


def _begin(session: Session, vault: Vault, number: str, mark: str, now: datetime) -> Place:
    key, wrapped = vault.new_key()
    made = uuid.uuid4().hex
    conversation = {
        "id": made,
        "channel": Channel.SMS,
        "address_hash": mark,
        "address_sealed": seal(key, number, f"address {made}"),
        "created_at": now,
        "last_activity_at": now,
    }
    session.connection().execute(_CONVERSATION, conversation)
    session.connection().execute(_KEY, {"conversation_id": made, "wrapped": wrapped})
    return Place(made, key, 1)


# Built once: building a statement costs more than running it.
_CONVERSATION, _KEY = insert(Conversation.__table__), insert(ConversationKey.__table__)  # type: ignore[arg-type]
_MESSAGE = insert(Message.__table__).returning(Message.id)  # type: ignore[arg-type]
_MOVE_ON = (
    update(Conversation.__table__)  # type: ignore[arg-type]
    .where(Conversation.id == bindparam("of"))
    .values(
        last_seq=bindparam("to_seq"),
        last_inbound_at=bindparam("at", type_=Conversation.last_inbound_at.type),
        last_activity_at=bindparam("at", type_=Conversation.last_activity_at.type),
    )
)
_OPEN = (
    select(Conversation.id, Conversation.last_seq, ConversationKey.wrapped)
    .outerjoin(ConversationKey, ConversationKey.conversation_id == Conversation.id)
    .where(
        Conversation.address_hash.in_(bindparam("hashes", expanding=True)),
        Conversation.closed_at.is_(None),
    )
    .with_for_update(of=Conversation)
)
