"""What each phone has on its screen: texts both ways, and the events that changed them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from simulator.messages import Message
from simulator.segments import count_parts

EventKind = Literal["message", "status", "reset"]


@dataclass
class PhoneText:
    """One bubble. Its words stay on the phone when the carrier's copy is redacted or deleted."""

    index: int
    message: Message
    body: str

    def view(self, status: str | None = None, error_code: int | None = None) -> dict[str, object]:
        """As JSON; `segments` and `encoding` are those of the words on the phone.

        `direction` is the helpline's, as in Twilio's API: inbound is what the phone sent.
        """
        parts = count_parts(self.body)
        message = self.message
        return {
            "index": self.index,
            "sid": message.sid,
            "direction": "inbound" if message.direction == "inbound" else "outbound",
            "from": message.sender,
            "to": message.to,
            "body": self.body,
            "media": list(message.media),
            "segments": parts.count,
            "encoding": parts.encoding,
            "status": status or message.status,
            "error_code": error_code if status else message.error_code,
            "date_created": message.date_created.isoformat(),
        }


@dataclass(frozen=True)
class PhoneEvent:
    """A change a watching page is told of; `id` only grows, across phones and resets."""

    id: int
    kind: EventKind
    text: PhoneText | None = None
    status: str | None = None
    error_code: int | None = None

    def view(self) -> dict[str, object]:
        """The text as it was when the event happened; empty for a reset."""
        return self.text.view(self.status, self.error_code) if self.text else {}


@dataclass
class _Log:
    texts: list[PhoneText] = field(default_factory=list)
    events: list[PhoneEvent] = field(default_factory=list)
    watchers: set[asyncio.Event] = field(default_factory=set)


class Phones:
    """All phones by number."""

    def __init__(self) -> None:
        self._logs: dict[str, _Log] = {}
        self._by_sid: dict[str, tuple[str, PhoneText]] = {}
        self._last = 0
        self.stopped = False

    @property
    def last_index(self) -> int:
        """The newest index given to anything."""
        return self._last

    def show(self, number: str, message: Message) -> PhoneText:
        """Put a text on a phone's screen."""
        text = PhoneText(self._next(), message, message.body)
        log = self._logs.setdefault(number, _Log())
        log.texts.append(text)
        self._by_sid[message.sid] = (number, text)
        self._tell(log, PhoneEvent(text.index, "message", text, message.status))
        return text

    def update(self, message: Message) -> None:
        """Tell the phone that shows this message of its present status."""
        if message.sid not in self._by_sid:
            return
        number, text = self._by_sid[message.sid]
        event = PhoneEvent(self._next(), "status", text, message.status, message.error_code)
        self._tell(self._logs[number], event)

    def find(self, sid: str) -> PhoneText | None:
        """The bubble of a message, if some phone shows it."""
        return self._by_sid[sid][1] if sid in self._by_sid else None

    def texts(self, number: str, after: int) -> list[PhoneText]:
        """Texts with a higher index, oldest first."""
        log = self._logs.get(number)
        return [text for text in log.texts if text.index > after] if log else []

    def events(self, number: str, after: int) -> list[PhoneEvent]:
        """Events with a higher id, oldest first; whoever has seen nothing needs no reset."""
        log = self._logs.get(number)
        newer = [event for event in log.events if event.id > after] if log else []
        return newer if after else [event for event in newer if event.kind != "reset"]

    async def changed(self, number: str, seconds: float) -> bool:
        """Wait for the next event of a phone; False when the time is up first."""
        log = self._logs.setdefault(number, _Log())
        watcher = asyncio.Event()
        log.watchers.add(watcher)
        try:
            await asyncio.wait_for(watcher.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            log.watchers.discard(watcher)
        return True

    async def follow(
        self, number: str, after: int, heartbeat: float
    ) -> AsyncIterator[PhoneEvent | None]:
        """Every event after `after`, until stopped; None after `heartbeat` seconds of nothing."""
        while not self.stopped:
            events = self.events(number, after)
            for event in events:
                after = event.id
                yield event
            if not events and not await self.changed(number, heartbeat):
                yield None

    def reset(self) -> None:
        """Empty every screen, and tell whoever watches one."""
        self._by_sid.clear()
        for log in self._logs.values():
            log.texts.clear()
            log.events.clear()
            self._tell(log, PhoneEvent(self._next(), "reset"))

    def stop(self) -> None:
        """End every stream and every wait."""
        self.stopped = True
        for log in self._logs.values():
            for watcher in log.watchers:
                watcher.set()

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _tell(self, log: _Log, event: PhoneEvent) -> None:
        log.events.append(event)
        for watcher in log.watchers:
            watcher.set()
