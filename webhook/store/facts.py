"""What a person told about themselves, sealed: for the advocate, and to ask nothing twice."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from webhook.core.vault import Vault, seal, unseal
from webhook.store.conversations import key_of
from webhook.store.models import Conversation

# These two choose words and services, so they stand beside the conversation, coarse as they are.
_COLUMNS = frozenset({"age_band", "area"})


def remember(
    session: Session, vault: Vault, conversation: Conversation, name: str, value: str
) -> None:
    """Keep a fact; a later telling replaces an earlier one."""
    if name in _COLUMNS:
        setattr(conversation, name, value[:12] if name == "age_band" else value[:32])
        return
    key = key_of(session, vault, conversation.id)
    known = read(conversation, key)
    known[name] = value
    conversation.facts_sealed = seal(key, json.dumps(known), f"facts {conversation.id}")


def read(conversation: Conversation, key: bytes) -> dict[str, str]:
    """The facts told so far, by name."""
    if conversation.facts_sealed is None:
        return {}
    known: dict[str, str] = json.loads(
        unseal(key, conversation.facts_sealed, f"facts {conversation.id}")
    )
    return known
