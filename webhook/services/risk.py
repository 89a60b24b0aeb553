"""The risk sheet: topics with answers and where they come from, counted, never played down.

Unknown is never counted as no, a critical factor raises alone, and judgement can raise the result
and never lower it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import TypeAdapter

from webhook.core.messages import Author
from webhook.core.staff import Who
from webhook.core.state import ContactState
from webhook.safety.gate import assess
from webhook.services.audit import Action
from webhook.services.desk import Desk, Scene
from webhook.store import conversations, hub_settings, messages, risk

_FILE = Path(__file__).with_name("risk.yml")
_YOUNG = frozenset({"under13", "13-15", "16-17"})
_CHILD = frozenset({"under13", "13-15"})

YesNo = Literal["yes", "no", "unknown"]
Source = Literal["told_bot", "told_me", "professional", "inferred"]
SOURCES: dict[str, str] = {
    "told_bot": "Told the automated helper",
    "told_me": "Told me",
    "professional": "From a professional",
    "inferred": "From their words, not asked",
}


@dataclass(frozen=True)
class Topic:
    """One topic; `critical` says in words why it alone calls for a referral.

    Words in which `not_by` occurs are a sign of danger, and still no answer to the topic: "he says
    he will kill me if I leave" does not say that they have left.
    """

    id: str
    adult: str
    young: str
    signs: tuple[str, ...] = ()
    critical: str = ""
    not_by: str = ""

    def answered_by(self, quote: str) -> bool:
        """Whether the words answer the topic with yes."""
        return not (self.not_by and re.search(rf"\b(?:{self.not_by})\b", quote.lower()))


@dataclass(frozen=True)
class Asked:
    """A question of the short check in talk with the bot; `topics` are those it asks about at once.

    A yes to a question about two things is a yes to one of them, not known which.
    """

    id: str
    words: str
    topics: tuple[str, ...]
    critical: str = ""


@dataclass(frozen=True)
class Answer:
    """What is known of a topic and how; `quote` is the person's own words."""

    answer: YesNo = "unknown"
    source: Source | None = None
    quote: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet as it is kept, sealed. `raised` is the advocate's judgement that risk is high."""

    answers: dict[str, Answer] = field(default_factory=dict)
    raised: bool = False
    why: str = ""
    version: int = 0


@dataclass(frozen=True)
class Result:
    """What the sheet amounts to: a rule for referring, no prediction."""

    count: int
    unknown: int
    threshold: int
    critical: list[str]
    high: bool
    child: bool

    @property
    def reasons(self) -> list[str]:
        """Why it calls for a referral."""
        found = list(self.critical)
        if self.count >= self.threshold:
            found.append(f"{self.count} of 24, at or above {self.threshold}")
        return found


@dataclass(frozen=True)
class View:
    """A sheet for the page: each topic's question in the wording that fits, and its answer."""

    rows: list[tuple[Topic, str, Answer]]
    sheet: Sheet
    result: Result
    young: bool
    limits: list[str]
    asked: list[tuple[str, str]] = field(default_factory=list)
    """What the short check asked and its answers, in words and codes."""


def short_check() -> tuple[Asked, ...]:
    """The questions of the short check."""
    return tuple(
        Asked(e["id"], e["words"], tuple(e["topics"]), e.get("critical", ""))
        for e in _data()["short_check"]
    )


def topics() -> tuple[Topic, ...]:
    """The 24 topics in order."""
    return tuple(
        Topic(
            e["id"],
            e["adult"],
            e["young"],
            tuple(e.get("signs", ())),
            e.get("critical", ""),
            e.get("not_by", ""),
        )  # fmt: skip
        for e in _data()["topics"]
    )


def limits() -> list[str]:
    """What the sheet cannot do, with figures."""
    return list(_data()["limits"])


def result(
    sheet: Sheet, threshold: int, age_band: str | None, told: Mapping[str, str] | None = None
) -> Result:
    """Count the sheet; `told` are answers of the short check, which can only add."""
    answers = [sheet.answers.get(topic.id, Answer()).answer for topic in topics()]
    critical = [
        topic.critical
        for topic, answer in zip(topics(), answers, strict=True)
        if topic.critical and answer == "yes"
    ]
    if sheet.raised:
        critical.append("Professional judgement")
    more = [asked for asked in short_check() if _adds(asked, sheet, told or {})]
    critical += [asked.critical for asked in more if asked.critical]
    count = answers.count("yes") + len(more)
    return Result(
        count=count,
        unknown=answers.count("unknown"),
        threshold=threshold,
        critical=critical,
        high=count >= threshold or bool(critical),
        child=age_band in _CHILD,
    )


def prefilled(sheet: Sheet, signs: dict[str, str], told: Mapping[str, str] | None = None) -> Sheet:
    """Fill topics that nobody answered from the short check and from signs in their words.

    A yes of either counts before a no; a skipped question stays unknown, and says who asked.
    """
    answers = dict(sheet.answers)
    asked = _told_topics(told or {})
    for name, answer in asked.items():
        if answer == "yes" and answers.get(name, Answer()).source is None:
            answers[name] = Answer("yes", "told_bot", _quote(name, signs))
    for topic in topics():
        quote = next((signs[sign] for sign in topic.signs if sign in signs), None)
        open_still = answers.get(topic.id, Answer()).source is None
        if quote is not None and open_still and topic.answered_by(quote):
            answers[topic.id] = Answer("yes", "inferred", quote)
    for name, answer in asked.items():
        if answers.get(name, Answer()).source is None:
            answers[name] = Answer(answer, "told_bot")
    return replace(sheet, answers=answers)


def _told_topics(told: Mapping[str, str]) -> dict[str, YesNo]:
    """Topics that the short check answers by itself: not a yes to one of two."""
    found: dict[str, YesNo] = {}
    for asked in short_check():
        answer = told.get(asked.id)
        alone = len(asked.topics) == 1
        if answer == "yes" and alone:
            found[asked.topics[0]] = "yes"
        elif answer in ("no", "unknown"):
            found |= dict.fromkeys(asked.topics, "no" if answer == "no" else "unknown")
    return found


def _adds(asked: Asked, sheet: Sheet, told: Mapping[str, str]) -> bool:
    """Whether a yes to one of several things is not on the sheet yet, nor denied since."""
    answers = [sheet.answers.get(topic, Answer()).answer for topic in asked.topics]
    several = len(asked.topics) > 1 and told.get(asked.id) == "yes"
    return several and "yes" not in answers and "unknown" in answers


def _quote(name: str, signs: Mapping[str, str]) -> str:
    topic = next(topic for topic in topics() if topic.id == name)
    return next((signs[sign] for sign in topic.signs if sign in signs), "")


class RiskSheets:
    """Opens and keeps the sheet of a conversation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def open(self, who: Who, conversation_id: str) -> View:
        """The sheet, filled in beforehand where nothing was answered; on the audit trail."""

        def work(scene: Scene) -> View:
            scene.audit(Action.SHEET_VIEWED)
            return view(scene)

        return await self._desk.act(who, conversation_id, work)

    async def save(self, who: Who, conversation_id: str, sheet: Sheet) -> None:
        """Keep a sheet; raises Conflict when somebody saved it since it was opened."""

        def work(scene: Scene) -> None:
            key = conversations.key_of(scene.session, scene.vault, conversation_id)
            before = _load(scene, key)
            content = _ADAPTER.dump_json(replace(sheet, version=0)).decode()
            risk.save(
                scene.session, key, conversation_id, content, sheet.version, who.staff_id, scene.now
            )
            if sheet.raised and not before.raised:
                scene.note("risk_raised", words=sheet.why)
            scene.audit(Action.SHEET_SAVED)

        await self._desk.act(who, conversation_id, work)


def view(scene: Scene) -> View:
    """The sheet of a conversation as it stands."""
    conversation = scene.conversation
    key = conversations.key_of(scene.session, scene.vault, conversation.id)
    told = ContactState.load(conversation.state or {}).risk
    sheet = prefilled(_load(scene, key), _signs(scene, key), told)
    young = conversation.age_band in _YOUNG
    threshold = hub_settings.read(scene.session).risk_threshold
    rows = [
        (topic, topic.young if young else topic.adult, sheet.answers.get(topic.id, Answer()))
        for topic in topics()
    ]
    found = result(sheet, threshold, conversation.age_band, told)
    asked = [(one.words, told[one.id]) for one in short_check() if one.id in told]
    return View(rows, sheet, found, young, limits(), asked)


def _load(scene: Scene, key: bytes) -> Sheet:
    stored = risk.load(scene.session, key, scene.conversation.id)
    if stored is None:
        return Sheet()
    content, version = stored
    return replace(_ADAPTER.validate_json(content), version=version)


def _signs(scene: Scene, key: bytes) -> dict[str, str]:
    """The signs in what the person wrote, each with the words that gave it."""
    found: dict[str, str] = {}
    for message in messages.since(scene.session, scene.conversation.id, 0):
        if message.author == Author.PERSON:
            for indicator in assess(messages.text_of(message, key)).indicators:
                found.setdefault(indicator.name, indicator.words)
    return found


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


_ADAPTER = TypeAdapter(Sheet)
