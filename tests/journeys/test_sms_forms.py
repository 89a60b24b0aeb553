"""By text, down the whole real path: the short questions, a code word and a call back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fixtures.whole import Helpline, new_number
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.store import conversations, facts
from webhook.store.models import Conversation

pytestmark = [pytest.mark.assistant, pytest.mark.slow]


def said(whole: Helpline, number: str, body: str) -> str:
    """Text something and give everything that is answered to it."""
    before = len(whole.settled(number)) if whole.conversation(number) else 0
    whole.text(number, body)
    whole.replies(number, before + 1)
    return " / ".join(whole.settled(number)[before:])


def row(whole: Helpline, number: str) -> Conversation:
    found = whole.conversation(number)
    assert found is not None
    return found


def told(whole: Helpline, number: str) -> dict[str, str]:
    known = row(whole, number).id

    def read(session: Any) -> dict[str, str]:
        conversation = conversations.get(session, known)
        return facts.read(conversation, conversations.key_of(session, whole.vault, conversation.id))

    return whole.database.write_now(read)


def test_p3_short_questions_raise_and_are_seen_by_a_person(whole: Helpline) -> None:
    number = new_number()
    said(whole, number, "he strangled me a few months ago")
    assert "six short questions" in said(whole, number, "can we do the safety questions")
    first = said(whole, number, "yes ok")
    assert "weapon" in first, "the neck is known and not asked about again"
    assert "getting worse" in said(whole, number, "yeah he did")
    other = said(whole, number, "how do i get into a refuge?")
    assert "part way through" in other
    assert "getting worse" in said(whole, number, "go on")
    assert "left or tried" in said(whole, number, "dont want to say")
    assert "pregnant" in said(whole, number, "no never")
    assert "ending your life" in said(whole, number, "no")
    assert "asked a person" in said(whole, number, "skip")
    conversation = row(whole, number)
    state = ContactState.load(conversation.state)
    assert state.risk == {
        "threat_or_weapon": "yes", "escalation": "unknown", "separation_or_stalking": "no",
        "pregnancy_or_baby": "no", "suicide_self": "unknown",
    }  # fmt: skip
    assert conversation.triage >= Triage.URGENT
    assert conversation.mode == "waiting"


def test_p7_code_word_is_asked_for_and_kept_nowhere(whole: Helpline) -> None:
    number = new_number()
    said(whole, number, "how can i make a safety plan")
    assert "word" in said(whole, number, "can we have a word so you know its me")
    assert "marigold" not in said(whole, number, "marigold")
    before = len(whole.settled(number))
    whole.text(number, "dont text hes here")
    whole.settled(number)
    assert len(whole.shown(number)) == before
    asked = said(whole, number, "read my plan")
    assert "is there a word" in asked
    assert "if they wrote at all" in said(whole, number, "rose")
    said(whole, number, "read my plan")
    assert "safe to have it" in said(whole, number, "Marigold")
    conversation = row(whole, number)
    assert conversation.state["wishes"]["code_word_agreed"] == "yes"
    kept = json.dumps(conversation.state) + " ".join(whole.said(number, "person"))
    assert "marigold" not in kept.lower()


def test_call_back_is_arranged_for_a_safe_time(whole: Helpline) -> None:
    number = new_number()
    said(whole, number, "hello")
    assert "When is it safe" in said(whole, number, "could i have a callback")
    assert "call or a text" in said(whole, number, "weekdays 10 to 12 when hes at work")
    assert "someone else answers" in said(whole, number, "a call")
    assert "this number" in said(whole, number, "say its the dentist")
    assert "can't be sure" in said(whole, number, "yes")
    assert row(whole, number).mode == "waiting"
    assert told(whole, number)["if_someone_else_answers"] == "say its the dentist"
    assert told(whole, number)["safe_time"] == "weekdays 10 to 12 when hes at work"
