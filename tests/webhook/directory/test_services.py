"""The service directory: well formed, chosen to fit, never a women's line for a man."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from webhook.core.errors import BadInput
from webhook.core.sms_text import segments
from webhook.directory.services import (
    MOST_AT_ONCE,
    Service,
    areas,
    choose,
    edited,
    load,
    parse_hours,
    unchecked,
    written_hours,
)

MONDAY_NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
PAPERS_AREAS = ["cheshire-east", "halton", "lancashire", "walsall"]


def test_every_area_of_the_papers_has_a_file() -> None:
    assert areas() == PAPERS_AREAS


@pytest.mark.parametrize("area", ["", *PAPERS_AREAS])
def test_every_file_is_well_formed_and_ids_are_unique(area: str) -> None:
    services = load(area)
    assert len({service.id for service in services}) == len(services)
    assert all(service.source for service in services)


@pytest.mark.parametrize("area", PAPERS_AREAS)
def test_areas_give_no_number_that_the_papers_do_not(area: str) -> None:
    assert [s for s in load(area) if s.area and (s.phone or s.text)] == []


def test_nothing_is_told_in_production_until_the_hub_checked() -> None:
    assert len(unchecked(load("halton"))) == len(load("halton"))
    assert choose(load("halton"), "children_support", MONDAY_NOON) == []


def test_a_man_is_not_sent_to_a_line_for_women() -> None:
    chosen = choose(load(), "disclose_abuse", MONDAY_NOON, audience="man", checked_only=False)
    assert [service.id for service in chosen] == ["mens-line", "mankind"]


def test_open_ones_come_first_and_two_at_most() -> None:
    chosen = choose(load(), "suicide_self_harm", SUNDAY_NIGHT, who="young", checked_only=False)
    assert len(chosen) == MOST_AT_ONCE
    assert all(service.open_at(SUNDAY_NIGHT) for service in chosen)


def test_opening_hours_are_those_of_the_united_kingdom() -> None:
    galop = next(service for service in load() if service.id == "galop")
    assert galop.open_at(datetime(2026, 7, 1, 18, 30, tzinfo=UTC))  # 19:30 in summer time
    assert not galop.open_at(datetime(2026, 12, 2, 20, 30, tzinfo=UTC))


def test_texted_words_fit_one_segment_and_tell_nothing() -> None:
    for area in PAPERS_AREAS:
        for service in load(area):
            words = service.words(discreetly=True)
            assert segments(words) == 1
            for telling in ("abuse", "violence", "domestic", "helpline"):
                assert telling not in words.lower()


def test_service_that_nobody_can_reach_is_refused() -> None:
    entry = {
        "id": "x", "name": "X", "discreet": "x", "for": ["adult"], "needs": ["a"],
        "hours": "always", "safely": "s", "source": "s", "last_checked": None,
    }  # fmt: skip
    with pytest.raises(ValidationError, match="phone"):
        Service.model_validate(entry)


def test_a_line_of_text_names_no_officer_of_the_papers() -> None:
    folder = Path(__file__).parents[3] / "webhook" / "directory"
    held = "".join(path.read_text() for path in folder.rglob("*.yml"))
    for private in ("Ormesher", "Tiffen", "Leadbetter", "Gibson", "07920", "01772"):
        assert private not in held


@pytest.mark.parametrize(
    "text",
    [
        "always",
        "mon-fri 09:00-17:00; sat 10:00-12:00",
        "fri 20:00-02:00",
        "mon 09:00-12:00, 13:00-15:00",
    ],
)
def test_hours_are_written_as_they_are_read(text: str) -> None:
    assert written_hours(parse_hours(text)) == text


@pytest.mark.parametrize("text", ["", "nine to five", "fri-mon 09:00-17:00", "mon 9-5", "mon"])
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="hours"):
        parse_hours(text)


def test_line_that_is_open_past_midnight_is_open_then() -> None:
    line = edited(load()[0], {"hours": {"sat": "20:00-04:00"}})
    assert line.open_at(SUNDAY_NIGHT)
    assert not line.open_at(MONDAY_NOON)


def test_edit_of_a_number_is_checked_and_names_the_field() -> None:
    karma = next(service for service in load() if service.id == "karma-nirvana")
    assert edited(karma, {"phone": "0808 2000 247"}).words(discreetly=True).endswith("247")
    with pytest.raises(BadInput) as refused:
        edited(karma, {"phone": "call us"})
    assert refused.value.field == "phone"
    with pytest.raises(BadInput, match="needs a phone"):
        edited(karma, {"phone": None})
