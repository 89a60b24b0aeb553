"""A place or a person named in a plan: heard as the answer, 999 beside what the model feared."""

from __future__ import annotations

import pytest

from tests.bot.test_talk_sure import turn

PLAN = ["utter_young_plan_start"]
CHILD = {"gate": "standard", "age_band": "under13", "signs": []}
FEARED = {"triage": "emergency", "danger": 0.9, "intent": "immediate_danger"}


@pytest.mark.parametrize("text", ["yes my bedroom", "my nans", "the bathroom", "yes upstairs"])
def test_p10_place_in_a_plan_is_heard_and_999_is_named_beside(text: str) -> None:
    said = turn(PLAN, text, meta=CHILD, **FEARED)
    assert said[0] == "utter_999"
    assert "utter_ask_hub_danger" in said
    assert said[-1] == "utter_young_plan_room"


def test_no_room_is_not_gone_past_in_a_plan() -> None:
    assert turn(PLAN, "no", meta=CHILD, **FEARED)[-1] == "utter_young_no_room"


@pytest.mark.parametrize(
    ("text", "meta"),
    [
        ("yes my bedroom hes outside", CHILD),
        ("im hiding in my bedroom", CHILD),
        ("dad is coming upstairs", CHILD),
        ("yes my bedroom", {**CHILD, "gate": "urgent"}),
        ("yes my bedroom", {**CHILD, "gate": "emergency"}),
        ("yes my bedroom", {**CHILD, "signs": ["weapon"]}),
        ("yes my bedroom", {}),
    ],
)
def test_p10_anything_more_than_a_place_is_answered_as_danger(
    text: str, meta: dict[str, object]
) -> None:
    assert turn(PLAN, text, meta=meta, **FEARED)[0].startswith("utter_emergency")


def test_p10_place_outside_a_plan_is_answered_as_danger() -> None:
    said = turn(["utter_home_worry_young_person"], "my bedroom", meta=CHILD, **FEARED)
    assert said[0].startswith("utter_emergency")
