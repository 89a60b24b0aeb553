"""What the assistant is told beside a message: what is known already, who spoke last, a code word.

Names and codes only; what the person wrote goes to it as the text of the message and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webhook.core.messages import Author, Mode
from webhook.core.state import ContactState
from webhook.core.vault import Vault
from webhook.safety.gate import Assessment
from webhook.services import code_word
from webhook.store import facts, handovers, messages, staff
from webhook.store.models import Conversation, Message

_NOTHING_ELSE = "hi"  # what the assistant reads where somebody sent the word and nothing else
_HERE = timedelta(minutes=2)  # how long ago staff on duty were seen last


@dataclass(frozen=True)
class Around:
    """What the store knows around a message: what it says, what was told before, who waits."""

    text: str
    media: int = 0  # pictures that came with it
    staff: bool = False  # an advocate holds the conversation
    before: str | None = None  # what they wrote before, where a code word was asked for
    told: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Beside:
    """The text to act on, what stands in for it in the transcript, and what is known besides."""

    text: str
    mask: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


def look(
    session: Session,
    key: bytes,
    conversation: Conversation,
    message: Message,
    asked: str | None,
    now: datetime,
) -> Around:
    """Take what stands around a message from the store; `asked` is what the last reply asked."""
    text = messages.text_of(message, key)
    if conversation.mode == Mode.STAFF:
        return Around(text, staff=True)
    return Around(
        text,
        media=message.media_count,
        before=_before(session, message, key) if asked == code_word.CHECK else None,
        told=facts.read(conversation, key),
        waiting=_waiting(session, conversation, now),
    )


def read(
    around: Around,
    vault: Vault,
    conversation_id: str,
    assessment: Assessment,
    state: ContactState,
    *,
    resumed: bool,
) -> Beside:
    """Read what stands beside a message; a code word heard in it is kept in `state`."""
    text = around.text
    if around.staff:
        return Beside(text)
    state.code_word_given = state.code_word_given and not resumed
    rest = code_word.leading(vault, conversation_id, text, assessment, state)
    alone = rest == "" and state.asked == code_word.CHECK
    led = rest is not None and not alone
    heard = None if led else code_word.hear(vault, conversation_id, text, assessment, state)
    told = around.told
    metadata = {
        "signs": [sign.name for sign in assessment.indicators],
        "known": [*state.indicators, *state.risk],
        "facts": [*told, *_wished(told), *(["heard_from"] if state.heard_from else [])],
        "last_said": state.last_said,
        "fixed": state.fixed,
        "picture": _picture(around, state),
        "code_word": code_word.standing(state) if heard in (None, "right") else heard,
        **around.waiting,
    }
    if led:
        given = f"{code_word.MASKS['right']} {rest}".strip()
        return Beside(rest or _NOTHING_ELSE, given, metadata)
    if heard is None:
        return Beside(text, None, metadata)
    mask = code_word.MASKS.get(heard)
    # A right word answers the question for it: what was asked before that is taken up again.
    asked = around.before if heard == "right" else None
    return Beside(asked or mask or text, mask, metadata)


def _wished(told: dict[str, str]) -> list[str]:
    return ["no_calls"] if told.get("contact") == "no calls" else []


def _waiting(session: Session, conversation: Conversation, now: datetime) -> dict[str, Any]:
    """How many minutes somebody has waited, and whether nobody is there to come."""
    if conversation.mode != Mode.WAITING:
        return {}
    handover = handovers.open_handover(session, conversation.id)
    waited = now - handover.requested_at if handover is not None else timedelta(0)
    there = any(
        row.seen_at is not None and row.seen_at > now - _HERE and not row.away
        for row in staff.everyone(session, active=True)
    )
    return {"waited": int(waited.total_seconds() // 60), "nobody": not there}


def _picture(around: Around, state: ContactState) -> str | None:
    """Whether a picture came with this message ("now") or with one shortly "before" it."""
    if around.media:
        return "now"
    return "before" if state.picture else None


def _before(session: Session, message: Message, key: bytes) -> str | None:
    """What the person wrote before this message."""
    row = session.scalar(
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.author == Author.PERSON,
            Message.seq < message.seq,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return messages.text_of(row, key) if row is not None else None
