"""The channel by which the service speaks to the assistant: one message in, one whole answer out.

`POST /webhooks/helpline/message`, with a bearer token, takes `{"sender", "message_id", "text",
"payload"?, "metadata": {"channel": "sms"|"web", …}}` and gives `{"replies": [{"text", "response",
"quick_replies": [{"title", "payload"}]}], "commands": [{"command", …}], "reading": {"intent",
"confidence", "triage", "triage_probabilities", "entities"}}`. A message id that was handled is
answered as before and not spoken again. 400 `{"error": "bad_request", "field"}`, 401, 503 while the
model loads, 500 without details. `POST read {"text"}` gives the reading alone and keeps nothing.
`POST forget {"sender"}` deletes a conversation (503 when Redis is away, to be asked again). `GET
health` says whether the model is loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.core.constants import (
    USER_INTENT_BACK,
    USER_INTENT_RESTART,
    USER_INTENT_SESSION_START,
)
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.inbound import BadField, Choice, Inbound, parse_forget, parse_inbound, parse_text
from bot.outbound import Collector, answer, reading, recorded
from bot.reader import Reader
from bot.straight_runner import StraightRunner
from bot.tracker_store import EncryptedRedisTrackerStore

# Intents by which Rasa would be told to forget or rewind; nobody may send them.
_RASA_COMMANDS = (USER_INTENT_RESTART, USER_INTENT_BACK, USER_INTENT_SESSION_START)

logger = logging.getLogger(__name__)


class HelplineInput(InputChannel):
    """Serves the channel; messages of one conversation are handled one after the other."""

    @classmethod
    def name(cls) -> str:
        """The last part of its address: /webhooks/helpline."""
        return "helpline"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HelplineInput:
        """Build it from bot/credentials.yml; without a token it does not start."""
        token = (credentials or {}).get("token")
        if not token:
            raise ValueError("HELPLINE_BOT_TOKEN is not set")
        return cls(str(token))

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._reader = Reader()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes under /webhooks/helpline; the agent is asked directly, not by `on_new_message`."""
        routes = Blueprint("helpline")
        # Sanic marks its handlers with attributes, which a bound method cannot bear.
        routes.add_route(_health, "/health", methods=["GET"])
        for name, handler in (
            ("message", self._message),
            ("read", self._read),
            ("forget", self._forget),
        ):
            routes.add_route(self._guarded(handler), f"/{name}", methods=["POST"], name=name)
        routes.listener("after_server_start")(_settle)
        return routes

    def _guarded(
        self, handler: Callable[[Agent, bytes], Awaitable[HTTPResponse]]
    ) -> Callable[[Request], Awaitable[HTTPResponse]]:
        """Check token and readiness, and let nothing but a status out when something fails."""

        async def guard(request: Request) -> HTTPResponse:
            # Sanic leaves bytes that are no UTF-8 as surrogates; they must compare, not fail.
            given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, self._expected):
                return json({"error": "unauthorised"}, status=401)
            agent = _agent(request)
            if agent is None:
                return json({"error": "loading"}, status=503)
            try:
                return await handler(agent, request.body)
            except BadField as bad:
                return json({"error": "bad_request", "field": bad.field}, status=400)
            except Exception:
                # The edge of the process: the service falls back to its fixed replies.
                logger.exception("turn_failed")
                return json({"error": "failed"}, status=500)

        return guard

    async def _message(self, agent: Agent, body: bytes) -> HTTPResponse:
        inbound = parse_inbound(body)
        turn = self._turns.setdefault(inbound.sender, asyncio.Lock())
        async with turn:
            return json(await self._turn(agent, inbound))

    async def _forget(self, agent: Agent, body: bytes) -> HTTPResponse:
        sender = parse_forget(body)
        turn = self._turns.setdefault(sender, asyncio.Lock())
        async with turn:
            done = await _store(agent).forget(sender)
        return json({"forgotten": True} if done else {"error": "store_away"}, 200 if done else 503)

    async def _read(self, agent: Agent, body: bytes) -> HTTPResponse:
        message = UserMessage(parse_text(body))
        return json(reading(await self._reader.read(agent.processor, message)))

    async def _turn(self, agent: Agent, inbound: Inbound) -> dict[str, Any]:
        """Speak a message to Rasa, or repeat the answer it was given before."""
        collector = Collector(inbound.channel)
        message = UserMessage(
            inbound.text,
            collector,
            inbound.sender,
            input_channel=inbound.channel,
            message_id=inbound.message_id,
            metadata=inbound.metadata,
        )
        # Read before anything is waited for, so that those who came together are read together.
        parse = _chosen(agent, await self._reader.read(agent.processor, message), inbound.choice)
        message.parse_data = parse
        with self._reader.answering(agent.processor):
            return await _speak(agent, inbound, message, collector)


async def _speak(
    agent: Agent, inbound: Inbound, message: UserMessage, collector: Collector
) -> dict[str, Any]:
    """The answer to a message that was read, or the one it was given before."""
    store = _store(agent)
    tracker = await store.retrieve(inbound.sender)
    before = recorded(tracker, inbound.message_id)
    if before is not None:
        return before
    with store.handing(inbound.sender, tracker):
        # Turns of one conversation are kept apart above, so Rasa's own lock is not needed.
        await agent.processor.handle_message(message)
    return answer(collector.said, message.parse_data)


def _chosen(agent: Agent, parse: dict[str, Any], choice: Choice | None) -> dict[str, Any]:
    """What the models read in the text; a tapped quick reply says its intent itself."""
    if choice is None:
        return parse
    if choice.intent not in agent.domain.intents or choice.intent in _RASA_COMMANDS:
        raise BadField("payload")
    entities = [{"entity": name, "value": value} for name, value in choice.entities.items()]
    return {**parse, "intent": {"name": choice.intent, "confidence": 1.0}, "entities": entities}


async def _settle(app: Sanic, _: Any) -> None:
    """Run the model straight, and leave what was loaded out of every search for garbage."""
    agent: Agent | None = getattr(app.ctx, "agent", None)
    if agent is not None and agent.processor is not None:
        agent.processor.graph_runner = StraightRunner(agent.processor.graph_runner)
    gc.collect()
    gc.freeze()
    _give_back()


def _give_back() -> None:
    """Return to the system what only loading needed; a C library without it keeps it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


async def _health(request: Request) -> HTTPResponse:
    ready = _agent(request) is not None
    return json({"ready": ready}, status=200 if ready else 503)


def _agent(request: Request) -> Agent | None:
    agent: Agent | None = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _store(agent: Agent) -> EncryptedRedisTrackerStore:
    """Our store, out of the wrapper that Rasa puts around every tracker store."""
    store = agent.tracker_store
    inner = getattr(store, "_tracker_store", store)
    if not isinstance(inner, EncryptedRedisTrackerStore):
        raise TypeError("bot/endpoints.yml names another tracker store")
    return inner
