"""Telling people of services: chosen for who they are, what they need, where and when."""

from __future__ import annotations

from datetime import datetime

from webhook.core.messages import Channel
from webhook.core.sms_text import segments
from webhook.directory.services import MOST_AT_ONCE, Audience, Service, Who, choose
from webhook.services.commands import ShowServices
from webhook.services.local import Local
from webhook.services.turn import Heard, Turn

_YOUNG = frozenset({"under13", "13-15", "16-17"})
_WHO_BY_NEED: dict[str, Who] = {
    "perpetrator_help": "person_who_harms",
    "professional_referral": "professional",
    "worried_about_someone": "concerned_other",
}
_AUDIENCES: frozenset[Audience] = frozenset({"woman", "man", "lgbt"})
_MOST_SEGMENTS = 2
_ANY_NEED = "emotional_distress"  # somebody who listens, whatever it is about


def add_services(turn: Turn, heard: Heard, area: str, now: datetime, here: Local) -> None:
    """Add one reply with the services that the turn asks for; none fit, none is added.

    By text they bear their discreet names and stay within two segments.
    """
    for command in turn.commands:
        if isinstance(command, ShowServices):
            texted = heard.channel is Channel.SMS
            chosen = _choose(command.need, heard, area, now, here)
            lines = [service.words(discreetly=texted) for service in chosen]
            if texted:
                lines = _fitting(lines)
            if lines:
                turn.replies.append("\n".join(lines))


def open_lines(heard: Heard, here: Local, now: datetime) -> list[Service]:
    """Lines of the country that answer now and fit the person; two at most."""
    found: dict[str, Service] = {}
    for need in (*reversed(heard.state.needs), _ANY_NEED):
        for service in _choose(need, heard, "", now, here):
            if service.open_at(now) and (service.phone or service.text):
                found.setdefault(service.id, service)
    return list(found.values())[:MOST_AT_ONCE]


def _choose(need: str, heard: Heard, area: str, now: datetime, here: Local) -> list[Service]:
    return choose(
        here.services(area),
        need,
        now,
        who=_who(need, heard),
        audience=_audience(heard.state.audience),
        checked_only=here.checked_only,
        checked=here.checked,
    )


def _who(need: str, heard: Heard) -> Who:
    return "young" if heard.age_band in _YOUNG else _WHO_BY_NEED.get(need, "adult")


def _audience(told: str | None) -> Audience | None:
    return next((audience for audience in _AUDIENCES if audience == told), None)


def _fitting(lines: list[str]) -> list[str]:
    while lines and segments("\n".join(lines)) > _MOST_SEGMENTS:
        lines = lines[:-1]
    return lines
