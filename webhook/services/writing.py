"""What advocates write: to the person, to each other, and about how urgent it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from webhook.core.clean import clean_inbound
from webhook.core.errors import BadInput, Conflict
from webhook.core.messages import Author, Channel
from webhook.core.sms_text import fold
from webhook.core.staff import Permission, Who
from webhook.core.triage import Triage
from webhook.services.audit import (
    LOWER_REASONS,
    OVERRIDE_REASONS,
    Action,
    reason_of,
    words_of,
)
from webhook.services.desk import Desk, Scene
from webhook.store import conversations, handovers, messages, notes, staff

LONGEST = 1_000  # characters; Twilio takes 1600, and nobody reads that on a phone


class IsQuiet(Conflict):
    """They signalled that it is not safe: writing needs a deliberate override (P6)."""


@dataclass(frozen=True)
class Words:
    """What to send; `client_id` makes a repeat harmless, `override` is a coded reason."""

    text: str
    client_id: str
    override: str = ""
    override_words: str = ""


class Writing:
    """Messages, notes, drafts and triage changes by staff."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def say(self, who: Who, conversation_id: str, words: Words) -> int:
        """Write to the person as the advocate who holds the conversation; returns its place."""
        if not words.text.strip():
            raise BadInput("text", "write something first")
        if len(words.text) > LONGEST:
            raise BadInput("text", f"use at most {LONGEST} characters")
        return await self._desk.act(who, conversation_id, lambda scene: _say(scene, words))

    async def note(self, who: Who, conversation_id: str, text: str) -> None:
        """Write a private note, which the person never sees."""
        if not text.strip():
            raise BadInput("text", "write something first")

        def add(scene: Scene) -> None:
            scene.note("note", words=clean_inbound(text)[:4_000])
            notes.save_draft(
                scene.session, scene.vault, conversation_id, who.staff_id, "note", "", scene.now
            )

        await self._desk.act(who, conversation_id, add)

    async def raise_triage(self, who: Who, conversation_id: str, level: Triage) -> None:
        """Raise how urgent it is, by judgement."""
        await self._desk.act(who, conversation_id, lambda scene: _raise(scene, level))

    async def lower_triage(
        self, who: Who, conversation_id: str, level: Triage, reason: str, words: str
    ) -> None:
        """Lower how urgent it is, with a reason (P3)."""
        reason, words = reason_of(reason, LOWER_REASONS), words_of(words)
        await self._desk.act(
            who, conversation_id, lambda scene: _lower(scene, level, reason, words)
        )

    async def draft(self, who: Who, conversation_id: str, kind: str, text: str) -> None:
        """Keep unsent words, so that a crash loses none."""
        now = self._desk.clock.now()

        def keep(session: Session) -> None:
            conversations.get(session, conversation_id)
            notes.save_draft(
                session, self._desk.vault, conversation_id, who.staff_id, kind, text[:8_000], now
            )

        await self._desk.database.write(keep)

    async def typing(self, who: Who, conversation_id: str) -> None:
        """Show that somebody is writing: to other consoles, and to the person if it is safe."""
        now = self._desk.clock.now()

        def look(session: Session) -> bool:
            conversation = conversations.get(session, conversation_id)
            notes.look(session, conversation_id, who.staff_id, now, writing=True)
            handover = handovers.open_handover(session, conversation_id)
            holds = handover is not None and who.staff_id in (
                handover.claimed_by,
                handover.helper_id,
            )
            return holds and not conversation.quiet

        if await self._desk.database.write(look):
            await self._desk.bus.publish(f"conversation:{conversation_id}", "typing:advocate")
        await self._desk.bus.publish(f"conversation:{conversation_id}", "look")


def _say(scene: Scene, words: Words) -> int:
    known = messages.by_client_id(scene.session, scene.conversation.id, words.client_id)
    if known is not None:
        return known.seq
    scene.held(helpers=True)
    _check_reachable(scene, words)
    key = conversations.key_of(scene.session, scene.vault, scene.conversation.id)
    sms = scene.conversation.channel == Channel.SMS
    text = clean_inbound(words.text).strip()
    message = messages.add_outbound(
        scene.session,
        scene.conversation,
        key,
        fold(text) if sms else text,
        scene.now,
        author=Author.ADVOCATE,
        staff_id=scene.staff_id,
    )
    message.client_id = words.client_id
    message.notes = {"name": scene.name_of(scene.staff_id)}
    if scene.conversation.quiet:
        message.notes = {**message.notes, "override": words.override}
    if scene.who is not None:
        staff.get(scene.session, scene.who.staff_id).seen_at = scene.now
        notes.save_draft(
            scene.session, scene.vault, scene.conversation.id, scene.who.staff_id, "reply", "",
            scene.now,
        )  # fmt: skip
    return message.seq


def _check_reachable(scene: Scene, words: Words) -> None:
    if scene.conversation.stopped:
        raise Conflict("they texted STOP: nothing can be sent until they write again")
    if not scene.conversation.quiet:
        return
    if not words.override:
        raise IsQuiet("they signalled that it is not safe")
    reason = reason_of(words.override, OVERRIDE_REASONS)
    why = words_of(words.override_words)
    scene.note("overrode_quiet", words=why, reason=reason)
    scene.audit(Action.OVERRODE_QUIET, reason=reason, words=why)


def _raise(scene: Scene, level: Triage) -> None:
    before = scene.conversation.triage
    if not handovers.raise_triage(scene.session, scene.conversation, level):
        raise Conflict("it is as urgent already")
    scene.note("triage", before=before.label, after=level.label)
    scene.audit(Action.TRIAGE_RAISED, subject=f"{before.label} to {level.label}")


def _lower(scene: Scene, level: Triage, reason: str, words: str) -> None:
    before = scene.conversation.triage
    if level >= before:
        raise Conflict("that is no lower")
    if scene.who is None or not scene.who.may(Permission.TALK):
        raise Conflict("only an advocate lowers it")
    scene.conversation.triage = level
    if scene.handover is not None:
        scene.handover.triage = level
    scene.note("triage", words=words, before=before.label, after=level.label, reason=reason)
    scene.audit(
        Action.TRIAGE_LOWERED,
        reason=reason,
        words=words,
        subject=f"{before.label} to {level.label}",
    )
