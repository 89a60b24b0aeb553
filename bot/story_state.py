"""What the service remembers of a conversation and says beside the next text: kept for stories.

The service's own state is in its database; here it follows from the story, by the same rules: an
age once told stays, triage only rises, silence lasts until the next text, and a person who was
asked for is waited for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

LEVELS: Final = ("standard", "urgent", "emergency")
_SILENT: Final = ("go_quiet", "stop")


@dataclass
class ServiceState:
    """The memory of one conversation; `responses` is the domain's, for the commands they carry."""

    responses: dict[str, list[dict[str, Any]]]
    age_band: str | None = None
    triage: str = "standard"
    quiet: bool = False
    waiting: bool = False
    last_said: str | None = None
    known: list[str] = field(default_factory=list)

    def beside(self, told: dict[str, Any]) -> dict[str, Any]:
        """The metadata of a text; `told` is what the story and the gate say of it alone."""
        self.age_band = told.get("age_band") or self.age_band
        mode = "waiting" if self.waiting else "bot"
        return {
            "mode": mode,
            "was_quiet": self.quiet,
            "resumed": self.quiet,
            "last_said": self.last_said,
            "known": list(self.known),
            **told,
            "age_band": self.age_band,
            "triage": self._higher(told.get("gate")),
        }

    def after(self, told: dict[str, Any], parse: dict[str, Any], said: list[str]) -> None:
        """Remember what was read in a text and what was said to it."""
        read = (parse.get("triage") or {}).get("level")
        self.triage = max(self._higher(told.get("gate")), self._higher(read), key=LEVELS.index)
        self.known += told.get("signs") or []
        commands = {command for name in said for command in self._commands(name)}
        self.quiet = bool(commands.intersection(_SILENT))
        self.waiting = self.waiting or "request_handover" in commands
        # An emergency that the gate knows is answered in the service's own words.
        self.last_said = "service" if told.get("gate") == "emergency" else "assistant"

    def answered_alone(self, told: dict[str, Any]) -> None:
        """Remember a text that the service kept to itself."""
        self.age_band = told.get("age_band") or self.age_band
        self.quiet = bool(told.get("quiet"))
        self.waiting = self.waiting or bool(told.get("person"))
        self.last_said = "service"

    def _higher(self, level: str | None) -> str:
        return max(self.triage, level or "standard", key=LEVELS.index)

    def _commands(self, name: str) -> set[str]:
        """The commands of an utterance, whichever channel's words carry them."""
        found = [variant.get("custom") or {} for variant in self.responses.get(name, [])]
        return {str(custom["command"]) for custom in found if "command" in custom}
