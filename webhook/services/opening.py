"""The hub's opening hours: what people are told while it is closed, and what managers may set.

Who asks for a person while the hub is closed hears when it opens, what to do in danger and which
lines are open now; the bot stays with them and the handover waits. An emergency is no part of
this: managers are paged at every hour.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from webhook.core.errors import BadInput
from webhook.core.hours import DAYS, UK, Hours, parse_dates, parse_spans, written
from webhook.core.messages import Channel, Mode
from webhook.core.sms_text import fold, segments
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.safety import wording
from webhook.safety.replies import reply
from webhook.services import local
from webhook.services.commands import RequestHandover
from webhook.services.desk import Scene
from webhook.services.local import Local
from webhook.services.signpost import open_lines
from webhook.services.turn import Heard, Turn, names_999_and_55
from webhook.store import conversations, hub_settings, messages

_NAME = "opening"
_WEEK = timedelta(days=6)
# Every moment that people can be told of, the longest first: edited words must fit with it.
_LONGEST = "on 28 September at 10:30pm"
PLACE = "{opens}"
_CHILD_BANDS = frozenset({"under13", "13-15"})
# Who writes about another is in no danger themselves.
_OF_OTHERS = frozenset({"worried_about_someone", "professional_referral", "perpetrator_help"})
# How replies say that somebody is asked for.
_PERSON = re.compile(r"(?i)\b(?:a person|person here|someone here|I'm telling a manager)\b")


@dataclass(frozen=True)
class Now:
    """Whether the hub is open, and until when; `until` is None for always, or never again."""

    open: bool
    until: datetime | None

    @property
    def always(self) -> bool:
        """Whether it never closes, so that there is nothing to say about it."""
        return self.open and self.until is None


def now_of(hours: Hours, now: datetime) -> Now:
    """Whether hours are open at a moment, and the next change."""
    if hours.always:
        return Now(True, None)
    opens = hours.opens(now)
    return Now(True, hours.closes(now)) if opens == now else Now(False, opens)


def said(found: Now, now: datetime) -> str:
    """The state of the hub for staff; "" when it never closes."""
    if found.always:
        return ""
    return f"{'Open' if found.open else 'Closed'} until {when(found.until, now)}."


def when(moment: datetime | None, now: datetime) -> str:
    """A moment to come in words that follow "back": "today at 2pm", "on Monday at 9:30am"."""
    if moment is None:
        return "later"
    local, today = moment.astimezone(UK), now.astimezone(UK).date()
    hour = f"{(local.hour - 1) % 12 + 1}"
    minute = f":{local.minute:02d}" if local.minute else ""
    at = f"at {hour}{minute}{'am' if local.hour < 12 else 'pm'}"
    ahead = local.date() - today
    if ahead <= timedelta(days=1):
        return f"{'tomorrow' if ahead else 'today'} {at}"
    return f"on {local:%A} {at}" if ahead <= _WEEK else f"on {local.day} {local:%B} {at}"


def tell_in_turn(heard: Heard, turn: Turn, now: datetime, here: Local) -> None:
    """Add the truth to an answer that brings in a person while the hub is closed."""
    asked = [c.reason for c in turn.commands if isinstance(c, RequestHandover)]
    if not turn.replies or turn.quiet or max(turn.triage, heard.triage) is Triage.EMERGENCY:
        return
    if not asked and turn.triage < Triage.URGENT and turn.how != "set_aside":
        return
    closed = now_of(here.hours, now)
    if closed.open:
        _tell_of_person(heard, turn)
        return
    told_before = heard.state.note(_told(closed))
    if told_before and "asked" not in asked:
        return
    said = _words(here, heard.channel, heard.age_band, closed, now, told_before)
    if turn.how == "fixed" and asked == ["asked"]:
        turn.replies = [said]  # in place of the words that fit while it is open
    elif len(turn.replies) > 1 and "?" in turn.replies[-1]:
        turn.replies.insert(-1, said)  # what was asked last stays last
    else:
        turn.replies.append(said)
    if not told_before:
        turn.replies += _lines_open(heard, here, now, said)


def _tell_of_person(heard: Heard, turn: Turn) -> None:
    """Whoever comes to be at high risk hears that a person is asked for; once, and with 999."""
    risen = turn.triage is Triage.URGENT and heard.triage is Triage.STANDARD
    if not risen or heard.mode is not Mode.BOT or _PERSON.search(" ".join(turn.replies)):
        return
    named = any(map(names_999_and_55, turn.replies)) or turn.intent in _OF_OTHERS
    name = "person_told_more" if named else "person_told"
    said = reply(name, heard.channel, child=heard.age_band in _CHILD_BANDS)
    if heard.channel is Channel.SMS and not heard.state.replied and len(turn.replies) > 1:
        # With what the first text says of safety, as one more text would be one too many.
        turn.replies[-1] = f"{said} {turn.replies[-1]}"
    else:
        turn.replies.append(said)


def tell_in_scene(scene: Scene) -> None:
    """Tell somebody whom staff put back into the queue while the hub is closed."""
    row, here = scene.conversation, local.read(scene.session, scene.now)
    closed = now_of(here.hours, scene.now)
    if closed.open or row.triage is Triage.EMERGENCY or row.quiet or row.stopped:
        return
    said = _words(here, Channel(row.channel), row.age_band, closed, scene.now, 0)
    key = conversations.key_of(scene.session, scene.vault, row.id)
    messages.add_outbound(scene.session, row, key, said, scene.now)
    state = ContactState.load(row.state or {})
    state.note(_told(closed))
    row.state = state.dump()


def form(session: Session) -> dict[str, Any]:
    """What managers see to edit: times by day, single dates as lines, words by channel."""
    stored = hub_settings.opening(session)
    words = hub_settings.value(session, _NAME).get("words") or {}
    return {
        "week": {day: written(stored.week.get(day, ())) for day in DAYS},
        "dates": "\n".join(f"{day}: {written(spans)}" for day, spans in stored.dates.items()),
        "words": {channel: words.get(channel, "") for channel in Channel},
        "default": {channel: reply("hub_closed", channel) for channel in Channel},
    }


def change_hours(session: Session, week: dict[str, str], dates: str) -> list[str]:
    """Keep other hours; gives what changed, in words for the audit trail. Raises BadInput."""
    before = hub_settings.opening(session)
    after = Hours(
        {day: parse_spans(day, week.get(day, "")) for day in DAYS}, parse_dates("dates", dates)
    )
    if not any(after.week.values()):
        raise BadInput("mon", "keep at least one day on which the hub is open")
    kept = hub_settings.value(session, _NAME, lock=True)
    hub_settings.keep(session, _NAME, {**kept, **after.dump()})
    changed = [
        f"{day} {written(after.week[day])}"
        for day in DAYS
        if after.week[day] != before.week.get(day, ())
    ]
    for day in sorted({*before.dates, *after.dates}):
        if before.dates.get(day) != after.dates.get(day):
            spans = after.dates.get(day)
            changed.append(f"{day} {'as usual' if spans is None else written(spans)}")
    return changed


def change_words(session: Session, channel: Channel, text: str) -> bool:
    """Keep other words for when it is closed, or the reviewed ones for ""; whether they changed.

    Raises BadInput for words that break the rules of all words that people are sent.
    """
    text = " ".join(fold(text).split()) if channel is Channel.SMS else " ".join(text.split())
    if text:
        check_words(text, channel)
    kept = hub_settings.value(session, _NAME, lock=True)
    words: dict[str, str] = dict(kept.get("words") or {})
    before = words.get(channel, "")
    words[channel] = text
    hub_settings.keep(session, _NAME, {**kept, "words": words})
    return text != before


def check_words(text: str, channel: Channel) -> None:
    """Raise BadInput unless words may be sent: {opens} and 999 in them, discreet, no promise."""
    field = f"words_{channel}"
    if text.count(PLACE) != 1 or "{" in text.replace(PLACE, ""):
        raise BadInput(field, "write {opens} once, where people read when the hub opens")
    if "999" not in text or "55" not in text:
        raise BadInput(field, "say to call 999, and to press 55 when asked if they can't speak")
    shown = text.replace(PLACE, _LONGEST)
    problem = next(wording.breaches(shown, sms=channel is Channel.SMS), None)
    if problem is not None:
        raise BadInput(field, problem)


def _told(closed: Now) -> str:
    """The name under which it is counted that somebody was told of this closing."""
    return f"closed {closed.until:%m%d%H}" if closed.until else "closed"


def _words(
    here: Local,
    channel: Channel,
    age_band: str | None,
    closed: Now,
    now: datetime,
    variant: int,
) -> str:
    text = here.closed_words.get(channel, "")
    if not text or variant:
        text = reply("hub_closed", channel, variant=variant, child=age_band in _CHILD_BANDS)
    return text.replace(PLACE, when(closed.until, now))


def _lines_open(heard: Heard, here: Local, now: datetime, said: str) -> list[str]:
    """One reply with lines that answer at this hour, without any that was named already."""
    texted = heard.channel is Channel.SMS
    found = [s for s in open_lines(heard, here, now) if not s.phone or s.phone not in said]
    lines = [service.words(discreetly=texted) for service in found]
    head = reply("open_now", heard.channel)
    while lines and texted and segments("\n".join([head, *lines])) > wording.MOST_SEGMENTS:
        lines = lines[:-1]
    return ["\n".join([head, *lines])] if lines else []
