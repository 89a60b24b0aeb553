"""Conversations: opened, found by number or token, leased to one worker at a time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from webhook.core.errors import NotFound
from webhook.core.messages import Channel, Mode
from webhook.core.vault import Vault, seal, unseal
from webhook.store.models import Conversation, ConversationKey
from webhook.store.rows import put

Lease = Literal["handle", "send"]

LEASE = timedelta(seconds=5)  # what a dead worker held is free after that
BEAT_SECONDS = 1.5  # how often a living one says that it still holds its leases

# Built once, and with the key beside the row, since whoever reads a conversation opens it.
_PLAIN = (
    select(Conversation, ConversationKey)
    .outerjoin(ConversationKey, ConversationKey.conversation_id == Conversation.id)
    .where(Conversation.id == bindparam("id"))
)
_LOCKED = _PLAIN.with_for_update(of=Conversation)
_OPEN = (
    select(Conversation, ConversationKey)
    .outerjoin(ConversationKey, ConversationKey.conversation_id == Conversation.id)
    .where(
        Conversation.address_hash.in_(bindparam("hashes", expanding=True)),
        Conversation.closed_at.is_(None),
    )
    .with_for_update(of=Conversation)
)
_END_SENDING = (
    update(Conversation.__table__)  # type: ignore[arg-type]
    .where(Conversation.id == bindparam("of"), Conversation.send_owner == bindparam("owner"))
    .values(send_owner=None)
)


def for_number(session: Session, vault: Vault, number: str, now: datetime) -> Conversation:
    """The open conversation of a number, or a new one; the row is locked for this transaction."""
    hashes = vault.hashes(number)
    found = _first(session, _OPEN, {"hashes": hashes})
    if found is not None:
        return found
    conversation, key = _new(session, vault, Channel.SMS, now)
    conversation.address_hash = hashes[0]
    conversation.address_sealed = seal(key, number, f"address {conversation.id}")
    session.flush()
    return conversation


def for_web(session: Session, vault: Vault, token_hash: str, now: datetime) -> Conversation:
    """A new web chat conversation that only the holder of the token may use."""
    conversation, _ = _new(session, vault, Channel.WEB, now)
    conversation.token_hash = token_hash
    session.flush()
    return conversation


def for_page(session: Session, vault: Vault, number: str, now: datetime) -> Conversation:
    """A thread to a number of our own staff: closed from the start, so no contact is made of it.

    It has no number hash either: what that number texts to us is an ordinary contact. Like every
    closed conversation it is deleted with its key when its time is up.
    """
    conversation, key = _new(session, vault, Channel.SMS, now)
    conversation.address_sealed = seal(key, number, f"address {conversation.id}")
    conversation.mode, conversation.closed_at = Mode.CLOSED, now
    session.flush()
    return conversation


def get(session: Session, conversation_id: str, *, lock: bool = False) -> Conversation:
    """A conversation by id; raises NotFound."""
    found = _first(session, _LOCKED if lock else _PLAIN, {"id": conversation_id})
    if found is None:
        raise NotFound("no such conversation")
    return found


def key_of(session: Session, vault: Vault, conversation_id: str) -> bytes:
    """The data key of a conversation; raises NotFound once it is destroyed."""
    row = session.get(ConversationKey, conversation_id)
    if row is None:
        raise NotFound("the conversation's key is destroyed")
    return vault.unwrap(row.wrapped)


def number_of(conversation: Conversation, key: bytes) -> str:
    """The number to send to; raises NotFound for a conversation without one."""
    if conversation.address_sealed is None:
        raise NotFound("the conversation has no number")
    return unseal(key, conversation.address_sealed, f"address {conversation.id}")


def take_lease(
    session: Session, conversation_id: str, kind: Lease, owner: str, now: datetime
) -> Conversation | None:
    """Take or renew the right to handle or to send for a conversation; None if another has it.

    The lease is the lock per conversation: it lies in SQL, so it holds without Redis and ends by
    itself when its owner dies. The row is locked for this transaction.
    """
    row = _first(session, _LOCKED, {"id": conversation_id})
    if row is None:
        return None
    holder, until = getattr(row, f"{kind}_owner"), getattr(row, f"{kind}_until")
    if holder is not None and holder != owner and until >= now:
        return None
    if holder != owner or until < now + LEASE / 2:  # half a lease lasts until the next beat
        put(session, row, **{f"{kind}_owner": owner, f"{kind}_until": now + LEASE})
    return row


def renew_lease(conversation: Conversation, kind: Lease, owner: str, now: datetime) -> None:
    """Hold the lease of a locked row from now on."""
    setattr(conversation, f"{kind}_owner", owner)
    setattr(conversation, f"{kind}_until", now + LEASE)


def renew_leases(
    session: Session, conversation_ids: Sequence[str], kind: Lease, owner: str, now: datetime
) -> None:
    """Hold on to the leases of an owner that is alive, those that are still its own."""
    holder = getattr(Conversation, f"{kind}_owner")
    session.execute(
        update(Conversation)
        .where(Conversation.id.in_(conversation_ids), holder == owner)
        .values({f"{kind}_until": now + LEASE})
    )


def holds_lease(conversation: Conversation, kind: Lease, owner: str) -> bool:
    """Whether an owner still has the lease; checked inside the transaction that uses it."""
    return bool(getattr(conversation, f"{kind}_owner") == owner)


def release_lease(conversation: Conversation, kind: Lease, owner: str) -> None:
    """Give the lease of a locked row back, if it is still ours."""
    if holds_lease(conversation, kind, owner):
        setattr(conversation, f"{kind}_owner", None)


def end_sending(session: Session, conversation_id: str, owner: str) -> bool:
    """Give the right to send back, if it is still the owner's; the row is locked."""
    ended = session.connection().execute(_END_SENDING, {"of": conversation_id, "owner": owner})
    return ended.rowcount == 1


def next_seq(conversation: Conversation) -> int:
    """The next place in a conversation whose row is locked by this transaction."""
    conversation.last_seq += 1
    return conversation.last_seq


def _first(
    session: Session, query: Select[Conversation, ConversationKey], values: dict[str, Any]
) -> Conversation | None:
    found = session.execute(query, values).first()
    if found is None:
        return None
    conversation: Conversation = found[0]
    # A session holds its objects weakly, and the key is asked for later.
    session.info[conversation.id] = found[1]
    return conversation


def _new(
    session: Session, vault: Vault, channel: Channel, now: datetime
) -> tuple[Conversation, bytes]:
    """A conversation and its key, still to be flushed."""
    key, wrapped = vault.new_key()
    conversation = Conversation(
        id=uuid.uuid4().hex, channel=channel, created_at=now, last_activity_at=now
    )
    session.add(conversation)
    session.add(ConversationKey(conversation_id=conversation.id, wrapped=wrapped))
    return conversation, key
