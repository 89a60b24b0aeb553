"""What the carrier tells later about a text that was sent."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webhook.core.clock import Clock
from webhook.core.messages import NOT_RECEIVED, Author, Status
from webhook.store import handovers, messages
from webhook.store.database import Database
from webhook.store.models import Message


class Receipts:
    """Moves statuses forward, whatever order and however often the carrier tells."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def told(
        self, sid: str, status: Status, code: int | None, message_id: int | None
    ) -> str | None:
        """Take in one callback; returns the conversation, or None if the message is unknown.

        `message_id` comes from the callback address that we gave, signed by the carrier; with it
        a callback is understood even when it overtakes the answer to our own request.
        """
        return await self._database.write(self._advance, sid, status, code, message_id)

    def _advance(
        self, session: Session, sid: str, status: Status, code: int | None, message_id: int | None
    ) -> str | None:
        message = messages.advance(session, sid, status, code)
        if message is None and message_id is not None:
            early = session.get(Message, message_id)
            if early is not None and early.provider_sid is None and early.author != Author.PERSON:
                early.provider_sid = sid
                session.flush()
                message = messages.advance(session, sid, status, code)
        if message is None:
            return None
        if message.status in NOT_RECEIVED:
            handovers.alert(
                session,
                "not_received",
                self._clock.now(),
                conversation_id=message.conversation_id,
                message_id=message.id,
                code=message.error_code,
            )
        return message.conversation_id
