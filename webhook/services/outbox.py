"""Sending what waits in the outbox: in order, one in flight per conversation, never twice."""

from __future__ import annotations

import math
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from webhook.clients.bus import Bus
from webhook.clients.carrier import Accepted, Carrier
from webhook.core.clock import Clock
from webhook.core.errors import SendRefused, SendRetryable, SendUncertain
from webhook.core.messages import Author, Status, moves_forward
from webhook.core.sms_text import segments
from webhook.core.vault import Vault
from webhook.logs import get_log
from webhook.metrics import Metrics
from webhook.store import conversations, handovers, messages
from webhook.store.database import Database
from webhook.store.models import Conversation, Message
from webhook.store.rows import put

STOPPED = 21610  # Twilio: the recipient has opted out
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 300.0  # seconds between tries, doubling
_GIVE_UP_AFTER = timedelta(hours=4)  # an answer that late belongs to another moment
_LOOK_BACK = timedelta(seconds=5)  # the carrier's clock is not ours
_START_SECONDS = 2.0  # a call begins this soon after the message was marked "sending", or never
_SLACK_SECONDS = 1.0  # clocks of two machines differ a little


@dataclass(frozen=True)
class Letter:
    """A message taken for sending, opened."""

    message_id: int
    seq: int
    number: str
    text: str
    uncertain_since: datetime | None
    known: frozenset[str] = frozenset()  # the carrier's ids of what this person was sent before
    more: bool = False  # whether others are known to follow it
    begin_by: float = math.inf  # by this process's own clock; after that it may not be called


@dataclass(frozen=True)
class _Outcome:
    """What became of one try."""

    accepted: Accepted | None = None
    retry: bool = False
    uncertain: bool = False
    code: int | None = None


class Outbox:
    """Sends replies by SMS; any number of these may run, in any number of processes."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        carrier: Carrier,
        bus: Bus,
        metrics: Metrics,
        callback_url: str,
        send_seconds: float = 10.0,
    ) -> None:
        """`send_seconds` is how long one call to the carrier may take at the most."""
        self._database = database
        self._vault = vault
        self._clock = clock
        self._carrier = carrier
        self._bus = bus
        self._metrics = metrics
        self._callback_url = callback_url
        self._owner = uuid.uuid4().hex
        self._send_seconds = send_seconds
        self._held: set[str] = set()
        self._handed: dict[str, Letter] = {}

    async def send(self, conversation_id: str) -> int:
        """Send everything due in a conversation, in order; returns how many were accepted.

        Marking "sending" is committed before the carrier is called, so after a crash the message
        is looked up at the carrier before it is sent again.
        """
        self._held.add(conversation_id)
        try:
            return await self._send(conversation_id)
        finally:
            self._held.discard(conversation_id)

    def hand(
        self, session: Session, conversation: Conversation, said: Sequence[Message], now: datetime
    ) -> Letter | None:
        """Take the first of the replies that a transaction stores, within it.

        The conversation's row is locked. None when something else must be seen to first: then
        `send` finds them. The letter is for `expect`, once it is committed.
        """
        until = conversation.send_until
        busy = conversation.send_owner is not None and (until is None or until >= now)
        if not said or busy or _is_off(conversation, said[0]):
            return None
        if messages.unsent_before(session, said[0]):
            return None
        conversations.renew_lease(conversation, "send", self._owner, now)
        for name, value in self._sending(said[0], now).items():
            setattr(said[0], name, value)
        session.flush()  # Now it has its id.
        key = conversations.key_of(session, self._vault, conversation.id)
        number = conversations.number_of(conversation, key)
        text = messages.text_of(said[0], key)
        begin_by = time.monotonic() + _START_SECONDS
        return Letter(
            said[0].id, said[0].seq, number, text, None, more=len(said) > 1, begin_by=begin_by
        )

    def expect(self, conversation_id: str, letter: Letter) -> None:
        """Keep a letter whose transaction is committed for `send`, which must follow at once."""
        self._handed[conversation_id] = letter

    async def beat(self) -> None:
        """Hold on to what is under way, so that only a dead worker's leases run out."""
        if self._held:
            await self._database.write(
                conversations.renew_leases,
                sorted(self._held), "send", self._owner, self._clock.now(),
            )  # fmt: skip

    async def close(self) -> None:
        """Close the carrier's connections."""
        await self._carrier.close()

    async def _send(self, conversation_id: str) -> int:
        sent = 0
        letter = self._handed.pop(conversation_id, None)
        if letter is None:
            letter = await self._database.write(self._take, conversation_id)
        while letter is not None:
            outcome = await self._try(letter)
            sent += outcome.accepted is not None
            letter = await self._database.write(self._settle, conversation_id, letter, outcome)
            await self._bus.publish(f"conversation:{conversation_id}", "status")
        return sent

    async def _try(self, letter: Letter) -> _Outcome:
        try:
            accepted = await self._call(letter)
        except SendRetryable:
            outcome = _Outcome(retry=True)
        except SendUncertain:
            outcome = _Outcome(retry=True, uncertain=True)
        except SendRefused as error:
            outcome = _Outcome(code=error.code)
        else:
            outcome = _Outcome(accepted=accepted)
        self._metrics.sends.labels(_label(outcome)).inc()
        return outcome

    async def _call(self, letter: Letter) -> Accepted:
        if letter.uncertain_since is not None:
            since = letter.uncertain_since - _LOOK_BACK
            found = await self._carrier.find(letter.number, letter.text, since, letter.known)
            if found is not None:
                return found
        if time.monotonic() > letter.begin_by:
            # This process stood still: by now another may have taken the message over.
            raise SendUncertain("too late to begin")
        callback = f"{self._callback_url}?message={letter.message_id}"
        return await self._carrier.send(letter.number, letter.text, callback)

    def _take(self, session: Session, conversation_id: str) -> Letter | None:
        now = self._clock.now()
        conversation = conversations.take_lease(session, conversation_id, "send", self._owner, now)
        return self._next(session, conversation, now) if conversation is not None else None

    def _next(
        self, session: Session, conversation: Conversation, now: datetime, after: int = 0
    ) -> Letter | None:
        """Open the next message that may be sent, or give the lease back.

        `after` is the place of one that was accepted in this transaction.
        """
        message = messages.next_unsent(session, conversation.id, after)
        while message is not None and _is_off(conversation, message):
            message.status = Status.WITHDRAWN
            message = messages.next_unsent(session, conversation.id, after)
        due = message is not None and (
            message.next_attempt_at is None or message.next_attempt_at <= now
        )
        if message is None or not due:
            if conversations.holds_lease(conversation, "send", self._owner):
                put(session, conversation, send_owner=None)
            return None
        # Still "sending" here means that a try was cut short: it may have got through.
        uncertain_since = message.sent_at if message.status == Status.SENDING else None
        put(session, message, **self._sending(message, now))
        key = conversations.key_of(session, self._vault, conversation.id)
        number = conversations.number_of(conversation, key)
        known = frozenset[str]()
        if uncertain_since is not None:
            known = messages.sids_of_others(session, message)
        return Letter(
            message.id, message.seq, number, messages.text_of(message, key), uncertain_since, known,
            begin_by=time.monotonic() + self._begin_seconds(uncertain_since),
        )  # fmt: skip

    def _sending(self, message: Message, now: datetime) -> dict[str, Any]:
        """What marks a message as being sent; of one that was before, the first time stays."""
        uncertain_since = message.sent_at if message.status == Status.SENDING else None
        # Should this process die or stand still, nobody tries again while its call may be out.
        out = self._begin_seconds(uncertain_since) + self._send_seconds + _SLACK_SECONDS
        return {
            "status": Status.SENDING,
            "attempts": (message.attempts or 0) + 1,
            "sent_at": uncertain_since or now,
            "next_attempt_at": now + timedelta(seconds=out),
        }

    def _begin_seconds(self, uncertain_since: datetime | None) -> float:
        """In how many seconds the call begins: one that is uncertain is looked up before."""
        return _START_SECONDS + (0.0 if uncertain_since is None else self._send_seconds)

    def _settle(
        self, session: Session, conversation_id: str, letter: Letter, outcome: _Outcome
    ) -> Letter | None:
        if self._is_all_done(session, conversation_id, letter, outcome):
            return None
        now = self._clock.now()
        conversation = conversations.take_lease(session, conversation_id, "send", self._owner, now)
        message = session.get(Message, letter.message_id)
        if message is None:  # erased while it was on its way
            return None
        if conversation is None:
            # Another took it over, since this process stood still; what it sent it still tells.
            if outcome.accepted is not None and message.provider_sid is None:
                _accept(session, message, outcome.accepted, letter.text)
            return None
        if outcome.accepted is not None:
            _accept(session, message, outcome.accepted, letter.text)
            return self._next(session, conversation, now, message.seq)
        if outcome.uncertain and message.provider_sid is not None:
            # Only our own answer was lost: a callback has told meanwhile that it was accepted.
            _accept(session, message, Accepted(message.provider_sid, None), letter.text)
        elif outcome.retry:
            self._later(session, message, outcome, now)
        else:
            _refuse(session, message, outcome.code, now)
        return self._next(session, conversation, now)

    def _is_all_done(
        self, session: Session, conversation_id: str, letter: Letter, outcome: _Outcome
    ) -> bool:
        """Settle what nearly always happens in a few short statements; False for anything else.

        That is: it was accepted, the lease is ours, and nothing else waits.
        """
        if outcome.accepted is None or letter.more:
            return False
        if messages.any_unsent(session, conversation_id, letter.seq):
            return False
        if not conversations.end_sending(session, conversation_id, self._owner):
            return False
        # Now that the row is locked nothing is added: look once more.
        if messages.any_unsent(session, conversation_id, letter.seq):
            return False
        counted = outcome.accepted.segments or segments(letter.text)
        messages.accept(session, letter.message_id, outcome.accepted.sid, counted)
        return True

    def _later(self, session: Session, message: Message, outcome: _Outcome, now: datetime) -> None:
        if now - message.created_at > _GIVE_UP_AFTER:
            _refuse(session, message, None, now)
            return
        # An uncertain one stays "sending": the next try looks it up first.
        message.status = Status.SENDING if outcome.uncertain else Status.QUEUED
        delay = min(_FIRST_DELAY * 2 ** min(message.attempts - 1, 12), _LONGEST_DELAY)
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 -- spreads load, guards nothing
        message.next_attempt_at = now + timedelta(seconds=delay * jitter)
        get_log().info("send_delayed", message=message.id, attempt=message.attempts)


def _is_off(conversation: Conversation, message: Message) -> bool:
    """Whether a waiting message may no longer go out: they stopped, or it is not safe (P6)."""
    if message.status == Status.SENDING:
        return False
    written_on_purpose = message.author == Author.ADVOCATE and not conversation.stopped
    return (conversation.stopped or conversation.quiet) and not written_on_purpose


def _accept(session: Session, message: Message, accepted: Accepted, text: str) -> None:
    # A callback may have been faster than the answer to our own call.
    forward = moves_forward(Status(message.status), Status.ACCEPTED)
    put(
        session,
        message,
        provider_sid=accepted.sid,
        segments=accepted.segments or segments(text),
        next_attempt_at=None,
        status=Status.ACCEPTED if forward else message.status,
    )


def _refuse(session: Session, message: Message, code: int | None, now: datetime) -> None:
    message.status = Status.FAILED
    message.error_code = code
    conversation = conversations.get(session, message.conversation_id, lock=True)
    if code == STOPPED:
        conversation.stopped = True
        messages.withdraw_unsent(session, conversation.id)
    handovers.alert(
        session,
        "stopped" if code == STOPPED else "send_failed",
        now,
        conversation_id=conversation.id,
        message_id=message.id,
        code=code,
    )
    get_log().warning("send_refused", message=message.id, code=code)


def _label(outcome: _Outcome) -> str:
    if outcome.accepted is not None:
        return "accepted"
    if outcome.uncertain:
        return "uncertain"
    return "retry" if outcome.retry else "refused"
