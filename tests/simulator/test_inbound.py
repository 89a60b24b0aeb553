"""Texts from a phone reach the helpline as Twilio would bring them."""

from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from tests.simulator.carrier import ACCOUNT, HELPLINE, OTHER_PHONE, PHONE, SERVICE, TestCarrier
from tests.simulator.conftest import StartCarrier, running
from tests.simulator.servers import Helpline, Received, until

ALWAYS_SENT = set(
    "MessageSid SmsSid SmsMessageSid AccountSid From To Body NumMedia NumSegments SmsStatus "
    "ApiVersion FromCity FromState FromZip FromCountry ToCity ToState ToZip ToCountry".split()
)


def signed(carrier: TestCarrier, received: Received, url: str) -> bool:
    validator = RequestValidator(carrier.settings.auth_token)
    signature = received.headers["X-Twilio-Signature"]
    return bool(validator.validate(url, received.form, signature))


def test_webhook_carries_every_parameter_and_signature(
    carrier: TestCarrier, helpline: Helpline
) -> None:
    result = carrier.text("hello £5 😀")
    assert (result["webhook_status"], result["attempts"]) == (204, 1)
    [received] = helpline.texts
    form = received.form
    assert set(form) == ALWAYS_SENT
    assert (form["From"], form["To"], form["Body"]) == (PHONE, HELPLINE, "hello £5 😀")
    assert (form["AccountSid"], form["SmsStatus"], form["NumMedia"]) == (ACCOUNT, "received", "0")
    assert (form["FromCity"], form["FromCountry"], form["ApiVersion"]) == ("", "GB", "2010-04-01")
    assert form["MessageSid"] == form["SmsSid"] == result["message"]["sid"]
    assert signed(carrier, received, f"{helpline.base}/twilio/sms")
    assert received.headers["I-Twilio-Idempotency-Token"]


def test_signature_leaves_the_fragment_out(start_carrier: StartCarrier, helpline: Helpline) -> None:
    with start_carrier("#rc=2&rp=5xx") as carrier:
        carrier.text()
        assert signed(carrier, helpline.texts[0], f"{helpline.base}/twilio/sms")


def test_messaging_service_is_named_when_set(
    start_carrier: StartCarrier, helpline: Helpline
) -> None:
    with start_carrier(messaging_service_sid=SERVICE) as carrier:
        carrier.text()
        assert helpline.texts[0].form["MessagingServiceSid"] == SERVICE


def test_picture_without_text_is_sent_as_media(carrier: TestCarrier, helpline: Helpline) -> None:
    result = carrier.text(body="", media=["https://example.org/a", "https://example.org/b"])
    form = helpline.texts[0].form
    assert result["message"]["sid"].startswith("MM")
    assert (form["Body"], form["NumMedia"]) == ("", "2")
    assert (form["MediaUrl1"], form["MediaContentType1"]) == ("https://example.org/b", "image/jpeg")


def test_control_characters_and_length_pass_unchanged(
    carrier: TestCarrier, helpline: Helpline
) -> None:
    body = "a\x00b\u202ec\r\n" + "x" * 1600
    carrier.text(body)
    assert helpline.texts[0].form["Body"] == body


def test_failed_webhook_is_retried_as_the_fragment_says(
    start_carrier: StartCarrier, helpline: Helpline
) -> None:
    helpline.answers.extend([503, 500, 204])
    with start_carrier("#rc=3&rp=ct,rt,5xx") as carrier:
        result = carrier.text()
    assert (result["webhook_status"], result["attempts"]) == (204, 3)
    sids = {received.form["MessageSid"] for received in helpline.texts}
    tokens = {received.headers["I-Twilio-Idempotency-Token"] for received in helpline.texts}
    assert (len(sids), len(tokens)) == (1, 1)


@pytest.mark.parametrize(("fragment", "answer"), [("", 503), ("#rc=3&rp=5xx", 403)])
def test_failure_outside_the_policy_is_not_retried(
    start_carrier: StartCarrier, helpline: Helpline, fragment: str, answer: int
) -> None:
    helpline.answers.append(answer)
    with start_carrier(fragment) as carrier:
        result = carrier.text()
    assert (result["webhook_status"], result["attempts"]) == (answer, 1)


def test_unreachable_helpline_is_tried_twice_and_reported() -> None:
    # Nothing listens on the discard port.
    with running("http://127.0.0.1:9/twilio/sms") as carrier:
        result = carrier.text()
    assert (result["webhook_status"], result["webhook_failure"]) == (None, "ct")
    assert result["attempts"] == 2


def test_known_message_sid_arrives_again_unchanged(
    carrier: TestCarrier, helpline: Helpline
) -> None:
    sid = carrier.text("once")["message"]["sid"]
    carrier.text("twice", message_sid=sid)
    assert [received.form["Body"] for received in helpline.texts] == ["once", "once"]
    assert len({received.form["MessageSid"] for received in helpline.texts}) == 1
    assert len(carrier.screen()) == 1


def test_repeated_webhook_is_the_same_message(carrier: TestCarrier, helpline: Helpline) -> None:
    carrier.fault("repeat_webhook", number=PHONE, times=3)
    carrier.text("once")
    carrier.text("after")
    bodies = [received.form["Body"] for received in helpline.texts]
    assert bodies == ["once", "once", "once", "after"]
    assert len({received.form["MessageSid"] for received in helpline.texts}) == 2


def test_held_webhook_is_overtaken_by_the_next(carrier: TestCarrier, helpline: Helpline) -> None:
    carrier.fault("reorder_webhooks")
    first = carrier.text("first")
    assert (first["held"], first["webhook_status"]) == (True, None)
    carrier.text("second")
    until(lambda: len(helpline.texts) == 2)
    assert [received.form["Body"] for received in helpline.texts] == ["second", "first"]


def test_forged_webhook_fails_validation_once(carrier: TestCarrier, helpline: Helpline) -> None:
    carrier.fault("forge")
    carrier.text()
    carrier.text()
    url = f"{helpline.base}/twilio/sms"
    assert [signed(carrier, received, url) for received in helpline.texts] == [False, True]


@pytest.mark.parametrize(
    "text", [{}, {"body": ""}, {"body": "x", "from": "12"}, {"body": "x", "colour": "red"}]
)
def test_incomplete_inbound_text_is_refused(carrier: TestCarrier, text: dict[str, Any]) -> None:
    answer = carrier.http.post("/simulator/inbound", json={"from": OTHER_PHONE, **text})
    assert answer.status_code == 422
