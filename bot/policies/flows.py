"""The conversations as data: topics with their steps, and what a yes or a no to a question means.

bot/flows/*.yml hold these kinds of entry. `topics`: `name`, the `intents` that lead there, the
`steps` said one a turn, what is said when they are through (`then`), `plan: true` for a plan
that is gone on with whatever is answered, `telling: true` where a telling that was half understood
is met with the next step. `asks`: for an utterance that asks something, what to say to `affirm`,
`deny` and `dont_know`, and once to a further `question`; `@next` is the next step of the topic in
hand. `forms`: see bot.policies.forms. `instead`: `say` something once, in place of the answer `of`,
`after` certain utterances. `personal`: what repeats something that was told, for which a code word
is asked. `calms` and
`questions`: see bot.policies.fitting; `leaning`: bot.policies.leaning; `remarks` and `warns`:
bot.policies.remarks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from bot.policies.fitting import Question, question
from bot.policies.forms import Form, form
from bot.policies.leaning import Leaning, leaning
from bot.policies.remarks import Remark, remark

FOLDER: Final = Path(__file__).parents[1] / "flows"
NEXT: Final = "@next"


@dataclass(frozen=True)
class Topic:
    """One need and the steps in which it is talked through."""

    name: str
    steps: tuple[str, ...]
    then: tuple[str, ...]
    intents: tuple[str, ...] = ()
    young_intents: tuple[str, ...] = ()
    plan: bool = False
    telling: bool = False
    hub: str | None = None


@dataclass(frozen=True)
class Instead:
    """`say` once in place of the answer `of` to one of the utterances `after`."""

    say: str
    of: str
    after: frozenset[str]


@dataclass(frozen=True)
class Flows:
    """Every topic, every question and every form."""

    topics: tuple[Topic, ...]
    asks: dict[str, dict[str, str]] = field(default_factory=dict)
    forms: tuple[Form, ...] = ()
    instead: tuple[Instead, ...] = ()
    personal: frozenset[str] = frozenset()
    calms: frozenset[str] = frozenset()
    questions: tuple[Question, ...] = ()
    leaning: Leaning = Leaning()
    remarks: tuple[Remark, ...] = ()
    warns: frozenset[str] = frozenset()

    @cached_property
    def _by_intent(self) -> dict[str, Topic]:
        return {intent: topic for topic in self.topics for intent in topic.intents}

    @cached_property
    def _by_young_intent(self) -> dict[str, Topic]:
        return {intent: topic for topic in self.topics for intent in topic.young_intents}

    @cached_property
    def _by_step(self) -> dict[str, Topic]:
        return {step: topic for topic in self.topics for step in (*topic.steps, *topic.then)}

    def for_intent(self, intent: str | None, *, young: bool) -> Topic | None:
        """The topic that an intent leads to, with one of its own for the young where there is."""
        if intent is None:
            return None
        return (self._by_young_intent.get(intent) if young else None) or self._by_intent.get(intent)

    def in_hand(self, said: list[str]) -> Topic | None:
        """The topic that was talked of last."""
        return next((self._by_step[name] for name in reversed(said) if name in self._by_step), None)

    def plan_in_hand(self, said: list[str]) -> Topic | None:
        """The plan that was begun last and is not through."""
        for name in reversed(said):
            topic = self._by_step.get(name)
            if topic is not None and topic.plan:
                return topic if name not in topic.then else None
        return None

    def named(self, name: str) -> Topic | None:
        """The topic of a name."""
        return next((topic for topic in self.topics if topic.name == name), None)

    def of_step(self, utterance: str) -> Topic | None:
        """The topic that an utterance is a step or an end of."""
        return self._by_step.get(utterance)

    def question_asked_by(self, utterance: str) -> Question | None:
        """The kind of question that an utterance asks, where it has words of its own."""
        return next((one for one in self.questions if utterance in one.asked_by), None)

    def names(self) -> set[str]:
        """Every utterance that the flows can say."""
        said = {name for topic in self.topics for name in (*topic.steps, *topic.then)}
        said |= {topic.hub for topic in self.topics if topic.hub}
        said |= {name for then in self.asks.values() for name in then.values()}
        said |= {name for one in self.forms for name in one.names()}
        said |= {one.say for one in self.instead}
        said |= self.calms | self.leaning.names() | {one.say for one in self.remarks}
        said |= {name for one in self.questions for name in (one.again, one.aside) if name}
        return said - {NEXT}


def load_flows(folder: Path = FOLDER) -> Flows:
    """Read every file of the folder."""
    topics: list[Topic] = []
    asks: dict[str, dict[str, str]] = {}
    forms: list[Form] = []
    instead: list[Instead] = []
    personal: set[str] = set()
    calms: set[str] = set()
    questions: list[Question] = []
    leans: list[dict[str, Any]] = []
    remarks: list[Remark] = []
    warns: set[str] = set()
    for path in sorted(folder.glob("*.yml")):
        entries: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        topics += [_topic(entry) for entry in entries.get("topics") or []]
        asks |= entries.get("asks") or {}
        forms += [form(entry) for entry in entries.get("forms") or []]
        instead += [_instead(entry) for entry in entries.get("instead") or []]
        personal |= set(entries.get("personal") or ())
        calms |= set(entries.get("calms") or ())
        questions += [question(entry) for entry in entries.get("questions") or []]
        leans += [entries["leaning"]] if "leaning" in entries else []
        remarks += [remark(entry) for entry in entries.get("remarks") or []]
        warns |= set(entries.get("warns") or ())
    return Flows(
        tuple(topics), asks, tuple(forms), tuple(instead),
        frozenset(personal), frozenset(calms), tuple(questions), leaning(leans),
        tuple(remarks), frozenset(warns),
    )  # fmt: skip


def _instead(entry: dict[str, Any]) -> Instead:
    return Instead(entry["say"], entry["of"], frozenset(entry["after"]))


def _topic(entry: dict[str, Any]) -> Topic:
    lists = {
        key: tuple(entry.get(key) or ()) for key in ("steps", "then", "intents", "young_intents")
    }
    flags = {key: bool(entry.get(key)) for key in ("plan", "telling")}
    return Topic(name=entry["name"], hub=entry.get("hub"), **flags, **lists)
