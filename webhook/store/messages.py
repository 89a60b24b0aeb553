"""Messages: the inbox and the outbox of every conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from webhook.core.messages import UNSENT, Author, Channel, Status, behind
from webhook.core.vault import seal, unseal
from webhook.store.conversations import Lease, next_seq
from webhook.store.models import Conversation, Message


class Standing(NamedTuple):
    """Where an outbound message stands with the carrier."""

    message_id: int
    conversation_id: str
    status: Status
    error_code: int | None


def is_repeat(session: Session, provider_sid: str) -> bool:
    """Whether a provider's message id is stored already."""
    return session.connection().execute(_SAME_SID, {"sid": provider_sid}).first() is not None


def by_client_id(session: Session, conversation_id: str, client_id: str) -> Message | None:
    """A message that the web chat sent before under the same id."""
    return session.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id, Message.client_id == client_id
        )
    )


def add_inbound(
    session: Session,
    conversation: Conversation,
    key: bytes,
    text: str,
    now: datetime,
    *,
    provider_sid: str | None = None,
    client_id: str | None = None,
    media_count: int = 0,
) -> Message:
    """Store what a person wrote as the next message of a locked conversation."""
    message = _new(conversation, key, text, Author.PERSON, now)
    message.provider_sid = provider_sid
    message.client_id = client_id
    message.media_count = media_count
    message.status = Status.RECEIVED
    conversation.last_inbound_at = now
    session.add(message)
    session.flush()
    return message


def add_outbound(
    session: Session,
    conversation: Conversation,
    key: bytes,
    text: str,
    now: datetime,
    *,
    author: Author = Author.BOT,
    staff_id: int | None = None,
    in_reply_to: int | None = None,
) -> Message:
    """Store a reply as the next message: by SMS in the outbox, by web there at once.

    It goes to the database with what else the transaction changes, so its `id` is not known yet.
    """
    message = _new(conversation, key, text, author, now)
    message.staff_id = staff_id
    message.in_reply_to = in_reply_to
    message.status = Status.QUEUED if conversation.channel == Channel.SMS else Status.DELIVERED
    message.handled_at = now
    session.add(message)
    return message


def write_over(message: Message, key: bytes, text: str) -> None:
    """Put other words in the place of what a message said."""
    message.body_sealed = seal(key, text, _context(message.conversation_id, message.seq))


def text_of(message: Message, key: bytes) -> str:
    """What a message says; raises VaultError if it was altered."""
    return unseal(key, message.body_sealed, _context(message.conversation_id, message.seq))


def next_unhandled(
    session: Session, conversation_id: str, now: datetime, after: int = 0
) -> Message | None:
    """The first message of a person that waits to be handled; None while it is too early for it.

    A message that failed is tried again later and holds back those behind it, so the order stays.
    `after` is the place of one that was handled in this transaction.
    """
    if after and not _any(session, _ANY_WAITING, conversation_id, after):
        return None
    first = session.scalar(_WAITING, {"id": conversation_id, "after": after})
    if first is None or (first.next_attempt_at is not None and first.next_attempt_at > now):
        return None
    return first


def before(session: Session, message: Message) -> datetime | None:
    """When the message before this one was stored; None for the first of its conversation."""
    place = {"id": message.conversation_id, "seq": message.seq}
    found = session.connection().execute(_BEFORE, place).first()
    return found[0] if found is not None else None


def hasten(session: Session, conversation_id: str) -> None:
    """End the delay of messages that were never tried, so that they do not hold back a new one."""
    session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.status == Status.RECEIVED,
            Message.attempts == 0,
        )
        .values(next_attempt_at=None)
    )


def conversations_to_handle(session: Session, now: datetime, limit: int = 200) -> list[str]:
    """Conversations in which somebody waits for an answer, the longest wait first."""
    return _due(session, _TO_HANDLE, now, limit)


def conversations_to_send(session: Session, now: datetime, limit: int = 200) -> list[str]:
    """Conversations with something in the outbox that is due."""
    return _due(session, _TO_SEND, now, limit)


def next_unsent(session: Session, conversation_id: str, after: int = 0) -> Message | None:
    """The first message in a conversation's outbox, behind a place in it."""
    if after and not _any(session, _ANY_UNSENT, conversation_id, after):
        return None
    return session.scalar(_UNSENT, {"id": conversation_id, "after": after})


def unsent_before(session: Session, message: Message) -> bool:
    """Whether something in the outbox of a message's conversation stands before it."""
    place = {"id": message.conversation_id, "after": 0}
    found = session.connection().execute(_ANY_UNSENT, place).first()
    return found is not None and found[0] < message.seq


def any_unsent(session: Session, conversation_id: str, after: int) -> bool:
    """Whether something waits in a conversation's outbox behind a place in it."""
    return _any(session, _ANY_UNSENT, conversation_id, after)


def accept(session: Session, message_id: int, provider_sid: str, segments: int) -> None:
    """Keep what the carrier gave a message; a callback may have been faster with its status."""
    told = {"of": message_id, "sid": provider_sid, "counted": segments}
    session.connection().execute(_ACCEPT, told)


def sids_of_others(session: Session, message: Message) -> frozenset[str]:
    """The carrier's ids of everything else in a message's conversation."""
    found = session.scalars(
        select(Message.provider_sid).where(
            Message.conversation_id == message.conversation_id, Message.id != message.id
        )
    )
    return frozenset(sid for sid in found if sid is not None)


def withdraw_unsent(session: Session, conversation_id: str) -> int:
    """Take everything not yet sent out of the outbox; returns how many there were."""
    done = session.execute(
        update(Message)
        .where(Message.conversation_id == conversation_id, Message.status == Status.QUEUED)
        .values(status=Status.WITHDRAWN)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def advance(
    session: Session, provider_sid: str, status: Status, error_code: int | None
) -> Standing | None:
    """Move an outbound message's status forward by the carrier's word; None if it is unknown.

    One statement, since two of these come for every text that is sent.
    """
    told = {"sid": provider_sid, "to": status, "code": error_code, "behind": behind(status)}
    connection = session.connection()
    row = connection.execute(_ADVANCE, told).first()
    if row is None:
        row = connection.execute(_STANDS, {"sid": provider_sid}).first()
    return Standing(row[0], row[1], Status(row[2]), row[3]) if row is not None else None


def name_early(session: Session, message_id: int, provider_sid: str) -> bool:
    """Give an outbound message the carrier's id before the answer to our request told it."""
    named = session.connection().execute(_NAME, {"of": message_id, "sid": provider_sid})
    return named.rowcount == 1


def since(session: Session, conversation_id: str, seq: int, limit: int = 500) -> Sequence[Message]:
    """The messages after a place in a conversation, in order."""
    return session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > seq)
        .order_by(Message.seq)
        .limit(limit)
    ).all()


def _new(
    conversation: Conversation, key: bytes, text: str, author: Author, now: datetime
) -> Message:
    seq = next_seq(conversation)
    conversation.last_activity_at = now
    return Message(
        conversation_id=conversation.id,
        seq=seq,
        author=author,
        body_sealed=seal(key, text, _context(conversation.id, seq)),
        created_at=now,
    )


def _due(session: Session, due: Select[str], now: datetime, limit: int) -> list[str]:
    return list(dict.fromkeys(session.scalars(due, {"now": now, "most": limit})))


def _first(statuses: Iterable[Status]) -> Select[Message]:
    """The first message of a conversation that has one of these statuses."""
    return (
        select(Message)
        .where(
            Message.conversation_id == bindparam("id"),
            Message.seq > bindparam("after"),
            Message.status.in_(list(statuses)),
        )
        .order_by(Message.seq)
        .limit(1)
    )


def _any(session: Session, query: Select[int], conversation_id: str, after: int) -> bool:
    """Whether there is one: a fourth of the price of loading it, and mostly there is none."""
    place = {"id": conversation_id, "after": after}
    return session.connection().execute(query, place).first() is not None


def _only_seq(first: Select[Message]) -> Select[int]:
    return first.with_only_columns(Message.seq)


def _waiting(statuses: Iterable[Status], lease: Lease) -> Select[str]:
    """Where such a message is due and nobody living is at work on it."""
    now = bindparam("now", type_=Message.created_at.type)
    owner, until = (getattr(Conversation, f"{lease}_{part}") for part in ("owner", "until"))
    return (
        select(Message.conversation_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.status.in_(list(statuses)))
        .where(Message.next_attempt_at.is_(None) | (Message.next_attempt_at <= now))
        .where(owner.is_(None) | (until < now))
        .order_by(Message.id)
        .limit(bindparam("most"))
    )


def _context(conversation_id: str, seq: int) -> str:
    return f"message {conversation_id} {seq}"


# Built once: building a statement costs more than running it.
_WAITING = _first([Status.RECEIVED])
_UNSENT = _first(sorted(UNSENT))
_ANY_WAITING, _ANY_UNSENT = _only_seq(_WAITING), _only_seq(_UNSENT)
_BEFORE = (
    select(Message.created_at)
    .where(Message.conversation_id == bindparam("id"), Message.seq < bindparam("seq"))
    .order_by(Message.seq.desc())
    .limit(1)
)
_TO_HANDLE = _waiting([Status.RECEIVED], "handle")
_TO_SEND = _waiting(sorted(UNSENT), "send")
_OUTBOUND = Message.author != Author.PERSON
_STANDING = (Message.id, Message.conversation_id, Message.status, Message.error_code)
_STANDS = select(*_STANDING).where(Message.provider_sid == bindparam("sid"), _OUTBOUND)
_ADVANCE = (
    update(Message.__table__)  # type: ignore[arg-type]
    .where(
        Message.provider_sid == bindparam("sid"),
        _OUTBOUND,
        Message.status.in_(bindparam("behind", expanding=True)),
    )
    .values(status=bindparam("to"), error_code=func.coalesce(bindparam("code"), Message.error_code))
    .returning(*_STANDING)
)
_ACCEPT = (
    update(Message.__table__)  # type: ignore[arg-type]
    .where(Message.id == bindparam("of"))
    .values(
        provider_sid=bindparam("sid"),
        segments=bindparam("counted"),
        next_attempt_at=None,
        status=case(
            (Message.status.in_(behind(Status.ACCEPTED)), Status.ACCEPTED), else_=Message.status
        ),
    )
)
_NAME = (
    update(Message.__table__)  # type: ignore[arg-type]
    .where(Message.id == bindparam("of"), Message.provider_sid.is_(None), _OUTBOUND)
    .values(provider_sid=bindparam("sid"))
)
_SAME_SID = select(Message.id).where(Message.provider_sid == bindparam("sid"))
