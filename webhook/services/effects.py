"""What a handled message changes, all inside the transaction that marks it handled."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from webhook.core.messages import Author, Channel, Mode, Status
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.core.vault import Vault
from webhook.services import casework, commands
from webhook.services.turn import Heard, Turn
from webhook.store import conversations, facts, handovers, messages
from webhook.store.models import Conversation, Message

# Whose words a turn's are; the assistant is told what the gate said and knows it as its own.
_SHORTLY = 3  # messages after a picture that may still be about it
_SPEAKERS = {"assistant": "assistant", "gate": "assistant", "staff": "staff"}
_HELPED = frozenset({"helped", "helped_a_bit", "did_not_help"})
_MOST_KEPT = 200  # characters of a fact
# A number is shown on purpose only (P9), so it is not copied among the facts.
_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){6,}")


def apply(
    session: Session,
    vault: Vault,
    conversation: Conversation,
    message: Message,
    heard: Heard,
    turn: Turn,
    now: datetime,
) -> list[Message]:
    """Store replies, raise triage, carry out commands and mark the message handled.

    Returns the replies that were stored in the conversation.
    """
    state = heard.state
    # Exit may have been pressed while the answer was being found: only the row knows.
    state.left_by_exit = ContactState.load(conversation.state).left_by_exit
    state.keep_hub(conversation.state)
    _mark(message, turn, now)
    _mask(session, vault, message, heard)
    _remember(state, heard, turn)
    handovers.raise_triage(session, conversation, turn.triage)
    _wake_from_silence(conversation, state, turn)
    conversation.state = state.dump()
    _keep_facts(session, vault, conversation, state, heard)
    for command in turn.commands:
        _carry_out(session, vault, conversation, state, heard, command, now)
    if any(isinstance(command, commands.Erase) for command in turn.commands):
        _erase(session, vault, conversation, message, turn, now)
        return []
    _put_in_queue(session, conversation, state, turn, now)
    said = _answer(session, vault, conversation, message, state, turn, now)
    conversation.state = state.dump()
    return said


def set_aside(
    session: Session,
    vault: Vault,
    conversation: Conversation,
    message: Message,
    heard: Heard,
    turn: Turn,
    now: datetime,
) -> None:
    """Put a message that cannot be handled where the hub sees it; the person is still answered."""
    apply(session, vault, conversation, message, heard, turn, now)
    message.status = Status.SET_ASIDE
    handovers.request(session, conversation, "set_aside", now)
    handovers.alert(
        session, "set_aside", now, conversation_id=conversation.id, message_id=message.id
    )


def raise_later(session: Session, conversation_id: str, level: Triage, now: datetime) -> None:
    """Raise a conversation by a reading that came after the message was handled."""
    conversation = conversations.get(session, conversation_id, lock=True)
    if not handovers.raise_triage(session, conversation, level):
        return
    if conversation.mode != Mode.STAFF:
        state = ContactState.load(conversation.state)
        _request(session, conversation, state, f"triage_{level.label}", now)
        conversation.state = state.dump()
    if level is Triage.EMERGENCY:
        handovers.alert(session, "emergency", now, conversation_id=conversation.id)


def delete_contact(session: Session, conversation: Conversation, now: datetime) -> None:
    """Leave the anonymised case and delete everything else, because the person asked for it."""
    casework.record(session, conversation, now)
    casework.delete(session, [conversation.id], "asked", now)


def pause_before(session: Session, message: Message) -> timedelta:
    """How long the conversation had been still when a message came."""
    before = messages.before(session, message)
    return message.created_at - before if before is not None else timedelta(0)


def _mark(message: Message, turn: Turn, now: datetime) -> None:
    message.status = Status.HANDLED
    message.handled_at = now
    message.triage = turn.triage
    message.intent = turn.intent
    message.confidence = turn.confidence
    message.notes = {**(message.notes or {}), "how": turn.how}


def _mask(session: Session, vault: Vault, message: Message, heard: Heard) -> None:
    """Write over a text that held a code word: nobody needs to read it again."""
    if heard.mask is not None:
        key = conversations.key_of(session, vault, message.conversation_id)
        messages.write_over(message, key, heard.mask)


def _remember(state: ContactState, heard: Heard, turn: Turn) -> None:
    state.add_indicators([indicator.name for indicator in heard.assessment.indicators])
    if turn.intent:
        state.low_confidence = state.low_confidence + 1 if turn.intent == "nlu_fallback" else 0
    if turn.intent and turn.intent in casework.NEEDS:
        state.add_need(turn.intent)
    state.asked = turn.asks
    state.picture = _SHORTLY if heard.media_count else max(0, state.picture - 1)
    if turn.replies or turn.how == "staff":
        state.last_said = _SPEAKERS.get(turn.how, "service")


def _keep_facts(
    session: Session, vault: Vault, conversation: Conversation, state: ContactState, heard: Heard
) -> None:
    """What the person told of themselves, for the advocate; a wish about calls goes with it."""
    told = heard.told
    coarse = {"age_band": told.age_band, "area": told.area}
    for name, value in (coarse | told.told).items():
        if value is not None:
            facts.remember(session, vault, conversation, name, value)
    if "contact" in told.told:
        state.wishes["contact"] = told.told["contact"]


def _wake_from_silence(conversation: Conversation, state: ContactState, turn: Turn) -> None:
    """Whoever writes again ends the silence; a quiet signal, STOP or Exit begins it."""
    conversation.stopped = False
    conversation.quiet = turn.quiet or state.left_by_exit


def _carry_out(
    session: Session,
    vault: Vault,
    conversation: Conversation,
    state: ContactState,
    heard: Heard,
    command: commands.Command,
    now: datetime,
) -> None:
    match command:
        case commands.RequestHandover():
            state.wishes.update(command.wishes)
            _request(session, conversation, state, command.reason, now)
        case commands.Record():
            _record(state, command)
        case commands.PlanStep() if command.step not in state.plan_steps:
            state.plan_steps.append(command.step)
        case commands.SetFact():
            facts.remember(session, vault, conversation, command.name, command.value)
        case commands.RiskAnswer():
            state.answer_risk(command.topic, command.answer)
        case commands.KeepWords():
            words = _NUMBER.sub("(a number, see the message)", heard.text.strip())
            facts.remember(session, vault, conversation, command.name, words[:_MOST_KEPT])
        case commands.Stop():
            conversation.stopped = True


def _record(state: ContactState, command: commands.Record) -> None:
    match command.field:
        case "need":
            state.add_need(command.value)
        case "indicator":
            state.add_indicators([command.value])
        case "audience":
            state.audience = command.value
        case "heard_from":
            state.heard_from = command.value
        case "outcome":
            state.outcome = command.value
        case "helped":
            state.helped = command.value if command.value in _HELPED else None


def _put_in_queue(
    session: Session, conversation: Conversation, state: ContactState, turn: Turn, now: datetime
) -> None:
    """High risk is seen by a person whether or not one was asked for; an emergency also alerts."""
    if turn.triage >= Triage.URGENT:
        _request(session, conversation, state, f"triage_{turn.triage.label}", now)
    if turn.triage is Triage.EMERGENCY:
        handovers.alert(session, "emergency", now, conversation_id=conversation.id)
    if turn.how == "fallback":
        handovers.alert(session, "assistant_away", now)
    elif turn.how == "assistant":
        handovers.resolve_alerts(session, "assistant_away", now)


def _request(
    session: Session, conversation: Conversation, state: ContactState, reason: str, now: datetime
) -> None:
    handovers.request(session, conversation, reason, now, state.wishes)
    state.handed_over = True
    if conversation.mode == Mode.BOT:
        conversation.mode = Mode.WAITING


def _answer(
    session: Session,
    vault: Vault,
    conversation: Conversation,
    message: Message,
    state: ContactState,
    turn: Turn,
    now: datetime,
) -> list[Message]:
    if turn.quiet or state.left_by_exit:
        messages.withdraw_unsent(session, conversation.id)
        return []
    stored = []
    key = conversations.key_of(session, vault, conversation.id)
    for text in turn.replies:
        said = messages.add_outbound(session, conversation, key, text, now, in_reply_to=message.seq)
        notes: dict[str, Any] = {}
        if conversation.channel == Channel.WEB and (choices := turn.choices(text)):
            notes["quick_replies"] = choices
        if text in turn.languages:
            notes["lang"] = turn.languages[text]
        if notes:
            said.notes = notes
        stored.append(said)
    if turn.replies and not state.replied:
        state.replied = True
        state.first_reply_seconds = round((now - message.created_at).total_seconds())
    return stored


def _erase(
    session: Session,
    vault: Vault,
    conversation: Conversation,
    message: Message,
    turn: Turn,
    now: datetime,
) -> None:
    """Delete a conversation and its key; by SMS the confirmation goes out, in a fresh one.

    Of a web chat nothing is left: its page is told that it is gone and says so itself.
    """
    if conversation.channel == Channel.WEB:
        delete_contact(session, conversation, now)
        return
    state = ContactState.load(conversation.state)
    casework.record(session, conversation, now)
    key = conversations.key_of(session, vault, conversation.id)
    number = conversations.number_of(conversation, key)
    provider_sid = message.provider_sid
    casework.delete(session, [conversation.id], "asked", now)
    fresh = conversations.for_number(session, vault, number, now)
    fresh_key = conversations.key_of(session, vault, fresh.id)
    # The carrier may deliver the deleted text once more; its id alone is kept to know it again.
    asked = messages.add_inbound(session, fresh, fresh_key, "", now, provider_sid=provider_sid)
    asked.status = Status.HANDLED
    for text in turn.replies:
        messages.add_outbound(session, fresh, fresh_key, text, now, author=Author.BOT)
    fresh.state = ContactState(
        replied=True, spoken={"deleted": state.spoken.get("deleted", 1)}
    ).dump()
