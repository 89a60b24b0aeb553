"""Choosing what to say: one step at a time, never the same words twice running."""

from __future__ import annotations

from typing import Any

import pytest

from bot.policies.flows import Flows, Topic
from bot.policies.talk import Sureness, choose
from bot.policies.talk_history import Heard, History

MONEY = Topic("money", ("utter_money_1", "utter_money_2"), ("utter_a", "utter_b"), ("money",))
PLAN = Topic("plan", ("utter_plan_1", "utter_plan_2"), ("utter_plan_end",), ("plan",), plan=True)
TOLD = Topic("told", ("utter_told_1",), ("utter_a", "utter_b"), ("disclose_abuse",))
FLOWS = Flows(
    (MONEY, PLAN, TOLD),
    {"utter_money_1": {"affirm": "@next", "deny": "utter_no_pressure"}},
)
TELLS_OF_ANOTHER = ("worried_about_someone",)
DOMAIN = {"utter_money_1_young", "utter_person_again", "utter_plan_1", "utter_money_1"}


def _turn(told: list[str], intent: str, **extra: Any) -> list[str]:
    return choose(_heard(intent, **extra), History(before=told), FLOWS, DOMAIN, Sureness())


def _heard(intent: str, *, confidence: float = 0.9, **extra: Any) -> Heard:
    fields = {
        "triage": "standard",
        "danger": 0.9,
        "detail": None,
        "say": None,
        "closeness": 0.9 if extra.get("say") else 0.0,
        "for_danger": False,
        "metadata": {},
        **extra,
    }
    return Heard(intent=intent, confidence=confidence, **fields)


def test_topic_is_told_one_step_a_turn() -> None:
    assert _turn([], "money") == ["utter_money_1"]
    assert _turn(["utter_money_1"], "money") == ["utter_money_2"]


def test_topic_that_is_through_closes_in_turns() -> None:
    through = ["utter_money_1", "utter_money_2"]
    assert _turn(through, "money") == ["utter_a"]
    assert _turn([*through, "utter_a"], "money") == ["utter_b"]


def test_yes_and_no_answer_what_was_asked() -> None:
    assert _turn(["utter_money_1"], "affirm") == ["utter_money_2"]
    assert _turn(["utter_money_1"], "deny") == ["utter_no_pressure"]


def test_yes_to_nothing_is_left_to_the_rules() -> None:
    assert _turn([], "affirm") == []


def test_step_said_in_young_words_is_not_repeated() -> None:
    young = {"metadata": {"age_band": "under13"}}
    assert _turn(["utter_money_1_young"], "money", **young) == ["utter_money_2"]


def test_back_after_silence_is_asked_for_safety_first() -> None:
    quiet = {"metadata": {"was_quiet": True}}
    assert _turn(["utter_money_1"], "greet", **quiet) == ["utter_welcome_back"]
    assert _turn(["utter_money_1"], "money", **quiet) == ["utter_money_2"]


def test_text_about_something_else_is_met_with_nothing_telling() -> None:
    texted = {"metadata": {"channel": "sms"}, "text": "your washing machine is ready to collect"}
    assert _turn(["utter_plan_1"], "out_of_scope", **texted) == ["utter_neutral"]


def test_short_answer_is_not_taken_for_somebody_else() -> None:
    texted = {"metadata": {"channel": "sms"}, "text": "my teacher miss khan"}
    assert _turn(["utter_plan_1"], "out_of_scope", **texted) == []


def test_skip_in_a_plan_goes_on_whatever_it_was_read_as() -> None:
    assert _turn(["utter_plan_1"], "stop_messages", text="skip") == ["utter_plan_2"]


def test_half_understood_telling_is_gone_on_with_its_topic() -> None:
    told = Topic("told", ("utter_told_1", "utter_told_2"), (), ("disclose_abuse",), telling=True)
    flows = Flows((told, MONEY))
    unsure = _heard("money", confidence=0.4, text="and then the car keys went missing")
    told_before = History(before=["utter_told_1"])
    assert choose(unsure, told_before, flows, DOMAIN, Sureness()) == ["utter_told_2"]
    asked = _heard("money", confidence=0.4, text="can they take the car off me")
    assert choose(asked, told_before, flows, DOMAIN, Sureness()) == ["utter_no_answer"]


@pytest.mark.parametrize(
    ("detail", "fitting", "other"),
    [
        ("perp/order", "perpetrator_help", "legal_protection"),
        ("pro/marac", "professional_referral", "service_info"),
        ("young/secret", "home_worry_young_person", "confidentiality"),
    ],
)
def test_words_for_some_are_not_said_to_others(detail: str, fitting: str, other: str) -> None:
    found = {"detail": detail, "say": "utter_special", "confidence": 0.6, "closeness": 0.8}
    assert _turn([], fitting, **found) == ["utter_special"]
    assert _turn([], other, **found) == []


def test_danger_is_answered_for_the_one_who_is_in_it() -> None:
    now = {"triage": "emergency"}
    assert _turn([], "worried_about_someone", **now)[0] == "utter_worried_danger"
    after = {"detail": "after/arrested", "say": "utter_after_arrested", **now}
    assert _turn(["utter_emergency"], "police_reporting", **after)[0] == "utter_after_arrested"
    assert _turn([], "police_reporting", **after)[0] == "utter_emergency"


def test_two_bare_answers_are_not_met_with_the_same_words() -> None:
    assert _turn(["utter_deny"], "deny") == ["utter_no_pressure"]


def test_line_about_999_does_not_hide_what_was_asked() -> None:
    assert _turn(["utter_money_1", "utter_999"], "deny") == ["utter_no_pressure"]


def test_danger_read_as_small_talk_is_still_a_telling() -> None:
    flows_intent = _turn([], "out_of_scope", triage="urgent")
    assert flows_intent == ["utter_told_1"]


def test_no_calls_is_taken_at_its_word() -> None:
    wish = {"metadata": {"contact": "no calls"}}
    assert _turn(["utter_money_1"], "deny", **wish) == ["utter_no_calls"]
    wish["metadata"]["mode"] = "waiting"
    assert _turn(["utter_money_1"], "deny", **wish) == ["utter_person_no_calls"]


def test_plan_goes_on_whatever_is_answered() -> None:
    assert _turn(["utter_plan_1"], "deny") == ["utter_plan_2"]
    assert _turn(["utter_plan_1"], "disclose", confidence=0.3) == ["utter_plan_2"]


def test_plan_interrupted_by_a_question_is_offered_again() -> None:
    assert _turn(["utter_plan_1"], "money") == ["utter_money_1", "utter_back_to_plan"]


def test_p10_danger_comes_before_everything() -> None:
    assert _turn(["utter_plan_1"], "affirm", triage="emergency")[0] == "utter_emergency"


def test_p10_possible_danger_keeps_the_answer_and_names_999() -> None:
    turn = _turn(["utter_money_1"], "money", triage="emergency", danger=0.3)
    assert turn == ["utter_money_2", "utter_999", "utter_ask_hub_danger"]


def test_silence_only_when_sure() -> None:
    said = ["utter_greet"]
    assert _turn(said, "unsafe_to_talk", confidence=0.8) == ["utter_unsafe_to_talk"]
    assert _turn(said, "unsafe_to_talk", confidence=0.3) == ["utter_check_safe"]


def test_detail_has_its_own_answer() -> None:
    assert _turn(["utter_money_1"], "money", say="utter_fault", detail="x") == ["utter_fault"]


def test_words_for_the_young_are_used() -> None:
    assert _turn([], "money", metadata={"age_band": "under13"}) == ["utter_money_1_young"]


def test_same_words_are_not_said_twice_running() -> None:
    assert _turn(["utter_person"], "money", say="utter_person") == ["utter_person_again"]


def test_not_understood_three_times_leads_to_a_person() -> None:
    told: list[str] = []
    for expected in ("utter_not_understood", "utter_not_understood_again", "utter_offer_person"):
        turn = _turn(told, "other", confidence=0.1)
        assert turn[0] == expected
        told += turn
    assert turn[-1] == "utter_ask_hub_unsure"


def test_first_message_is_never_met_with_silence() -> None:
    assert _turn([], "stop_messages", confidence=0.9) == ["utter_greet"]


def test_remark_not_followed_in_a_talk_is_still_heard() -> None:
    assert _turn(["utter_money_1"], "other", confidence=0.1) == ["utter_heard_you"]


@pytest.mark.parametrize(
    ("said_to_them", "detail"),
    [
        (["utter_worried_danger", "utter_a"], "worried/go_in"),
        (["utter_perpetrator_help", "utter_money_1"], "perp/report"),
        (["utter_professional_referral", "utter_pro_high", "utter_money_1"], "pro/consent"),
    ],
)
def test_who_writes_is_remembered_past_other_questions(
    said_to_them: list[str], detail: str
) -> None:
    found = {"detail": detail, "say": "utter_special", "confidence": 0.6}
    assert _turn(said_to_them, "police_reporting", **found) == ["utter_special"]
    told_of_self = [*said_to_them, "utter_disclose_abuse"]
    assert _turn(told_of_self, "police_reporting", **found) == []


def test_those_who_write_about_another_have_words_of_their_own() -> None:
    domain = {"utter_emergency_for_worried", "utter_money_1_for_worried"}
    history = History(before=["utter_worried_danger"])
    asked = choose(_heard("money"), history, FLOWS, domain, Sureness())
    assert asked == ["utter_money_1_for_worried"]
    now = choose(_heard("x", triage="emergency"), history, FLOWS, domain, Sureness())
    assert now == ["utter_emergency_for_worried", "utter_ask_hub_danger"]
    after = History(before=["utter_worried_danger", "utter_money_1_for_worried"])
    assert choose(_heard("money"), after, FLOWS, domain, Sureness()) == ["utter_money_2"]


def test_words_of_danger_for_harmers_are_not_said_to_survivors() -> None:
    found = {"detail": "perp/building", "say": "utter_perp_building", "for_danger": True}
    now = {**found, "triage": "emergency"}
    assert _turn([], "disclose_abuse", **now)[0] == "utter_emergency"
    assert _turn(["utter_perp_signs"], "x", **now)[0] == "utter_perp_building"


def test_p6_stopping_in_tears_is_no_wish_for_no_messages() -> None:
    upset = {"detail": "bye/upset", "say": "utter_bye_upset"}
    assert _turn(["utter_money_1"], "stop_messages", **upset) == ["utter_bye_upset"]
    assert _turn(["utter_money_1"], "unsafe_to_talk", **upset) == ["utter_unsafe_to_talk"]
    far = {**upset, "closeness": 0.6}
    assert _turn(["utter_money_1"], "stop_messages", **far) == ["utter_stop_messages"]


def test_plan_entered_in_its_middle_goes_on_from_there() -> None:
    steps = tuple(f"utter_plan_{n}" for n in range(1, 5))
    flows = Flows((Topic("plan", steps, ("utter_plan_end",), ("plan",), plan=True),), {})

    def then(*said: str) -> list[str]:
        return choose(_heard("plan"), History(before=list(said)), flows, set(), Sureness())

    assert then("utter_plan_3") == ["utter_plan_4"]
    assert then("utter_plan_3", "utter_plan_4") == ["utter_plan_2"]
    assert then("utter_plan_3", "utter_plan_4", "utter_plan_2") == ["utter_plan_end"]


def test_further_question_is_answered_with_what_was_said_in_mind() -> None:
    flows = Flows((MONEY, TOLD), {"utter_screen": {"question": "utter_who_to_ask"}})

    def after(said: str, intent: str, text: str) -> list[str]:
        heard, told = _heard(intent, text=text), History(before=[said])
        return choose(heard, told, flows, set(), Sureness())

    assert after("utter_screen", "out_of_scope", "who do i ask then") == ["utter_who_to_ask"]
    assert after("utter_screen", "money", "how do i get some money") == ["utter_money_1"]
    assert after("utter_who_to_ask", "out_of_scope", "who do i ask then") == []


def test_first_text_about_something_else_may_be_a_wrong_number() -> None:
    texted = {"metadata": {"channel": "sms"}, "text": "are we still on for football"}
    assert _turn([], "out_of_scope", **texted) == ["utter_wrong_number"]
    assert _turn([], "out_of_scope", confidence=0.6, **texted) == []
    assert _turn([], "out_of_scope", text="are we still on for football") == []


def test_child_is_greeted_in_words_for_children() -> None:
    heard = _heard("greet", metadata={"age_band": "under13"})
    domain = {"utter_greet_young"}
    assert choose(heard, History(), FLOWS, domain, Sureness()) == ["utter_greet_young"]
    assert choose(_heard("greet"), History(), FLOWS, domain, Sureness()) == []


def test_answer_to_a_question_is_not_lost_to_a_distant_detail() -> None:
    found = {"detail": "money/food", "say": "utter_food", "confidence": 0.6, "closeness": 0.45}
    assert _turn(["utter_money_1"], "deny", **found) == ["utter_no_pressure"]
    near = {**found, "closeness": 0.7}
    assert _turn(["utter_money_1"], "deny", **near) == ["utter_food"]


def test_danger_told_by_a_friend_is_a_worry_and_no_disclosure() -> None:
    worried = Topic("worried", ("utter_worried_1", "utter_worried_2"), (), TELLS_OF_ANOTHER)
    flows = Flows((TOLD, worried))
    told = History(before=["utter_worried_1"])
    small_talk = _heard("out_of_scope", triage="urgent")
    assert choose(small_talk, told, flows, DOMAIN, Sureness()) == ["utter_worried_2"]
    assert choose(small_talk, History(), flows, DOMAIN, Sureness()) == ["utter_told_1"]


@pytest.mark.parametrize("text", ["staying for now", "im going to leave", "stay"])
def test_staying_or_going_is_an_answer_in_a_plan(text: str) -> None:
    assert _turn(["utter_plan_1"], "stop_messages", text=text) == ["utter_plan_2"]


def test_young_person_hurt_by_somebody_of_their_age_is_heard_as_that() -> None:
    teen = Topic("teen", ("utter_teen",), (), ("teen_relationship",))
    home = Topic("home", ("utter_home",), (), ("home_worry_young_person",))
    flows, band = Flows((teen, home, TOLD)), {"metadata": {"age_band": "16-17"}}
    for text, wanted in (("my boyfriend grabs me", "utter_teen"), ("he grabs me", "utter_home")):
        said = choose(
            _heard("disclose_abuse", text=text, **band), History(), flows, DOMAIN, Sureness()
        )
        assert said == [wanted]


def test_wish_for_words_instead_of_calls_is_no_wish_for_silence() -> None:
    wish = {"metadata": {"contact": "no calls"}}
    assert _turn(["utter_money_1"], "stop_messages", **wish) == ["utter_no_calls"]


@pytest.mark.parametrize(
    ("intent", "confidence", "closeness", "counts"),
    [
        ("out_of_scope", 0.6, 0.58, True),
        ("out_of_scope", 0.6, 0.45, False),
        ("thank", 0.99, 0.58, False),
        ("thank", 0.99, 0.8, True),
        ("money", 0.99, 0.6, False),  # opens the topic
        ("money", 0.99, 0.7, True),
        ("money", 0.6, 0.6, True),
    ],
)
def test_particular_answer_is_said_where_it_is_likelier_than_the_general_one(
    intent: str, confidence: float, closeness: float, counts: bool
) -> None:
    found = {"detail": "pets/dog", "say": "utter_particular", "closeness": closeness}
    read = {"confidence": confidence, "text": "she keeps the dog from me", **found}
    assert (_turn([], intent, **read) == ["utter_particular"]) is counts


def test_at_risk_the_opening_of_a_topic_comes_first() -> None:
    found = {"detail": "pets/dog", "say": "utter_particular", "closeness": 0.62}
    read = {"confidence": 0.99, "text": "she keeps the dog from me", **found}
    assert _turn(["utter_a"], "money", **read) == ["utter_particular"]
    assert _turn(["utter_a"], "money", triage="urgent", **read) == ["utter_money_1"]


def test_nobody_is_told_in_a_telling_that_it_is_no_matter_for_here() -> None:
    telling = Topic("told", ("utter_told_1",), ("utter_a",), ("disclose_abuse",), telling=True)
    unrelated = Topic("else", ("utter_out_of_scope",), (), ("out_of_scope",))
    flows = Flows((MONEY, telling, unrelated), {})

    def after(said: str, **extra: Any) -> list[str]:
        heard = _heard("out_of_scope", **extra)
        return choose(heard, History(before=[said]), flows, set(), Sureness())

    assert after("utter_told_1") == ["utter_heard_you"]
    assert after("utter_detail", metadata={"age_band": "under13"}) == ["utter_heard_you"]
    assert after("utter_money_1") == ["utter_out_of_scope"]


def test_half_heard_wish_to_die_is_met_gently_and_asked_about() -> None:
    low = Topic("emotional_distress", ("utter_low",), (), ("emotional_distress",))
    said = choose(
        _heard("suicide_self_harm", confidence=0.2), History(), Flows((low,)), DOMAIN, Sureness()
    )
    assert said == ["utter_low"]


def test_first_telling_after_the_hello_needs_no_more_than_a_topic() -> None:
    assert _turn(["utter_start_anywhere"], "disclose_abuse", confidence=0.4) == ["utter_told_1"]


def test_polite_words_need_words_that_are_close() -> None:
    bye = {"detail": "bye/go", "say": "utter_bye_go", "confidence": 0.4}
    assert _turn([], "money", closeness=0.6, **bye) == ["utter_money_1"]
    assert _turn([], "money", closeness=0.7, **bye) == ["utter_bye_go"]


def test_going_to_a_brother_is_no_escape_for_who_harms() -> None:
    out = {"detail": "after/got_out", "say": "utter_after_got_out"}
    assert _turn([], "money", **out) == ["utter_after_got_out"]
    assert _turn(["utter_perp_signs"], "money", **out) == ["utter_money_1"]


def test_few_words_that_say_no_answer_what_was_asked() -> None:
    mate = {"text": "no my mate is here", "detail": "other/mate", "say": "utter_mate"}
    assert _turn(["utter_money_1"], "affirm", closeness=0.7, **mate) == ["utter_no_pressure"]
    assert _turn(["utter_money_1"], "affirm", closeness=0.9, **mate) == ["utter_mate"]


def test_sign_of_suicide_decides_what_a_message_is_about() -> None:
    topic = Topic("suicide", ("utter_suicide",), (), ("suicide_self_harm",))
    signed = _heard(
        "emotional_distress", triage="urgent", metadata={"signs": ["suicide_self"]}, text="x"
    )
    assert choose(signed, History(), Flows((topic,)), DOMAIN, Sureness()) == ["utter_suicide"]


def test_certain_intent_needs_a_closer_detail_to_give_way() -> None:
    far = {"detail": "pets/dog", "say": "utter_dog", "closeness": 0.67}
    assert _turn([], "money", confidence=0.99, **far) == ["utter_money_1"]
    assert _turn([], "money", confidence=0.8, **far) == ["utter_dog"]
