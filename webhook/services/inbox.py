"""Taking in what people write: stored once, in order, before anybody is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webhook.core.clean import clean_inbound
from webhook.core.clock import Clock
from webhook.core.errors import Conflict
from webhook.core.messages import OptOut
from webhook.core.triage import Triage
from webhook.core.vault import Vault
from webhook.safety.gate import assess
from webhook.store import conversations, intake, messages
from webhook.store.database import Database
from webhook.store.models import Message


@dataclass(frozen=True)
class InboundSms:
    """A verified text: the carrier's id, the number it came from (E.164), what it says."""

    sid: str
    number: str
    text: str
    media_count: int = 0
    opt_out: OptOut | None = None


@dataclass(frozen=True)
class Stored:
    """Where a message went: its conversation and place; `new` is False for a repeat."""

    conversation_id: str
    message_id: int
    seq: int
    new: bool


class Inbox:
    """Stores inbound messages of both channels."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def receive_sms(self, sms: InboundSms) -> Stored | None:
        """Store a text in the open conversation of its number; None if it was stored before.

        Two deliveries of one text at the same instant collide on its id, or on the number's open
        conversation if it is the first; the loser runs once more and then sees the winner's row.
        """
        now = self._clock.now()
        try:
            return await self._database.write(self._store_sms, sms, now)
        except IntegrityError:
            return await self._database.write(self._store_sms, sms, now)

    async def receive_web(
        self, conversation_id: str, client_id: str, text: str, delay_seconds: float = 0
    ) -> Stored:
        """Store a web chat message; the same client id again gives the first one back.

        With a delay it is answered that much later, unless the gate finds an emergency in it.
        Raises NotFound for an unknown conversation and Conflict for one that has ended.
        """
        now = self._clock.now()
        if delay_seconds and assess(text).triage is Triage.EMERGENCY:
            delay_seconds = 0
        sent = (conversation_id, client_id, text, now, timedelta(seconds=delay_seconds))
        try:
            return await self._database.write(self._store_web, *sent)
        except IntegrityError:
            return await self._database.write(self._store_web, *sent)

    def _store_sms(self, session: Session, sms: InboundSms, now: datetime) -> Stored | None:
        if messages.is_repeat(session, sms.sid):
            return None
        place = intake.place_for(session, self._vault, sms.number, now)
        stored = intake.store(
            session,
            place,
            clean_inbound(sms.text),
            now,
            provider_sid=sms.sid,
            media_count=sms.media_count,
            notes={"opt_out": sms.opt_out.value} if sms.opt_out is not None else None,
        )
        return Stored(place.conversation_id, stored, place.seq, new=True)

    def _store_web(
        self,
        session: Session,
        conversation_id: str,
        client_id: str,
        text: str,
        now: datetime,
        delay: timedelta,
    ) -> Stored:
        conversation = conversations.get(session, conversation_id, lock=True)
        known = messages.by_client_id(session, conversation_id, client_id)
        if known is not None:
            return _stored(known, new=False)
        if conversation.closed_at is not None:
            raise Conflict("the conversation has ended")
        # Whoever writes again has not left after all.
        conversation.state = {**(conversation.state or {}), "left_by_exit": False}
        key = conversations.key_of(session, self._vault, conversation_id)
        message = messages.add_inbound(
            session, conversation, key, clean_inbound(text), now, client_id=client_id
        )
        if delay:
            message.next_attempt_at = now + delay
        else:
            messages.hasten(session, conversation_id)
        return _stored(message, new=True)


def _stored(message: Message, *, new: bool) -> Stored:
    return Stored(message.conversation_id, message.id, message.seq, new)
