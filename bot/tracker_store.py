"""Keeps each conversation's tracker in Redis, encrypted and for a limited time.

The key in Redis holds the conversation id alone. While Redis is away the encrypted tracker is kept
in memory, so that a turn is answered and the next one still knows it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

import redis.asyncio as redis
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from redis.exceptions import RedisError

PREFIX: Final = "tracker:"
DEFAULT_TTL_SECONDS: Final = 2 * 24 * 3600
_MIN_KEY_CHARS: Final = 16
_NONCE_BYTES: Final = 12
_KEPT_IN_MEMORY: Final = 500
# After a failure Redis is left alone for a moment, so that an outage does not slow every turn.
_REST_SECONDS: Final = 1.0
_TIMEOUT_SECONDS: Final = 1.0

logger = logging.getLogger(__name__)


class Sealer:
    """AES-256-GCM under a key derived from a secret; bound to the conversation id."""

    def __init__(self, secret: str) -> None:
        if len(secret) < _MIN_KEY_CHARS:
            raise ValueError(f"HELPLINE_TRACKER_KEY needs at least {_MIN_KEY_CHARS} characters")
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"helpline tracker v1")
        self._cipher = AESGCM(derive.derive(secret.encode()))

    def seal(self, conversation: str, text: str) -> bytes:
        """Compress and encrypt."""
        nonce = os.urandom(_NONCE_BYTES)
        packed = zlib.compress(text.encode(), 1)
        return nonce + self._cipher.encrypt(nonce, packed, conversation.encode())

    def open(self, conversation: str, sealed: bytes) -> str:
        """Raise InvalidTag if it was sealed under another key or for another conversation."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return zlib.decompress(self._cipher.decrypt(nonce, body, conversation.encode())).decode()


class EncryptedRedisTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Rasa tracker store over `redis://…`; options come from bot/endpoints.yml."""

    def __init__(
        self,
        domain: Domain | None,
        host: str,
        key: str,
        ttl: str | int = DEFAULT_TTL_SECONDS,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        """`host` is the whole address (Rasa passes `url` by this name); `ttl` is in seconds."""
        super().__init__(domain, event_broker)
        self._sealer = Sealer(key)
        self._ttl = int(ttl)
        self._redis = redis.from_url(
            host, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS
        )
        self._handed: dict[str, DialogueStateTracker | None] = {}
        self._unsaved: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._rest_until = 0.0

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a tracker for another `ttl` seconds; in memory if Redis is away."""
        conversation = tracker.sender_id
        sealed = self._sealer.seal(conversation, self.serialise_tracker(tracker))
        if await self._call("save", "set", PREFIX + conversation, sealed, ex=self._ttl) is None:
            self._keep(conversation, sealed)
        else:
            self._unsaved.pop(conversation, None)

    @contextlib.contextmanager
    def handing(self, sender_id: str, tracker: DialogueStateTracker | None) -> Iterator[None]:
        """Give a tracker just retrieved to whoever asks for it first within the block."""
        self._handed[sender_id] = tracker
        try:
            yield
        finally:
            self._handed.pop(sender_id, None)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of a conversation, or None if there is none that can be read."""
        if sender_id in self._handed:
            return self._handed.pop(sender_id)
        sealed = self._kept(sender_id) or await self._call("retrieve", "get", PREFIX + sender_id)
        if not sealed:
            return None
        try:
            text = self._sealer.open(sender_id, sealed)
            return self.deserialise_tracker(sender_id, text)
        except (InvalidTag, zlib.error, json.JSONDecodeError) as error:
            # A changed key or a damaged value must not silence the conversation: begin anew.
            logger.warning("tracker_unreadable", extra={"error": type(error).__name__})
            return None

    async def keys(self) -> list[str]:
        """Ids of the conversations in Redis."""
        return [
            key.decode().removeprefix(PREFIX) async for key in self._redis.scan_iter(f"{PREFIX}*")
        ]

    async def forget(self, conversation: str) -> bool:
        """Delete a tracker; False when Redis could not be asked, so that the caller tries again."""
        self._unsaved.pop(conversation, None)
        self._rest_until = 0.0
        return await self._call("forget", "delete", PREFIX + conversation) is not None

    async def _call(self, operation: str, command: str, *args: Any, **options: Any) -> Any:
        """The answer of Redis; None when it is away, or has none."""
        if time.monotonic() < self._rest_until:
            return None
        try:
            return await getattr(self._redis, command)(*args, **options)
        except (RedisError, OSError) as error:
            self._rest_until = time.monotonic() + _REST_SECONDS
            extra = {"operation": operation, "error": type(error).__name__}
            logger.warning("tracker_store_away", extra=extra)
            return None

    def _keep(self, conversation: str, sealed: bytes) -> None:
        self._unsaved[conversation] = (time.monotonic() + self._ttl, sealed)
        self._unsaved.move_to_end(conversation)
        while len(self._unsaved) > _KEPT_IN_MEMORY:
            self._unsaved.popitem(last=False)

    def _kept(self, conversation: str) -> bytes | None:
        expires, sealed = self._unsaved.get(conversation, (0.0, b""))
        if sealed and time.monotonic() >= expires:
            del self._unsaved[conversation]
            return None
        return sealed or None
