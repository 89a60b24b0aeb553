"""Web chat conversations: opened without a name, used only with their token, left and erased."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webhook.clients.assistant import Assistant
from webhook.core.clock import Clock
from webhook.core.errors import AssistantUnavailable, NotFound
from webhook.core.messages import Author, Mode, Status
from webhook.core.state import ContactState
from webhook.core.vault import Vault
from webhook.logs import get_log
from webhook.services import effects
from webhook.store import conversations, messages
from webhook.store.database import Database
from webhook.store.models import Conversation, Message

_NO_HASH = "0" * 64  # compared with when there is no conversation, so that both take as long


@dataclass(frozen=True)
class Opened:
    """A new conversation and the only copy of its token (256 bits, URL-safe)."""

    conversation_id: str
    token: str


@dataclass(frozen=True)
class Line:
    """One message as the person sees it; `name` is the one an advocate chose to go by."""

    seq: int
    author: str
    text: str
    at: datetime
    client_id: str | None
    name: str | None
    quick_replies: list[dict[str, str]]
    lang: str | None = None  # of words that are not English


@dataclass(frozen=True)
class View:
    """What is new in a conversation, and who holds it."""

    mode: Mode
    joined_name: str | None
    lines: list[Line]


class Chats:
    """What the web chat may do with a conversation, all of it behind `check`."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, assistant: Assistant
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._assistant = assistant

    async def open(
        self,
        *,
        age_band: str | None = None,
        area: str | None = None,
        language: str | None = None,
        heard_from: str | None = None,
    ) -> Opened:
        """Begin a conversation; of its token only a hash is kept."""
        token = secrets.token_urlsafe(32)
        state = ContactState(language=language, heard_from=heard_from)
        opened = await self._database.write(
            self._open, hash_token(token), age_band, area, state, self._clock.now()
        )
        return Opened(opened, token)

    async def check(self, conversation_id: str, token: str) -> None:
        """Raise NotFound unless the token is this conversation's, whether or not that exists."""
        await self._database.read(_check, conversation_id, token)

    async def read(self, conversation_id: str, after: int) -> View:
        """The conversation's messages after a place; raises NotFound once it is erased."""
        return await self._database.read(self._read, conversation_id, after)

    async def set_age(self, conversation_id: str, age_band: str | None) -> None:
        """Remember the age band, or forget it."""
        await self._database.write(_set_age, conversation_id, age_band)

    async def leave(self, conversation_id: str) -> None:
        """The person pressed Exit: nothing more is said, and advocates see not to follow up."""
        await self._database.write(_leave, conversation_id)

    async def erase(self, conversation_id: str) -> None:
        """Delete the conversation for good, here and in the assistant's memory."""
        now = self._clock.now()
        await self._database.write(_erase, conversation_id, now)
        await self._database.shrink_log()
        try:
            await self._assistant.forget(conversation_id)
        except AssistantUnavailable:
            # Its memory is sealed and expires by itself.
            get_log().warning("assistant_did_not_forget", conversation=conversation_id)

    def _open(
        self,
        session: Session,
        token_hash: str,
        age_band: str | None,
        area: str | None,
        state: ContactState,
        now: datetime,
    ) -> str:
        conversation = conversations.for_web(session, self._vault, token_hash, now)
        conversation.age_band = age_band
        conversation.area = area
        conversation.state = state.dump()
        return conversation.id

    def _read(self, session: Session, conversation_id: str, after: int) -> View:
        conversation = conversations.get(session, conversation_id)
        state = ContactState.load(conversation.state)
        joined = state.joined_name if conversation.mode == Mode.STAFF else None
        found = [
            message
            for message in messages.since(session, conversation_id, after)
            if message.status != Status.WITHDRAWN
        ]
        lines = []
        if found:
            key = conversations.key_of(session, self._vault, conversation_id)
            lines = [_line(message, key) for message in found]
        return View(Mode(conversation.mode), joined, lines)


def hash_token(token: str) -> str:
    """SHA-256 (hex); a token of 256 random bits needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check(session: Session, conversation_id: str, token: str) -> None:
    conversation = session.get(Conversation, conversation_id)
    expected = (conversation.token_hash if conversation else None) or _NO_HASH
    if not hmac.compare_digest(expected, hash_token(token)):
        raise NotFound("no such conversation")


def _line(message: Message, key: bytes) -> Line:
    notes: dict[str, Any] = message.notes or {}
    return Line(
        seq=message.seq,
        author=message.author,
        text=messages.text_of(message, key),
        at=message.created_at,
        client_id=message.client_id,
        name=notes.get("name") if message.author == Author.ADVOCATE else None,
        quick_replies=notes.get("quick_replies", []),
        lang=notes.get("lang"),
    )


def _set_age(session: Session, conversation_id: str, age_band: str | None) -> None:
    conversations.get(session, conversation_id, lock=True).age_band = age_band


def _leave(session: Session, conversation_id: str) -> None:
    conversation = conversations.get(session, conversation_id, lock=True)
    conversation.quiet = True
    conversation.state = {**(conversation.state or {}), "left_by_exit": True}


def _erase(session: Session, conversation_id: str, now: datetime) -> None:
    effects.delete_contact(session, conversations.get(session, conversation_id, lock=True), now)
