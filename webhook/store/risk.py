"""Risk sheets: one a conversation, sealed under its key, never saved over somebody else's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webhook.core.errors import Conflict
from webhook.core.vault import seal, unseal
from webhook.store.hub_models import RiskSheet


def load(session: Session, key: bytes, conversation_id: str) -> tuple[str, int] | None:
    """The content of a sheet and its version; None when there is none."""
    row = session.get(RiskSheet, conversation_id)
    if row is None:
        return None
    return unseal(key, row.content_sealed, f"sheet {conversation_id}"), row.version


def save(
    session: Session,
    key: bytes,
    conversation_id: str,
    content: str,
    version: int,
    staff_id: int,
    now: datetime,
) -> int:
    """Keep a sheet that was opened at a version; raises Conflict if it has moved on since."""
    row = session.get(RiskSheet, conversation_id)
    if (row.version if row is not None else 0) != version:
        raise Conflict("somebody else saved this sheet meanwhile: open it again")
    if row is None:
        row = RiskSheet(conversation_id=conversation_id, version=0)
        session.add(row)
    row.content_sealed = seal(key, content, f"sheet {conversation_id}")
    row.version, row.updated_at, row.updated_by = version + 1, now, staff_id
    session.flush()
    return row.version
