"""A conversation as staff see it: what to know in ten seconds, then everything said and done.

`Casefiles.open` is the one way for staff to read a conversation, and puts it on the audit trail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from webhook.core.errors import Forbidden
from webhook.core.messages import NOT_RECEIVED, Author, Channel, Status
from webhook.core.staff import Permission, Who
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.safety.gate import assess
from webhook.services.audit import REVEAL_REASONS, Action, reason_of, words_of
from webhook.services.desk import Desk
from webhook.store import audit, cases, conversations, facts, handovers, messages, notes, staff
from webhook.store.hub_models import TimelineEntry
from webhook.store.models import Conversation, Handover, Message

LOOKING = timedelta(seconds=30)
WRITING = timedelta(seconds=6)
FOLLOWING = timedelta(hours=1)
_WRONG_PERSON = re.compile(r"\bwrong (?:number|person)\b|\bwho(?:'?s| is) this\b", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """One line of the transcript: a message, or something that staff did, or a private note."""

    kind: str
    seq: int
    entry: int
    author: str
    name: str
    text: str
    at: datetime
    status: str = ""
    error: int | None = None
    triage: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Warnings:
    """What to know before writing."""

    quiet: bool
    stopped: bool
    left_by_exit: bool
    wrong_person: bool
    not_delivered: int | None
    """The carrier's code of a last message that did not arrive, 0 when it gave none."""


@dataclass(frozen=True)
class Summary:
    """What an advocate needs in ten seconds."""

    reason: str
    triage: Triage
    quotes: list[str]
    indicators: list[str]
    facts: dict[str, str]
    age_band: str
    area: str
    language: str
    needs: list[str]
    plan_steps: list[str]
    last_asked: str
    returning: bool
    last_line: str
    number: str
    channel: str
    waited: int | None


@dataclass(frozen=True)
class Casefile:
    """A conversation opened by somebody; `mine` and `helping` say what they may do with it."""

    id: str
    mode: str
    closed: bool
    holder: str
    mine: bool
    helping: bool
    offered_to_me: bool
    offered_to: str
    team: str
    last_seq: int
    summary: Summary
    warnings: Warnings
    items: list[Item]
    draft: str
    note_draft: str
    others: list[str]


class Casefiles:
    """Opens conversations for staff, and numbers with a reason."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def open(self, who: Who, conversation_id: str) -> Casefile:
        """Read a conversation and note on the audit trail that it was seen (P9)."""
        now = self._desk.clock.now()
        return await self._desk.database.write(self._open, who, conversation_id, now)

    async def news(
        self, who: Who, conversation_id: str, seq: int, entry: int
    ) -> tuple[list[Item], list[Item]]:
        """What came after a place of an opened conversation; then recent messages for status."""
        return await self._desk.database.read(self._news, who, conversation_id, seq, entry)

    async def follow(self, who: Who, conversation_id: str) -> None:
        """Before anything is followed live: a look that is not on the trail yet is put there (P9).

        Raises NotFound for an unknown conversation.
        """
        now = self._desk.clock.now()

        def note(session: Session) -> None:
            _may_read(who)
            conversations.get(session, conversation_id)
            seen = audit.Search(
                staff_id=who.staff_id,
                action=Action.VIEWED,
                conversation_id=conversation_id,
                since=now - FOLLOWING,
            )
            if not audit.find(session, seen, limit=1):
                audit.note(
                    session, now, who.staff_id, Action.VIEWED, conversation_id=conversation_id
                )

        await self._desk.database.write(note)

    async def reveal(self, who: Who, conversation_id: str, reason: str, words: str) -> str:
        """The number, for a reason that is kept (P9)."""
        coded, typed = reason_of(reason, REVEAL_REASONS), words_of(words)

        def open_number(session: Session) -> str:
            _may_read(who)
            conversation = conversations.get(session, conversation_id)
            key = conversations.key_of(session, self._desk.vault, conversation_id)
            number = conversations.number_of(conversation, key)
            entry = audit.note(
                session,
                self._desk.clock.now(),
                who.staff_id,
                Action.NUMBER_REVEALED,
                conversation_id=conversation_id,
                reason=coded,
            )
            audit.with_words(session, self._desk.vault, entry, typed)
            return number

        return await self._desk.database.write(open_number)

    def _open(self, session: Session, who: Who, conversation_id: str, now: datetime) -> Casefile:
        _may_read(who)
        conversation = conversations.get(session, conversation_id)
        audit.note(session, now, who.staff_id, Action.VIEWED, conversation_id=conversation_id)
        key = conversations.key_of(session, self._desk.vault, conversation_id)
        handover = handovers.open_handover(session, conversation_id)
        names = staff.names(session)
        rows = messages.since(session, conversation_id, 0)
        texts = {row.seq: messages.text_of(row, key) for row in rows}
        entries = notes.timeline(session, conversation_id)
        items = _items(list(rows), texts, list(entries), names, key)
        own = (conversation_id, who.staff_id)
        return Casefile(
            id=conversation_id,
            mode=conversation.mode,
            closed=conversation.closed_at is not None,
            holder=names.get(handover.claimed_by or 0, "") if handover else "",
            mine=handover is not None and handover.claimed_by == who.staff_id,
            helping=handover is not None and handover.helper_id == who.staff_id,
            offered_to_me=handover is not None and handover.offered_to == who.staff_id,
            offered_to=names.get(handover.offered_to or 0, "") if handover else "",
            team=(handover.team or "") if handover else "",
            last_seq=conversation.last_seq,
            summary=replace(
                _summary(session, conversation, handover, key, list(rows), texts, now),
                last_line=self._last_line(session, conversation),
            ),
            warnings=_warnings(conversation, list(rows), texts),
            items=items,
            draft=notes.draft(session, key, *own, "reply"),
            note_draft=notes.draft(session, key, *own, "note"),
            others=_others(session, conversation_id, who, names, now),
        )

    def _last_line(self, session: Session, conversation: Conversation) -> str:
        """What was left for whoever is next when this number's contact was closed last."""
        entry = notes.closed_before(session, conversation)
        if entry is None:
            return ""
        key = conversations.key_of(session, self._desk.vault, entry.conversation_id)
        return notes.words_of(entry, key)

    def _news(
        self, session: Session, who: Who, conversation_id: str, seq: int, entry: int
    ) -> tuple[list[Item], list[Item]]:
        _may_read(who)
        key = conversations.key_of(session, self._desk.vault, conversation_id)
        names = staff.names(session)
        rows = list(messages.since(session, conversation_id, max(0, seq - 20)))
        texts = {row.seq: messages.text_of(row, key) for row in rows}
        entries = list(notes.timeline(session, conversation_id, entry))
        fresh = [row for row in rows if row.seq > seq]
        return (
            _items(fresh, texts, entries, names, key),
            _items([row for row in rows if row.author != Author.PERSON], texts, [], names, key),
        )


def others(session: Session, who: Who, conversation_id: str, now: datetime) -> list[str]:
    """Who else has it open now, and who of them is writing."""
    return _others(session, conversation_id, who, staff.names(session), now)


def _may_read(who: Who) -> None:
    if not who.may(Permission.TALK):
        raise Forbidden("not for this role")


def _others(
    session: Session, conversation_id: str, who: Who, names: dict[int, str], now: datetime
) -> list[str]:
    found = []
    for row in notes.looking(session, conversation_id, now, LOOKING):
        if row.staff_id != who.staff_id:
            writing = row.writing_at is not None and row.writing_at > now - WRITING
            doing = "is writing here" if writing else "has this open"
            found.append(f"{names.get(row.staff_id, '')} {doing}")
    return found


def _items(
    rows: list[Message],
    texts: dict[int, str],
    entries: list[TimelineEntry],
    names: dict[int, str],
    key: bytes,
) -> list[Item]:
    """Messages and entries in the order in which they happened."""
    said = [
        Item(
            kind="message",
            seq=row.seq,
            entry=0,
            author=row.author,
            name=names.get(row.staff_id or 0, ""),
            text=texts[row.seq],
            at=row.created_at,
            status=row.status if row.author != Author.PERSON else "",
            error=row.error_code,
            triage=row.triage.label if row.triage else "",
            data={"media": row.media_count, "override": (row.notes or {}).get("override", "")},
        )
        for row in rows
    ]
    done = [
        Item(
            kind="note" if entry.kind == "note" else "event",
            seq=entry.after_seq,
            entry=entry.id,
            author="staff",
            name=names.get(entry.staff_id or 0, ""),
            text=notes.words_of(entry, key),
            at=entry.created_at,
            status=entry.kind,
            data=dict(entry.data or {}),
        )
        for entry in entries
    ]
    return sorted(said + done, key=lambda item: (item.seq, item.kind != "message", item.entry))


def _summary(
    session: Session,
    conversation: Conversation,
    handover: Handover | None,
    key: bytes,
    rows: list[Message],
    texts: dict[int, str],
    now: datetime,
) -> Summary:
    state = ContactState.load(conversation.state or {})
    raising = [row for row in rows if row.triage is not None and row.triage > Triage.STANDARD]
    top = [row for row in raising if row.triage == max(r.triage or 0 for r in raising)]
    asked = [row for row in rows if row.author == Author.BOT and "?" in texts[row.seq]]
    waited = None
    if handover is not None and handover.claimed_by is None:
        waited = round((now - handover.requested_at).total_seconds())
    wishes = {name: str(value) for name, value in state.wishes.items() if name != "language"}
    return Summary(
        reason=handover.reason if handover else "",
        triage=conversation.triage,
        quotes=[texts[row.seq] for row in top[-2:]],
        indicators=_indicators(rows, texts, state),
        facts={**facts.read(conversation, key), **wishes},
        age_band=conversation.age_band or "",
        area=conversation.area or "",
        language=state.language or str(state.wishes.get("language", "")),
        needs=state.needs,
        plan_steps=state.plan_steps,
        last_asked=texts[asked[-1].seq] if asked else "",
        returning=cases.contacted_before(session, conversation, now),
        last_line="",
        number=_masked(conversation, key),
        channel=conversation.channel,
        waited=waited,
    )


def _indicators(rows: list[Message], texts: dict[int, str], state: ContactState) -> list[str]:
    """Risk signs with the words that name them, each once."""
    found = {name: "" for name in state.indicators}
    for row in rows:
        if row.author == Author.PERSON:
            for indicator in assess(texts[row.seq]).indicators:
                found[indicator.name] = found.get(indicator.name) or indicator.words
    return [f"{name}: “{words}”" if words else name for name, words in found.items()]


def _masked(conversation: Conversation, key: bytes) -> str:
    if conversation.channel != Channel.SMS:
        return ""
    return "••••• ••• " + conversations.number_of(conversation, key)[-3:]


def _warnings(conversation: Conversation, rows: list[Message], texts: dict[int, str]) -> Warnings:
    out = [row for row in rows if row.author != Author.PERSON]
    failed = out[-1] if out and Status(out[-1].status) in NOT_RECEIVED else None
    wrong = any(
        row.author == Author.PERSON and _WRONG_PERSON.search(texts[row.seq]) for row in rows
    )
    return Warnings(
        quiet=conversation.quiet,
        stopped=conversation.stopped,
        left_by_exit=ContactState.load(conversation.state or {}).left_by_exit,
        wrong_person=wrong,
        not_delivered=(failed.error_code or 0) if failed is not None else None,
    )
