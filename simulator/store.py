"""Every message the carrier knows, newest first, and the pages a list request walks through."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.messages import Message


@dataclass(frozen=True)
class Page:
    """A run of messages; the neighbours say whether a page before or after exists."""

    messages: list[Message]
    has_previous: bool
    has_next: bool


class MessageStore:
    """Messages by identifier, with a position that outlives a deletion."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self._positions: dict[str, int] = {}

    def add(self, message: Message) -> None:
        """Keep a new message."""
        self._positions[message.sid] = len(self._positions)
        self._messages[message.sid] = message

    def get(self, sid: str) -> Message | None:
        """The message, or None when it never was or has been deleted."""
        return self._messages.get(sid)

    def delete(self, sid: str) -> None:
        """Forget a message; pages that were cut at it can still be continued."""
        del self._messages[sid]

    def clear(self) -> None:
        """Forget everything."""
        self._messages.clear()
        self._positions.clear()

    def page(
        self, wanted: Callable[[Message], bool], size: int, token: str | None, skip: int
    ) -> Page:
        """Cut one page, newest first.

        `token` is PA and a sid (what comes after it) or PB and a sid (what comes just before it);
        without one, `skip` messages are passed over.
        """
        found = [m for m in reversed(self._messages.values()) if wanted(m)]
        start = skip
        if token is not None:
            mark = self._positions.get(token[2:], -1)
            # Newer messages have higher positions and come earlier in the list.
            newer = sum(1 for m in found if self._positions[m.sid] > mark)
            here = sum(1 for m in found if self._positions[m.sid] == mark)
            start = max(newer - size, 0) if token.startswith("PB") else newer + here
        end = start + size
        return Page(found[start:end], has_previous=start > 0, has_next=end < len(found))
