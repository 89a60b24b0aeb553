"""The hub's tables: staff and how they sign in, the audit trail, and what staff write down.

What belongs to a conversation is sealed under its key and goes with it. A member of staff has a key
of their own for the second-step secret and the paging number.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webhook.core.triage import Triage
from webhook.store.models import Base, BigKey


class Staff(Base):
    """An account. `chosen_name` is what people are told; `login` is never shown to them.

    `provider_subject` is a hash of who the provider says they are (OpenID Connect: `iss`, `sub`).
    `totp_next_sealed` is a secret for one-time codes that no code has confirmed yet.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    chosen_name: Mapped[str] = mapped_column(String(24))
    role: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    provider_subject: Mapped[str | None] = mapped_column(String(64))
    wrapped_key: Mapped[bytes]
    number_sealed: Mapped[bytes | None]
    totp_sealed: Mapped[bytes | None]
    totp_next_sealed: Mapped[bytes | None]
    totp_name: Mapped[str | None] = mapped_column(String(40))
    totp_confirmed: Mapped[bool] = mapped_column(default=False)
    totp_step: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    away: Mapped[bool] = mapped_column(default=False)
    prefs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class StaffSession(Base):
    """A signed-in browser; only a hash of its token is kept.

    `confirmed_at` is when a password or a factor was last given in it.
    """

    __tablename__ = "staff_sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    device: Mapped[str] = mapped_column(String(40))
    verified: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    challenge: Mapped[bytes | None]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class StaffLink(Base):
    """A link that works once: to set up the first account (no staff id) or a password."""

    __tablename__ = "staff_links"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code for the day the second step is lost; each works once."""

    __tablename__ = "staff_recovery_codes"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A passkey of a member of staff."""

    __tablename__ = "staff_passkeys"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    credential_id: Mapped[str] = mapped_column(String(400), unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(default=0)
    name: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]


class ProviderState(Base):
    """A sign-in at the provider that came back: its state must not come back again."""

    __tablename__ = "staff_provider_states"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime]


class AuditEntry(Base):
    """Who did or looked at what, when and why. Typed words are sealed with the conversation."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_at", "at"),
        Index("ix_audit_conversation", "conversation_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(48))
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(32))
    words_sealed: Mapped[bytes | None]


class TimelineEntry(Base):
    """What happened beside the messages of a conversation: notes, joining, triage, transfer."""

    __tablename__ = "timeline"
    __table_args__ = (Index("ix_timeline_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(24))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body_sealed: Mapped[bytes | None]
    after_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class RiskSheet(Base):
    """A conversation's risk sheet, sealed; `version` refuses a save over somebody else's."""

    __tablename__ = "risk_sheets"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    content_sealed: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]
    updated_by: Mapped[int]


class Draft(Base):
    """Words not yet sent or a form not yet finished, so that a crash loses nothing."""

    __tablename__ = "drafts"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    body_sealed: Mapped[bytes]
    updated_at: Mapped[datetime]


class Viewing(Base):
    """Who has a conversation open now, and whether they are writing."""

    __tablename__ = "viewing"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    writing_at: Mapped[datetime | None]


class CannedReply(Base):
    """A reviewed reply that an advocate may put into the composer with `/`."""

    __tablename__ = "canned_replies"
    __table_args__ = (UniqueConstraint("shortcut", "language"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    shortcut: Mapped[str] = mapped_column(String(24))
    language: Mapped[str] = mapped_column(String(8), default="en")
    text: Mapped[str] = mapped_column(String(1000))


class HubSetting(Base):
    """What managers set at the hub, by name."""

    __tablename__ = "hub_settings"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[dict[str, Any]]


class DirectoryCheck(Base):
    """When somebody last checked that a service of the directory is as described."""

    __tablename__ = "directory_checks"

    service: Mapped[str] = mapped_column(String(64), primary_key=True)
    checked_at: Mapped[datetime]
    checked_by: Mapped[int]


class Review(Base):
    """A closed conversation's decision and the second look at it: coded, without any words."""

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_open", "reviewed_at", "closed_at"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[int | None]
    closed_at: Mapped[datetime]
    closed_by: Mapped[int]
    triage: Mapped[Triage]
    outcome: Mapped[str] = mapped_column(String(48))
    route: Mapped[str] = mapped_column(String(48))
    recommended: Mapped[str | None] = mapped_column(String(48))
    reason: Mapped[str | None] = mapped_column(String(32))
    verdict: Mapped[str | None] = mapped_column(String(24))
    reviewed_by: Mapped[int | None]
    reviewed_at: Mapped[datetime | None]
