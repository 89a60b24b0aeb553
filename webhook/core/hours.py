"""Opening hours: spans of each weekday and of single dates, in the time of the United Kingdom.

A span belongs to the day on which it begins, also when it ends after midnight. When clocks go back
an hour that comes twice is open both times; when they go forward one that never comes is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from webhook.core.errors import BadInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UK = ZoneInfo("Europe/London")
Span = tuple[int, int]
"""Minutes after the day's midnight, from and until; the end may lie on the next day."""
Spans = tuple[Span, ...]

_MIDNIGHT = 24 * 60
ALL_DAY: Spans = ((0, _MIDNIGHT),)
_SPAN = re.compile(r"(\d{1,2})[:.](\d{2})\s*(?:-|to)\s*(\d{1,2})[:.](\d{2})")
_LOOK_AHEAD = 400  # days; whoever is closed for longer has no next opening to tell of
_LONG_OPEN = 15  # days without a break count as always open


@dataclass(frozen=True)
class Hours:
    """When it is open; day and night unless told otherwise. `dates` stand in for their weekday."""

    week: Mapping[str, Spans] = field(default_factory=lambda: dict.fromkeys(DAYS, ALL_DAY))
    dates: Mapping[date, Spans] = field(default_factory=dict)

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        return all(spans == ALL_DAY for spans in (*self.week.values(), *self.dates.values()))

    def open_at(self, moment: datetime) -> bool:
        """Whether it is open at a moment."""
        return self.opens(moment) == moment

    def opens(self, moment: datetime) -> datetime | None:
        """The first open moment from one on: itself when open, None for not within a year."""
        for start, end in self._spans(moment, _LOOK_AHEAD):
            if end > moment:
                return max(start, moment)
        return None

    def closes(self, moment: datetime) -> datetime | None:
        """When it closes after an open moment; None when it does not for long."""
        reached = moment
        for start, end in self._spans(moment, _LONG_OPEN):
            if start > reached:
                return reached
            reached = max(reached, end)
        return None

    def open_seconds(self, since: datetime, until: datetime) -> float:
        """For how long it was open between two moments."""
        if self.always:
            return max(0.0, (until - since).total_seconds())
        total, cursor = timedelta(0), since
        for start, end in self._spans(since, (until - since).days + 2):
            if start >= until:
                break
            first, last = max(start, cursor), min(end, until)
            if last > first:
                total, cursor = total + (last - first), last
        return total.total_seconds()

    def on(self, day: date) -> Spans:
        """The spans that begin on a day."""
        return self.dates.get(day, self.week.get(DAYS[day.weekday()], ()))

    def dump(self) -> dict[str, Any]:
        """The hours as JSON-ready values, read again by `load`."""
        return {
            "week": {day: written(self.week.get(day, ())) for day in DAYS},
            "dates": {day.isoformat(): written(spans) for day, spans in self.dates.items()},
        }

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Hours:
        """Hours from what `dump` gave; day and night from nothing."""
        if not stored.get("week"):
            return cls()
        week = {day: parse_spans(day, text) for day, text in stored["week"].items()}
        dates = {date.fromisoformat(d): parse_spans(d, t) for d, t in stored["dates"].items()}
        return cls(week, dates)

    def _spans(self, moment: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Spans in UTC by their beginning, from those of the day before a moment on."""
        first = moment.astimezone(UK).date() - timedelta(days=1)
        for place in range(days + 2):
            day = first + timedelta(days=place)
            for start, end in self.on(day):
                yield _utc(day, start)[0], _utc(day, end)[1]


def parse_spans(field: str, text: str) -> Spans:
    """Spans as people write them: "09:00-12:30, 20:00-02:00", "closed" or "all day".

    Raises BadInput, with the field's name, for what is no time and for spans that overlap.
    """
    plain = text.strip().lower().replace("\N{EN DASH}", "-")
    if plain in ("", "closed"):
        return ()
    if plain in ("all day", "always", "24 hours"):
        return ALL_DAY
    spans = sorted(_span(field, part) for part in re.split(r"[,;]|\band\b", plain))
    for (_, end), (start, _) in zip(spans, spans[1:], strict=False):
        if start < end:
            raise BadInput(field, "two of the times overlap")
    if spans[-1][1] > _MIDNIGHT + spans[0][0]:
        raise BadInput(field, "the last time runs into the first")
    return tuple(spans)


def parse_dates(field: str, text: str) -> dict[date, Spans]:
    """Single dates, one a line: "2026-12-25: closed"; raises BadInput."""
    dates: dict[date, Spans] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        day, _, times = line.partition(":")
        try:
            found = date.fromisoformat(day.strip())
        except ValueError as error:
            raise BadInput(field, "begin each line with a date such as 2026-12-25:") from error
        if not times.strip():
            raise BadInput(field, f"write times or closed after {found.isoformat()}:")
        if found in dates:
            raise BadInput(field, f"{found.isoformat()} is there twice")
        dates[found] = parse_spans(field, times)
    return dict(sorted(dates.items()))


def written(spans: Spans) -> str:
    """Spans as `parse_spans` reads them."""
    if spans == ALL_DAY:
        return "all day"
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans) or "closed"


def _span(field: str, text: str) -> Span:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise BadInput(field, "write times as 09:00-17:00, several with commas, or closed")
    hours, minutes, to_hours, to_minutes = map(int, found.groups())
    start, end = hours * 60 + minutes, to_hours * 60 + to_minutes
    if max(minutes, to_minutes) > 59 or start >= _MIDNIGHT or end > _MIDNIGHT or start == end:
        raise BadInput(field, f"{text.strip()} is no time of a day")
    return start, end if end > start else end + _MIDNIGHT


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour if hour <= 24 and minutes <= _MIDNIGHT else hour - 24:02d}:{minute:02d}"


def _utc(day: date, minutes: int) -> tuple[datetime, datetime]:
    """A local time in UTC: its first and its last occurrence, the same on all nights but two."""
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    first = local.replace(tzinfo=UK).astimezone(UTC)
    return first, max(first, local.replace(tzinfo=UK, fold=1).astimezone(UTC))
