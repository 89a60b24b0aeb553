"""The API's faults: whom they meet, how often, and what is left behind."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.simulator.carrier import HELPLINE, OTHER_PHONE, PHONE, TestCarrier
from tests.simulator.conftest import StartCarrier
from tests.simulator.openapi import ERROR, assert_valid
from tests.simulator.servers import until


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("21610", 400, 21610), ("429", 429, 20429), ("500", 500, 20500), ("503", 503, 20503)],
)
def test_refusal_happens_once_and_keeps_nothing(
    carrier: TestCarrier, kind: str, status: int, code: int
) -> None:
    carrier.fault(kind)
    with pytest.raises(TwilioRestException) as refused:
        carrier.send()
    assert (refused.value.status, refused.value.code) == (status, code)
    assert carrier.screen() == []
    assert carrier.send().status == "queued"


def test_refusal_has_twilios_error_body(carrier: TestCarrier) -> None:
    carrier.fault("429")
    form = {"To": PHONE, "From": HELPLINE, "Body": "x"}
    assert_valid(carrier.raw("POST", "/Messages.json", data=form).json(), ERROR)


def test_fault_for_a_number_spares_the_others(carrier: TestCarrier) -> None:
    carrier.fault("500", number="07700 900123", count=2)
    carrier.send(to=OTHER_PHONE)
    for _ in range(2):
        with pytest.raises(TwilioRestException):
            carrier.send(to=PHONE)
    carrier.send(to=PHONE)
    assert carrier.http.get("/simulator/faults").json() == []


def test_fault_without_count_lasts_until_lifted(carrier: TestCarrier) -> None:
    number = carrier.fault("503", count=None)
    for _ in range(3):
        with pytest.raises(TwilioRestException):
            carrier.send()
    carrier.http.delete(f"/simulator/faults/{number}")
    carrier.send()


def test_send_fault_leaves_look_ups_alone(carrier: TestCarrier) -> None:
    carrier.fault("503", count=None)
    assert carrier.client().messages.list() == []


def test_whole_api_fault_meets_look_ups_too(carrier: TestCarrier) -> None:
    carrier.fault("503", count=None, scope="api")
    with pytest.raises(TwilioRestException):
        carrier.client().messages("SM" + "0" * 32).fetch()


def test_accepted_message_without_answer_can_be_looked_up(carrier: TestCarrier) -> None:
    carrier.fault("timeout_after_accept")
    with pytest.raises(requests.exceptions.ReadTimeout):
        carrier.client(timeout=0.3).messages.create(to=PHONE, from_=HELPLINE, body="kept")
    assert [m.body for m in carrier.client().messages.list(to=PHONE)] == ["kept"]
    assert [text["body"] for text in carrier.screen()] == ["kept"]


def test_timeout_before_accept_leaves_no_message(carrier: TestCarrier) -> None:
    carrier.fault("timeout")
    with pytest.raises(requests.exceptions.ReadTimeout):
        carrier.client(timeout=0.3).messages.create(to=PHONE, from_=HELPLINE, body="lost")
    assert carrier.client().messages.list() == []


def test_latency_outlasts_an_impatient_client(carrier: TestCarrier) -> None:
    carrier.fault("latency", latency_ms=5000)
    with pytest.raises(requests.exceptions.ReadTimeout):
        carrier.client(timeout=0.2).messages.create(to=PHONE, from_=HELPLINE, body="slow")


def test_request_from_before_a_reset_leaves_nothing(carrier: TestCarrier) -> None:
    carrier.fault("latency", latency_ms=300)
    with ThreadPoolExecutor() as pool:
        sending = pool.submit(carrier.send)
        until(lambda: carrier.http.get("/simulator/faults").json() == [])
        carrier.http.post("/simulator/reset")
        assert isinstance(sending.exception(), TwilioRestException)
    assert carrier.screen() == []


def test_latency_setting_slows_every_answer(start_carrier: StartCarrier) -> None:
    with start_carrier(latency_ms=120) as carrier:
        start = time.monotonic()
        carrier.send()
        assert time.monotonic() - start >= 0.12


@pytest.mark.parametrize("fault", [{"kind": "fire"}, {"kind": "429", "count": 0}, {}])
def test_unknown_fault_is_refused(carrier: TestCarrier, fault: dict[str, object]) -> None:
    assert carrier.http.post("/simulator/faults", json=fault).status_code == 422


def test_fault_for_no_number_at_all_is_refused(carrier: TestCarrier) -> None:
    answer = carrier.http.post("/simulator/faults", json={"kind": "429", "number": "me"})
    assert answer.status_code == 422
