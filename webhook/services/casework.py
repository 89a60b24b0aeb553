"""From a conversation to its anonymised case, and the conversation's deletion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from webhook.core.state import ContactState
from webhook.store import cases
from webhook.store.models import Case, Conversation

# Intents that are a need; the others are talk, or about the service itself.
NEEDS = frozenset(
    """
    immediate_danger suicide_self_harm sexual_violence child_harm disclose_abuse is_this_abuse
    safety_planning refuge_housing legal_protection police_reporting immigration money_benefits
    tech_safety stalking_harassment children_support home_worry_young_person teen_relationship
    child_to_parent honour_forced_marriage perpetrator_help worried_about_someone
    professional_referral counselling_recovery health_substance inclusive_support
    emotional_distress request_human language_request complaint_feedback
    """.split()
)

_AUDIENCE_BY_NEED = {
    "perpetrator_help": "person_who_harms",
    "professional_referral": "professional",
    "worried_about_someone": "concerned_other",
    "home_worry_young_person": "young_person",
    "teen_relationship": "young_person",
}
_YOUNG = frozenset({"under13", "13-15", "16-17"})


def record(session: Session, conversation: Conversation, now: datetime) -> Case:
    """Leave one anonymised record of a contact: coded values, a week and a part of the day.

    Free text cannot get in: every value comes from a closed list or is a number.
    """
    state = ContactState.load(conversation.state)
    case = Case(
        week=_week(conversation.created_at),
        hour_band=_hour_band(conversation.created_at),
        channel=conversation.channel,
        area=conversation.area,
        audience=state.audience or _audience(conversation, state),
        age_band=conversation.age_band,
        needs=[need for need in state.needs if need in NEEDS],
        triage=cases.highest_triage(session, conversation),
        indicators=state.indicators,
        plan_steps=state.plan_steps,
        first_reply_seconds=state.first_reply_seconds,
        wait_seconds=state.wait_seconds,
        handed_over=state.handed_over,
        route=state.route,
        outcome=state.outcome,
        helped=state.helped,
        referrals=state.referrals,
        heard_from=state.heard_from,
        repeat=cases.contacted_before(session, conversation, now),
    )
    session.add(case)
    session.flush()
    return case


def delete(session: Session, conversation_ids: Sequence[str], reason: str, now: datetime) -> int:
    """Delete conversations with everything in them, keys first; returns the number of messages."""
    return cases.delete_conversations(session, conversation_ids, reason, now)


def _audience(conversation: Conversation, state: ContactState) -> str | None:
    if conversation.age_band in _YOUNG:
        return "young_person"
    return next((_AUDIENCE_BY_NEED[n] for n in state.needs if n in _AUDIENCE_BY_NEED), None)


def _week(moment: datetime) -> str:
    """ISO year and week, such as "2026-W47"."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02d}"


def _hour_band(moment: datetime) -> str:
    """Six-hour part of the day in UTC: "00-06", "06-12", "12-18" or "18-24"."""
    start = moment.hour // 6 * 6
    return f"{start:02d}-{start + 6:02d}"
