"""Closing a conversation: what came of it, in coded lists, and a line for whoever is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from webhook.core.errors import BadInput
from webhook.core.staff import Who
from webhook.core.triage import Triage
from webhook.services import coded, referral, retention
from webhook.services.audit import Action
from webhook.services.desk import Desk, Scene
from webhook.store import notes
from webhook.store.hub_models import Review


@dataclass(frozen=True)
class Disposition:
    """How a conversation ended; `reason` is needed for another route than recommended."""

    outcome: str
    route: str
    safe: Literal["yes", "no", "unknown"]
    line: str
    reason: str = ""


class Closing:
    """Ends conversations that an advocate holds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def close(self, who: Who, conversation_id: str, how: Disposition) -> bool:
        """Close; whether it had been an emergency, after which somebody should ask how one is."""
        if len(how.line.strip()) < 3:
            raise BadInput("line", "write one line for whoever is next")
        if how.safe not in ("yes", "no", "unknown"):
            raise BadInput("safe", "say whether they were safe")
        return await self._desk.act(who, conversation_id, lambda scene: _close(scene, how))


def _close(scene: Scene, how: Disposition) -> bool:
    scene.held()
    if how.outcome not in coded.known(scene.session, "outcomes"):
        raise BadInput("outcome", "choose what came of it")
    advised = referral.recommended(scene)
    referral.check_route(scene, how.route, how.reason, advised)
    scene.remember(outcome=how.outcome, route=how.route, joined_name=None)
    scene.note(
        "closed", words=how.line.strip(), outcome=how.outcome, route=how.route, safe=how.safe
    )
    reason = how.reason if how.route not in advised else None
    scene.audit(Action.CLOSED, reason=reason, subject=f"{how.outcome} {how.route}")
    case = retention.close(scene.session, scene.conversation, scene.now)
    staff_id = scene.staff_id or 0
    scene.session.add(
        Review(
            conversation_id=scene.conversation.id,
            case_id=case.id,
            closed_at=scene.now,
            closed_by=staff_id,
            triage=case.triage,
            outcome=how.outcome,
            route=how.route,
            recommended=advised[0] if advised else None,
            reason=reason,
        )
    )
    notes.save_draft(
        scene.session, scene.vault, scene.conversation.id, staff_id, "close", "", scene.now
    )
    return case.triage is Triage.EMERGENCY
