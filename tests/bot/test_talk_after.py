"""After the danger: police who came are answered for what they are, fears and hopes are not."""

from __future__ import annotations

import pytest

from bot.policies.meant import help_came
from tests.bot.test_talk_sure import turn

CAME = (
    "police came hes gone. my legs are jelly",
    "the cops have took her away",
    "police are here now",
    "paramedics have been and gone",
)
NOT_COME = (
    "if the police came hed kill me",
    "police never came",
    "police came last time and did nothing",
    "hes back and hes hitting the door",
    "should the police be here",
)


@pytest.mark.parametrize("text", CAME)
def test_police_who_came_are_not_answered_with_999_alone(text: str) -> None:
    near = {"detail": "after/police_gone", "say": "utter_after_police_gone", "closeness": 0.5}
    now = {"triage": "emergency", "danger": 0.9, **near}
    assert turn(["utter_emergency"], text, "police_reporting", **now)[0].startswith("utter_after_")


@pytest.mark.parametrize("text", NOT_COME)
def test_police_who_are_feared_hoped_for_or_long_gone_have_not_come(text: str) -> None:
    assert not help_came(text)


@pytest.mark.parametrize("text", ["hes chuckin the plates", "she's kickin the bedroom wall"])
def test_what_goes_on_in_dropped_letters_is_still_now(text: str) -> None:
    now = {"triage": "emergency", "danger": 0.95, "meta": {"gate": "standard"}}
    said = turn(["utter_emergency", "utter_ask_hub_danger"], text, "immediate_danger", **now)
    assert said[0].startswith("utter_emergency")
