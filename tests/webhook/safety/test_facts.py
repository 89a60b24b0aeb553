"""Facts that people tell in passing, and what must not be taken for one."""

from __future__ import annotations

import pytest

from webhook.safety.facts import facts


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("im 11 years old", "under13"),
        ("I'm 14 and scared", "13-15"),
        ("I am 17, nearly 18", "16-17"),
        ("I am 52 and never told anyone", "18plus"),
        ("im only 12", "under13"),
        ("im in year 8", "under13"),
        ("15 yo girl here", "13-15"),
    ],
)
def test_age_told_outright_gives_the_band(text: str, band: str) -> None:
    assert facts(text).age_band == band


@pytest.mark.parametrize(
    "text",
    [
        "im 20 weeks pregnant",
        "im 5 mins away",
        "my son is 7",
        "im 2 years out",
        "he is 14",
        "my grandson aged 7 says his stepdad locks him in",
        "im 100% sure",
        "phone is on 4%",
        "im 3 months gone",
    ],
)
def test_other_numbers_are_no_age(text: str) -> None:
    assert facts(text).age_band is None


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("do you cover crewe", "cheshire-east"),
        ("we live in Widnes", "halton"),
        ("Walsall", "walsall"),
        ("im from burnley", "lancashire"),
        ("his mate preston came round", None),
        ("nelson mandela", None),
        ("I live in Leeds", None),
    ],
)
def test_area_is_read_from_a_town_that_is_lived_in(text: str, area: str | None) -> None:
    assert facts(text).area == area


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("me and the kids are in the car", "children"),
        ("i have two boys", "children"),
        ("hes at work until 4", "safe_time"),
        ("ring me between 10 and 12", "safe_time"),
        ("she is in the kitchen", "nearby"),
        ("please dont phone the house", "contact"),
        ("can someone call me", "contact"),
    ],
)
def test_facts_for_the_advocate_are_found(text: str, name: str) -> None:
    assert name in facts(text).told


def test_no_calls_and_call_back_are_told_apart() -> None:
    assert facts("please do not call my landline").told["contact"] == "no calls"
    assert facts("could you please phone me").told["contact"] == "call back"


@pytest.mark.parametrize(
    "text",
    [
        "please dont call the police",
        "im not ringing 999",
        "no way am i not phoning the cops",
        "dont call it that",
    ],
)
def test_no_police_is_not_heard_as_no_calls(text: str) -> None:
    assert "contact" not in facts(text).told


@pytest.mark.parametrize(
    "text",
    [
        "not like her. 4 yrs never missed a call",
        "i have no proof, never called police",
        "i don't know what to call it",
        "it could be the car not the phone he tracks",
        "i dont have a phone its my tablet",
        "he never rings me",
        "dont call me a liar",
        "he dont know about this phone",
        "if nobody rings im done",
        "my mum says dont ring. sunday it was bad",
        "do not ring him",
        "i dont want to call my mum",
        "i dont want you to phone my mum",
    ],
)
def test_calls_that_are_only_spoken_of_are_no_wish(text: str) -> None:
    assert facts(text).told.get("contact") != "no calls"


@pytest.mark.parametrize(
    "text",
    [
        "dont ring, text",
        "dnt ring me",
        "no dont ring my calls come up on his watch",
        "nah dont want anyone ringing me",
        "I do not want the surgery ringing here he answers the telephone",
        "I am deaf I can not use phone",
        "i'd talk to someone. not phone tho, he listens",
        "nobody should ring me",
        "i dont want a call",
        "never ring me at work",
        "id rather you didnt ring",
        "you cant ring me",
        "nah dont want no one ringin me mind",
        "No I do NOT want you to ring me",
        "i dont want anyone to call me",
        "please do not want to be phoned",
    ],
)
def test_wish_not_to_be_called_is_heard_in_any_words(text: str) -> None:
    assert facts(text).told["contact"] == "no calls"
