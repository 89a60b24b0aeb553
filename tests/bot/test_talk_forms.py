"""The short forms as they are written: asked one by one, skipped, stopped, taken up again."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bot.policies.flows import load_flows
from bot.policies.talk import Sureness, choose
from bot.policies.talk_history import Heard, History
from tests.bot.assistant import ROOT

FLOWS = load_flows()
DOMAIN = {
    name
    for file in (ROOT / "bot/domain/responses").glob("*.yml")
    for name in yaml.safe_load(file.read_text())["responses"]
}
QUESTIONS = ["neck", "threat", "worse", "apart", "baby", "self"]
TOLD = ["utter_disclose_abuse", "utter_disclose_safe"]
STARTED = [*TOLD, "utter_risk_offer", "utter_risk_neck"]


def turn(said: list[str], text: str = "yes", intent: str = "affirm", **extra: Any) -> list[str]:
    """What is said to a message after `said`; `meta` is what the service tells beside it."""
    metadata = {"channel": "sms", "last_said": "assistant", **extra.pop("meta", {})}
    fields = {
        "confidence": 0.9, "triage": "standard", "danger": 0.9, "detail": None, "say": None,
        "closeness": 0.9 if extra.get("say") else 0.0, "for_danger": False, **extra,
    }  # fmt: skip
    heard = Heard(intent=intent, metadata=metadata, text=text, **fields)
    return choose(heard, History(before=list(said)), FLOWS, DOMAIN, Sureness())


def talk(answers: list[str], said: list[str], **extra: Any) -> list[str]:
    """Everything said after some answers, one a turn."""
    said = list(said)
    for text in answers:
        said += turn(said, text, "other", confidence=0.2, **extra)
    return said


def test_risk_check_is_offered_at_a_high_risk_sign() -> None:
    urgent = {"triage": "urgent"}
    assert turn(TOLD, "he followed me", "disclose_abuse", meta=urgent) == ["utter_risk_offer"]
    first_words = turn(TOLD[:1], "he followed me", "disclose_abuse", meta=urgent)
    assert first_words == ["utter_disclose_worst"]
    assert turn([], "he followed me", "disclose_abuse", meta=urgent) == ["utter_disclose_abuse"]
    again = turn([*TOLD, "utter_risk_offer"], "he yells", "disclose_abuse", meta=urgent)
    assert again == ["utter_disclose_worst"]


def test_what_was_just_told_is_heard_before_any_questions_are_offered() -> None:
    urgent = {"triage": "urgent"}
    said = turn(TOLD, "he just said nice hat", "disclose_abuse", meta=urgent)
    assert said != ["utter_risk_offer"]


def test_risk_check_is_never_offered_in_an_emergency_or_to_a_child() -> None:
    for meta in ({"triage": "emergency"}, {"triage": "urgent", "age_band": "13-15"}):
        assert "utter_risk_offer" not in turn(TOLD, "he hit me", "disclose_abuse", meta=meta)
    after = [*TOLD, "utter_emergency"]
    assert "utter_risk_offer" not in turn(
        after, "he hit me", "disclose_abuse", meta={"triage": "urgent"}
    )


def test_child_who_asks_for_the_questions_gets_the_child_route() -> None:
    child = {"age_band": "13-15"}
    said = turn([], "ask me", "home_worry_young_person", say="utter_risk_offer", meta=child)
    assert said[0] == "utter_home_worry_young_person"


def test_risk_check_needs_a_yes() -> None:
    offered = [*TOLD, "utter_risk_offer"]
    assert turn(offered, "no thanks", "deny") == ["utter_risk_declined"]
    assert turn(offered, "ok go on", "greet") == ["utter_risk_neck"]
    other = turn(offered, "i need a refuge", "refuge_housing")
    assert other == ["utter_refuge_housing"]


def test_six_questions_come_one_a_turn_and_end_with_a_person() -> None:
    said = talk(["no", "no", "skip", "no never", "no", "no"], STARTED)
    assert [name for name in said if name.startswith("utter_risk")] == [
        "utter_risk_offer", *(f"utter_risk_{name}" for name in QUESTIONS), "utter_risk_end",
    ]  # fmt: skip
    assert said.count("utter_note_worse_skip") == 1


def test_any_yes_asks_for_a_person_at_the_end() -> None:
    said = talk(["yeah he did", "no", "no", "no", "no", "next"], STARTED)
    assert "utter_note_neck_yes" in said
    assert said[-2:] == ["utter_note_self_skip", "utter_risk_end_yes"]


def test_yes_to_suicidal_thoughts_leads_to_the_reviewed_step() -> None:
    asked = [*STARTED, *(f"utter_risk_{name}" for name in QUESTIONS[1:])]
    assert turn(asked, "yes sometimes") == [
        "utter_note_self_yes", "utter_suicide_self_harm", "utter_ask_hub_danger",
    ]  # fmt: skip


def test_what_was_told_already_is_not_asked_again() -> None:
    known = {"known": ["threat_to_kill", "escalation"]}
    assert turn(STARTED, "no", "deny", meta=known) == ["utter_note_neck_no", "utter_risk_apart"]


def test_sign_in_the_words_counts_as_yes() -> None:
    signs = {"signs": ["strangulation"]}
    said = turn(STARTED, "he held me by the throat", "disclose_abuse", meta=signs)
    assert said == ["utter_note_neck_yes", "utter_risk_threat"]


def test_skip_is_an_answer_whatever_the_model_takes_it_for() -> None:
    for intent in ("stop_messages", "unsafe_to_talk"):
        assert turn(STARTED, "skip", intent) == ["utter_note_neck_skip", "utter_risk_threat"]
        assert turn(TOLD, "skip", intent) == [f"utter_{intent}"]


def test_skip_belongs_to_the_question_even_while_a_plan_is_open() -> None:
    said = turn(["utter_plan_start", "utter_risk_neck"], "skip", "dont_know")
    assert said == ["utter_note_neck_skip", "utter_risk_threat"]


def test_risk_check_is_stopped_at_any_moment() -> None:
    assert turn(STARTED, "no more questions", "deny") == ["utter_risk_stopped"]
    said = [*STARTED, "utter_risk_stopped"]
    assert not {"utter_note_neck_yes", "utter_risk_back"} & set(turn(said, "yes"))


def test_other_question_is_answered_and_going_on_is_offered_once() -> None:
    said = turn(STARTED, "how do i get a refuge place", "refuge_housing")
    assert said == ["utter_refuge_housing", "utter_risk_back"]
    back = [*STARTED, *said]
    assert turn(back, "go on", "affirm") == ["utter_risk_neck"]
    assert turn(back, "leave them", "deny") == ["utter_risk_stopped"]
    more = turn(back, "what about my kids then", "children_support")
    assert more == ["utter_children_support"]


def test_answer_with_a_question_in_it_is_kept_and_answered() -> None:
    said = turn(STARTED, "yes, can i get an injunction?", "legal_protection")
    assert said == ["utter_note_neck_yes", "utter_legal_protection", "utter_risk_back"]


def test_p10_danger_interrupts_and_going_on_waits_until_it_is_calm() -> None:
    said = turn(STARTED, "hes got a knife", "immediate_danger", triage="emergency")
    assert said[0] == "utter_emergency"
    soon = turn([*STARTED, *said], "he went out", "safety_planning")
    assert "utter_risk_back" not in soon


def test_possible_danger_beside_an_answer_keeps_the_question_last() -> None:
    said = turn(STARTED, "yes", triage="emergency", danger=0.2)
    assert said[0] == "utter_999"
    assert said[-1] == "utter_risk_threat"


def test_p6_question_from_before_a_silence_is_not_answered_by_the_return() -> None:
    assert turn(STARTED, "yes", meta={"was_quiet": True}) == ["utter_welcome_back"]
    more = turn(STARTED, "yes he shouts at us", "disclose_abuse", meta={"was_quiet": True})
    assert "utter_note_neck_yes" not in more
    back = [*STARTED, "utter_welcome_back"]
    assert turn(back, "yes") == ["utter_risk_back"]


def test_question_is_not_answered_where_somebody_else_spoke_last() -> None:
    for last in ("staff", "service"):
        assert "utter_note_neck_yes" not in turn(STARTED, "yes", meta={"last_said": last})


def test_call_back_is_asked_for_and_taken_in_their_words() -> None:
    begun = turn([], "can someone ring me", "request_human", say="utter_person_when")
    assert begun == ["utter_ask_hub", "utter_call_when"]
    said = talk(["when hes at work, 10 to 12", "a text", "say its the dentist", "yes"], begun)
    assert said[-8:] == [
        "utter_note_call_when", "utter_call_how", "utter_note_call_how", "utter_call_else",
        "utter_note_call_else", "utter_call_number", "utter_note_call_number", "utter_call_end",
    ]  # fmt: skip


def test_call_back_with_a_time_in_it_keeps_the_time() -> None:
    begun = turn([], "ring me tomorrow at 10", "request_human", say="utter_person_call_back")
    assert begun == ["utter_ask_hub", "utter_note_call_when", "utter_call_how"]


def test_call_back_can_be_skipped_interrupted_and_taken_up() -> None:
    begun = ["utter_call_when"]
    assert turn(begun, "skip", "deny") == ["utter_call_how"]
    other = turn(begun, "will it be on my bill", "confidentiality", say="utter_service_bill")
    assert other == ["utter_service_bill", "utter_call_back"]
    assert turn([*begun, *other], "yes go on") == ["utter_call_when"]
    need = turn(begun, "i want to report it to the police", "police_reporting")
    assert need == ["utter_police_reporting", "utter_call_back"]


def test_text_only_answers_how_and_goes_on() -> None:
    noted = ["utter_note_call_when", "utter_call_how"]
    said = turn(noted, "text only", "deny", meta={"contact": "no calls"})
    assert said == ["utter_note_call_how", "utter_call_else"]


@pytest.mark.parametrize("asked", ["when", "how", "else", "number"])
@pytest.mark.parametrize(
    "text",
    [
        "after 6 when hes at work",
        "thursdays are ok",
        "dont ring just text",
        "say its the dentist",
        "no voicemails",
        "stop ringing if he picks up",
        "if a man answers hang up",
        "can you ring after 6",
        "not this number he checks it",
    ],
)
def test_free_words_are_kept_in_the_field_that_was_asked(asked: str, text: str) -> None:
    for intent in ("unsafe_to_talk", "stop_messages", "request_human", "deny", "disclose_abuse"):
        wish = {"contact": "no calls"} if text.startswith("dont ring") else {}
        said = turn([f"utter_call_{asked}"], text, intent, confidence=0.9, meta=wish)
        assert said[0] == f"utter_note_call_{asked}"


@pytest.mark.parametrize(
    ("text", "intent", "extra"),
    [
        ("he hit me on monday", "disclose_abuse", {}),
        ("stop", "stop_messages", {}),
        ("hes here", "unsafe_to_talk", {}),
        ("hes back at 6 with a knife", "disclose_abuse", {"meta": {"signs": ["weapon"]}}),
        ("after 6 hell kill me", "immediate_danger", {"triage": "emergency"}),
        ("can the police come at 6", "police_reporting", {}),
    ],
)
def test_p10_harm_and_silence_are_never_kept_as_a_time(
    text: str, intent: str, extra: dict[str, Any]
) -> None:
    assert "utter_note_call_when" not in turn(["utter_call_when"], text, intent, **extra)


def test_call_back_is_offered_while_the_wait_is_long() -> None:
    said = ["utter_request_human", "utter_money_benefits"]
    waits = {"mode": "waiting", "waited": 12}
    assert turn(said, "and debts", "money_benefits", meta=waits) == ["utter_call_offer"]
    assert turn(said, "and debts", "money_benefits", meta={"mode": "waiting"}) != [
        "utter_call_offer"
    ]
    assert turn([*said, "utter_call_offer"], "yes please") == ["utter_call_when"]
    assert turn([*said, "utter_call_offer"], "no", "deny") == ["utter_call_declined"]


def test_calm_end_asks_once_whether_it_helped_and_how_they_heard() -> None:
    talked = ["utter_money_benefits", "utter_money_own"]
    said = turn(talked, "thank you so much", "thank")
    assert said == ["utter_end_helped"]
    said = [*talked, *said]
    assert turn(said, "a bit", "other") == ["utter_note_helped_bit", "utter_end_heard"]
    said += ["utter_note_helped_bit", "utter_end_heard"]
    assert turn(said, "my gp", "other") == ["utter_note_heard_health", "utter_end_thanks"]
    assert turn(said, "skip", "other") == ["utter_end_thanks"]
    assert "utter_end_helped" not in turn([*said, "utter_end_thanks"], "bye", "goodbye")


def test_young_people_are_asked_in_their_own_words() -> None:
    child = {"age_band": "under13"}
    talked = ["utter_home_worry_young_person_young", "utter_home_between_young"]
    assert turn(talked, "thanks", "thank", meta=child) == ["utter_end_helped_young"]


def test_nobody_is_asked_at_the_end_after_danger_or_in_a_hurry() -> None:
    talked = ["utter_money_benefits", "utter_money_own"]
    for said, text, meta in (
        ([*talked, "utter_emergency"], "thanks", {}),
        (talked, "thanks", {"triage": "emergency"}),
        (talked, "thanks got to go", {}),
        (talked, "thanks", {"mode": "waiting"}),
        (talked[:1], "thanks", {}),
    ):
        assert "utter_end_helped" not in turn(said, text, "thank", meta=meta)


def test_no_at_the_end_offers_a_person() -> None:
    said = ["utter_money_benefits", "utter_money_own", "utter_end_helped"]
    assert turn(said, "not really", "deny") == ["utter_helped_no"]


def test_code_word_is_offered_once_where_somebody_may_read_along() -> None:
    said = ["utter_conf_phone", "utter_conf_phone_yes"]
    assert turn(said, "yes") == ["utter_code_word_offer"]
    assert turn([*said, "utter_code_word_offer"], "yes") == ["utter_code_word_new"]
    again = [*said, "utter_code_word_offer", "utter_conf_phone_yes"]
    assert turn(again, "yes") == ["utter_go_on"]


def test_plan_is_not_read_back_before_the_word() -> None:
    ask = {"say": "utter_plan_safe_to_keep", "intent": "safety_planning"}
    assert turn([], "read my plan", meta={"code_word": "agreed"}, **ask) == [
        "utter_code_word_needed"
    ]
    assert turn([], "read my plan", meta={"code_word": "shut"}, **ask) == ["utter_code_word_wrong"]
    assert turn([], "read my plan", meta={"code_word": "given"}, **ask) == [
        "utter_plan_safe_to_keep"
    ]


def test_word_is_asked_for_when_a_talk_by_text_is_taken_up_again() -> None:
    back = {"resumed": True, "code_word": "agreed"}
    assert turn(TOLD, "hi", "greet", meta=back) == ["utter_code_word_needed"]
    assert turn(TOLD, "hi", "greet", meta={"resumed": True}) == ["utter_welcome_back"]


def test_p10_missing_word_never_stands_before_danger_or_help() -> None:
    back = {"resumed": True, "code_word": "agreed"}
    danger = turn(TOLD, "hes here", "immediate_danger", triage="emergency", meta=back)
    assert danger[0] == "utter_emergency"
    help_ = turn(TOLD, "i need a refuge", "refuge_housing", meta=back)
    assert help_ == ["utter_refuge_housing"]


def test_wrong_word_is_met_with_nothing_telling() -> None:
    assert turn(TOLD, "banana", "out_of_scope", meta={"code_word": "wrong"}) == [
        "utter_code_word_wrong"
    ]


def test_no_calls_gives_way_to_an_answer_that_says_more() -> None:
    near = {"detail": "health/no_ring_home", "say": "utter_health_no_ring_home", "closeness": 0.8}
    wish = {"meta": {"contact": "no calls"}}
    text = "i dont want the surgery ringing here he answers"
    assert turn(["utter_go_on"], text, "x", **near, **wish) == ["utter_health_no_ring_home"]
    assert turn(["utter_go_on"], text, "x", **wish) == ["utter_no_calls"]
