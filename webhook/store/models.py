"""The tables. Text and numbers are only ever held sealed; see `docs/retention.md` for how long."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import LargeBinary, TypeDecorator

from webhook.core.messages import Mode, Status
from webhook.core.triage import Triage


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; naive values are refused, and SQLite's come back aware."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC before storing."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without timezone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TriageType(TypeDecorator[Triage]):
    """A triage level, stored as its number so that the database can order by it."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Triage | None, dialect: Dialect) -> int | None:
        """The number of the level."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Triage | None:
        """The level of the number."""
        return None if value is None else Triage(value)


class Base(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map = {
        datetime: UtcDateTime,
        Triage: TriageType,
        dict[str, Any]: JSON,
        list[str]: JSON,
        bytes: LargeBinary,
    }


BigKey = BigInteger().with_variant(Integer, "sqlite")


class Conversation(Base):
    """A contact's live thread. `state` holds coded facts only; what was said is sealed."""

    __tablename__ = "conversations"
    __table_args__ = (
        # One open conversation a number: two first texts at the same instant share it.
        Index(
            "uq_conversations_open_address",
            "address_hash",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_conversations_last_activity", "last_activity_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8))
    address_hash: Mapped[str | None] = mapped_column(String(64))
    address_sealed: Mapped[bytes | None]
    token_hash: Mapped[str | None] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(8), default=Mode.BOT)
    quiet: Mapped[bool] = mapped_column(default=False)
    stopped: Mapped[bool] = mapped_column(default=False)
    triage: Mapped[Triage] = mapped_column(default=Triage.STANDARD)
    age_band: Mapped[str | None] = mapped_column(String(12))
    area: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facts_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]
    last_activity_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    last_seq: Mapped[int] = mapped_column(default=0)
    handle_owner: Mapped[str | None] = mapped_column(String(32))
    handle_until: Mapped[datetime | None]
    send_owner: Mapped[str | None] = mapped_column(String(32))
    send_until: Mapped[datetime | None]


class ConversationKey(Base):
    """The wrapped key of a conversation, apart from it so that it can be destroyed first."""

    __tablename__ = "conversation_keys"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped: Mapped[bytes]


class Message(Base):
    """One message of a conversation, either way; `seq` orders them within it."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("provider_sid"),
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_messages_status", "status", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    author: Mapped[str] = mapped_column(String(10))
    staff_id: Mapped[int | None]
    provider_sid: Mapped[str | None] = mapped_column(String(64))
    client_id: Mapped[str | None] = mapped_column(String(64))
    in_reply_to: Mapped[int | None]
    body_sealed: Mapped[bytes]
    media_count: Mapped[int] = mapped_column(default=0)
    segments: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(12), default=Status.RECEIVED)
    error_code: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    triage: Mapped[Triage | None]
    intent: Mapped[str | None] = mapped_column(String(48))
    confidence: Mapped[float | None]
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Handover(Base):
    """Somebody needs a person: asked for, claimed, ended."""

    __tablename__ = "handovers"
    __table_args__ = (Index("ix_handovers_open", "ended_at", "triage", "requested_at"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(32))
    triage: Mapped[Triage]
    wishes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    requested_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    team: Mapped[str | None] = mapped_column(String(24))
    offered_to: Mapped[int | None]
    offered_at: Mapped[datetime | None]
    helper_id: Mapped[int | None]
    paged_at: Mapped[datetime | None]
    pages: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class Alert(Base):
    """Something the hub must know of: a message set aside, the assistant away, a failed send."""

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_open", "resolved_at", "kind"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(32))
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    message_id: Mapped[int | None]
    code: Mapped[int | None]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class Case(Base):
    """The anonymised record of one contact: coded values only, no text, no exact time."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    week: Mapped[str] = mapped_column(String(8))
    hour_band: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(8))
    area: Mapped[str | None] = mapped_column(String(32))
    audience: Mapped[str | None] = mapped_column(String(24))
    age_band: Mapped[str | None] = mapped_column(String(12))
    needs: Mapped[list[str]] = mapped_column(default=list)
    triage: Mapped[Triage]
    indicators: Mapped[list[str]] = mapped_column(default=list)
    plan_steps: Mapped[list[str]] = mapped_column(default=list)
    first_reply_seconds: Mapped[int | None]
    wait_seconds: Mapped[int | None]
    handed_over: Mapped[bool] = mapped_column(default=False)
    route: Mapped[str | None] = mapped_column(String(48))
    outcome: Mapped[str | None] = mapped_column(String(48))
    helped: Mapped[str | None] = mapped_column(String(16))
    heard_from: Mapped[str | None] = mapped_column(String(32))
    referrals: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    repeat: Mapped[bool] = mapped_column(default=False)


class DeletionLedger(Base):
    """How much was deleted, when and why: counts only."""

    __tablename__ = "deletion_ledger"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(24))
    conversations: Mapped[int]
    messages: Mapped[int]
