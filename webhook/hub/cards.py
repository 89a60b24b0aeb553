"""Service cards for the composer: what fits the person's needs first, in words fit to send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webhook.core.messages import Channel
from webhook.directory.services import Service
from webhook.services.casefile import Casefile
from webhook.services.local import Local


@dataclass(frozen=True)
class Card:
    """One service; `words` is what would be sent, discreet by text."""

    name: str
    words: str
    safely: str
    open: bool
    fits: bool
    checked: bool


def cards(file: Casefile, here: Local, area: str, now: datetime) -> list[Card]:
    """The services of the person's area, those for their needs first, then those open now."""
    where = file.summary.area if file.summary.area in here.areas else area
    needs = set(file.summary.needs)
    made = [_card(service, file, here, needs, now) for service in here.services(where)]
    return sorted(made, key=lambda card: (not card.fits, not card.open))


def _card(service: Service, file: Casefile, here: Local, needs: set[str], now: datetime) -> Card:
    return Card(
        name=service.name,
        words=service.words(discreetly=file.summary.channel == Channel.SMS),
        safely=service.safely,
        open=service.open_at(now),
        fits=bool(needs & set(service.needs)),
        checked=service.last_checked is not None or service.id in here.checked,
    )
