"""The Messages API as Twilio's own client and OpenAPI file expect it."""

from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.simulator.carrier import ACCOUNT, HELPLINE, OTHER_PHONE, PHONE, SERVICE, TestCarrier
from tests.simulator.conftest import StartCarrier
from tests.simulator.openapi import ERROR, LIST, MESSAGE, assert_valid
from tests.simulator.servers import until


def delivered(carrier: TestCarrier, sid: str) -> bool:
    return bool(carrier.client().messages(sid).fetch().status == "delivered")


def test_created_message_is_queued_with_201(carrier: TestCarrier) -> None:
    answer = carrier.raw(
        "POST", "/Messages.json", data={"To": PHONE, "From": HELPLINE, "Body": "hi"}
    )
    assert answer.status_code == 201
    body = answer.json()
    assert_valid(body, MESSAGE)
    assert body["status"] == "queued"
    assert body["num_segments"] == "1"
    assert body["direction"] == "outbound-api"
    assert body["date_sent"] is None
    assert body["uri"] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{body['sid']}.json"


def test_message_ends_delivered_and_valid(carrier: TestCarrier) -> None:
    sid = carrier.send().sid
    until(lambda: delivered(carrier, sid))
    body = carrier.raw("GET", f"/Messages/{sid}.json").json()
    assert_valid(body, MESSAGE)
    assert body["date_sent"] is not None


def test_messaging_service_picks_the_sender_later(start_carrier: StartCarrier) -> None:
    with start_carrier(messaging_service_sid=SERVICE) as carrier:
        made = carrier.client().messages.create(to=PHONE, messaging_service_sid=SERVICE, body="x")
        assert (made.status, made.from_, made.num_segments) == ("accepted", None, "0")
        until(lambda: delivered(carrier, made.sid))
        fetched = carrier.client().messages(made.sid).fetch()
        assert (fetched.from_, fetched.num_segments) == (HELPLINE, "1")
        assert fetched.messaging_service_sid == SERVICE


def test_picture_message_gets_an_mm_sid(carrier: TestCarrier) -> None:
    made = carrier.send(body="", media_url=["https://example.org/a.jpg"])
    assert made.sid.startswith("MM")
    assert made.num_media == "1"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": HELPLINE, "Body": "x"}, 21604),
        ({"To": "12", "From": HELPLINE, "Body": "x"}, 21211),
        ({"To": PHONE, "Body": "x"}, 21603),
        ({"To": PHONE, "From": "nobody", "Body": "x"}, 21212),
        ({"To": PHONE, "From": OTHER_PHONE, "Body": "x"}, 21606),
        ({"To": PHONE, "MessagingServiceSid": SERVICE, "Body": "x"}, 21705),
        ({"To": PHONE, "From": HELPLINE}, 21602),
        ({"To": PHONE, "From": HELPLINE, "Body": "x" * 1601}, 21617),
        ({"To": HELPLINE, "From": HELPLINE, "Body": "x"}, 21266),
        ({"To": PHONE, "From": HELPLINE, "Body": "x", "StatusCallback": "here"}, 21609),
        ({"To": PHONE, "From": HELPLINE, "Body": "x", "StatusCallback": "http://["}, 21609),
        ({"To": PHONE, "From": HELPLINE, "Body": "x", "ScheduleType": "fixed"}, 35118),
    ],
)
def test_bad_request_gets_twilios_code(
    carrier: TestCarrier, form: dict[str, str], code: int
) -> None:
    answer = carrier.raw("POST", "/Messages.json", data=form)
    assert answer.status_code == 400
    assert_valid(answer.json(), ERROR)
    assert answer.json()["code"] == code
    assert answer.json()["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert carrier.screen() == []


def test_body_of_1600_characters_is_taken(carrier: TestCarrier) -> None:
    assert carrier.send(body="é" * 1600).num_segments == "11"


def test_wrong_token_is_refused_with_20003(carrier: TestCarrier) -> None:
    with pytest.raises(TwilioRestException) as refused:
        carrier.client(token="wrong").messages.create(to=PHONE, from_=HELPLINE, body="x")
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_other_accounts_messages_are_refused(carrier: TestCarrier) -> None:
    settings = carrier.settings
    other = "AC" + "9" * 32
    answer = carrier.http.get(
        f"/2010-04-01/Accounts/{other}/Messages.json",
        auth=(settings.account_sid, settings.auth_token),
    )
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_no_credentials_are_asked_for(carrier: TestCarrier) -> None:
    answer = carrier.http.get(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'


def test_unknown_message_and_method_answer_as_twilio(carrier: TestCarrier) -> None:
    missing = carrier.raw("GET", f"/Messages/SM{'0' * 32}.json")
    assert (missing.status_code, missing.json()["code"]) == (404, 20404)
    wrong = carrier.raw("PUT", "/Messages.json")
    assert (wrong.status_code, wrong.json()["code"]) == (405, 20004)
    assert_valid(wrong.json(), ERROR)


def test_client_walks_every_page_once(carrier: TestCarrier) -> None:
    made = [carrier.send(body=str(number)).sid for number in range(7)]
    listed = [m.sid for m in carrier.client().messages.stream(page_size=3, limit=20)]
    assert listed == made[::-1]


def test_pages_hold_while_new_messages_arrive(carrier: TestCarrier) -> None:
    made = [carrier.send(body=str(number)).sid for number in range(4)]
    first = carrier.client().messages.page(page_size=2)
    carrier.send(body="late")
    second = first.next_page()
    assert [m.sid for m in second] == made[1::-1]
    back = second.previous_page()
    assert [m.sid for m in back] == made[:1:-1]


def test_list_page_has_twilios_fields(carrier: TestCarrier) -> None:
    for number in range(3):
        carrier.send(body=str(number))
    page = carrier.raw("GET", "/Messages.json", params={"PageSize": 2}).json()
    assert_valid(page, LIST)
    assert (page["page"], page["page_size"], page["start"], page["end"]) == (0, 2, 0, 1)
    assert page["previous_page_uri"] is None
    assert "PageToken=PA" in page["next_page_uri"]


def test_list_filters_by_number_and_time(carrier: TestCarrier) -> None:
    sid = carrier.send(to=PHONE).sid
    carrier.send(to=OTHER_PHONE)
    inbound = carrier.text("hi")["message"]["sid"]
    messages = carrier.client().messages
    start = datetime.now(UTC) - timedelta(minutes=1)
    assert [m.sid for m in messages.list(to=PHONE, date_sent_after=start)] == [sid]
    assert [m.sid for m in messages.list(from_=PHONE)] == [inbound]
    assert messages.list(date_sent_before=start) == []
    # A test that runs at midnight sees two days.
    days = {start.date(), datetime.now(UTC).date()}
    assert sum(len(messages.list(date_sent=day)) for day in days) == 3


def test_redaction_blanks_only_the_carriers_copy(carrier: TestCarrier) -> None:
    sid = carrier.send(body="private").sid
    until(lambda: delivered(carrier, sid))
    assert carrier.client().messages(sid).update(body="").body == ""
    assert carrier.client().messages(sid).fetch().body == ""
    assert carrier.screen()[0]["body"] == "private"


def test_deleted_message_is_gone(carrier: TestCarrier) -> None:
    sid = carrier.send().sid
    until(lambda: delivered(carrier, sid))
    assert carrier.raw("DELETE", f"/Messages/{sid}.json").status_code == 204
    assert carrier.raw("GET", f"/Messages/{sid}.json").status_code == 404
    assert carrier.client().messages.list() == []


def test_message_under_way_cannot_be_deleted(start_carrier: StartCarrier) -> None:
    with start_carrier(messaging_service_sid=SERVICE) as carrier:
        later = datetime.now(UTC) + timedelta(hours=1)
        made = carrier.client().messages.create(
            to=PHONE,
            messaging_service_sid=SERVICE,
            body="x",
            schedule_type="fixed",
            send_at=later,
        )
        assert made.status == "scheduled"
        refused = carrier.raw("DELETE", f"/Messages/{made.sid}.json")
        assert (refused.status_code, refused.json()["code"]) == (409, 20009)
        assert carrier.client().messages(made.sid).update(status="canceled").status == "canceled"
        assert carrier.raw("DELETE", f"/Messages/{made.sid}.json").status_code == 204


@pytest.mark.parametrize(
    "params",
    [
        {"PageSize": "0"},
        {"PageSize": "9" * 5000},
        {"Page": "-1"},
        {"DateSent": "yesterday"},
        {"DateSent<": "9999-12-31"},
    ],
)
def test_impossible_list_request_is_a_bad_request(
    carrier: TestCarrier, params: dict[str, str]
) -> None:
    answer = carrier.raw("GET", "/Messages.json", params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


@pytest.mark.parametrize("header", ["Basic", "Basic ?", "Basic \xff", "Bearer x", ""])
def test_unreadable_credentials_are_refused(carrier: TestCarrier, header: str) -> None:
    address = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = carrier.http.get(address, headers={b"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401


def test_schedule_outside_twilios_window_is_refused(start_carrier: StartCarrier) -> None:
    with start_carrier(messaging_service_sid=SERVICE) as carrier:
        form = {"To": PHONE, "MessagingServiceSid": SERVICE, "Body": "x", "ScheduleType": "fixed"}
        for moment, code in (("2020-01-01T00:00:00Z", 35114), ("soon", 35111)):
            answer = carrier.raw("POST", "/Messages.json", data={**form, "SendAt": moment})
            assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_token_can_be_anything_without_harm(carrier: TestCarrier) -> None:
    carrier.send()
    page = carrier.raw("GET", "/Messages.json", params={"PageToken": "nonsense"})
    assert_valid(page.json(), LIST)
