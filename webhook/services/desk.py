"""One act of staff on one conversation: opened under a lock, told, noted and audited together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from webhook.clients.bus import Bus
from webhook.core.clock import Clock
from webhook.core.errors import Conflict
from webhook.core.messages import Mode
from webhook.core.staff import Who
from webhook.core.state import ContactState
from webhook.core.vault import Vault
from webhook.services import lines
from webhook.services.audit import Action
from webhook.store import audit, conversations, handovers, notes, staff
from webhook.store.database import Database
from webhook.store.models import Conversation, Handover

T = TypeVar("T")


class Taken(Conflict):
    """Somebody else was faster; `by` is the name they go by."""

    def __init__(self, by: str) -> None:
        super().__init__("claimed by somebody else")
        self.by = by


@dataclass
class Scene:
    """A locked conversation, its open handover, and who acts on it when (None: the watch)."""

    session: Session
    vault: Vault
    conversation: Conversation
    handover: Handover | None
    who: Who | None
    now: datetime

    @property
    def staff_id(self) -> int | None:
        """Who acts, for the record."""
        return self.who.staff_id if self.who is not None else None

    def tell(self, line: str, /, **values: str) -> None:
        """Say a reviewed line to the person where that is safe."""
        lines.tell(self.session, self.vault, self.conversation, self.now, line, **values)

    def note(self, kind: str, *, words: str = "", **data: Any) -> None:
        """Put an entry on the timeline."""
        notes.add(
            self.session,
            self.vault,
            self.conversation,
            kind,
            self.now,
            staff_id=self.staff_id,
            data=data,
            words=words,
        )

    def audit(
        self, action: Action, *, reason: str | None = None, words: str = "", subject: str = ""
    ) -> None:
        """Put an entry on the audit trail."""
        entry = audit.note(
            self.session,
            self.now,
            self.staff_id,
            action,
            conversation_id=self.conversation.id,
            subject=subject or None,
            reason=reason,
        )
        if words:
            audit.with_words(self.session, self.vault, entry, words)

    def remember(self, **fields: Any) -> ContactState:
        """Change the coded state of the conversation."""
        state = ContactState.load(self.conversation.state or {})
        for name, value in fields.items():
            setattr(state, name, value)
        self.conversation.state = state.dump()
        return state

    def held(self, *, helpers: bool = False) -> Handover:
        """The handover, if it is with the one who acts; raises Conflict or Taken otherwise."""
        if self.handover is None or self.handover.claimed_by is None:
            raise Conflict("nobody holds this conversation")
        if self.handover.claimed_by == self.staff_id:
            return self.handover
        if helpers and self.handover.helper_id == self.staff_id:
            return self.handover
        raise Taken(self.name_of(self.handover.claimed_by))

    def name_of(self, staff_id: int | None) -> str:
        """The name somebody goes by."""
        return staff.get(self.session, staff_id).chosen_name if staff_id is not None else ""

    def give_to(self, handover: Handover, staff_id: int) -> None:
        """Let somebody hold the conversation; the bot is silent from here on (P5)."""
        handover.claimed_by, handover.claimed_at = staff_id, self.now
        handover.offered_to, handover.offered_at = None, None
        person = staff.get(self.session, staff_id)
        person.seen_at = self.now
        self.conversation.mode = Mode.STAFF
        self.remember(joined_name=person.chosen_name, handed_over=True, last_said="staff")
        handovers.resolve_for(self.session, self.conversation.id, self.now)

    def put_back(self, handover: Handover) -> None:
        """Let the conversation wait in the queue again, with the bot beside the person."""
        handover.claimed_by, handover.claimed_at, handover.helper_id = None, None, None
        handover.offered_to, handover.offered_at, handover.paged_at = None, None, None
        handover.requested_at = self.now
        self.conversation.mode = Mode.WAITING
        self.remember(joined_name=None)


class Desk:
    """Runs acts on conversations and tells whoever listens."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, bus: Bus) -> None:
        self.database = database
        self.vault = vault
        self.clock = clock
        self.bus = bus

    async def act(self, who: Who | None, conversation_id: str, work: Callable[[Scene], T]) -> T:
        """Do something with a conversation in one transaction, then ring for those concerned."""
        now = self.clock.now()
        outcome = await self.database.write(self._scene, who, conversation_id, work, now)
        await self.ring(conversation_id)
        return outcome

    async def ring(self, conversation_id: str) -> None:
        """Tell the web chat, the other consoles and a worker that there is something new."""
        await self.bus.publish(f"conversation:{conversation_id}", "status")
        await self.bus.publish("hub", conversation_id)
        await self.bus.wake(conversation_id)

    def _scene(
        self,
        session: Session,
        who: Who | None,
        conversation_id: str,
        work: Callable[[Scene], T],
        now: datetime,
    ) -> T:
        conversation = conversations.get(session, conversation_id, lock=True)
        if conversation.closed_at is not None:
            raise Conflict("the conversation is closed")
        handover = handovers.open_handover(session, conversation_id)
        return work(Scene(session, self.vault, conversation, handover, who, now))
