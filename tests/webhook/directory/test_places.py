"""Areas as hubs edit them: checked with clear errors, found by towns and postcodes."""

from __future__ import annotations

import pytest

from webhook.core.errors import BadInput
from webhook.directory.places import Area, by_postcode, edited, overlap

EAST = Area(id="cheshire-east", name="Cheshire East", towns=("crewe",), postcodes=("CW1", "SK10"))
WIRRAL = Area(id="wirral", name="Wirral", postcodes=("CH",))


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("my postcode is cw1 4ab", "cheshire-east"),
        ("CW14AB", "cheshire-east"),
        ("i live in sk10", "cheshire-east"),
        ("sk10", "cheshire-east"),
        ("im at CH41 2xy with the kids", "wirral"),
        ("cw12 1aa", None),
        ("he drives a cw1", None),
        ("room b2 is free", None),
    ],
)
def test_postcode_tells_the_area_only_when_said_as_a_place(text: str, area: str | None) -> None:
    assert by_postcode(text, [EAST, WIRRAL]) == area


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"towns": ["crewe", "12"]}, "towns"),
        ({"postcodes": ["CW1 4AB"]}, "postcode districts"),
        ({"notes": "n" * 2001}, "notes"),
    ],
)
def test_wrong_edit_is_refused_and_says_which_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        edited(EAST, changes)
    assert refused.value.field == field


def test_place_belongs_to_one_area_only() -> None:
    assert overlap(edited(WIRRAL, {"towns": ["crewe"]}), [EAST, WIRRAL]) == (
        "crewe is in Cheshire East already"
    )
    assert overlap(EAST, [EAST, WIRRAL]) == ""
