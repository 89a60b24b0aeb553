"""What a hub set of itself: opening hours, areas and services as edited, services it checked."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from webhook.core.errors import BadInput, NotFound
from webhook.core.hours import Hours
from webhook.directory.places import Area, by_postcode, edited, overlap
from webhook.directory.services import EDITABLE, Service, areas, load
from webhook.directory.services import edited as edited_service
from webhook.logs import get_log
from webhook.safety import wording
from webhook.safety.facts import Facts, facts, known_towns
from webhook.store import content, hub_settings

_NAME = "directory"
_OPENING = "opening"


@dataclass(frozen=True)
class Local:
    """Areas by id, edits of services by id, what was checked lately, hours, words when closed.

    With `checked_only` people are told of checked services and of no others.
    """

    areas: Mapping[str, Area]
    edits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    checked: frozenset[str] = frozenset()
    checked_only: bool = False
    hours: Hours = field(default_factory=Hours)
    closed_words: Mapping[str, str] = field(default_factory=dict)

    def services(self, area: str) -> tuple[Service, ...]:
        """The services of an area, if it is served, then the national ones; edits applied."""
        known = self.areas.get(area)
        found = load(area if known is not None and known.served else "")
        if not self.edits:
            return found
        return tuple(filter(None, (self._edited(service) for service in found)))

    def facts(self, text: str) -> Facts:
        """The facts of one message, its area by the towns and postcodes that the hub keeps."""
        told = facts(text, {area.id: area.towns for area in self.areas.values()})
        if told.area is None and any(area.postcodes for area in self.areas.values()):
            return replace(told, area=by_postcode(text, self.areas.values()))
        return told

    def _edited(self, service: Service) -> Service | None:
        """A service with its edit; one that no longer fits its file is told to nobody."""
        changes = self.edits.get(service.id)
        if not changes:
            return service
        try:
            return edited_service(service, changes)
        except BadInput:
            get_log().error("service_edit_unfit", service=service.id)
            return None


def read(session: Session, now: datetime, *, checked_only: bool = False) -> Local:
    """What the hub set of itself, as it stands."""
    kept = hub_settings.values(session, _NAME, _OPENING)
    edits, opening = kept.get(_NAME, {}), kept.get(_OPENING, {})
    return Local(
        areas=_areas(edits.get("areas") or {}),
        edits=edits.get("services") or {},
        checked=content.checked_services(session, now),
        checked_only=checked_only,
        hours=Hours.load(opening),
        closed_words=opening.get("words") or {},
    )


def as_in_the_files() -> Local:
    """A hub that set nothing."""
    return Local(areas=_as_in_the_files())


def areas_of(session: Session) -> Mapping[str, Area]:
    """The areas as they stand."""
    return _areas(hub_settings.value(session, _NAME).get("areas") or {})


def name_in(areas: Mapping[str, Area], area: str | None) -> str:
    """The name of an area for staff; an unknown one is named by its id."""
    if not area:
        return ""
    return areas[area].name if area in areas else area.replace("-", " ").capitalize()


def change_area(session: Session, area: str, changes: Mapping[str, Any]) -> list[str]:
    """Edit an area; gives the names of the fields that changed. Raises NotFound or BadInput."""
    kept = hub_settings.value(session, _NAME, lock=True)
    stored: dict[str, Any] = dict(kept.get("areas") or {})
    known = _areas(stored)
    if area not in known:
        raise NotFound("no such area")
    after = edited(known[area], dict(changes))
    if problem := overlap(after, known.values()):
        raise BadInput("towns", problem)
    before = known[area].model_dump(mode="json")
    stored[area] = after.model_dump(mode="json", exclude={"id"})
    hub_settings.keep(session, _NAME, {**kept, "areas": stored})
    return [name for name, value in after.model_dump(mode="json").items() if value != before[name]]


def change_service(session: Session, service: str, changes: Mapping[str, Any]) -> list[str]:
    """Edit a service; gives the names of the fields that changed. Raises NotFound or BadInput.

    What a manager did not change follows the file, also when that is renewed.
    """
    original = find_service(service)
    kept = hub_settings.value(session, _NAME, lock=True)
    stored: dict[str, Any] = dict(kept.get("services") or {})
    before = edited_service(original, stored.get(service) or {})
    after = edited_service(original, {k: v for k, v in changes.items() if k in EDITABLE})
    problem = next(wording.breaches(after.words(discreetly=True), sms=True), None)
    if problem is not None:
        raise BadInput("text" if after.text else "route", problem)
    stored[service] = {
        name: getattr(after, name)
        for name in EDITABLE
        if getattr(after, name) != getattr(original, name)
    }
    stored = {name: edit for name, edit in stored.items() if edit}
    hub_settings.keep(session, _NAME, {**kept, "services": stored})
    return [name for name in EDITABLE if getattr(after, name) != getattr(before, name)]


def listed(session: Session, area: str) -> list[tuple[Service, frozenset[str]]]:
    """The services of an area's file and the national ones as edited, with what was edited.

    One whose edit no longer fits stands as in its file, all of it marked as edited.
    """
    edits = hub_settings.value(session, _NAME).get("services") or {}
    found = []
    for service in load(area):
        changes = edits.get(service.id) or {}
        try:
            found.append((edited_service(service, changes), frozenset(changes)))
        except BadInput:
            found.append((service, frozenset(EDITABLE)))
    return found


def find_service(service: str) -> Service:
    """A service of the files by its id; raises NotFound."""
    for area in ("", *areas()):
        for found in load(area):
            if found.id == service:
                return found
    raise NotFound("no such service")


def _areas(edits: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Area]:
    if not edits:
        return _as_in_the_files()
    known = dict(_as_in_the_files())
    for name, edit in edits.items():
        if name in known:
            with contextlib.suppress(BadInput):  # kept by another version: the file's holds
                known[name] = edited(known[name], dict(edit))
    return known


@cache
def _as_in_the_files() -> Mapping[str, Area]:
    towns = known_towns()
    return {
        area: Area(
            id=area,
            name=area.replace("-", " ").title(),
            towns=tuple(towns.get(area, ())),
        )
        for area in areas()
    }
