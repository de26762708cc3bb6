"""Caches of the admin service's reads, in Redis only, so that one replica's invalidation serves all.

R6: a value carries the generation that was current before it was read from the admin service, and is served only while
that generation still is; invalidation raises it in one atomic step. So a slow fill can't bring stale data back, however
late it writes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar
from uuid import uuid4

from pydantic import BaseModel, TypeAdapter
from redis.asyncio import Redis
from structlog.stdlib import get_logger

from interview_bot.admin_client.api import AdminApiDownError
from interview_bot.common import clock, redis_values

FRESH_FOR = timedelta(seconds=30)
"""The bound on staleness while the broker, and so invalidation, is down."""
KEPT_FOR = timedelta(days=1)
"""How long a value is kept to be shown while the admin service is down; every booking is decided there anyway."""

T = TypeVar("T")
_log = get_logger(__name__)


class _Entry(BaseModel):
    generation: str
    filled_at: float
    payload: str

    def is_fresh(self, generation: str) -> bool:
        age = clock.now().timestamp() - self.filled_at
        return self.generation == generation and 0 <= age < FRESH_FOR.total_seconds()


@dataclass(frozen=True)
class _Cached(Generic[T]):
    value: T
    is_fresh: bool


class Cache(Generic[T]):
    """Values of one kind by key under ``<name>:cache:<key>``."""

    def __init__(self, redis: Redis, name: str, kind: TypeAdapter[T]) -> None:
        self._redis = redis
        self._name = name
        self._kind = kind
        self._filling: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, key: str, fetch: Callable[[], Awaitable[T]]) -> T:
        """The fresh value, fetched once per process where missing; the last known one while ``fetch`` is down.

        Raises:
            AdminApiDownError: nothing cached and ``fetch`` down.
        """
        _, cached = await self._load(key)
        if cached is not None and cached.is_fresh:
            return cached.value
        async with self._filling[key]:
            generation, cached = await self._load(key)
            if cached is not None and cached.is_fresh:
                return cached.value
            return await self._fill(key, fetch, generation, cached)

    async def invalidate(self) -> None:
        """Drop every value at once: none was read under a generation that is only now made up."""
        await self._redis.set(self._generation_key, uuid4().hex)

    @property
    def _generation_key(self) -> str:
        return f"{self._name}:generation"

    def _key(self, key: str) -> str:
        return f"{self._name}:cache:{key}"

    async def _load(self, key: str) -> tuple[str, _Cached[T] | None]:
        """The generation, and what is cached; an unreadable entry is dropped, and none."""
        generation, raw = await redis_values.read_texts(self._redis, self._generation_key, self._key(key))
        generation = generation or "0"
        if raw is None:
            return generation, None
        try:
            entry = _Entry.model_validate_json(raw)
            return generation, _Cached(self._kind.validate_json(entry.payload), entry.is_fresh(generation))
        except ValueError as error:
            await redis_values.drop(self._redis, self._key(key), error)
            return generation, None

    async def _fill(self, key: str, fetch: Callable[[], Awaitable[T]], generation: str, last: _Cached[T] | None) -> T:
        try:
            value = await fetch()
        except AdminApiDownError as error:
            if last is None:
                raise
            _log.warning("admin_api_down_serving_cached", cache=self._name, error=str(error))
            return last.value
        payload = self._kind.dump_json(value).decode()
        entry = _Entry(generation=generation, filled_at=clock.now().timestamp(), payload=payload)
        await self._redis.set(self._key(key), entry.model_dump_json(), ex=KEPT_FOR)
        return value
