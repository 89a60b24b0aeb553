"""The reviewed lines of lines.yml, spoken when staff come and go, and where they may be sent."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from webhook.core.sms_text import fold
from webhook.core.vault import Vault
from webhook.store import conversations, messages
from webhook.store.models import Conversation

_FILE = Path(__file__).with_name("lines.yml")


def line(name: str, /, **values: str) -> str:
    """A reviewed line with names put in; raises KeyError for one that does not exist."""
    template: str = _lines()[name]
    return fold(template.format(**values))


def purposes() -> dict[str, str]:
    """For what a conversation may be handed back, and what is then said."""
    return dict(_lines()["purposes"])


def teams() -> dict[str, str]:
    """The teams that may be asked to join, in the words said of them."""
    return dict(_lines()["teams"])


def tell(
    session: Session,
    vault: Vault,
    conversation: Conversation,
    now: datetime,
    name: str,
    /,
    **values: str,
) -> bool:
    """Say a line to the person, unless it is not safe or they stopped (P6); whether it was said."""
    if conversation.quiet or conversation.stopped or conversation.closed_at is not None:
        return False
    key = conversations.key_of(session, vault, conversation.id)
    messages.add_outbound(session, conversation, key, line(name, **values), now)
    return True


@cache
def _lines() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found
