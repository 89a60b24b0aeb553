"""Status callbacks: signed, in order, and out of order when asked."""

from twilio.request_validator import RequestValidator

from tests.simulator.carrier import ACCOUNT, HELPLINE, PHONE, TestCarrier
from tests.simulator.servers import Helpline, until


def send(carrier: TestCarrier, helpline: Helpline) -> str:
    made = carrier.send(status_callback=f"{helpline.base}/twilio/status")
    return str(made.sid)


def valid(carrier: TestCarrier, helpline: Helpline, place: int) -> bool:
    received = helpline.callbacks[place]
    signature = received.headers["X-Twilio-Signature"]
    url = f"{helpline.base}/twilio/status"
    validator = RequestValidator(carrier.settings.auth_token)
    return bool(validator.validate(url, received.form, signature))


def test_callbacks_tell_each_status_signed(carrier: TestCarrier, helpline: Helpline) -> None:
    sid = send(carrier, helpline)
    until(lambda: len(helpline.callbacks) == 3)
    assert helpline.statuses == ["queued", "sent", "delivered"]
    form = helpline.callbacks[0].form
    assert form["MessageSid"] == form["SmsSid"] == sid
    assert (form["AccountSid"], form["ApiVersion"]) == (ACCOUNT, "2010-04-01")
    assert (form["From"], form["To"], form["SmsStatus"]) == (HELPLINE, PHONE, "queued")
    assert "ErrorCode" not in form
    assert all(valid(carrier, helpline, place) for place in range(3))


def test_undelivered_message_names_its_code(carrier: TestCarrier, helpline: Helpline) -> None:
    carrier.fault("undelivered", number=PHONE, error_code=30005)
    sid = send(carrier, helpline)
    until(lambda: len(helpline.callbacks) == 3)
    assert helpline.statuses == ["queued", "sent", "undelivered"]
    assert helpline.callbacks[-1].form["ErrorCode"] == "30005"
    assert carrier.client().messages(sid).fetch().error_code == 30005
    assert carrier.screen()[0]["error_code"] == 30005


def test_failed_message_is_never_sent(carrier: TestCarrier, helpline: Helpline) -> None:
    carrier.fault("failed")
    send(carrier, helpline)
    until(lambda: len(helpline.callbacks) == 2)
    assert helpline.statuses == ["queued", "failed"]


def test_repeated_callbacks_come_twice_each(carrier: TestCarrier, helpline: Helpline) -> None:
    carrier.fault("repeat_callbacks")
    send(carrier, helpline)
    until(lambda: len(helpline.callbacks) == 6)
    assert helpline.statuses == ["queued", "queued", "sent", "sent", "delivered", "delivered"]


def test_reordered_callbacks_come_last_first(carrier: TestCarrier, helpline: Helpline) -> None:
    carrier.fault("reorder_callbacks")
    send(carrier, helpline)
    until(lambda: len(helpline.callbacks) == 3)
    assert helpline.statuses == ["delivered", "sent", "queued"]


def test_forged_callback_fails_validation(carrier: TestCarrier, helpline: Helpline) -> None:
    carrier.fault("forge_callbacks")
    send(carrier, helpline)
    until(lambda: len(helpline.callbacks) == 3)
    assert [valid(carrier, helpline, place) for place in range(3)] == [False, True, True]
