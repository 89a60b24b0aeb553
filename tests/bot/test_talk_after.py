"""After the danger: police who came are answered for what they are, fears and hopes are not."""

from __future__ import annotations

import pytest

from bot.policies.meant import help_came
from bot.policies.talk_history import Near
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


CALM_LATER = "work are being funny about the hours"


def test_after_an_alarm_a_calm_turn_is_met_once_by_words_for_danger() -> None:
    held = {"confidence": 0.3, "meta": {"triage": "emergency"}}
    alarm = ["utter_emergency", "utter_ask_hub_danger"]
    assert turn(alarm, CALM_LATER, "out_of_scope", **held) == ["utter_danger_heard"]
    again = turn([*alarm, "utter_danger_heard"], CALM_LATER, "out_of_scope", **held)
    assert not again[0].startswith("utter_danger_heard")


def test_words_for_danger_do_not_keep_themselves_going() -> None:
    held = {"confidence": 0.3, "meta": {"triage": "emergency"}}
    since = ["utter_emergency", *["utter_heard_you", "utter_go_on"] * 4, "utter_danger_heard"]
    later = turn([*since, *["utter_heard_you", "utter_go_on"] * 3], CALM_LATER, "other", **held)
    assert not later[0].startswith("utter_danger_heard")


def test_calm_talk_long_after_an_alarm_is_weighed_like_any_other() -> None:
    near = Near("work/boss_knows", "utter_work_boss_knows", 0.45)
    weighs = {
        "confidence": 0.3, "meta": {"triage": "emergency"}, "near": (near,), "closeness": 0.45,
        "detail": near.name, "say": near.say,
    }  # fmt: skip
    since = ["utter_emergency", *["utter_work_tell", "utter_go_on"] * 5]
    assert turn(since, CALM_LATER, "out_of_scope", **weighs) == ["utter_work_boss_knows"]


@pytest.mark.parametrize(("closeness", "then"), [(0.52, "utter_after_on_way"), (0.4, None)])
def test_what_help_told_them_is_answered_after_999(closeness: float, then: str | None) -> None:
    near = (Near("after/on_way", "utter_after_on_way", closeness),)
    now = {"triage": "emergency", "danger": 0.9, "meta": {"gate": "standard"}, "near": near}
    said = ["utter_emergency", "utter_ask_hub_danger", "utter_danger_stay"]
    text = "rang em. they told us to lie low"
    assert turn(said, text, "out_of_scope", **now)[0] == (then or "utter_danger_heard")


@pytest.mark.parametrize(("closeness", "then"), [(0.74, "utter_stalking_at_home_now"), (0.6, None)])
def test_danger_has_its_own_answer_where_one_is_near(closeness: float, then: str | None) -> None:
    told = {"detail": "stalking/at_home_now", "say": "utter_stalking_at_home_now"}
    now = {"triage": "emergency", "danger": 0.9, "for_danger": True, "closeness": closeness}
    text = "hes outside now, in the car with the lights off"
    assert turn(["utter_go_on"], text, "x", **told, **now)[0] == (then or "utter_emergency")


@pytest.mark.parametrize(("sure", "then"), [(0.6, "utter_after_cant_ring"), (0.9, None)])
def test_who_cannot_ring_asks_for_help_and_not_for_silence(sure: float, then: str | None) -> None:
    near = {"detail": "after/cant_ring", "say": "utter_after_cant_ring", "closeness": 0.85}
    said = turn(
        ["utter_emergency"], "cant ring hell hear", "unsafe_to_talk", confidence=sure, **near
    )
    assert said == [then or "utter_unsafe_to_talk"]


def test_few_words_of_ringing_for_help_are_not_met_by_words_for_any_danger() -> None:
    near = (Near("after/ringing_now", "utter_after_ringing_now", 0.63),)
    held = {"confidence": 0.2, "meta": {"triage": "emergency"}, "near": near}
    said = turn(["utter_emergency"], "ringin em now", "other", **held)
    assert said == ["utter_after_ringing_now"]
