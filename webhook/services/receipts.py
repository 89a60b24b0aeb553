"""What the carrier tells later about a text that was sent."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webhook.core.clock import Clock
from webhook.core.messages import NOT_RECEIVED, Status
from webhook.store import handovers, messages
from webhook.store.database import Database


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
        found = messages.advance(session, sid, status, code)
        if (
            found is None
            and message_id is not None
            and messages.name_early(session, message_id, sid)
        ):
            found = messages.advance(session, sid, status, code)
        if found is None:
            return None
        if found.status in NOT_RECEIVED:
            handovers.alert(
                session,
                "not_received",
                self._clock.now(),
                conversation_id=found.conversation_id,
                message_id=found.message_id,
                code=found.error_code,
            )
        return found.conversation_id
