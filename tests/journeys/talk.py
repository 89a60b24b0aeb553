"""Talking to the whole helpline as one person, by text or on the chat, and what each turn left.

Every reply is held to what is true of all of them: at most two segments by text and GSM-7 only,
an emergency that names 999 and 55 (P10), and no words repeated twice running.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from tests.fixtures.web import until
from tests.fixtures.whole import PATIENCE_SECONDS, Helpline, new_number
from webhook.core.messages import UNSENT, Author, Mode, Status
from webhook.core.sms_text import is_gsm7, segments
from webhook.core.triage import Triage
from webhook.store import conversations, handovers, messages
from webhook.store.models import Conversation, Message

# P11: nothing by which whoever picks up the phone would know, in the first message of all.
TELLING = ("abuse", "violence", "helpline", "domestic", "refuge", "police")
_NOT_YET = UNSENT | {Status.RECEIVED}


@dataclass(frozen=True)
class Turn:
    """What one message led to."""

    replies: list[str]
    triage: Triage
    mode: Mode
    quiet: bool
    reason: str | None
    so_far: str  # the whole talk, for the report of a failure

    @property
    def text(self) -> str:
        """All replies as one, in small letters."""
        return " ".join(self.replies).lower()

    def has(self, *words: str) -> Self:
        """Each of these is in the replies, whatever their case."""
        assert [word for word in words if word.lower() not in self.text] == [], self.so_far
        return self

    def has_one_of(self, *words: str) -> Self:
        """At least one of these is in the replies."""
        assert any(word.lower() in self.text for word in words), self.so_far
        return self

    def lacks(self, *words: str) -> Self:
        """None of these is in the replies."""
        assert [word for word in words if word.lower() in self.text] == [], self.so_far
        return self

    def is_at_least(self, triage: Triage) -> Self:
        """How high the conversation stands after it."""
        assert self.triage >= triage, (self.triage, self.so_far)
        return self

    def is_calm(self) -> Self:
        """No danger is seen in it, nobody was asked for and 999 is not named for nothing."""
        assert self.triage < Triage.EMERGENCY, self.so_far
        assert self.mode is Mode.BOT, self.so_far
        return self

    def waits_for_a_person(self, reason: str | None = None) -> Self:
        """A person at the hub was asked for."""
        assert self.mode is Mode.WAITING, self.so_far
        assert reason in (None, self.reason), (self.reason, self.so_far)
        return self

    def is_silent(self) -> Self:
        """P6: nothing was sent, and nothing will be."""
        assert self.quiet, self.so_far
        assert self.replies == [], self.so_far
        return self


@dataclass
class Talk:
    """One person's conversation, from the first message on."""

    helpline: Helpline
    by_text: bool
    turns: list[Turn] = field(default_factory=list)

    def say(self, text: str) -> Turn:
        """Write, wait until it is handled and sent, and check what is true of every reply."""
        before = self._last_seq()
        self._write(text)
        rows = until(lambda: self._handled_after(before), PATIENCE_SECONDS)
        turn = self._seen(text, rows)
        self._check(turn)
        self.turns.append(turn)
        return turn

    @property
    def said(self) -> list[str]:
        """Every reply so far, in order."""
        return [reply for turn in self.turns for reply in turn.replies]

    def never_said(self, *words: str) -> None:
        """None of these stands in any reply of the whole talk."""
        everything = " ".join(self.said).lower()
        assert [word for word in words if word.lower() in everything] == [], everything

    def _check(self, turn: Turn) -> None:
        if self.by_text:
            assert [r for r in turn.replies if segments(r) > 2 or not is_gsm7(r)] == []
        if self.by_text and not self.turns:
            turn.lacks(*TELLING) if turn.triage < Triage.EMERGENCY else None
        if turn.triage is Triage.EMERGENCY and not any(
            before.triage is Triage.EMERGENCY for before in self.turns
        ):
            turn.has("999", "55")
        spoken = [*(self.turns[-1].replies[-1:] if self.turns else []), *turn.replies]
        assert all(one != two for one, two in zip(spoken, spoken[1:], strict=False)), spoken

    def _conversation(self) -> Conversation | None:
        raise NotImplementedError

    def _write(self, text: str) -> None:
        raise NotImplementedError

    def _rows(self) -> list[Message]:
        found = self._conversation()
        if found is None:
            return []
        return list(self.helpline.database.write_now(lambda s: messages.since(s, found.id, 0)))

    def _last_seq(self) -> int:
        rows = self._rows()
        return rows[-1].seq if rows else 0

    def _handled_after(self, seq: int) -> list[Message]:
        """The person's message and what followed it, once all of it is done; else nothing."""
        rows = [row for row in self._rows() if row.seq > seq]
        done = bool(rows) and not any(row.status in _NOT_YET for row in rows)
        return rows if done else []

    def _seen(self, text: str, rows: list[Message]) -> Turn:
        found = self._conversation()
        assert found is not None

        def read(session: Any) -> Turn:
            key = conversations.key_of(session, self.helpline.vault, found.id)
            replies = [messages.text_of(row, key) for row in rows if row.author != Author.PERSON]
            asked = handovers.open_handover(session, found.id)
            before = self.turns[-1].so_far if self.turns else ""
            return Turn(
                replies,
                found.triage,
                Mode(found.mode),
                found.quiet or found.stopped,
                asked.reason if asked is not None else None,
                f"{before}\n> {text}\n" + "\n".join(f"= {reply}" for reply in replies),
            )

        return self.helpline.database.write_now(read)


class Texter(Talk):
    """Somebody with a phone."""

    def __init__(self, helpline: Helpline) -> None:
        super().__init__(helpline, by_text=True)
        self.number = new_number()

    def _write(self, text: str) -> None:
        self.helpline.text(self.number, text)

    def _conversation(self) -> Conversation | None:
        return self.helpline.conversation(self.number)


class Chatter(Talk):
    """Somebody at the web chat, who said how old they are or did not."""

    def __init__(self, helpline: Helpline, age_band: str | None = None) -> None:
        super().__init__(helpline, by_text=False)
        self._headers = {"Origin": helpline.base}
        begun = self._post("", {"age_band": age_band} if age_band else {})
        self._id = str(begun["id"])
        self._headers["Authorization"] = f"Bearer {begun['token']}"

    def _write(self, text: str) -> None:
        self._post(f"/{self._id}/messages", {"client_id": str(uuid.uuid4()), "text": text})

    def _post(self, path: str, said: dict[str, Any]) -> dict[str, Any]:
        url = f"{self.helpline.base}/chat/api/conversations{path}"
        answer = httpx.post(url, json=said, headers=self._headers, timeout=30, trust_env=False)
        answer.raise_for_status()
        given: dict[str, Any] = answer.json() if answer.content else {}
        return given

    def _conversation(self) -> Conversation | None:
        return self.helpline.database.write_now(lambda s: conversations.get(s, self._id))
