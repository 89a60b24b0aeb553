"""From the bot to a person and back: claim, decline, put back, hand back, pass on, join, leave."""

from __future__ import annotations

from webhook.core.errors import BadInput, Conflict
from webhook.core.messages import Mode
from webhook.core.staff import Role, Who
from webhook.core.state import ContactState
from webhook.services import lines, opening
from webhook.services.audit import Action
from webhook.services.desk import Desk, Scene, Taken
from webhook.store import handovers, staff
from webhook.store.models import Handover


class Handovers:
    """What staff may do with who holds a conversation; each is told to the person in one line."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def claim(self, who: Who, conversation_id: str) -> None:
        """Join a conversation: waiting, offered to oneself, or with the bot. Raises Taken."""
        await self._desk.act(who, conversation_id, _claim)

    async def decline(self, who: Who, conversation_id: str) -> None:
        """Say no to a conversation that was offered."""
        await self._desk.act(who, conversation_id, _decline)

    async def step_away(self, who: Who, conversation_id: str) -> None:
        """Put a conversation back into the queue."""
        await self._desk.act(who, conversation_id, _step_away)

    async def hand_back(self, who: Who, conversation_id: str, purpose: str) -> None:
        """Give a conversation back to the bot for a purpose."""
        if purpose not in lines.purposes():
            raise BadInput("purpose", "choose what the automated helper should do")
        await self._desk.act(who, conversation_id, lambda scene: _hand_back(scene, purpose))

    async def offer(self, who: Who, conversation_id: str, to: int, note: str) -> None:
        """Ask another advocate or a manager to take over, with a note; both are there then."""
        _needs(note)
        await self._desk.act(who, conversation_id, lambda scene: _offer(scene, to, note))

    async def to_team(self, who: Who, conversation_id: str, team: str, note: str) -> None:
        """Ask a team to join, with a note; the bot stays with the person meanwhile."""
        if team not in lines.teams():
            raise BadInput("team", "choose a team")
        _needs(note)
        await self._desk.act(who, conversation_id, lambda scene: _to_team(scene, team, note))

    async def leave(self, who: Who, conversation_id: str) -> None:
        """Leave a conversation that was passed on and helped with for a moment."""
        await self._desk.act(who, conversation_id, _leave)

    async def take_over(self, who: Who, conversation_id: str) -> None:
        """A manager takes a conversation from whoever holds it."""
        await self._desk.act(who, conversation_id, _take_over)

    async def reassign(self, who: Who, conversation_id: str, to: int) -> None:
        """A manager offers a waiting or held conversation to somebody."""
        await self._desk.act(who, conversation_id, lambda scene: _reassign(scene, to))


def _needs(note: str) -> None:
    if len(note.strip()) < 3:
        raise BadInput("note", "write what they need to know")


def _me(scene: Scene) -> Who:
    if scene.who is None:
        raise Conflict("nobody acts")
    return scene.who


def _claim(scene: Scene) -> None:
    me = _me(scene)
    handover = scene.handover or handovers.request(
        scene.session, scene.conversation, "advocate", scene.now
    )
    if handover.offered_to == me.staff_id and handover.claimed_by is not None:
        _accept(scene, handover)
        return
    if handover.claimed_by == me.staff_id:
        return
    owner = handover.claimed_by or handover.offered_to
    if owner is not None and owner != me.staff_id:
        raise Taken(scene.name_of(owner))
    waited = round((scene.now - handover.requested_at).total_seconds())
    state = ContactState.load(scene.conversation.state or {})
    scene.give_to(handover, me.staff_id)
    scene.remember(wait_seconds=state.wait_seconds if state.wait_seconds is not None else waited)
    scene.tell("joined", name=me.name)
    scene.note("joined", waited=waited)
    scene.audit(Action.CLAIMED)


def _accept(scene: Scene, handover: Handover) -> None:
    """Take over from the one who asked; they stay beside for a moment."""
    me, old = _me(scene), handover.claimed_by
    scene.give_to(handover, me.staff_id)
    handover.helper_id = old
    scene.tell("passed_on", name=me.name, old=scene.name_of(old))
    scene.note("passed_on", old=scene.name_of(old))
    scene.audit(Action.CLAIMED, subject=f"staff {old}")


def _decline(scene: Scene) -> None:
    handover = scene.handover
    if handover is None or handover.offered_to != _me(scene).staff_id:
        raise Conflict("it is not offered to you any more")
    handover.offered_to, handover.offered_at = None, None
    scene.note("declined")
    scene.audit(Action.DECLINED)


def _step_away(scene: Scene) -> None:
    scene.put_back(scene.held())
    scene.tell("stepped_away", old=_me(scene).name)
    opening.tell_in_scene(scene)
    scene.note("stepped_away")
    scene.audit(Action.RELEASED)


def _hand_back(scene: Scene, purpose: str) -> None:
    handover = scene.held()
    handover.ended_at = scene.now
    scene.conversation.mode = Mode.BOT
    scene.remember(joined_name=None)
    scene.tell("handed_back", old=_me(scene).name, purpose=lines.purposes()[purpose])
    scene.note("handed_back", purpose=purpose)
    scene.audit(Action.HANDED_BACK, reason=purpose)


def _offer(scene: Scene, to: int, note: str) -> None:
    handover = scene.held()
    _check_free(scene, to)
    handover.offered_to, handover.offered_at = to, scene.now
    scene.note("offered", words=note.strip(), to=scene.name_of(to))
    scene.audit(Action.OFFERED, subject=f"staff {to}")


def _to_team(scene: Scene, team: str, note: str) -> None:
    handover = scene.held()
    scene.put_back(handover)
    handover.team = team
    scene.tell("to_team", old=_me(scene).name, team=lines.teams()[team])
    opening.tell_in_scene(scene)
    scene.note("to_team", words=note.strip(), team=team)
    scene.audit(Action.SENT_TO_TEAM, reason=team)


def _leave(scene: Scene) -> None:
    handover = scene.handover
    if handover is None or handover.helper_id != _me(scene).staff_id:
        raise Conflict("you are not helping here")
    handover.helper_id = None
    holder = scene.name_of(handover.claimed_by)
    scene.tell("helper_left", old=_me(scene).name, name=holder)
    scene.note("left")


def _take_over(scene: Scene) -> None:
    me, handover = _me(scene), scene.handover
    if handover is None or handover.claimed_by is None:
        _claim_anyway(scene)
        return
    old = scene.name_of(handover.claimed_by)
    if handover.claimed_by == me.staff_id:
        return
    scene.give_to(handover, me.staff_id)
    handover.helper_id = None
    scene.tell("taken_over", name=me.name, old=old)
    scene.note("taken_over", old=old)
    scene.audit(Action.TAKEN_OVER, subject=old)


def _claim_anyway(scene: Scene) -> None:
    """A manager may claim even what is offered to somebody who has not answered yet."""
    if scene.handover is not None:
        scene.handover.offered_to, scene.handover.offered_at = None, None
    _claim(scene)


def _reassign(scene: Scene, to: int) -> None:
    handover = scene.handover or handovers.request(
        scene.session, scene.conversation, "advocate", scene.now
    )
    if handover.claimed_by == to:
        raise Conflict("they hold it already")
    _check_free(scene, to)
    if scene.conversation.mode == Mode.BOT:
        scene.conversation.mode = Mode.WAITING
    handover.offered_to, handover.offered_at = to, scene.now
    scene.note("reassigned", to=scene.name_of(to))
    scene.audit(Action.REASSIGNED, subject=f"staff {to}")


def _check_free(scene: Scene, staff_id: int) -> None:
    """Raise Conflict unless somebody can take a conversation now."""
    row = staff.get(scene.session, staff_id)
    if staff_id == _me(scene).staff_id:
        raise Conflict("that is you")
    if not row.active or row.away or row.role == Role.ADMINISTRATOR:
        raise Conflict("they cannot take conversations now")
