"""Who somebody says they are holds for the whole talk, whatever was said to them before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from bot.policies.flows import load_flows
from bot.policies.persons import said_to_be
from bot.policies.reach import speaks_to
from bot.policies.talk import Sureness, choose
from bot.policies.talk_history import GROWN, UNDER_18, Heard, History, Near
from webhook.channels.chat.api import AgeBand

FLOWS = load_flows()
WORDS = {
    name
    for path in sorted(Path("bot/domain/responses").glob("*.yml"))
    for name in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
}
CHILD = {"age_band": "under13"}


def _heard(text: str, intent: str = "out_of_scope", **extra: Any) -> Heard:
    fields: dict[str, Any] = {
        "confidence": 0.6, "triage": "standard", "danger": 0.0, "detail": None, "say": None,
        "closeness": 0.0, "for_danger": False, "metadata": {}, **extra,
    }  # fmt: skip
    return Heard(intent=intent, text=text, **fields)


def _said(told: History, heard: Heard) -> list[str]:
    return choose(heard, told, FLOWS, WORDS, Sureness())


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("i teach year 2 and its about one of my class", "pro"),
        ("our DSL is off till monday", "pro"),
        ("I am writing about my daughter", "worried"),
        ("its for my sister", "worried"),
        ("i hit my missis on saturday", "perp"),
        ("my mate's bloke is hitting her", "worried"),
        ("my granddaughter told me daddy hurts mummy", "worried"),
        ("theres a woman next door screaming", "worried"),
        ("midwife here", "pro"),
        ("im a pcso", "pro"),
        ("hi i work on reception at a gp", "pro"),
        ("i hit my wife last night", "perp"),
        ("i hit my wife back when she came at me", None),
        ("im a nurse and my husband hits me", None),
        ("my friend said i should write", None),
        ("my husband hits me", None),
    ],
)
def test_plain_words_say_who_is_writing(text: str, who: str | None) -> None:
    assert said_to_be(text, None) == who


def test_telling_of_harm_to_oneself_ends_the_worry() -> None:
    assert said_to_be("and he hit me too", "worried") is None
    assert said_to_be("she told me last night", "worried") == "worried"
    assert said_to_be("my husband does the same", "pro") is None


def test_worker_is_not_asked_where_they_heard_of_this() -> None:
    near = (Near("heard/health", "utter_heard_health", 0.9),)
    heard = _heard(
        "midwife here", "inclusive_support", detail="heard/health", say="utter_heard_health",
        closeness=0.9, near=near,
    )  # fmt: skip
    told = History(who="pro", who_now=True)
    assert not speaks_to(heard, told, FLOWS)
    assert _said(told, heard)[0] == "utter_professional_referral"


def test_answer_for_the_worried_wins_over_one_for_the_hurt() -> None:
    near = (
        Near("told/went_back", "utter_told_went_back", 0.7),
        Near("worried/went_back", "utter_worried_went_back", 0.66),
    )
    heard = _heard(
        "shes gone back to him again", detail="told/went_back", say="utter_told_went_back",
        closeness=0.7, near=near,
    )  # fmt: skip
    told = History(before=["utter_emergency"], who="worried")
    assert _said(told, heard) == ["utter_worried_went_back"]


@pytest.mark.parametrize(
    ("last", "text", "say"),
    [
        ("utter_young_teacher", "and then what", "utter_follow_kid_then_tell"),
        ("utter_young_what_is_social_worker", "how long does it take",
         "utter_follow_kid_how_long_social"),
        ("utter_home_tell", "what if she doesnt listen", "utter_follow_kid_says_no_tell"),
        ("utter_teen_blackmail", "do i have to tell them", "utter_follow_kid_have_to_picture"),
    ],
)  # fmt: skip
def test_child_gets_an_answer_to_a_further_question(last: str, text: str, say: str) -> None:
    heard = _heard(text, "service_info", metadata=CHILD)
    assert _said(History(before=["utter_greet", last]), heard) == [say]


def test_child_is_not_given_an_adults_answer_to_a_further_question() -> None:
    heard = _heard("how long does it take", "service_info", metadata=CHILD)
    assert "utter_follow_long_law" not in _said(History(before=["utter_legal_order"]), heard)


def test_plan_to_stay_safe_is_not_made_with_who_harms() -> None:
    harms = History(before=["utter_perpetrator_help"])
    said = _said(harms, _heard("could go to my brothers", "safety_planning", confidence=0.8))
    assert not said[0].startswith("utter_plan")


def test_worker_is_not_told_to_ask_the_child() -> None:
    ask = {"detail": "worried/straight", "say": "utter_worried_straight", "closeness": 0.9}
    heard = _heard("should i ask her more tomorrow", **ask)
    assert not speaks_to(heard, History(who="pro"), FLOWS)
    assert speaks_to(heard, History(who="worried"), FLOWS)


def test_joke_about_a_wife_is_no_wish_to_die() -> None:
    despair = {"detail": "suicide/better_off", "say": "utter_suicide_better_off", "closeness": 0.6}
    joke = _heard("dont worry i wont, the wife would kill me", **despair)
    assert not speaks_to(joke, History(), FLOWS)
    assert speaks_to(_heard("i want to kill myself", **despair), History(), FLOWS)


def test_words_of_a_child_tell_who_writes_where_nothing_else_does() -> None:
    found = {"detail": "young/secret", "say": "utter_young_secret", "closeness": 0.9}
    child = _heard("will you keep it secret", "confidentiality", **found)
    grown = _heard("will you keep it secret", metadata={"age_band": "18plus"}, **found)
    assert speaks_to(child, History(), FLOWS)
    assert not speaks_to(child, History(before=["utter_disclose_abuse"]), FLOWS)
    assert not speaks_to(grown, History(), FLOWS)


def test_who_was_hurt_and_hit_back_is_not_answered_as_one_who_harms() -> None:
    told = History(before=["utter_disclose_abuse"])
    heard = _heard("i hit him back last time", "perpetrator_help", confidence=0.93)
    assert "utter_perpetrator_help" not in _said(told, heard)


def test_age_bands_are_those_that_the_chat_asks_for() -> None:
    assert set(get_args(AgeBand)) == UNDER_18 | {GROWN}


def test_who_told_to_be_grown_is_answered_as_grown() -> None:
    teen = {"detail": "teen/blackmail", "say": "utter_teen_blackmail", "closeness": 0.8}
    text = "my boyfriend has pictures of me and says hell post them"
    read = _heard(text, "teen_relationship", metadata={"age_band": "18plus"}, **teen)
    assert not speaks_to(read, History(), FLOWS)
    assert speaks_to(replace(read, metadata={"age_band": "16-17"}), History(), FLOWS)


def test_worker_who_speaks_of_their_own_partner_does_not_write_as_a_worker() -> None:
    assert said_to_be("im a nurse, i put a strip on my own wifes eyebrow", None) is None


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("hiya not for me this. a lass at work has bruises", "worried"),
        ("lass i work with is scared of going home to him", "worried"),
        ("its about them upstairs", "worried"),
        ("its not for me to say", None),
        ("the girl i work with said to text you", None),
    ],
)
def test_whoever_writes_of_another_is_known_by_plain_words(text: str, who: str | None) -> None:
    assert said_to_be(text, None) == who


@pytest.mark.parametrize(
    ("text", "before", "who"),
    [
        ("partner on bail for assaulting her, he was here today", "pro", "pro"),
        ("im on bail for hitting my wife", None, "perp"),
        ("on bail for hitting her, cant go home", None, "perp"),
        ("not sure if you help blokes. i frightened my wife last night", None, "perp"),
        ("what if i hurt my wife", None, None),
        ("punched the wall next to her head", None, "perp"),
        ("he punched the wall next to my head", None, None),
        ("im a nurse i should know better", None, None),
    ],
)
def test_bail_and_a_trade_tell_who_writes_only_of_themselves(
    text: str, before: str | None, who: str | None
) -> None:
    assert said_to_be(text, before) == who
