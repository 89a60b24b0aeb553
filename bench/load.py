"""The load: signed webhooks from many numbers, and when each was answered on its phone.

Times are seconds of this machine's clock. "Sent" is the moment at which the carrier accepted the
first reply, so it includes the carrier's own latency.
"""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from twilio.request_validator import RequestValidator

from bench.sides import ACCOUNT, AUTH_TOKEN, NUMBER, Side

_WEBHOOK_SECONDS = 60.0
_GRACE_SECONDS = 20.0  # for answers that are still under way at the end


@dataclass
class Shot:
    """One text: when it was due and posted, acknowledged and answered (None: never)."""

    number: str
    text: str
    due: float
    acknowledged: float | None = None
    status: int = 0
    sent: float | None = None
    reply: str = ""


class Gun:
    """Fires texts at one side and looks up what came back."""

    def __init__(self, side: Side, session: aiohttp.ClientSession) -> None:
        self._side = side
        self._session = session
        self._validator = RequestValidator(AUTH_TOKEN)  # type: ignore[no-untyped-call]

    async def press(
        self, numbers: Iterator[str], texts: Iterator[str], phones: int, seconds: float
    ) -> list[Shot]:
        """So many phones text again as soon as they are answered, for a time in seconds.

        Each text comes from the next number, so that no late reply is taken for another's.
        """
        shots: list[Shot] = []
        end = time.time() + seconds

        async def phone() -> None:
            while time.time() < end:
                shot = Shot(next(numbers), next(texts), time.time())
                shots.append(shot)
                await asyncio.gather(self.post(shot), self._collect(shot, end + _GRACE_SECONDS))

        await asyncio.gather(*(phone() for _ in range(phones)))
        return shots

    async def stream(
        self, numbers: Iterator[str], texts: Iterator[str], rate: float, seconds: float
    ) -> list[Shot]:
        """Post an even stream of texts, `rate` a second, and wait for the answers."""
        began = time.time() + 0.1
        shots = [
            Shot(next(numbers), next(texts), began + place / rate)
            for place in range(max(1, int(rate * seconds)))
        ]
        posts = [asyncio.create_task(self.post(shot)) for shot in shots]
        deadline = shots[-1].due + _GRACE_SECONDS
        await asyncio.sleep(max(0.0, shots[-1].due - time.time()))
        await asyncio.gather(*(self._collect(shot, deadline) for shot in shots))
        _, late = await asyncio.wait(posts, timeout=max(0.1, deadline - time.time()))
        for task in late:
            task.cancel()
        return shots

    async def post(self, shot: Shot) -> None:
        """Post a text when it is due and note when it was acknowledged."""
        form = _form(shot)
        url = self._side.webhook
        signature = self._validator.compute_signature(url, form)  # type: ignore[no-untyped-call]
        await asyncio.sleep(max(0.0, shot.due - time.time()))
        headers = {"X-Twilio-Signature": signature}
        try:
            async with self._session.post(url, data=form, headers=headers) as answer:
                shot.status = answer.status
                await answer.read()
        except aiohttp.ClientError:
            return
        shot.acknowledged = time.time()

    async def _collect(self, shot: Shot, deadline: float) -> None:
        """Wait at the simulator for the first reply to a text."""
        path = f"{self._side.simulator}/simulator/phones/{shot.number}/messages"
        after = 0
        while (left := deadline - time.time()) > 0:
            asked: dict[str, Any] = {"after": after, "wait": min(left, 5.0)}
            async with self._session.get(path, params=asked) as answer:
                found = (await answer.json())["messages"]
            for message in found:
                after = max(after, message["index"])
                moment = datetime.fromisoformat(message["date_created"]).timestamp()
                if message["direction"] == "outbound" and moment >= shot.due:
                    shot.sent, shot.reply = moment, message["body"]
                    return


def open_session() -> aiohttp.ClientSession:
    """A client with as many connections as there are texts under way."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=2),
        timeout=aiohttp.ClientTimeout(total=_WEBHOOK_SECONDS),
    )


def numbers() -> Iterator[str]:
    """The range that Ofcom keeps for drama, without our own number, round and round."""
    return itertools.cycle(f"+447700900{place:03d}" for place in range(1, 1000))


def _form(shot: Shot) -> dict[str, str]:
    sid = f"SM{uuid.uuid4().hex}"
    return {
        "ToCountry": "GB",
        "FromCity": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "SmsSid": sid,
        "SmsStatus": "received",
        "Body": shot.text,
        "To": NUMBER,
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": shot.number,
        "ApiVersion": "2010-04-01",
    }
