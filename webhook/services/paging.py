"""Calling managers by SMS when an emergency waits: discreet words through the ordinary outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webhook.core.staff import Role
from webhook.core.vault import Vault
from webhook.services import lines
from webhook.store import conversations, messages, staff
from webhook.store.hub_models import Staff


def page_managers(
    session: Session, vault: Vault, waited_seconds: float, now: datetime
) -> list[str]:
    """Put a text to every manager with a number into the outbox; returns their threads."""
    words = lines.line("page", minutes=str(max(1, round(waited_seconds / 60))))
    threads = []
    for row in staff.everyone(session, active=True):
        if row.role != Role.MANAGER or row.number_sealed is None:
            continue
        number = staff.open_for(vault, row, row.number_sealed, "number")
        thread = conversations.for_page(session, vault, number, now)
        key = conversations.key_of(session, vault, thread.id)
        messages.add_outbound(session, thread, key, words, now)
        threads.append(thread.id)
    return threads


def set_number(vault: Vault, row: Staff, number: str | None) -> None:
    """Keep the number that somebody is paged on, sealed under their own key, or forget it."""
    row.number_sealed = staff.seal_for(vault, row, number, "number") if number else None
