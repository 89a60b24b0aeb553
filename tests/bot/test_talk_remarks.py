"""Short things with one plain meaning are answered for themselves, and a telling is heard."""

from __future__ import annotations

from typing import Any

import pytest

from bot.policies.talk_history import Near
from tests.bot.test_talk_sure import turn

EMERGENCY = ["utter_emergency", "utter_ask_hub_danger"]
TOLD = ["utter_disclose_abuse"]
HIDES = {"triage": "emergency", "age_band": "under13"}


@pytest.mark.parametrize(
    ("said", "text", "intent", "then"),
    [
        (EMERGENCY, "i did it i pressed it", "suicide_self_harm", "utter_after_on_way"),
        (
            EMERGENCY,
            "hiding behind the sofa with my little sister",
            "child_harm",
            "utter_after_hiding",
        ),
        (EMERGENCY, "the cops have arrested him", "police_reporting", "utter_after_taken"),
        (EMERGENCY, "cops took him and now its so quiet", "other", "utter_after_taken"),
        (
            EMERGENCY,
            "was it cos me n my sister left the telly on",
            "other",
            "utter_young_not_fault",
        ),
        (TOLD, "is he like this becos of me", "other", "utter_told_fault"),
        (TOLD, "can i just think about it", "dont_know", "utter_no_pressure"),
        (TOLD, "gunna speak to the midwife on tuesday", "other", "utter_tell_midwife"),
        (EMERGENCY, "should i open the door", "service_info", "utter_after_door"),
        (["utter_after_shaking"], "not hurt just shaken up", "deny", "utter_after_not_hurt"),
        (["utter_wrong_number"], "oh sorry i wanted the chippy", "other", "utter_wrong_done"),
        (["utter_suicide_self_harm"], "my sisters on her way", "other", "utter_suicide_coming"),
        (["utter_suicide_stays"], "ok ill ring my mate", "goodbye", "utter_suicide_reach"),
        (["utter_perp_leave_be"], "it was the second time tbh", "deny", "utter_perp_more"),
        (
            TOLD,
            "nearly at the bus stop and i think its him",
            "stalking_harassment",
            "utter_danger_street",
        ),
        (TOLD, "i feel like ive let the kids down", "emotional_distress", "utter_not_bad"),
        (
            ["utter_pregnant_hurt"],
            "he shoved me into the wall",
            "disclose_abuse",
            "utter_pregnant_hurt_again",
        ),
        (
            TOLD,
            "im a teacher i should know better",
            "professional_referral",
            "utter_told_should_know",
        ),
        (TOLD, "what should i do", "service_info", "utter_told_tell_me_what"),
        (["utter_housing_ask_council"], "ok ill ring them now", "goodbye", "utter_ringing_them"),
        (["utter_children_support"], "no hes never touched them", "deny", "utter_children_say"),
        (
            ["utter_health_pregnant_hurt"],
            "he pushed me onto the stairs",
            "disclose_abuse",
            "utter_pregnant_hurt",
        ),
        ([], "how quickly can i get an injunction", "legal_protection", "utter_law_how_long"),
        (TOLD, "no better than the bank you lot", "refuge_housing", "utter_complaint_useless"),
        (EMERGENCY, "callin em now", "other", "utter_after_ringing_now"),
        (EMERGENCY, "it was before, cops nicked him and its quiet", "other", "utter_after_taken"),
        (TOLD, "and is that gone from my phone too", "other", "utter_data_not_phone"),
        (TOLD, "will it still be on my phone", "tech_safety", "utter_data_not_phone"),
        (["utter_after_taken"], "will he stick to it though", "other", "utter_after_bail_keep"),
        (TOLD, "what do his bail conditions mean", "police_reporting", "utter_police_bail"),
        (TOLD, "hes given me a black eye", "health_substance", "utter_injury"),
        (TOLD, "he pushed me into the door and im 7 months", "deny", "utter_pregnant_hurt"),
        (TOLD, "ill tell my midwife about it", "professional_referral", "utter_tell_midwife"),
        (TOLD, "my mates would laugh at me", "sexual_violence", "utter_told_laughed"),
        (TOLD, "he said hes going to kill me", "disclose_abuse", "utter_threat_heard"),
        (["utter_threat_heard"], "i mean it literally", "other", "utter_threat_heard_again"),
        (TOLD, "stop telling me that", "stop_messages", "utter_sorry_heard"),
        (["utter_suicide_ask"], "i took some already", "dont_know", "utter_suicide_taken"),
        (["utter_suicide_self_harm"], "nobody would even care", "deny", "utter_suicide_nobody"),
        (TOLD, "they think i fell down the stairs", "other", "utter_told_fell"),
        (
            ["utter_pregnant_hurt", *EMERGENCY, "utter_young_taken"],
            "im bleeding now",
            "immediate_danger",
            "utter_pregnant_bleeding",
        ),
    ],
)
def test_remark_is_answered_whatever_it_was_read_as(
    said: list[str], text: str, intent: str, then: str
) -> None:
    assert turn(said, text, intent)[0] == then


def test_how_long_an_order_lasts_is_another_question() -> None:
    text = "how long does an injunction last before it ends"
    assert turn([], text, "legal_protection") != ["utter_law_how_long"]


def test_a_child_who_asks_where_to_go_is_told_where() -> None:
    child = {"meta": {"age_band": "under13"}}
    said = turn(
        ["utter_home_worry_young_person"], "where do i go when he kicks off", "other", **child
    )
    assert said == ["utter_young_where_to_go"]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (["utter_worried_about_someone"], "i dont want him knowing it was me"),
        (["utter_code_word_taken"], "hiya its me"),
    ],
)
def test_who_says_that_it_is_them_is_not_always_the_one_hurt(said: list[str], text: str) -> None:
    assert "utter_friend_me" not in turn(said, text, "greet")


def test_somebody_who_comes_is_help_only_where_they_are_no_danger() -> None:
    said = ["utter_suicide_self_harm"]
    assert turn(said, "my husband is on his way", "unsafe_to_talk") != ["utter_suicide_coming"]


def test_a_yes_is_not_met_with_the_words_that_were_just_said() -> None:
    again = {"say": "utter_children_handover", "detail": "children/handover", "closeness": 0.9}
    said = ["utter_children_handover"]
    text = "yes at the mcdonalds on saturday mornings"
    assert turn(said, text, "affirm", **again) != said


def test_nobody_is_taken_for_one_who_fishes_on_a_guess() -> None:
    guess = {"say": "utter_fish_anyway", "detail": "fish/anyway", "closeness": 0.56, "chance": 0.12}
    assert turn(TOLD, "can i find out", "other", **guess) != ["utter_fish_anyway"]
    own = {"say": "utter_fish_what_said", "detail": "fish/what_said", "closeness": 0.95}
    assert turn(TOLD, "what do i say to my son", "other", **own) != ["utter_fish_what_said"]


def test_being_wished_dead_is_heard_though_nobody_despairs() -> None:
    told = {
        "say": "utter_suicide_told_better_off", "detail": "suicide/told_better_off",
        "closeness": 0.7, "for_danger": True, "chance": 0.6,
    }  # fmt: skip
    said = turn(TOLD, "he says it would be better with me gone", "disclose_abuse", **told)
    assert said[0] == "utter_suicide_told_better_off"


def test_a_trip_that_is_gone_on_is_no_fall() -> None:
    told = {"say": "utter_teen_blackmail", "detail": "teen/blackmail", "closeness": 0.7}
    text = "he says he'll put them up if i go on the uni trip"
    assert turn([], text, "teen_relationship", **told) == ["utter_teen_blackmail"]


@pytest.mark.parametrize("grave", ["sexual_violence", "immediate_danger"])
def test_grave_matter_is_not_asked_about_on_words_that_were_hardly_read(grave: str) -> None:
    text = "its like when you do that"
    assert turn([], text, grave, confidence=0.16) == ["utter_not_understood"]
    told = turn([], text, grave, confidence=0.16, triage="urgent")
    assert told[0] == f"utter_{grave}"


def test_who_was_hurt_speaks_of_help_when_her_sister_comes() -> None:
    coming = {"triage": "emergency", "confidence": 0.5, "danger": 0.9}
    text = "my sister comin in the car now in a minute"
    assert turn(TOLD, text, "worried_about_someone", **coming) == EMERGENCY


@pytest.mark.parametrize("asked", ["utter_child_harm", "utter_disclose_abuse", "utter_heard_harm"])
@pytest.mark.parametrize("text", ["nah leave it, forget i said anything", "never mind", "drop it"])
def test_leaving_it_is_no_answer_to_a_question(asked: str, text: str) -> None:
    assert turn([asked], text, "deny") == ["utter_leave_it"]


def test_going_to_bed_is_accepted_and_the_truth_told_of_waiting() -> None:
    waits = {"mode": "waiting"}
    said = ["utter_request_human"]
    assert turn(said, "never mind gonna try to sleep", "deny", meta=waits) == [
        "utter_night_waiting"
    ]
    assert turn(EMERGENCY, "dont need anybody tonight", "deny") == ["utter_night_danger"]
    assert turn(["utter_distress_then"], "i cant sleep", "dont_know") != ["utter_bye_night"]


def test_p10_emergency_is_not_told_twice_in_the_same_words() -> None:
    feared = {"triage": "emergency", "danger": 0.9, "meta": {"gate": "standard"}}
    again = turn(EMERGENCY, "hes still kicking off", "immediate_danger", **feared)
    assert again[0] == "utter_emergency_again"
    third = [*EMERGENCY, "utter_emergency_again", "utter_ask_hub_danger"]
    assert turn(third, "hes kicking the door", "x", **feared)[0] == "utter_danger_stay"
    calmer = turn([*EMERGENCY, "utter_danger_stay"], "he has my keys", "immediate_danger", **feared)
    assert calmer[0] == "utter_danger_heard"


def test_first_telling_of_danger_is_still_answered_as_danger() -> None:
    feared = {"triage": "emergency", "danger": 0.9, "meta": {"gate": "emergency"}}
    assert turn([], "im hiding in the wardrobe", "immediate_danger", **feared) == EMERGENCY


def test_child_who_hides_is_told_that_it_is_not_their_fault() -> None:
    near = {"detail": "young/because_i", "say": "utter_young_not_fault", "closeness": 0.8}
    said = turn(EMERGENCY, "is it because we were loud", "out_of_scope", **near)
    assert said[0] == "utter_young_not_fault"
    grown = turn(TOLD, "is it because we were loud", "out_of_scope", **near)
    assert grown[0] != "utter_young_not_fault"


def test_told_harm_is_heard_where_nothing_else_fits() -> None:
    urgent: dict[str, Any] = {"triage": "urgent", "confidence": 0.3}
    for said in (TOLD, [*TOLD, "utter_no_answer"]):
        heard = turn(said, "and last sunday was a lot worse than that", "money_benefits", **urgent)
        assert heard == ["utter_heard_harm"]


def test_risk_check_waits_until_what_was_told_is_heard() -> None:
    said = [*TOLD, "utter_disclose_safe"]
    urgent = {"triage": "urgent"}
    told = turn(said, "he slammed my hand", "disclose_abuse", triage="urgent", meta=urgent)
    assert "utter_risk_offer" not in told
    assert turn(said, "three years", "disclose_abuse", meta=urgent) == ["utter_risk_offer"]


def test_sign_answers_what_the_service_asked_with_it() -> None:
    asked = ["utter_suicide_self_harm", "fixed_emoji_2"]
    assert turn(asked, "\U0001f44d", "affirm") == ["utter_person_asked"]
    assert turn(["fixed_emoji_1"], "\u2705", "out_of_scope") == ["utter_signs_hurting"]


def test_what_agrees_to_nothing_is_no_yes() -> None:
    asked = ["utter_disclose_abuse", "utter_no_answer"]
    assert turn(asked, "my next one is on monday", "affirm") != ["utter_person_asked"]
    assert turn(asked, "yes please ask one", "affirm") == ["utter_person_asked"]


def test_telling_is_not_taken_for_a_complaint_or_for_distress() -> None:
    assert turn(TOLD, "nobody ever asked me", "complaint_feedback", confidence=0.6) != [
        "utter_complaint_feedback"
    ]
    said = turn(TOLD, "neighbour let me in", "safety_planning", confidence=0.6)
    assert said[0] != "utter_plan_start"


def test_child_is_not_answered_as_a_parent() -> None:
    child = {"age_band": "13-15"}
    said = turn([], "he said im not his son", "child_to_parent", meta=child)
    assert said[0].startswith("utter_home_worry_young_person")


def test_same_particular_answer_is_not_said_twice_running() -> None:
    near = {"detail": "told/meds", "say": "utter_told_meds", "closeness": 0.9}
    assert turn(["utter_told_meds"], "he keeps my pills", "disclose_abuse", **near) != [
        "utter_told_meds"
    ]


def test_news_of_the_police_is_no_wish_to_report() -> None:
    assert turn(TOLD, "the police lady was kind", "police_reporting") == ["utter_police_news"]
    assert turn(TOLD, "i want to report him", "police_reporting") == ["utter_police_reporting"]


def test_nearest_answer_that_is_meant_for_them_is_said() -> None:
    near = {
        "detail": "young/love",
        "say": "utter_young_love",
        "closeness": 0.82,
        "near": (
            Near("young/love", "utter_young_love", 0.82),
            Near("told/love", "utter_told_love", 0.8),
        ),
    }
    grown = {"age_band": "18plus"}
    assert turn(TOLD, "i love him", "emotional_distress", meta=grown, **near) == ["utter_told_love"]


def test_code_word_is_asked_for_as_often_as_it_is_needed() -> None:
    agreed = {"meta": {"code_word": "agreed"}}
    reads = {"detail": "plan/read", "say": "utter_plan_read", "closeness": 0.9}
    said = ["utter_code_word_needed", "utter_code_word_wrong"]
    asked = turn(said, "read my plan", "safety_planning", **reads, **agreed)
    assert asked == ["utter_code_word_needed"]


@pytest.mark.parametrize(
    "text", ["i have not got any bruises", "we split in feb and hes always outside my gym"]
)
def test_what_is_no_injury_is_not_answered_as_one(text: str) -> None:
    assert "utter_injury" not in turn(TOLD, text, "disclose_abuse")


@pytest.mark.parametrize("role", ["perpetrator_help", "professional_referral"])
def test_nobody_is_taken_on_a_guess_for_one_who_harms_or_for_a_worker(role: str) -> None:
    assert turn([], "its like when you do that", role, confidence=0.4) == ["utter_not_understood"]
    said = {
        "perpetrator_help": "i hit her last night",
        "professional_referral": "my client is late",
    }
    assert turn([], said[role], role, confidence=0.4) != ["utter_not_understood"]


def test_threat_that_is_a_way_of_speaking_is_not_met_as_one() -> None:
    sign = {"meta": {"gate": "standard", "signs": ["threat_to_kill"]}}
    said = turn(TOLD, "my dad would kill me lol", "out_of_scope", **sign)
    assert said != ["utter_threat_heard"]
    meant = {"meta": {"gate": "urgent", "signs": ["threat_to_kill"]}, "triage": "urgent"}
    assert turn(TOLD, "he said hed kill me", "other", **meant) == ["utter_threat_heard"]
