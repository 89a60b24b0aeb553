"""How fast the door turns: replies to a flood are slowed, and only opening can be refused.

A message is stored whatever its pace, so that no disclosure is ever dropped.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from webhook.logs import get_log


@dataclass(frozen=True)
class Allowance:
    """What is answered at full speed. A whole school may share one address."""

    messages: int = 20  # a minute, per conversation
    messages_per_address: int = 240  # a minute
    openings: int = 40  # a minute, per address
    openings_per_hour: int = 400  # per address
    delay_seconds: float = 8.0  # how much later a message beyond that is answered


class Pace:
    """Counts by conversation in Redis, where there is one, and by address in memory alone.

    An address is only known by a hash under a key that dies with the process.
    """

    def __init__(self, redis_url: str, allowance: Allowance) -> None:
        self._allowance = allowance
        self._key = secrets.token_bytes(32)
        self._memory = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._pool: ConnectionPool | None = None
        self._shared = self._memory
        if redis_url:
            self._pool = ConnectionPool.from_url(
                redis_url,
                socket_connect_timeout=0.5,
                socket_timeout=0.5,
                retry=Retry(NoBackoff(), 0),
            )
            self._shared = SlidingWindowCounterRateLimiter(
                RedisStorage(
                    f"async+{redis_url}",
                    implementation="redispy",
                    key_prefix="helpline:pace",
                    connection_pool=self._pool,  # type: ignore[arg-type]
                )
            )
        self._per_conversation = RateLimitItemPerMinute(allowance.messages)
        self._per_address = RateLimitItemPerMinute(allowance.messages_per_address)
        self._openings = (
            RateLimitItemPerMinute(allowance.openings),
            RateLimitItemPerHour(allowance.openings_per_hour),
        )

    async def delay(self, conversation_id: str, address: str) -> float:
        """By how many seconds the answer to a message is put off; 0 as a rule."""
        within = await self._within_conversation(conversation_id)
        within &= await self._memory.hit(self._per_address, "message", self._hashed(address))
        return 0.0 if within else self._allowance.delay_seconds

    async def may_open(self, address: str) -> bool:
        """Whether one more conversation may begin from an address now."""
        hashed = self._hashed(address)
        return all([await self._memory.hit(item, "open", hashed) for item in self._openings])

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _within_conversation(self, conversation_id: str) -> bool:
        item: RateLimitItem = self._per_conversation
        try:
            return await self._shared.hit(item, "message", conversation_id)
        except (RedisError, OSError) as error:
            # It fails open, loudly: a person in danger is not held up by a Redis that is away.
            get_log().warning("pace_without_redis", error=type(error).__name__)
            return await self._memory.hit(item, "message", conversation_id)

    def _hashed(self, address: str) -> str:
        return hmac.new(self._key, address.encode(), hashlib.sha256).hexdigest()
