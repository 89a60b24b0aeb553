"""After the danger: police who came are answered for what they are, fears and hopes are not."""

from __future__ import annotations

import pytest

from tests.bot.test_talk_sure import turn

DANGER = ("utter_emergency", "utter_danger_stay")


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("police came hes gone. my legs are jelly", True),
        ("the cops have took her away", True),
        ("police are here now", True),
        ("if the police came hed kill me", False),
        ("police never came", False),
        ("hes back and hes hitting the door", False),
    ],
)
def test_police_who_came_are_not_answered_with_999_alone(text: str, came: bool) -> None:
    near = {"detail": "after/police_gone", "say": "utter_after_gone", "closeness": 0.5}
    now = {"triage": "emergency", "danger": 0.9, **near}
    said = turn(["utter_emergency"], text, "police_reporting", **now)
    assert ("utter_after_gone" in said) is came
    assert came or said[0] in DANGER
