"""Answering one conversation: its messages in order, each in one transaction, under a lease."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from webhook.clients.assistant import Assistant, Reading
from webhook.clients.bus import Bus
from webhook.core.clock import Clock
from webhook.core.errors import AssistantUnavailable, Conflict, NotFound
from webhook.core.messages import Channel, Mode, OptOut, Status
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.core.vault import Vault
from webhook.logs import get_log
from webhook.metrics import Metrics
from webhook.safety.gate import Assessment, assess
from webhook.safety.keywords import Keyword
from webhook.safety.translations import Translations
from webhook.services import beside, effects, local, opening
from webhook.services.beside import Around
from webhook.services.local import Local
from webhook.services.outbox import Letter, Outbox
from webhook.services.signpost import add_services
from webhook.services.translate import speak
from webhook.services.turn import (
    Heard,
    Turn,
    after_assistant,
    before_assistant,
    set_aside,
    without_assistant,
)
from webhook.store import conversations, messages
from webhook.store.database import Database
from webhook.store.models import Conversation, Message
from webhook.store.rows import put

MAX_TRIES = 5
_RESUME_AFTER = timedelta(hours=1)  # a pause after which safety is asked for again


@dataclass(frozen=True)
class _Taken:
    """A message taken for handling, as it was found: no row is asked for more after this."""

    conversation: Conversation
    message: Message
    around: Around
    state: ContactState
    here: Local
    pause: timedelta


@dataclass(frozen=True)
class _Task:
    """A message taken for handling, read by the gate."""

    conversation_id: str
    message_id: int
    attempts: int
    heard: Heard
    metadata: dict[str, Any]
    here: Local


class Conversations:
    """Handles what people wrote; any number of these may run, in any number of processes."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        assistant: Assistant,
        bus: Bus,
        metrics: Metrics,
        area: str = "",
        *,
        outbox: Outbox | None = None,
        checked_services_only: bool = False,
        translations: Translations | None = None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._assistant = assistant
        self._bus = bus
        self._metrics = metrics
        self._area = area
        self._outbox = outbox
        self._checked_only = checked_services_only
        self._translations = translations or Translations()
        self._owner = uuid.uuid4().hex
        self._held: set[str] = set()

    async def handle(
        self, conversation_id: str, then: Callable[[str], None] = lambda _: None
    ) -> int:
        """Handle every waiting message of a conversation, in order.

        Returns how many texts were put into the outbox, and calls `then` with the conversation
        whenever there are some: 0 also when another worker has the conversation. A message that
        fails is tried again later and, after MAX_TRIES, set aside for the hub; it is never dropped.
        """
        self._held.add(conversation_id)
        try:
            return await self._handle(conversation_id, then)
        finally:
            self._held.discard(conversation_id)

    async def beat(self) -> None:
        """Hold on to what is under way, so that only a dead worker's leases run out."""
        if self._held:
            await self._database.write(
                conversations.renew_leases,
                sorted(self._held), "handle", self._owner, self._clock.now(),
            )  # fmt: skip

    async def _handle(self, conversation_id: str, then: Callable[[str], None]) -> int:
        queued = 0
        taken = await self._database.write(self._take, conversation_id)
        while taken is not None:
            task = self._read(taken)
            try:
                turn = speak(task.heard, await self._decide(task), self._translations)
                taken, letter = await self._database.write(self._commit, task, turn)
            except (Conflict, NotFound):
                return queued  # another worker has it now, or the person erased it meanwhile
            except Exception as error:  # the edge of a job: one bad message must not stop the rest
                await self._failed(task, error)
                return queued
            if letter is not None and self._outbox is not None:
                self._outbox.expect(conversation_id, letter)
            if task.heard.channel is Channel.SMS and turn.replies and not turn.quiet:
                queued += len(turn.replies)
                then(conversation_id)
            await self._after(task, turn)
        return queued

    def _take(self, session: Session, conversation_id: str) -> _Taken | None:
        now = self._clock.now()
        conversation = conversations.take_lease(
            session, conversation_id, "handle", self._owner, now
        )
        return self._next(session, conversation, now) if conversation is not None else None

    def _next(
        self, session: Session, conversation: Conversation, now: datetime, after: int = 0
    ) -> _Taken | None:
        """Open the next waiting message, or give the lease back."""
        with session.no_autoflush:  # What is changed goes out once; the next message is not it.
            message = messages.next_unhandled(session, conversation.id, now, after)
        if message is None:
            conversations.release_lease(conversation, "handle", self._owner)
            return None
        # Counted before the work: should this process die of it, the next one knows.
        put(session, message, attempts=message.attempts + 1, next_attempt_at=None)
        key = conversations.key_of(session, self._vault, conversation.id)
        state = ContactState.load(conversation.state)
        return _Taken(
            conversation=conversation,
            message=message,
            around=beside.look(session, key, conversation, message, state.asked, now),
            state=state,
            here=local.read(session, now, checked_only=self._checked_only),
            pause=effects.pause_before(session, message),
        )

    def _read(self, taken: _Taken) -> _Task:
        """Have the gate read a message; no transaction is open, since others wait for that."""
        conversation, message, state = taken.conversation, taken.message, taken.state
        assessment = _assess(taken.around.text, message, conversation.stopped)
        resumed = state.replied and (conversation.quiet or taken.pause > _RESUME_AFTER)
        said = beside.read(
            taken.around, self._vault, conversation.id, assessment, state, resumed=resumed
        )
        told = taken.here.facts(said.text)
        heard = Heard(
            channel=Channel(conversation.channel),
            mode=Mode(conversation.mode),
            text=said.text,
            mask=said.mask,
            media_count=message.media_count,
            assessment=assessment,
            triage=conversation.triage,
            state=state,
            age_band=told.age_band or conversation.age_band,
            told=told,
            resumed=resumed,
        )
        metadata = self._metadata(conversation, heard) | said.metadata
        return _Task(conversation.id, message.id, message.attempts, heard, metadata, taken.here)

    def _metadata(self, conversation: Conversation, heard: Heard) -> dict[str, Any]:
        """What the assistant is told of a conversation: codes, never a number."""
        told = heard.told
        return {
            "channel": conversation.channel,
            "area": told.area or conversation.area or self._area,
            "area_now": told.area,
            "age_band": heard.age_band,
            "triage": max(conversation.triage, heard.assessment.triage).label,
            "contact": told.told.get("contact"),
            "gate": heard.assessment.triage.label,
            "first": not heard.state.replied,
            "resumed": heard.resumed,
            "was_quiet": conversation.quiet,
            "mode": conversation.mode,
        }

    async def _decide(self, task: _Task) -> Turn:
        turn = await self._answer(task)
        opening.tell_in_turn(task.heard, turn, self._clock.now(), task.here)
        return turn

    async def _answer(self, task: _Task) -> Turn:
        turn = before_assistant(task.heard)
        if turn is not None:
            return turn
        try:
            with self._metrics.assistant.time():
                answer = await self._assistant.ask(
                    task.conversation_id, task.message_id, task.heard.text, task.metadata
                )
        except AssistantUnavailable:
            return without_assistant(task.heard)
        turn = after_assistant(task.heard, answer)
        area = str(task.metadata["area"] or "")
        add_services(turn, task.heard, area, self._clock.now(), task.here)
        return turn

    def _commit(
        self, session: Session, task: _Task, turn: Turn
    ) -> tuple[_Taken | None, Letter | None]:
        """Replies, effects and the mark "handled", or none of them; then what comes next.

        That is the next message, and the first reply if it can be sent at once.
        """
        now = self._clock.now()
        conversation = conversations.get(session, task.conversation_id, lock=True)
        if not conversations.holds_lease(conversation, "handle", self._owner):
            raise Conflict("the conversation is handled by another worker")
        message = session.get_one(Message, task.message_id)
        if message.status != Status.RECEIVED:
            raise Conflict("the message is handled already")
        if conversation.mode == Mode.STAFF and task.heard.mode is not Mode.STAFF:
            # An advocate joined while the answer was being found: the bot says nothing (P5).
            turn = before_assistant(replace(task.heard, mode=Mode.STAFF)) or turn
        said = effects.apply(session, self._vault, conversation, message, task.heard, turn, now)
        if turn.how == "erase":
            return None, None
        conversations.renew_lease(conversation, "handle", self._owner, now)
        following = self._next(session, conversation, now, message.seq)
        if self._outbox is None or conversation.channel != Channel.SMS:
            return following, None
        return following, self._outbox.hand(session, conversation, said, now)

    async def _failed(self, task: _Task, error: Exception) -> None:
        get_log().error(
            "message_failed",
            conversation=task.conversation_id,
            message=task.message_id,
            attempt=task.attempts,
            exc_info=error,
        )
        if task.attempts >= MAX_TRIES:
            self._metrics.dead_letters.inc()
            turn = set_aside(task.heard)
            opening.tell_in_turn(task.heard, turn, self._clock.now(), task.here)
            await self._database.write(self._set_aside, task, turn)
        else:
            await self._database.write(self._later, task)

    def _later(self, session: Session, task: _Task) -> None:
        delay = 2 ** (task.attempts - 1) * random.uniform(0.5, 1.0)  # noqa: S311 -- not a secret
        message = session.get_one(Message, task.message_id)
        message.next_attempt_at = self._clock.now() + timedelta(seconds=delay)
        conversation = conversations.get(session, task.conversation_id, lock=True)
        conversations.release_lease(conversation, "handle", self._owner)

    def _set_aside(self, session: Session, task: _Task, turn: Turn) -> None:
        conversation = conversations.get(session, task.conversation_id, lock=True)
        message = session.get_one(Message, task.message_id)
        effects.set_aside(
            session, self._vault, conversation, message, task.heard, turn, self._clock.now(),
        )  # fmt: skip
        conversations.release_lease(conversation, "handle", self._owner)

    async def _after(self, task: _Task, turn: Turn) -> None:
        """What others want to know; nothing here may be needed for the answer to be right."""
        self._metrics.handled.labels(turn.how).inc()
        await self._bus.publish(f"conversation:{task.conversation_id}", "message")
        await self._bus.publish("hub", task.conversation_id)
        if turn.how == "gate":
            await self._tell_assistant(task)
        if turn.how in {"staff", "quiet"}:
            await self._raise_by_reading(task)
        if turn.how == "erase":
            await self._forget(task.conversation_id)

    async def _tell_assistant(self, task: _Task) -> None:
        """Let the assistant hear what the gate answered, so that it follows the conversation."""
        try:
            await self._assistant.ask(
                task.conversation_id, task.message_id, task.heard.text, task.metadata
            )
        except AssistantUnavailable:
            get_log().info("assistant_missed_message", conversation=task.conversation_id)

    async def _raise_by_reading(self, task: _Task) -> None:
        """Where the bot is silent the model still watches for danger, for the hub to see (P3)."""
        try:
            reading: Reading = await self._assistant.read(task.heard.text)
        except AssistantUnavailable:
            return
        level = Triage.parse(reading.triage or "standard")
        await self._database.write(
            effects.raise_later, task.conversation_id, level, self._clock.now()
        )

    async def _forget(self, conversation_id: str) -> None:
        try:
            await self._assistant.forget(conversation_id)
        except AssistantUnavailable:
            # Its memory is sealed and expires by itself; the purge job asks again.
            get_log().warning("assistant_did_not_forget", conversation=conversation_id)


def _assess(text: str, message: Message, stopped: bool) -> Assessment:
    """The gate's reading; a keyword that the carrier recognised counts as one (`OptOutType`).

    YES is START to a carrier. Where nobody had stopped it is the answer to what was asked.
    """
    assessment = assess(text)
    opt_out = (message.notes or {}).get("opt_out")
    if opt_out is None or (opt_out == OptOut.START and not stopped):
        return assessment
    if assessment.keyword is None and assessment.triage is not Triage.EMERGENCY:
        return replace(assessment, keyword=Keyword(opt_out.lower()))
    return assessment
