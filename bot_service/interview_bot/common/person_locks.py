"""Locks by person: what is shown to one person is shown in order, whichever replica does it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from weakref import WeakValueDictionary

from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError
from structlog.stdlib import get_logger

from interview_bot.common.background import end_tasks

_LOCK_SECONDS = 5.0
"""Short, and renewed while held: after a crash the person waits no longer than this."""
_PATIENCE = 30.0
_FOR_EVER = -1
_log = get_logger(__name__)


class PersonBusyError(Exception):
    """Another update of the same person is still being handled; this one has to come again."""


class PersonLocks:
    """Locks by person: in this process first come, first served; across replicas a Redis key with token and expiry."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._local: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, user_id: int) -> AsyncIterator[None]:
        """Hold the person's lock. Without Redis it holds within this process only, so that presses are still handled.

        Raises:
            PersonBusyError: another replica has held it for half a minute.
        """
        async with self._local.setdefault(user_id, asyncio.Lock()):
            lock = await self._acquire(user_id)
            renewal = asyncio.create_task(_renew(lock)) if lock else None
            try:
                yield
            finally:
                if renewal:
                    await end_tasks([renewal])
                if lock:
                    with suppress(LockError, RedisError):
                        await lock.release()

    async def _acquire(self, user_id: int) -> Lock | None:
        key = f"user:{user_id}:lock"
        lock = self._redis.lock(key, timeout=_LOCK_SECONDS, sleep=0.02, blocking_timeout=_PATIENCE, thread_local=False)
        try:
            if await lock.acquire(blocking=False):
                return lock
            left = await self._redis.pttl(key)
            if (
                left == _FOR_EVER or left > _LOCK_SECONDS * 1000
            ):  # no holder sets it so high: Redis's clock went back, or somebody set it by hand
                await self._redis.pexpire(key, int(_LOCK_SECONDS * 1000))
            if not await lock.acquire():
                raise PersonBusyError
        except RedisError as error:
            _log.warning("lock_without_redis", error=type(error).__name__)
            return None
        return lock


async def _renew(lock: Lock) -> None:
    while True:
        await asyncio.sleep(_LOCK_SECONDS / 3)
        with suppress(RedisError):
            await lock.extend(_LOCK_SECONDS, replace_ttl=True)
