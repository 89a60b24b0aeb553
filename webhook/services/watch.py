"""The watch over the queue: pages for emergencies nobody joins, gives back what was left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from webhook.core.errors import Conflict, NotFound
from webhook.core.triage import Triage
from webhook.services import opening
from webhook.services.audit import Action
from webhook.services.desk import Desk, Scene
from webhook.services.paging import page_managers
from webhook.store import hub_settings, queue, staff
from webhook.store.hub_settings import HubSettings

LOOK_SECONDS = 2.0

_Act = Callable[[Scene, HubSettings], list[str]]


class Watch:
    """Looks over the queue; any number may run, each act checks again under its lock."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def look(self) -> int:
        """Do what is due once; returns how many conversations were acted on."""
        settings = await self._desk.database.read(hub_settings.read)
        now = self._desk.clock.now()
        target = timedelta(seconds=settings.target_emergency)
        again = timedelta(seconds=settings.page_again)
        left = await self._desk.database.read(
            queue.abandoned, now - timedelta(seconds=settings.vanish)
        )
        done = [await self._act(found, _give_back, settings) for found in left]
        offers = await self._desk.database.read(
            queue.unanswered_offers, now - timedelta(seconds=settings.offer)
        )
        done += [await self._act(found, _time_out, settings) for found in offers]
        due = await self._desk.database.read(queue.to_page, now - target, now - again)
        done += [await self._act(found, _page, settings) for found in due]
        return sum(done)

    async def _act(self, conversation_id: str, work: _Act, settings: HubSettings) -> bool:
        try:
            threads = await self._desk.act(
                None, conversation_id, lambda scene: work(scene, settings)
            )
        except (Conflict, NotFound):
            return False  # claimed, closed or erased meanwhile
        for thread in threads:
            await self._desk.bus.wake(thread)
        return True


def _give_back(scene: Scene, settings: HubSettings) -> list[str]:
    """The advocate's browser has gone: the person waits for somebody else, and is told."""
    handover = scene.handover
    if handover is None or handover.claimed_by is None:
        raise Conflict("nobody holds it")
    holder = staff.get(scene.session, handover.claimed_by)
    seen = holder.seen_at
    if holder.active and seen and (scene.now - seen).total_seconds() < settings.vanish:
        raise Conflict("they are back")
    scene.put_back(handover)
    scene.tell("cut_off", old=holder.chosen_name)
    opening.tell_in_scene(scene)
    scene.note("cut_off", old=holder.chosen_name)
    scene.audit(Action.VANISHED, subject=f"staff {holder.id}")
    return []


def _time_out(scene: Scene, settings: HubSettings) -> list[str]:
    handover = scene.handover
    if handover is None or handover.offered_to is None or handover.offered_at is None:
        raise Conflict("nothing is offered")
    if (scene.now - handover.offered_at).total_seconds() < settings.offer:
        raise Conflict("it was offered anew")
    offered_to = handover.offered_to
    handover.offered_to, handover.offered_at = None, None
    scene.note("timed_out", to=scene.name_of(offered_to))
    scene.audit(Action.TIMED_OUT, subject=f"staff {offered_to}")
    return []


def _page(scene: Scene, settings: HubSettings) -> list[str]:
    handover = scene.handover
    if handover is None or handover.claimed_by is not None:
        raise Conflict("somebody has joined")
    waited = (scene.now - handover.requested_at).total_seconds()
    paged = handover.paged_at
    if handover.triage < Triage.EMERGENCY or waited < settings.target_emergency:
        raise Conflict("it is not due")
    if paged is not None and (scene.now - paged).total_seconds() < settings.page_again:
        raise Conflict("they were paged just now")
    threads = page_managers(scene.session, scene.vault, waited, scene.now)
    if handover.pages == 0:
        scene.tell("nobody_yet")
    handover.paged_at, handover.pages = scene.now, handover.pages + 1
    scene.note("paged", managers=len(threads), times=handover.pages)
    scene.audit(Action.PAGED, subject=f"{len(threads)} managers")
    return threads
