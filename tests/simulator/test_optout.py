"""STOP, START and HELP under each way Twilio can be set up."""

import pytest
from twilio.base.exceptions import TwilioRestException

from simulator.optout import keyword_of
from tests.simulator.carrier import TestCarrier
from tests.simulator.conftest import StartCarrier
from tests.simulator.servers import Helpline


def refused(carrier: TestCarrier) -> bool:
    try:
        carrier.send()
    except TwilioRestException as error:
        return bool(error.code == 21610)
    return False


@pytest.mark.parametrize(
    ("body", "keyword"),
    [
        ("STOP", "STOP"),
        (" stop\n", "STOP"),
        ("Unsubscribe", "STOP"),
        ("start", "START"),
        ("Yes", "START"),
        ("help", "HELP"),
        ("STOP PLEASE", None),
        ("help me", None),
        ("", None),
    ],
)
def test_only_a_lone_keyword_counts(body: str, keyword: str | None) -> None:
    assert keyword_of(body) == keyword


def test_advanced_opt_out_names_the_keyword(carrier: TestCarrier, helpline: Helpline) -> None:
    for body in ("STOP", "START", "HELP", "hello"):
        carrier.text(body)
    types = [received.form.get("OptOutType") for received in helpline.texts]
    assert types == ["STOP", "START", "HELP", None]


def test_advanced_opt_out_ends_with_any_text(carrier: TestCarrier) -> None:
    carrier.text("STOP")
    assert refused(carrier)
    carrier.text("are you there")
    assert not refused(carrier)


def test_default_opt_out_ends_only_with_start(
    start_carrier: StartCarrier, helpline: Helpline
) -> None:
    with start_carrier(opt_out="default") as carrier:
        carrier.text("STOP")
        carrier.text("are you there")
        assert refused(carrier)
        carrier.text("START")
        assert not refused(carrier)
        assert all("OptOutType" not in received.form for received in helpline.texts)


def test_default_opt_out_answers_by_itself(start_carrier: StartCarrier) -> None:
    with start_carrier(opt_out="default") as carrier:
        carrier.text("STOP")
        answer = carrier.screen()[-1]
        assert answer["direction"] == "outbound"
        assert answer["body"].startswith("You have successfully been unsubscribed.")


def test_opt_out_off_forwards_and_blocks_nothing(
    start_carrier: StartCarrier, helpline: Helpline
) -> None:
    with start_carrier(opt_out="off") as carrier:
        carrier.text("STOP")
        assert not refused(carrier)
        assert "OptOutType" not in helpline.texts[0].form
