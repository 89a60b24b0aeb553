"""What is nearly a particular thing is taken up where the words would have fitted anything."""

from __future__ import annotations

from typing import Any

import pytest

from bot.policies.talk_history import Near
from tests.bot.test_talk_sure import turn

TOLD = ["utter_disclose_abuse"]
SLEEP = (Near("children/sleep", "utter_children_sleep", 0.61),)


def _said(told: list[str], text: str, near: tuple[Near, ...], **extra: Any) -> list[str]:
    return turn(
        told, text, "out_of_scope", near=near, detail=None, say=None, closeness=0.0, **extra
    )


def test_nearly_meant_answer_stands_for_words_that_fit_anything() -> None:
    assert _said(TOLD, "shes in with me every night", SLEEP) == ["utter_children_sleep"]


@pytest.mark.parametrize(
    ("told", "near", "extra"),
    [
        (TOLD, (Near("children/sleep", "utter_children_sleep", 0.45),), {}),
        (TOLD, (Near("near_miss/they_are_near", None, 0.62), *SLEEP), {}),
        (TOLD, (Near("fish/family", "utter_fish_family", 0.6),), {}),
        (["utter_worried_about_someone"], SLEEP, {}),
        (TOLD, SLEEP, {"meta": {"signs": ["weapon"]}}),
        (TOLD, SLEEP, {"meta": {"age_band": "13-15"}}),
        ([*TOLD, "utter_children_sleep"], SLEEP, {}),
    ],
)
def test_nearly_meant_answer_stays_unsaid_where_it_may_misfit(
    told: list[str], near: tuple[Near, ...], extra: dict[str, Any]
) -> None:
    said = _said(told, "shes in with me every night", near, **extra)
    assert not {one.say for one in near} & set(said[:1])


def test_who_was_hurt_is_not_taken_for_a_friend() -> None:
    asks = (Near("worried/what_to_say", "utter_worried_words", 0.75),)
    read = {"detail": "worried/what_to_say", "say": "utter_worried_words", "closeness": 0.75}
    about = {"near": asks, "confidence": 0.7, **read}
    hurt = turn(TOLD, "what do i say to her about it", "worried_about_someone", **about)
    friend = turn(["utter_greet"], "what do i say to her", "worried_about_someone", **about)
    assert hurt[:1] != ["utter_worried_words"]
    assert friend == ["utter_worried_words"]


def test_grown_up_is_not_answered_as_a_child() -> None:
    told = ["utter_disclose_abuse", "utter_court_nervous"]
    said = turn(told, "my dad says to come home", "home_worry_young_person")
    assert said[:1] != ["utter_home_worry_young_person"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("she told them all im the one doing it", "perpetrator_help"),
        ("my mate from work said her spare rooms mine", "worried_about_someone"),
    ],
)
def test_who_was_hurt_stays_who_was_hurt(text: str, intent: str) -> None:
    assert turn(TOLD, text, intent)[:1] != [f"utter_{intent}"]


@pytest.mark.parametrize("text", ["yep hes in the garage", "Yes, he is in the garden."])
def test_yes_that_says_where_they_are_is_no_emergency(text: str) -> None:
    read = {"triage": "emergency", "danger": 0.9, "meta": {"gate": "standard"}}
    assert turn(["utter_greet"], text, "immediate_danger", **read)[0] == "utter_safe_but_near"
    near = turn(["utter_greet"], "yes but hes coming upstairs", "immediate_danger", **read)
    assert near[0] != "utter_safe_but_near"


def test_child_and_worried_friend_get_what_is_nearly_meant_for_them() -> None:
    pet = (Near("young/pet_after", "utter_young_pet_after", 0.55),)
    child = {"meta": {"age_band": "under13"}}
    told = ["utter_home_worry_young_person"]
    assert _said(told, "biscuit was crying all night", pet, **child) == ["utter_young_pet_after"]
    sad = (Near("worried/so_sad", "utter_worried_so_sad", 0.55),)
    worried = ["utter_worried_about_someone", "utter_worried_say"]
    assert _said(worried, "that poor poor girl honestly", sad) == ["utter_worried_so_sad"]
    assert _said(TOLD, "that poor poor girl honestly", sad) != ["utter_worried_so_sad"]


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("his mum has my gold in her room", "utter_about_inlaws"),
        ("he has three guns in there", "utter_about_gun"),
        ("last time ss got involved with my first", "utter_about_social"),
        ("kids have got no school uniform nothing", "utter_about_kids"),
    ],
)
def test_matter_that_is_named_is_taken_up_where_nothing_fits(text: str, then: str) -> None:
    assert _said(TOLD, text, ()) == [then]
    assert _said([*TOLD, then], text, ()) != [then]
    assert _said(TOLD, text, (), meta={"age_band": "13-15"}) != [then]


def test_telling_of_harm_is_not_met_with_the_matter_beside_it() -> None:
    said = _said(TOLD, "he punched me in front of the kids", (), triage="urgent")
    assert said[0] != "utter_about_kids"


def test_violence_told_within_a_complaint_is_no_more_of_the_complaint() -> None:
    told = ["utter_complaint_feedback"]
    hurt = turn(told, "he did me over last night", "disclose_abuse", triage="urgent")
    assert hurt != ["utter_complaint_more"]
    assert turn(told, "nobody rang me when you said", "complaint_feedback")[0].startswith(
        "utter_complaint"
    )


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("do i have to", "utter_housing_must"),
        ("what if they say no", "utter_housing_refused"),
        ("who would i ask", "utter_follow_who_housing"),
    ],
)
def test_further_question_keeps_to_the_topic_in_hand(text: str, then: str) -> None:
    assert turn(["utter_refuge_council"], text, "service_info", confidence=0.5) == [then]


def test_news_that_they_sleep_is_no_wish_for_silence() -> None:
    told = ["utter_emergency", "utter_ask_hub_danger"]
    said = turn(told, "he's asleep now", "unsafe_to_talk", confidence=0.9)
    assert said[0] == "utter_after_gone_out"
