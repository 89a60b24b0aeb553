"""Opt-out keywords as Twilio handles them, with its advanced opt-out on, its default, or off.

Only a message that is the keyword and nothing else counts; case and outer spaces do not matter.
Source: Twilio's support article on opt-out keywords (STOP filtering).
"""

from typing import Literal

from simulator.settings import OptOutMode

Keyword = Literal["STOP", "START", "HELP"]

_KEYWORDS: dict[Keyword, frozenset[str]] = {
    "STOP": frozenset(
        {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
    ),
    "START": frozenset({"START", "YES", "UNSTOP"}),
    "HELP": frozenset({"HELP", "INFO"}),
}

# What Twilio answers by itself while advanced opt-out is not set up.
DEFAULT_REPLIES: dict[Keyword, str] = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages "
    "from this number. Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. "
    "Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def keyword_of(body: str) -> Keyword | None:
    """The keyword a message is, if it is one."""
    word = body.strip().upper()
    return next((name for name, words in _KEYWORDS.items() if word in words), None)


class OptOuts:
    """The numbers that may not be sent to."""

    def __init__(self, mode: OptOutMode) -> None:
        self.mode = mode
        self._stopped: set[str] = set()

    def hear(self, number: str, body: str) -> Keyword | None:
        """Note an inbound text; the keyword it is, if opt-out handling is on.

        With advanced opt-out the helpline answers STOP itself, so any later text from the
        person opens the way again; by default only START does.
        """
        if self.mode == "off":
            return None
        keyword = keyword_of(body)
        if keyword == "STOP":
            self._stopped.add(number)
        elif keyword == "START" or self.mode == "advanced":
            self._stopped.discard(number)
        return keyword

    def is_stopped(self, number: str) -> bool:
        """Whether sends to the number are refused."""
        return number in self._stopped

    def reset(self) -> None:
        """Let every number be sent to again."""
        self._stopped.clear()
