"""One update in flight per person, whichever replica gets it; each update handled once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from inspect import iscoroutine
from typing import Any
from weakref import WeakValueDictionary

from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError
from structlog.stdlib import get_logger
from telegram import Update
from telegram.ext import BaseUpdateProcessor

from interview_bot.common import logs
from interview_bot.common.metrics import UPDATES
from interview_bot.telegram.acks import Acks
from interview_bot.telegram.gate import Admission, Gate

MAX_CONCURRENT = 2_000
"""Most of them wait for their person's lock, which costs nothing; how many one person has is the gate's business."""
_LOCK_SECONDS = 5.0
"""Short, and renewed while held: after a crash the person waits no longer than this."""
_PATIENCE = 30.0
_FOR_EVER = -1
_LET_IN = frozenset({Admission.ADMITTED, Admission.AGAIN})
_TURNED_AWAY = frozenset({Admission.DROPPED, Admission.TOLD})
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
        """Hold the person's lock. Without Redis only this process is kept in order: a press is worth more than that.

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
                    renewal.cancel()
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
            ):  # no holder sets it so: Redis's clock went back, or a hand
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


class OnePressAtATime(BaseUpdateProcessor):
    """Runs an update's handling under its person's lock, unless it was handled before or is one too many.

    Args:
        turn_away: tells whose update was dropped; with False the person was told before.
    """

    def __init__(
        self, gate: Gate, locks: PersonLocks, acks: Acks, turn_away: Callable[[Update, bool], Awaitable[None]]
    ) -> None:
        super().__init__(MAX_CONCURRENT)
        self._gate = gate
        self._locks = locks
        self._acks = acks
        self._turn_away = turn_away

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to take down."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle one update; a press is acknowledged whatever happens.

        Raises:
            PersonBusyError: not handled; the update must be delivered again.
        """
        if not isinstance(update, Update):
            await coroutine
            return
        logs.begin(update_id=update.update_id)
        query = update.callback_query
        if query is not None:
            self._acks.open(query.id)
        try:
            outcome = await self._decide(update, coroutine)
            UPDATES.labels(outcome).inc()
        finally:
            if iscoroutine(coroutine):
                coroutine.close()  # harmless when it has run; never awaited otherwise
            if query is not None:
                await self._acks.close(query.id)

    async def _decide(self, update: Update, coroutine: Awaitable[Any]) -> str:
        admission = await self._gate.admit(update)
        if admission in _TURNED_AWAY:
            await self._turn_away(update, admission is Admission.TOLD)
            return Admission.DROPPED.value
        if admission not in _LET_IN:
            return admission.value
        if update.effective_user is None:
            return await self._once(update, coroutine, admission)
        async with self._locks.hold(update.effective_user.id):
            if update.callback_query is not None:
                self._acks.in_turn(update.callback_query.id)
            return await self._once(update, coroutine, admission)

    async def _once(self, update: Update, coroutine: Awaitable[Any], admission: Admission) -> str:
        if admission is Admission.AGAIN and await self._gate.is_done(update):
            return Admission.REPEATED.value
        await coroutine
        with suppress(RedisError):
            await self._gate.done(update)
        return "handled"
