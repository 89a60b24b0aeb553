"""Telling people of services."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from webhook.core.messages import Channel, Mode
from webhook.core.sms_text import segments
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.safety.gate import Assessment
from webhook.services.commands import ShowServices
from webhook.services.local import as_in_the_files
from webhook.services.signpost import add_services
from webhook.services.turn import Heard, Turn

NIGHT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


def _told(need: str, channel: Channel, *, checked_only: bool = False, **extra: object) -> list[str]:
    heard = Heard(
        channel,
        Mode.BOT,
        "",
        0,
        Assessment(),
        Triage.STANDARD,
        ContactState(),
        **extra,  # type: ignore[arg-type]
    )
    turn = Turn(commands=[ShowServices(command="show_services", need=need)])
    here = replace(as_in_the_files(), checked_only=checked_only)
    add_services(turn, heard, "", NIGHT, here)
    return turn.replies


def test_texted_services_are_discreet_and_short() -> None:
    told = _told("refuge_housing", Channel.SMS)
    assert told == []  # the only one is for women, and nobody said that they are one
    told = _told("suicide_self_harm", Channel.SMS)
    assert "116 123" in told[0]
    assert segments(told[0]) <= 2


def test_young_person_is_told_of_childline() -> None:
    assert "0800 1111" in _told("child_harm", Channel.WEB, age_band="13-15")[0]


def test_unchecked_services_are_not_told_in_production() -> None:
    assert _told("suicide_self_harm", Channel.WEB, checked_only=True) == []
