"""The areas that a helpline serves: their names, where they are, and how one is routed there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from webhook.core.errors import BadInput

_TOWN = re.compile(r"[a-z][a-z '.-]{1,38}[a-z]")
_POSTCODE = re.compile(r"[A-Z]{1,2}(?:[0-9][A-Z0-9]?)?")
_IN_TEXT = re.compile(
    r"(?P<said>\b(?:in|near|from|at|to|around|live|postcode|postcode is|post code)\s+)?"
    r"\b(?P<district>[A-Z]{1,2}[0-9][A-Z0-9]?)(?P<rest>\s?[0-9][A-Z]{2})?\b",
    re.IGNORECASE,
)
_SAID = {"name": "name", "towns": "towns", "postcodes": "postcode districts", "notes": "notes"}


class Area(BaseModel):
    """One council's area. `towns` are in lower case, `postcodes` areas or districts in capitals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    name: str = Field(min_length=2, max_length=40)
    served: bool = True
    towns: tuple[str, ...] = Field((), max_length=200)
    postcodes: tuple[str, ...] = Field((), max_length=200)
    notes: str = Field("", max_length=2000)

    @field_validator("towns")
    @classmethod
    def _are_towns(cls, towns: tuple[str, ...]) -> tuple[str, ...]:
        for town in towns:
            if not _TOWN.fullmatch(town):
                raise ValueError(f"{town!r} is no name of a town")
        return tuple(dict.fromkeys(towns))

    @field_validator("postcodes")
    @classmethod
    def _are_districts(cls, postcodes: tuple[str, ...]) -> tuple[str, ...]:
        for postcode in postcodes:
            if not _POSTCODE.fullmatch(postcode):
                raise ValueError(f"{postcode!r} is no district such as CW1 and no area such as CW")
        return tuple(dict.fromkeys(postcodes))


def edited(area: Area, changes: dict[str, Any]) -> Area:
    """An area with changes; raises BadInput that names the field and what is wrong with it."""
    try:
        return Area.model_validate({**area.model_dump(), **changes})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        problem = first["msg"].removeprefix("Value error, ")
        raise BadInput(_SAID.get(name, name), problem) from error


def overlap(area: Area, others: Iterable[Area]) -> str:
    """A town or district of an area that another one has too, or ""."""
    for other in others:
        shared = set(area.towns + area.postcodes) & set(other.towns + other.postcodes)
        if other.id != area.id and shared:
            return f"{sorted(shared)[0]} is in {other.name} already"
    return ""


def by_postcode(text: str, areas: Iterable[Area]) -> str | None:
    """The area of a postcode in a text; a bare district counts only when it is said as a place."""
    known = list(areas)
    for found in _IN_TEXT.finditer(text):
        alone = found.group(0).strip() == text.strip(" .!?")
        if found["rest"] or found["said"] or alone:
            district = found["district"].upper()
            outward = re.match("[A-Z]+", district)
            wanted = {district, outward[0] if outward else ""}
            for area in known:
                if wanted & set(area.postcodes):
                    return area.id
    return None
