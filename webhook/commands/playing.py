"""What `helpline play` sees of a conversation: read from the stores, as an advocate would."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webhook.build import make_clock
from webhook.core.messages import UNSENT, Author, Status
from webhook.core.vault import Vault
from webhook.services import casework
from webhook.settings import Settings
from webhook.store import conversations, handovers, messages
from webhook.store.database import Database
from webhook.store.models import Conversation, Message

_NOT_YET = UNSENT | {Status.RECEIVED}


class Witness:
    """Looks into the stores of a running helpline; changes nothing."""

    def __init__(self, settings: Settings) -> None:
        self._database = Database(settings.database)
        self._vault = Vault(settings.secret_key)
        self._clock = make_clock(settings)

    def answered(self, column: str, value: str) -> tuple[str, dict[str, Any]] | None:
        """The conversation and what one message led to; None while it is being handled.

        A message that was deleted with its conversation, as asked for, is found by the carrier's
        id in the conversation that its confirmation opened.
        """
        return self._database.read_now(self._answered, column, value)

    def knows(self, number: str) -> bool:
        """Whether anything is kept of a number, closed conversations included."""
        hashes = self._vault.hashes(number)
        known = exists().where(Conversation.address_hash.in_(hashes))
        return bool(self._database.read_now(lambda session: session.scalar(select(known))))

    def end(self, conversation_id: str) -> dict[str, Any]:
        """The handover that is open, and the case that this contact would leave."""
        return self._database.write_now(self._end, conversation_id)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def _answered(
        self, session: Session, column: str, value: str
    ) -> tuple[str, dict[str, Any]] | None:
        message = session.scalar(select(Message).where(getattr(Message, column) == value))
        if message is None:
            return None
        rows = messages.since(session, message.conversation_id, message.seq - 1)
        if any(row.status in _NOT_YET for row in rows):
            return None
        conversation = conversations.get(session, message.conversation_id)
        key = conversations.key_of(session, self._vault, conversation.id)
        said = [messages.text_of(row, key) for row in rows if row.author != Author.PERSON]
        return conversation.id, {
            "replies": said,
            "triage": conversation.triage.label,
            "intent": message.intent,
            "mode": conversation.mode,
            "quiet": conversation.quiet or conversation.stopped,
        }

    def _end(self, session: Session, conversation_id: str) -> dict[str, Any]:
        conversation = conversations.get(session, conversation_id)
        handover = handovers.open_handover(session, conversation_id)
        trial = session.begin_nested()
        case = casework.record(session, conversation, self._clock.now())
        left = {
            column.key: getattr(case, column.key)
            for column in case.__table__.columns
            if column.key != "id"
        }
        left["triage"] = case.triage.label
        trial.rollback()
        if handover is None:
            return {"handover": None, "case": left}
        asked = {
            "triage": handover.triage.label,
            "reason": handover.reason,
            "wishes": handover.wishes,
            "claimed": handover.claimed_at is not None,
        }
        return {"handover": asked, "case": left}
