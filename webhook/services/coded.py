"""The coded lists of closing and referring: as in coded.yml unless managers changed them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy.orm import Session

from webhook.core.errors import BadInput
from webhook.store.hub_models import HubSetting

_FILE = Path(__file__).with_name("coded.yml")
_LINE = re.compile(r"([a-z][a-z0-9_]{1,30})\s*:\s*(\S.{0,78})")
EDITABLE = ("outcomes", "routes")


def known(session: Session, name: str) -> dict[str, str]:
    """A list: code to words."""
    row = session.get(HubSetting, f"list {name}")
    return dict(row.value) if row is not None else dict(_defaults()[name])


def change(session: Session, name: str, text: str) -> None:
    """Replace a list by lines of "code: words"; raises BadInput."""
    entries: dict[str, str] = {}
    for line in text.splitlines():
        if line.strip():
            found = _LINE.fullmatch(line.strip())
            if found is None:
                raise BadInput(name, "write each line as code: words")
            entries[found[1]] = found[2]
    if not entries:
        raise BadInput(name, "keep at least one line")
    # What the service itself recommends must stay possible.
    missing = set(_defaults()["routes"]) - set(entries) if name == "routes" else set()
    if missing:
        raise BadInput(name, f"keep {', '.join(sorted(missing))}: they are recommended")
    row = session.get(HubSetting, f"list {name}")
    if row is None:
        session.add(HubSetting(name=f"list {name}", value=entries))
    else:
        row.value = entries


@cache
def _defaults() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded
