"""A yes or a no that calms: taken only where nothing beside it says something else."""

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
SUICIDE = "utter_suicide_self_harm"
GLAD = "utter_suicide_with_someone"


def turn(said: list[str], text: str, intent: str = "deny", **extra: Any) -> list[str]:
    """What is said to a message after `said`."""
    fields = {
        "confidence": 0.8, "triage": "standard", "danger": 0.0, "detail": None, "say": None,
        "closeness": 0.0, "for_danger": False, **extra,
    }  # fmt: skip
    metadata = {"channel": "sms", "last_said": "assistant", **fields.pop("meta", {})}
    heard = Heard(intent=intent, metadata=metadata, text=text, **fields)
    return choose(heard, History(before=list(said)), FLOWS, DOMAIN, Sureness())


@pytest.mark.parametrize("text", ["no", "No.", "nope", "no thanks", "no im not", "no im not alone"])
def test_bare_no_to_being_alone_means_somebody_is_there(text: str) -> None:
    assert turn([SUICIDE], text) == [GLAD]


@pytest.mark.parametrize(
    "text",
    [
        "my mums here",
        "no my sister is staying with me",
        "im with a friend",
        "nah my nans downstairs",
    ],
)
def test_company_in_their_own_words_is_company(text: str) -> None:
    assert turn([SUICIDE], text) == [GLAD]


@pytest.mark.parametrize(
    "text",
    [
        "no i havent got a plan",
        "no but i took some tablets before",
        "no im by myself",
        "no he is here",
        "no the baby is here",
        "no i am not ok",
        "no one",
        "no dont tell my mum",
        "no point anyway",
    ],
)
def test_no_about_something_else_is_never_met_with_gladness(text: str) -> None:
    assert GLAD not in turn([SUICIDE], text)


def test_no_about_a_plan_is_asked_again_in_other_words() -> None:
    said = turn([SUICIDE], "no i havent got a plan")
    assert said == ["utter_suicide_who_there"]
    assert turn([SUICIDE, *said], "no") == ["utter_suicide_alone"]
    assert turn([SUICIDE, *said], "yes") == ["utter_suicide_with_safe"]
    assert turn([SUICIDE, *said], "no i havent got any") == ["utter_suicide_alone"]


@pytest.mark.parametrize("text", ["yes", "yeah", "yes im alone", "just me", "no one is here"])
def test_yes_to_being_alone_is_stayed_with(text: str) -> None:
    assert turn([SUICIDE], text, "affirm") == ["utter_suicide_alone"]


def test_p10_who_is_alone_hears_of_999_and_somebody_to_talk_to() -> None:
    words = yaml.safe_load((ROOT / "bot/domain/responses/crisis.yml").read_text())["responses"]
    for name, line in (
        ("utter_suicide_alone", "116 123"),
        ("utter_suicide_alone_young", "0800 1111"),
    ):
        for variant in words[name]:
            assert all(part in variant["text"] for part in ("999", "55", line))


def test_question_that_was_not_answered_is_asked_once_only() -> None:
    asked = ["utter_danger_hurt"]
    assert turn(asked, "no he took my phone") == ["utter_once_more"]
    assert turn([*asked, "utter_once_more"], "no he took my phone") == ["utter_danger_hurt_yes"]
    assert turn([*asked, "utter_once_more"], "no") == ["utter_danger_not_hurt"]


@pytest.mark.parametrize(
    ("asked", "text", "intent"),
    [
        ("utter_disclose_abuse", "i am hiding", "affirm"),
        ("utter_disclose_abuse", "yes hes downstairs", "affirm"),
        ("utter_disclose_abuse", "yes but hes coming back", "affirm"),
        ("utter_sexual_violence", "i am so scared", "affirm"),
        ("utter_home_worry_young_person", "yes theyre fighting", "affirm"),
        ("utter_danger_near", "no hes outside", "deny"),
        ("utter_danger_hurt", "no just my head is bleeding", "deny"),
        ("utter_suicide_ask", "no not yet", "deny"),
        ("utter_suicide_ask", "no tomorrow", "deny"),
        ("utter_disclose_not_safe", "yes he will find me", "affirm"),
        ("utter_sexual_marriage", "no he only does it drunk", "deny"),
        ("utter_disclose_same", "yes he knows", "affirm"),
    ],
)
def test_calming_words_are_not_said_to_a_yes_or_no_that_tells_more(
    asked: str, text: str, intent: str
) -> None:
    calm = {"affirm": "affirm", "deny": "deny"}[intent]
    said = turn([asked], text, intent)
    assert said[0] != FLOWS.asks[asked][calm]
    assert said[0] != "utter_home_between"  # the next step, as if they were safe


@pytest.mark.parametrize(
    ("asked", "text", "then"),
    [
        ("utter_disclose_abuse", "yes hes at work", "utter_disclose_safe"),
        ("utter_disclose_abuse", "yeah im ok for now", "utter_disclose_safe"),
        ("utter_disclose_not_safe", "yes my sisters round the corner", "utter_danger_where"),
        ("utter_danger_near", "no hes gone out", "utter_danger_near_no"),
        ("utter_danger_near", "hes downstairs", "utter_danger_near_yes"),
        ("utter_danger_hurt", "no just scared", "utter_danger_not_hurt"),
        ("utter_suicide_ask", "no not today", "utter_suicide_not_today"),
        ("utter_neck_before", "nah im fine didnt even leave a mark", "utter_neck_not_now"),
        ("utter_neck_before", "no im ok it was only for a second", "utter_neck_not_now"),
        ("utter_neck_before", "no but my voice is hoarse", "utter_health_throat"),
    ],
)
def test_answer_whose_words_fit_is_taken_as_given(asked: str, text: str, then: str) -> None:
    assert turn([asked], text, "affirm" if text.startswith("ye") else "deny") == [then]


def test_somebody_there_who_is_not_safe_is_no_company() -> None:
    asked = [SUICIDE, GLAD]
    assert turn(asked, "no") == ["utter_suicide_alone"]
    assert turn(asked, "yes but hes the one who hurt me", "affirm") == ["utter_suicide_alone"]


@pytest.mark.parametrize("text", ["im in the bathroom", "i have to be quick"])
def test_words_without_a_yes_are_not_taken_as_safe(text: str) -> None:
    assert turn(["utter_disclose_abuse"], text, "affirm") == ["utter_once_more_safe"]


def test_other_telling_beside_a_no_is_answered_for_itself() -> None:
    said = turn([SUICIDE], "no he hit me again", "disclose_abuse")
    assert said == ["utter_disclose_abuse"]


def test_every_utterance_that_calms_exists_and_is_answered_with() -> None:
    answered = {then for means in FLOWS.asks.values() for then in means.values()}
    assert FLOWS.calms <= answered
    for kind in FLOWS.questions:
        means = [FLOWS.asks[name] for name in kind.asked_by]
        assert all((kind.calm or "affirm") in answers for answers in means)


@pytest.mark.parametrize(
    "text",
    [
        "yes but hes in the next room",
        "yes shes sat next to me",
        "yeah my dad is home tho",
        "yes he is downstairs",
        "yeah they're here",
    ],
)
def test_safe_with_somebody_near_is_not_called_good(text: str) -> None:
    assert turn(["utter_greet"], text, "affirm") == ["utter_safe_but_near"]


@pytest.mark.parametrize(
    "text", ["yes", "yes hes at work", "yeah hes not here", "yes hes asleep", "yes i need help"]
)
def test_safe_with_nobody_near_goes_on(text: str) -> None:
    assert turn(["utter_greet"], text, "affirm") == ["utter_safe_go_on"]


def test_limits_are_told_to_a_child_before_what_is_only_like_the_telling() -> None:
    about = {"detail": "young/picks_me_up", "say": "utter_young_picks_me_up", "confidence": 0.99}
    child = {**about, "meta": {"age_band": "under13"}}
    text, intent = "my dad shouts at my mum every night and im scared", "home_worry_young_person"
    first = turn(["utter_greet"], text, intent, closeness=0.65, **child)
    later = turn(
        ["utter_greet", "utter_home_worry_young_person"], text, intent, closeness=0.65, **child
    )
    close = turn(["utter_greet"], text, intent, closeness=0.8, **child)
    assert first[0] == "utter_home_worry_young_person"
    assert later[0] == close[0] == "utter_young_picks_me_up"
