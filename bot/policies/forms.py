"""Forms as data: a few skippable questions, one a turn, and what each answer is noted by.

An entry of `forms` in bot/flows/*.yml has a `name`, `questions`, what to say when they are through
(`end`, `end_yes` after any yes) or stopped (`stopped`), and, where they have such, an `offer`
with `declined`, words to offer going on once after an interruption (`back`), `enters` (what is said
in place of an utterance, to begin the form), `free` (few words that answer any of its questions in
their own way, whatever a model takes them for), `adults: true`, and `offered`, when it is offered
unasked (see bot.policies.offers).
A question has `ask`, a `kind` ("yes_no", "choice" or "words"), `notes` by answer, `patterns`,
`known` (signs and facts that make it needless), `also` (other utterances that ask the same) and
`leads` (a topic or an utterance that an answer leads to, in place of further questions).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal


@dataclass(frozen=True)
class Question:
    """One question of a form."""

    ask: str
    kind: Literal["yes_no", "choice", "words"]
    notes: dict[str, str]
    patterns: dict[str, re.Pattern[str]]
    known: frozenset[str]
    also: frozenset[str]
    leads: dict[str, str]

    @property
    def asked_by(self) -> frozenset[str]:
        """Every utterance that asks it."""
        return self.also | {self.ask}


@dataclass(frozen=True)
class Form:
    """Questions that belong together; every utterance it lacks is None."""

    name: str
    questions: tuple[Question, ...]
    end: str
    stopped: str
    end_yes: str | None = None
    offer: str | None = None
    declined: str | None = None
    back: str | None = None
    adults: bool = False
    enters: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    free: re.Pattern[str] | None = None

    @cached_property
    def closers(self) -> frozenset[str]:
        """The utterances after which nothing of it is open."""
        ends = {self.end, self.stopped, self.end_yes, self.declined}
        ends |= {q.notes[answer] for q in self.questions for answer in q.leads if answer in q.notes}
        ends |= {lead for q in self.questions for lead in q.leads.values() if _said(lead)}
        return frozenset(name for name in ends if name)

    def question_asked_by(self, utterance: str | None) -> Question | None:
        """The question that an utterance asks."""
        return next((q for q in self.questions if utterance in q.asked_by), None)

    def names(self) -> set[str]:
        """Every utterance that it can say itself."""
        said = {self.end, self.stopped, self.end_yes, self.offer, self.declined, self.back}
        for question in self.questions:
            said |= {question.ask, *question.notes.values()}
            said |= {lead for lead in question.leads.values() if _said(lead)}
        said |= {name for enter in self.enters.values() for name in enter}
        return {name for name in said if name}


def form(entry: dict[str, Any]) -> Form:
    """A form from its entry."""
    given = {**entry, "questions": tuple(_question(one) for one in entry["questions"])}
    if "free" in entry:
        given["free"] = re.compile(rf"\b(?:{entry['free']})\b")
    return Form(**given)


def _question(entry: dict[str, Any]) -> Question:
    patterns = {
        str(k): re.compile(rf"\b(?:{v})\b") for k, v in (entry.get("patterns") or {}).items()
    }
    return Question(
        ask=entry["ask"],
        kind=entry["kind"],
        notes=dict(entry.get("notes") or {}),
        patterns=patterns,
        known=frozenset(entry.get("known") or ()),
        also=frozenset(entry.get("also") or ()),
        leads=dict(entry.get("leads") or {}),
    )


def _said(lead: str) -> bool:
    return lead.startswith("utter_")
