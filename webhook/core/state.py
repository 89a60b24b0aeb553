"""What a conversation remembers in coded form: no words of the person, nothing that names them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass
class ContactState:
    """Coded memory of one conversation; stored as JSON beside it and the source of its case."""

    needs: list[str] = field(default_factory=list)
    indicators: list[str] = field(default_factory=list)
    plan_steps: list[str] = field(default_factory=list)
    audience: str | None = None
    language: str | None = None
    heard_from: str | None = None
    wishes: dict[str, Any] = field(default_factory=dict)
    replied: bool = False
    spoken: dict[str, int] = field(default_factory=dict)
    low_confidence: int = 0
    # What the last reply asked for: a yes to "erase" or "person", a code word, new or agreed.
    asked: str | None = None
    fixed: str | None = None  # the fixed reply that was said last, and which variant: "emoji_0"
    picture: int = 0  # for how many messages more a picture that they sent is still talked of
    last_said: str | None = None  # whose words came last: "assistant", "service" or "staff"
    risk: dict[str, str] = field(default_factory=dict)  # topic of the short check: yes, no, unknown
    code_word: str | None = None  # keyed hash of the agreed word
    code_word_given: bool = False  # since the last long pause or silence
    code_word_wrong: int = 0
    handed_over: bool = False
    left_by_exit: bool = False
    joined_name: str | None = None  # the name that the advocate who holds it chose to go by
    first_reply_seconds: int | None = None
    wait_seconds: int | None = None
    outcome: str | None = None
    helped: str | None = None  # whether it helped, as they said at the end
    route: str | None = None
    referrals: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, stored: dict[str, Any]) -> ContactState:
        """Read a stored state; keys of other versions are ignored."""
        known = {f.name for f in fields(cls)}
        return cls(**{key: value for key, value in stored.items() if key in known})

    def dump(self) -> dict[str, Any]:
        """The state as JSON-ready values."""
        return asdict(self)

    def keep_hub(self, stored: dict[str, Any]) -> None:
        """Take what the hub set meanwhile from the stored state: it may have changed since."""
        newest = ContactState.load(stored)
        self.joined_name = newest.joined_name
        self.wait_seconds = newest.wait_seconds
        self.handed_over = self.handed_over or newest.handed_over
        self.route = newest.route
        self.referrals = newest.referrals

    def note(self, name: str) -> int:
        """Count one more use of a fixed reply; returns how often it was used before."""
        before = self.spoken.get(name, 0)
        self.spoken[name] = before + 1
        return before

    def add_need(self, intent: str) -> None:
        """Remember an intent as a need, once, in the order told."""
        if intent not in self.needs:
            self.needs.append(intent)

    def answer_risk(self, topic: str, answer: str) -> None:
        """Keep an answer of the short risk check; a yes stays one, a no is not made unknown."""
        worth = ("unknown", "no", "yes")
        if worth.index(answer) >= worth.index(self.risk.get(topic, "unknown")):
            self.risk[topic] = answer
        if answer == "yes":
            self.add_indicators([topic])

    def add_indicators(self, names: list[str]) -> None:
        """Remember risk indicators, once each."""
        self.indicators.extend(name for name in names if name not in self.indicators)
