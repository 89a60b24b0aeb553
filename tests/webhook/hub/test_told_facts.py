"""What somebody told in the short forms stands where an advocate looks first."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from tests.webhook.hub.test_access import app, call, signed_in
from webhook.core.messages import Channel
from webhook.core.staff import Role
from webhook.core.state import ContactState
from webhook.store import conversations, facts

__all__ = ["app"]  # the fixture


def _somebody(app: FastAPI) -> str:
    parts = app.state.parts

    def add(session: Any) -> str:
        row = conversations.for_number(session, parts.vault, "+447700900123", parts.clock.now())
        assert row.channel == Channel.SMS
        facts.remember(session, parts.vault, row, "safe_time", "weekdays 10 to 12")
        facts.remember(session, parts.vault, row, "if_someone_else_answers", "say its the dentist")
        state = ContactState(risk={"strangulation": "yes", "escalation": "unknown"})
        state.code_word, state.wishes = "f" * 64, {"code_word_agreed": "yes"}
        row.state = state.dump()
        return str(row.id)

    found: str = parts.database.write_now(add)
    return found


async def test_safe_contact_stands_first_and_the_word_nowhere(app: FastAPI) -> None:
    conversation, sam = _somebody(app), signed_in(app, Role.ADVOCATE)
    page = (await call(app, "GET", f"/c/{conversation}", sam)).text
    facts_shown = page.split('<dl class="facts">')[1]
    first = facts_shown[: facts_shown.index("<dt>Age</dt>")]
    for shown in ("weekdays 10 to 12", "If someone else answers", "say its the dentist"):
        assert shown in first
    assert first.index("Safe time") < first.index("Code word agreed")
    assert "f" * 64 not in page


async def test_sheet_says_what_was_asked_and_by_whom(app: FastAPI) -> None:
    conversation, sam = _somebody(app), signed_in(app, Role.ADVOCATE)
    page = (await call(app, "GET", f"/c/{conversation}/sheet", sam)).text
    asked = page.split('id="asked-title"')[1].split("</section>")[0]
    assert "Neck squeezed, or breathing stopped</dt><dd>Yes" in asked
    assert "Getting worse, or more often</dt><dd>Not answered" in asked
    assert "Strangulation or choking" in page
    assert '<option value="told_bot" selected>' in page
