"""Where to refer to, and the pack to send: made as a page, recorded on the case, not kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webhook.core.errors import BadInput
from webhook.core.messages import Channel
from webhook.core.staff import Who
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.services import coded, risk
from webhook.services.audit import Action
from webhook.services.desk import Desk, Scene
from webhook.services.risk import Result, View
from webhook.store import conversations, facts, notes

# What the commissioned service takes whatever the risk (routing of the 2018 commission).
_SPECIFIED_NEEDS = frozenset(
    "refuge_housing counselling_recovery children_support safety_planning".split()
)
_CHILD_SIGNS = frozenset({"child", "child_at_risk"})


@dataclass(frozen=True)
class Request:
    """What the advocate says of a referral; `lawful` is needed without consent."""

    route: str
    consent: bool
    lawful: str = ""
    safe_times: str = ""
    not_to: str = ""
    asks: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Pack:
    """The page to print: everything a service needs, and who must not receive it."""

    route: str
    recommended: list[str]
    request: Request
    sheet: View
    summary: ContactState
    facts: dict[str, str]
    notes: list[str]
    age_band: str
    area: str
    number: str
    made_at: datetime
    made_by: str


def recommend(result: Result, state: ContactState, triage: Triage) -> list[str]:
    """Where to refer to, the first first.

    High risk goes to IDVA and MARAC at once, lower risk or a specified need to the commissioned
    service (Cheshire East, 2018). Under 16 it is children's safeguarding instead of MARAC, and who
    harms goes to the behaviour change programme (Walsall, 2018).
    """
    routes: list[str] = []
    if state.audience == "person_who_harms" or "perpetrator_help" in state.needs:
        routes.append("behaviour_change")
    elif result.child:
        routes.append("children_safeguarding")
    elif result.high or triage is Triage.EMERGENCY:
        routes.append("marac_idva")
    if not result.child and (_CHILD_SIGNS & set(state.indicators) or "child_harm" in state.needs):
        routes.append("children_safeguarding")
    if not routes or _SPECIFIED_NEEDS & set(state.needs):
        routes.append("commissioned")
    return routes


class Referrals:
    """Makes packs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def advice(self, who: Who, conversation_id: str) -> tuple[View, list[str]]:
        """The sheet as it stands and where to refer to by it."""
        return await self._desk.act(
            who, conversation_id, lambda scene: (risk.view(scene), recommended(scene))
        )

    async def make(self, who: Who, conversation_id: str, request: Request) -> Pack:
        """The pack; that it was made for a route, when and on what ground is kept, not the pack."""
        return await self._desk.act(who, conversation_id, lambda scene: _make(scene, request))


def recommended(scene: Scene) -> list[str]:
    """Where to refer to by the sheet as it stands."""
    state = ContactState.load(scene.conversation.state or {})
    return recommend(risk.view(scene).result, state, scene.conversation.triage)


def check_route(scene: Scene, route: str, reason: str, advised: list[str]) -> None:
    """Raise BadInput for an unknown route, or another than advised without a reason."""
    if route not in coded.known(scene.session, "routes"):
        raise BadInput("route", "choose a route")
    if route not in advised and reason not in coded.known(scene.session, "route_reasons"):
        raise BadInput("reason", "say why it differs from the recommended route")


def _make(scene: Scene, request: Request) -> Pack:
    scene.held(helpers=True)
    advised = recommended(scene)
    check_route(scene, request.route, request.reason, advised)
    if not request.consent and request.lawful not in coded.known(scene.session, "lawful_reasons"):
        raise BadInput("lawful", "without consent, choose the lawful reason")
    ground = "consent" if request.consent else request.lawful
    state = _record(scene, request, ground)
    conversation = scene.conversation
    key = conversations.key_of(scene.session, scene.vault, conversation.id)
    written = [
        notes.words_of(entry, key)
        for entry in notes.timeline(scene.session, conversation.id)
        if entry.kind == "note"
    ]
    sms = conversation.channel == Channel.SMS
    return Pack(
        route=request.route,
        recommended=advised,
        request=request,
        sheet=risk.view(scene),
        summary=state,
        facts=facts.read(conversation, key),
        notes=written,
        age_band=conversation.age_band or "",
        area=conversation.area or "",
        number=conversations.number_of(conversation, key) if sms else "",
        made_at=scene.now,
        made_by=scene.who.name if scene.who else "",
    )


def _record(scene: Scene, request: Request, ground: str) -> ContactState:
    before = ContactState.load(scene.conversation.state or {})
    state = scene.remember(referrals=[*before.referrals, f"{request.route}:{ground}"])
    scene.note("referred", route=request.route, ground=ground)
    scene.audit(Action.PACK_MADE, reason=ground, subject=request.route)
    if scene.conversation.channel == Channel.SMS:
        scene.audit(Action.NUMBER_REVEALED, reason="safeguarding", subject=request.route)
    return state
