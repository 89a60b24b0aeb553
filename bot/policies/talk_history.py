"""What was said in a conversation so far, and what was heard now."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

# Asking the hub, noting an answer, asking once more and the line about 999 are not what the next
# message is about.
_BESIDE = ("ask_hub", "note_", "once_more", "999")
_VARIANT = re.compile(r"(?:_for_(?:worried|perp|pro))?(?:_young)?(?:_again)?$")
UNDER_16: Final = frozenset({"under13", "13-15"})  # age bands
UNDER_18: Final = UNDER_16 | {"16-17"}
GROWN: Final = "18plus"


@dataclass
class History:
    """The bot's utterances in order, split at the person's latest message."""

    before: list[str] = field(default_factory=list)
    now: list[str] = field(default_factory=list)
    intents: list[str] = field(default_factory=list)  # of earlier messages that were read surely
    who: str | None = None  # who writes, where their own words say it: bot.policies.persons
    who_now: bool = False  # whether the latest message says it first

    @property
    def last(self) -> str | None:
        """The last words of the bot before the person's latest message."""
        spoken = (
            name
            for name in reversed(self.before)
            if not name.removeprefix("utter_").startswith(_BESIDE)
        )
        return next(spoken, None)

    @property
    def last_plain(self) -> str | None:
        """The same, whichever variant of it was spoken."""
        return plain(self.last) if self.last is not None else None

    @property
    def said(self) -> list[str]:
        """What was said before this turn, whichever variant of it was spoken."""
        return [plain(name) for name in self.before]

    def times(self, name: str) -> int:
        """How often something was said before this turn."""
        return self.said.count(name)


def plain(name: str) -> str:
    """An utterance without the ending that names its variant."""
    return _VARIANT.sub("", name, count=1)


@dataclass(frozen=True)
class Near:
    """A particular answer that may be meant, and how near the message is to it (0 to 1)."""

    name: str
    say: str | None
    closeness: float
    danger: bool = False


@dataclass(frozen=True)
class Heard:
    """The person's latest message as the models and the service read it."""

    intent: str | None
    confidence: float
    triage: str
    danger: float
    detail: str | None
    say: str | None
    closeness: float
    for_danger: bool
    metadata: dict[str, Any]
    text: str = ""
    near: tuple[Near, ...] = ()
    chance: float = 0.0  # that a reader would choose the detail: bot.policies.weighing

    @property
    def young(self) -> bool:
        """Whether somebody under 16 is writing, as far as they told."""
        return self.metadata.get("age_band") in UNDER_16

    @property
    def under_18(self) -> bool:
        """Whether somebody under 18 is writing, as far as they told."""
        return self.metadata.get("age_band") in UNDER_18

    @property
    def grown(self) -> bool:
        """Whether somebody told that they are 18 or over."""
        return self.metadata.get("age_band") == GROWN
