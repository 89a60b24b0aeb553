"""Questions that lean on what was said before are answered for the talk in hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.policies.flows import load_flows
from bot.policies.talk import Sureness, choose
from bot.policies.talk_history import Heard, History, Near

FLOWS = load_flows()
WORDS = {
    name: variants
    for path in sorted(Path("bot/domain/responses").glob("*.yml"))
    for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items()
}
LAW = ["utter_greet", "utter_legal_protection", "utter_legal_order"]
COMPLAINT = ["utter_greet", "utter_complaint_feedback"]


def _turn(told: list[str], text: str, intent: str = "out_of_scope", **extra: Any) -> list[str]:
    fields: dict[str, Any] = {
        "confidence": 0.6, "triage": "standard", "danger": 0.0, "detail": None, "say": None,
        "closeness": 0.0, "for_danger": False, "metadata": {}, **extra,
    }  # fmt: skip
    intents = fields.pop("intents", [])
    heard = Heard(intent=intent, text=text, **fields)
    return choose(heard, History(before=told, intents=intents), FLOWS, set(WORDS), Sureness())


@pytest.mark.parametrize(
    ("told", "text", "said"),
    [
        (LAW, "how long does one take tho", "utter_follow_long_law"),
        (LAW, "ok who do i even ask", "utter_follow_who_law"),
        (LAW, "and then what", "utter_follow_then_law"),
        (LAW, "does he get told its me", "utter_law_told"),
        (["utter_money_debt_name"], "do i have to pay it", "utter_follow_cost_money"),
        (["utter_immigration_threat_deport"], "is true?", "utter_follow_true_visa"),
        (["utter_refuge_tonight"], "not going to my mums", "utter_follow_not_there"),
        (["utter_perp_with"], "whats the number again", "utter_follow_number_perp"),
        (["utter_pro_consent"], "she said no.", "utter_follow_pro_no"),
    ],
)
def test_short_question_is_about_the_talk_in_hand(told: list[str], text: str, said: str) -> None:
    assert _turn(told, text, "service_info", confidence=0.97) == [said]


def test_question_asked_again_louder_gets_other_words() -> None:
    asked = [*LAW, "utter_follow_long_law"]
    assert _turn(asked, "I SAID HOW LONG. days? weeks??") == ["utter_follow_long_again"]
    assert _turn(asked, "an answer would be nice. HOW LONG") == ["utter_follow_long_again"]


def test_question_that_says_more_is_left_to_the_models() -> None:
    assert _turn(LAW, "how long before he kills me", "disclose_abuse")[0] != "utter_follow_long_law"
    assert _turn(["utter_greet"], "how long have you been there")[0] != "utter_follow_long_any"


def test_named_thing_decides_before_the_talk_in_hand() -> None:
    assert _turn(LAW, "how long is bail") == ["utter_follow_long_police"]


def test_word_of_the_courts_is_put_plainly_at_once() -> None:
    text = "what does ex parte mean in plain english"
    assert _turn([], text, "legal_protection", confidence=0.97) == ["utter_term_ex_parte"]


def test_why_is_answered_that_a_computer_cannot_see_it() -> None:
    said = _turn(COMPLAINT, "i want to know WHY nobody rang", "complaint_feedback")
    assert said == ["utter_complaint_why"]
    for variant in WORDS["utter_complaint_why"]:
        assert "can't see why" in variant["text"]
        assert "manager" in variant["text"]
        assert variant["custom"]["reason"] == "complaint"
    assert _turn([*COMPLAINT, *said], "i lost a days pay") == ["utter_complaint_cost_you"]


def test_danger_told_in_a_complaint_is_no_remark_about_it() -> None:
    said = _turn(COMPLAINT, "he sat on me for hours", "disclose_abuse", triage="urgent")
    assert said != ["utter_complaint_cost_you"]


def test_injury_in_a_picture_gets_sorry_and_a_doctor() -> None:
    shown = {"picture": "before"}
    said = _turn(["utter_greet"], "its my face from sunday", metadata=shown)
    assert said == ["utter_picture_hurt"]
    assert all(re.search("sorry.*A&E.*999", v["text"], re.S) for v in WORDS[said[0]])
    seen = _turn(["utter_greet"], "cant you see it??", metadata=shown)
    assert seen == ["utter_picture_cannot_see"]


def test_picture_with_words_is_said_to_be_unseen_once() -> None:
    now = {"picture": "now"}
    first = _turn([], "he wont let me see my mum", "disclose_abuse", confidence=0.9, metadata=now)
    assert first[0] == "utter_picture_unseen"
    assert len(first) > 1


def test_supposing_is_no_wish_for_silence() -> None:
    said = _turn(["utter_plan_start"], "what if he comes home early", "unsafe_to_talk")
    assert said == ["utter_follow_if_comes"]
    assert _turn(["utter_plan_start"], "he came home", "unsafe_to_talk") == ["utter_unsafe_to_talk"]


def test_worker_whose_client_declined_told_no_rape() -> None:
    said = _turn(["utter_pro_marac"], "mum wont", "sexual_violence", confidence=0.9)
    assert said == ["utter_follow_pro_no"]
    other = _turn(["utter_pro_marac"], "she froze", "sexual_violence", confidence=0.9)
    assert other == ["utter_professional_referral"]


def test_aunt_of_a_controlled_girl_is_no_victim() -> None:
    text = "my niece is 15 and her boyfriend tells her what to wear"
    said = _turn([], text, "teen_relationship", confidence=0.96)
    assert said == ["utter_worried_about_someone"]


def test_survivor_does_not_become_the_one_who_harms() -> None:
    told = ["utter_greet", "utter_disclose_abuse"]
    said = _turn(told, "i dont want her taken away", "perpetrator_help", confidence=0.89)
    assert not said[0].startswith("utter_perp")
    own = _turn(["utter_greet"], "i hit her last night", "perpetrator_help", confidence=0.89)
    assert own == ["utter_perpetrator_help"]


def test_parent_of_a_grown_child_stays_one() -> None:
    found = {"detail": "c2p/corrected", "say": "utter_c2p_corrected", "closeness": 0.9}
    told = ["utter_emergency", "utter_c2p_grown"]
    parent = _turn(told, "hes 26 not 6", "children_support", intents=["child_to_parent"], **found)
    assert parent == ["utter_c2p_corrected"]
    child = {**found, "metadata": {"age_band": "16-17"}}
    assert _turn(told, "hes 26 not 6", "children_support", **child) != ["utter_c2p_corrected"]


def test_question_without_an_answer_names_who_can_say() -> None:
    told = ["utter_greet", "utter_legal_protection"]
    text = "can they take the car off me"
    assert _turn(told, text, "health_substance", confidence=0.2) == ["utter_unknown_law"]


def test_child_is_not_answered_for_adults() -> None:
    young = {"age_band": "under13"}
    said = _turn(["utter_home_worry_young_person"], "what does bail mean", metadata=young)
    assert said != ["utter_term_bail"]


def test_likely_particular_answer_comes_before_what_a_question_leans_on() -> None:
    near = (Near("children/say_to_her", "utter_children_say_to_her", 0.86),)
    found = {"detail": near[0].name, "say": near[0].say, "closeness": 0.86, "near": near}
    text = "what would i say to my daughter"
    told = ["utter_money_benefits"]
    assert _turn(told, text, "children_support", **found) == ["utter_children_say_to_her"]
    assert _turn(told, text, "children_support")[0].startswith("utter_follow_say")
