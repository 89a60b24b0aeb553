"""Opening hours over midnight, over both changes of the clocks, and on single dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook.core.errors import BadInput
from webhook.core.hours import ALL_DAY, DAYS, Hours, parse_dates, parse_spans, written


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(spans: str, dates: str = "", **days: str) -> Hours:
    week = {day: parse_spans(day, days.get(day, spans)) for day in DAYS}
    return Hours(week, parse_dates("dates", dates))


OFFICE = hours("09:00-12:30, 13:30-17:00", sat="closed", sun="closed")
NIGHTS = hours("20:00-02:00")


def test_open_day_and_night_unless_told_otherwise() -> None:
    assert Hours().always
    assert Hours().open_at(at("2026-11-01T03:00"))
    assert Hours().closes(at("2026-11-01T03:00")) is None
    assert Hours().open_seconds(at("2026-11-01T03:00"), at("2026-11-03T03:00")) == 48 * 3600


def test_several_spans_a_day_with_a_break_between() -> None:
    lunch = at("2026-11-02T12:45")  # a Monday
    assert OFFICE.open_at(at("2026-11-02T12:29"))
    assert not OFFICE.open_at(at("2026-11-02T12:30"))
    assert OFFICE.opens(lunch) == at("2026-11-02T13:30")
    assert OFFICE.closes(at("2026-11-02T10:00")) == at("2026-11-02T12:30")


def test_weekend_is_skipped_to_the_next_opening() -> None:
    assert OFFICE.opens(at("2026-11-06T17:00")) == at("2026-11-09T09:00")


def test_span_past_midnight_belongs_to_the_day_it_begins() -> None:
    fridays = hours("closed", fri="20:00-02:00")
    assert fridays.open_at(at("2026-11-07T01:59"))  # Saturday
    assert not fridays.open_at(at("2026-11-07T02:00"))
    assert not fridays.open_at(at("2026-11-06T01:00"))
    assert fridays.closes(at("2026-11-06T23:00")) == at("2026-11-07T02:00")


def test_days_that_touch_at_midnight_are_one_opening() -> None:
    joined = hours("closed", mon="18:00-24:00", tue="00:00-06:00")
    assert joined.closes(at("2026-11-02T20:00")) == at("2026-11-03T06:00")


def test_single_date_stands_in_for_its_weekday() -> None:
    christmas = hours("09:00-17:00", "2026-12-25: closed\n2026-12-26: 10:00-12:00")
    assert not christmas.open_at(at("2026-12-25T10:00"))
    assert christmas.opens(at("2026-12-24T17:00")) == at("2026-12-26T10:00")
    assert christmas.open_at(at("2026-12-28T16:59"))


def test_summer_time_moves_the_opening_in_utc() -> None:
    assert OFFICE.opens(at("2026-07-01T07:00")) == at("2026-07-01T08:00")
    assert OFFICE.opens(at("2026-12-01T07:00")) == at("2026-12-01T09:00")


def test_night_on_which_clocks_go_back_is_an_hour_longer() -> None:
    # 25 October 2026: 02:00 British summer time becomes 01:00.
    since, until = at("2026-10-24T19:00"), at("2026-10-25T12:00")
    assert NIGHTS.closes(since) == at("2026-10-25T02:00")
    assert NIGHTS.open_seconds(since, until) == 7 * 3600
    twice = hours("closed", sun="01:30-01:45")
    assert twice.opens(at("2026-10-24T23:00")) == at("2026-10-25T00:30")
    assert twice.closes(at("2026-10-25T00:30")) == at("2026-10-25T01:45")


def test_night_on_which_clocks_go_forward_is_an_hour_shorter() -> None:
    # 29 March 2026: 01:00 becomes 02:00.
    assert NIGHTS.open_seconds(at("2026-03-28T19:00"), at("2026-03-29T12:00")) == 5 * 3600
    never = hours("closed", sun="01:15-01:45")
    assert never.opens(at("2026-03-28T23:00")) == at("2026-03-29T01:15")


def test_only_open_time_counts_as_waiting() -> None:
    late = at("2026-11-06T16:50")  # Friday, ten minutes before closing
    assert OFFICE.open_seconds(late, at("2026-11-08T12:00")) == 600
    assert OFFICE.open_seconds(late, at("2026-11-09T09:05")) == 900
    assert OFFICE.open_seconds(at("2026-11-07T10:00"), at("2026-11-09T09:00")) == 0


def test_hours_that_never_come_have_no_opening() -> None:
    assert hours("closed").opens(at("2026-11-02T10:00")) is None


NO_TIMES = [
    "nine to five", "25:00-26:00", "09:00-09:00", "09:70-10:00", "9-5",
    "09:00-12:00, 11:00-13:00", "20:00-10:00, 09:00-12:00",
]  # fmt: skip
NO_DATES = [
    "25/12/2026: closed", "2026-12-25", "2026-12-25: x",
    "2026-12-25: closed\n2026-12-25: closed",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_TIMES)
def test_times_that_make_no_sense_are_refused_with_the_day(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_spans("wed", text)
    assert refused.value.field == "wed"


@pytest.mark.parametrize("text", NO_DATES)
def test_dates_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_dates("dates", text)


def test_written_as_they_are_read() -> None:
    for text in ("closed", "all day", "09:00-17:00", "00:00-01:00, 20:00-24:00", "20:00-02:00"):
        assert written(parse_spans("mon", text)) == text
    assert parse_spans("mon", "20:00\u201302:00 and 9.30 to 10.00") == ((570, 600), (1200, 1560))
    assert Hours.load({}).always
    kept = hours("20:00-02:00", "2026-12-25: closed", sun="all day")
    assert Hours.load(kept.dump()) == kept
    assert kept.on(date(2026, 11, 1)) == ALL_DAY


@given(st.integers(0, 366 * 24), st.integers(0, 20 * 24))
def test_open_time_agrees_with_looking_each_quarter_hour(hour: int, quarters: int) -> None:
    since = at("2026-01-01T00:00") + timedelta(hours=hour)
    until = since + timedelta(minutes=15 * quarters)
    step = timedelta(minutes=15)
    looked = sum(NIGHTS.open_at(since + step * place) for place in range((until - since) // step))
    assert NIGHTS.open_seconds(since, until) == looked * 900
