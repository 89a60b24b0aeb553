"""Reading a yes, a no, a skip or a stop from few words, as people write them."""

from __future__ import annotations

import pytest

from bot.policies.answers import consent, is_question, short_answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yeah he did", "yes"),
        ("Yes", "yes"),
        ("yh once", "yes"),
        ("he has before", "yes"),
        ("a few times", "yes"),
        ("Unfortunately yes", "yes"),
        ("no never", "no"),
        ("nope", "no"),
        ("not really", "no"),
        ("he's never done that", "no"),
        ("im not pregnant", "no"),
        ("i don't think so", "no"),
        ("dont want to say", "skip"),
        ("skip", "skip"),
        ("next", "skip"),
        ("I'd rather not", "skip"),
        ("not sure", "skip"),
        ("no dont want to talk about that", "skip"),
        ("idk", "skip"),
        ("maybe", "skip"),
        ("stop asking me this", "stop"),
        ("no more questions", "stop"),
        ("thats enough", "stop"),
        ("can we leave it", "stop"),
        ("cancel", "stop"),
        ("i need a refuge", None),
        ("the kids are asleep", None),
    ],
)
def test_few_words_are_read_as_meant(text: str, answer: str | None) -> None:
    assert short_answer(text) == answer


@pytest.mark.parametrize(
    "text", ["no but he said he would", "not yet but nearly", "nah except once"]
)
def test_no_with_a_but_is_not_a_no(text: str) -> None:
    assert short_answer(text) == "skip"


def test_long_telling_that_begins_with_no_is_not_a_no() -> None:
    told = "no one knows what he is like when the door is shut and it is the two of us"
    assert short_answer(told) is None


@pytest.mark.parametrize("text", ["no one believes me", "no one else comes here"])
def test_telling_of_no_one_is_not_a_no(text: str) -> None:
    assert short_answer(text) is None


@pytest.mark.parametrize("text", ["ok", "go on then", "sure", "yes please", "ask away"])
def test_ok_agrees_to_an_offer_and_is_no_answer(text: str) -> None:
    assert consent(text) == "yes"
    assert short_answer("ok") is None


@pytest.mark.parametrize("text", ["how do i get out", "is it free", "can you help", "really?"])
def test_question_is_no_answer(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(("text", "said"), [("i have", "yes"), ("i am on my own", "yes")])
def test_what_somebody_has_or_is_may_be_a_yes(text: str, said: str) -> None:
    assert short_answer(text) == said


@pytest.mark.parametrize("text", ["i have 4 children", "i am 8", "i am four", "i have three boys"])
def test_a_number_of_years_or_children_is_no_yes(text: str) -> None:
    assert short_answer(text) is None
