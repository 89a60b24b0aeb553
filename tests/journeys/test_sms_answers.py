"""A text travels the whole real path and gets a right answer, whatever shape it has."""

from __future__ import annotations

import pytest

from tests.fixtures.whole import Helpline, new_number
from webhook.core.sms_text import is_gsm7, segments

pytestmark = [pytest.mark.assistant, pytest.mark.slow]

TELLING = ("abuse", "violence", "helpline", "domestic")


def test_p11_question_gets_a_useful_discreet_answer(whole: Helpline) -> None:
    number = new_number()
    assert whole.text(number, "how do I get into a refuge")["webhook_status"] == 204
    whole.replies(number)
    replies = whole.settled(number)
    assert "refuge" in " ".join(replies).lower()
    assert all(segments(reply) <= 2 and is_gsm7(reply) for reply in replies)
    assert not [word for word in TELLING if word in replies[0].lower()]


def test_p10_danger_is_answered_with_999_and_the_silent_call(whole: Helpline) -> None:
    number = new_number()
    whole.text(number, "he's outside with a hammer")
    first = whole.replies(number)[0]
    assert "999" in first
    assert "55" in first


@pytest.mark.parametrize(
    ("body", "media"),
    [
        ("", ["https://media.example/1.jpg"]),
        ("he hurts me " * 133, []),
        ("\U0001f622\U0001f494", []),
        ("he\x00lp me \u202eplease", []),
    ],
)
def test_text_of_any_shape_is_answered(whole: Helpline, body: str, media: list[str]) -> None:
    number = new_number()
    assert whole.text(number, body, media=media)["webhook_status"] == 204
    assert whole.replies(number)[0]
    assert whole.rows(number)[0].media_count == len(media)


def test_p1_repeated_webhook_is_answered_once(whole: Helpline) -> None:
    number = new_number()
    whole.fault("repeat_webhook", number, times=6)
    assert whole.text(number, "can men use this too")["webhook_status"] == 204
    whole.replies(number)
    assert whole.settled(number) == whole.said(number, "bot")
    assert whole.said(number, "person") == ["can men use this too"]


def test_p1_overtaking_webhooks_lose_nothing(whole: Helpline) -> None:
    number = new_number()
    whole.fault("reorder_webhooks", number)
    assert whole.text(number, "he took my phone")["held"]
    whole.text(number, "can you help")
    whole.replies(number, 2)
    assert whole.settled(number) == whole.said(number, "bot")
    assert sorted(whole.said(number, "person")) == ["can you help", "he took my phone"]


def test_forged_webhook_is_refused(whole: Helpline) -> None:
    number = new_number()
    whole.fault("forge", number)
    assert whole.text(number, "hello")["webhook_status"] == 403
    assert whole.rows(number) == []
