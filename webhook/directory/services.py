"""The services that people can be told about: read from YAML, checked, chosen for one person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from webhook.core.errors import BadInput
from webhook.core.hours import DAYS, Hours, parse_spans

FOLDER = Path(__file__).parent
MOST_AT_ONCE = 2
EDITABLE = ("phone", "text", "route", "hours", "safely")
_OFFICE = {"mon-fri": "09:00-17:00"}  # what "office hours" means where a source says no more

Who = Literal["adult", "young", "professional", "concerned_other", "person_who_harms"]
Audience = Literal["woman", "man", "lgbt"]


class Service(BaseModel):
    """One service. `discreet` is how a text may name it; times are those of the United Kingdom."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str
    discreet: str
    phone: str | None = Field(None, pattern=r"^[0-9 ]{6,14}$")
    text: str | None = None
    route: str | None = None
    who: tuple[Who, ...] = Field(alias="for", min_length=1)
    audience: tuple[Audience, ...] = ()
    needs: tuple[str, ...] = Field(min_length=1)
    area: str | None = None
    hours: Literal["always"] | dict[str, str]
    safely: str
    source: str
    last_checked: date | None

    @field_validator("hours", mode="before")
    @classmethod
    def _office_hours(cls, value: object) -> object:
        return _OFFICE if value == "office" else value

    @model_validator(mode="after")
    def _reachable(self) -> Service:
        if not (self.phone or self.text or self.route):
            raise ValueError("a service needs a phone, a text number or a route")
        _week(self.hours)
        return self

    def open_at(self, moment: datetime) -> bool:
        """Whether it is open at a moment."""
        return _week(self.hours).open_at(moment)

    def words(self, *, discreetly: bool) -> str:
        """How a person is told of it, in one line."""
        name = self.discreet if discreetly else self.name
        if self.phone:
            return f"{name}: {self.phone}"
        return f"{name}: text {self.text}" if self.text else f"{name}. {self.route}"


@lru_cache(maxsize=8)
def load(area: str = "") -> tuple[Service, ...]:
    """The services of an area, its own first, then the national ones.

    Raises ValidationError or BadInput for a file that is wrong; an unknown area has none of its
    own.
    """
    own = _read(FOLDER / "areas" / f"{area}.yml", area) if area in areas() else ()
    return (*own, *_read(FOLDER / "national.yml", None))


def areas() -> list[str]:
    """The areas that have a file."""
    return sorted(path.stem for path in (FOLDER / "areas").glob("*.yml"))


def unchecked(services: Iterable[Service]) -> list[Service]:
    """Those that nobody at the hub has checked yet."""
    return [service for service in services if service.last_checked is None]


def choose(
    services: Sequence[Service],
    need: str,
    moment: datetime,
    *,
    who: Who = "adult",
    audience: Audience | None = None,
    checked_only: bool = True,
    checked: frozenset[str] = frozenset(),
) -> list[Service]:
    """At most two services for a need: those that fit the person, open ones first.

    With `checked_only` they are checked in their file or, by their id, at the hub (`checked`).
    One for an audience is only told to somebody of it, so a man is not sent to a women's line.
    """
    fitting = [
        service
        for service in services
        if need in service.needs
        and who in service.who
        and (not service.audience or audience in service.audience)
        and (service.last_checked is not None or service.id in checked or not checked_only)
    ]
    fitting.sort(key=lambda service: not service.open_at(moment))
    return fitting[:MOST_AT_ONCE]


def _read(path: Path, area: str | None) -> tuple[Service, ...]:
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["services"]
    return tuple(Service.model_validate({**entry, "area": area}) for entry in entries)


def edited(service: Service, changes: Mapping[str, Any]) -> Service:
    """A service with changes; raises BadInput that names the field and what is wrong with it."""
    given = {**service.model_dump(by_alias=True), **changes}
    try:
        return Service.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "phone"
        problem = {"phone": "use digits and spaces, 6 to 14 of them"}.get(field, first["msg"])
        if not first["loc"]:
            problem = first["msg"].removeprefix("Value error, ")
        raise BadInput(field, problem) from error


def parse_hours(text: str) -> str | dict[str, str]:
    """Hours as people write them, "mon-fri 09:00-17:00; sat 10:00-12:00", or always or office.

    Raises BadInput.
    """
    plain = text.strip().lower().replace("\N{EN DASH}", "-")
    if plain in ("always", "office"):
        return plain
    hours: dict[str, str] = {}
    for part in filter(None, map(str.strip, re.split(r"[;\n]", plain))):
        days, _, times = part.partition(" ")
        if days in hours:
            raise BadInput("hours", f"{days} is there twice")
        if not times.strip():
            raise BadInput("hours", f"write times or closed after {days}")
        hours[days] = times.strip()
    if not hours:
        raise BadInput("hours", "write always, or days and times")
    _week(hours)
    return hours


def written_hours(hours: str | Mapping[str, str]) -> str:
    """Hours as `parse_hours` reads them."""
    if isinstance(hours, str):
        return hours
    return "; ".join(f"{days} {times}" for days, times in hours.items())


def _week(hours: str | Mapping[str, str]) -> Hours:
    """Hours of a service as those of a week; raises BadInput for days and times that are none."""
    if isinstance(hours, str):
        return Hours()
    week: dict[str, tuple[tuple[int, int], ...]] = {day: () for day in DAYS}
    for days, times in hours.items():
        for day in _days(days):
            week[day] += parse_spans("hours", times)
    return Hours(week)


def _days(days: str) -> tuple[str, ...]:
    first, _, last = days.partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise BadInput("hours", f"{days} is no day: use mon, tue, wed, thu, fri, sat, sun")
    start, end = DAYS.index(first), DAYS.index(last or first)
    if end < start:
        raise BadInput("hours", f"{days} runs backwards")
    return DAYS[start : end + 1]
