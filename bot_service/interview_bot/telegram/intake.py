"""Takes updates from Telegram: each is either handled soon, or kept in Redis until it is.

Telegram must not wait for a slow one: a poll shows the oldest hundred that are not confirmed, and a webhook has so many
connections. So what takes longer than a moment is parked: written down, confirmed to Telegram, handled as before. A bot
that is killed meanwhile finds it parked at its next start; the person's lock and the mark of what is done keep two from
handling it. Where Redis is away nothing is parked, and Telegram keeps what is not handled.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from structlog.stdlib import get_logger
from telegram import Update

from interview_bot.common.metrics import UPDATES_PARKED
from interview_bot.common.redis_values import answer_of, drop
from interview_bot.telegram.sending import Bot

SOON = 1.0
"""Seconds that Telegram waits for an update to be handled."""
MAX_PARKED = 2_000
"""In this process; beyond it Telegram keeps them."""
_LOOK_EVERY = 30.0
_LEFT_BEHIND = 120
"""Seconds after which any process takes over a parked update: the one that parked it would have finished by then."""
_FORGOTTEN = 86_400
"""Seconds after which nobody knows any more whether an update was handled; an older one is dropped."""

_PARK = """
redis.call('HSET', KEYS[1], ARGV[1], redis.call('TIME')[1] .. '|' .. ARGV[2])
"""
_log = get_logger(__name__)


class UnreadableUpdateError(Exception):
    """This version can't read what came as an update."""


class Intake:
    """``take`` updates; ``run`` picks up what a dead process had parked."""

    def __init__(self, redis: Redis, bot: Bot, bot_id: int, handle: Callable[[Update], Awaitable[None]]) -> None:
        self._redis = redis
        self._bot = bot
        self._handle = handle
        self._key = f"update:{bot_id}:parked"
        self._park_script = redis.register_script(_PARK)
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._parked: set[int] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in hand."""
        return not self._in_hand

    async def take(self, raw: dict[str, Any]) -> None:
        """Return when the update was handled or parked, so that Telegram need not send it again.

        Raises:
            UnreadableUpdateError: no retry mends that.
            Exception: it was neither handled nor parked, and must be delivered again.
        """
        handling = self._begin(raw)
        await asyncio.wait({handling}, timeout=SOON)
        if not handling.done() and await self._park(raw, handling):
            return
        await asyncio.shield(handling)

    async def run(self) -> None:
        """Handle for ever what other processes parked: at start all of it, later what was left behind."""
        left_for = 0
        while True:
            try:
                await self._look(left_for)
                left_for = _LEFT_BEHIND
            except RedisError as error:
                _log.warning("parked_updates_unknown", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def finish(self, patience: float) -> None:
        """Wait for what is being handled. What takes longer comes again from Telegram, or is found parked."""
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand.values(), timeout=patience)
            for task in late:
                task.cancel()

    def _begin(self, raw: dict[str, Any]) -> asyncio.Task[None]:
        try:
            update = Update.de_json(raw, self._bot)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise UnreadableUpdateError(type(error).__name__) from error
        if update.update_id in self._in_hand:  # delivered again while it is being handled
            return self._in_hand[update.update_id]
        task = asyncio.create_task(self._work(update))
        self._in_hand[update.update_id] = task
        return task

    async def _work(self, update: Update) -> None:
        update_id = update.update_id
        try:
            await self._handle(update)
            if update_id in self._parked:
                await self._forget(update_id)
        except Exception as error:
            if update_id in self._parked:  # it stays parked and is taken up again
                _log.warning("parked_update_waits", update_id=update_id, error=type(error).__name__)
            raise
        finally:
            del self._in_hand[update_id]
            self._parked.discard(update_id)
            UPDATES_PARKED.set(len(self._parked))

    async def _park(self, raw: dict[str, Any], handling: asyncio.Task[None]) -> bool:
        update_id: int = raw["update_id"]
        if len(self._parked) >= MAX_PARKED:
            return False
        self._parked.add(update_id)
        try:
            await self._park_script(keys=[self._key], args=[update_id, json.dumps(raw)])
        except RedisError:
            self._parked.discard(update_id)
            return False
        if handling.done():  # it was handled meanwhile, maybe before it was parked
            await self._forget(update_id)
            return handling.exception() is None
        handling.add_done_callback(_fetch_error)
        UPDATES_PARKED.set(len(self._parked))
        return True

    async def _forget(self, update_id: int) -> None:
        with suppress(RedisError):  # if it is found again, the gate knows that it was handled
            await answer_of(self._redis.hdel(self._key, str(update_id)))

    async def _look(self, left_for: int) -> None:
        try:
            found: dict[str, str] = await answer_of(self._redis.hgetall(self._key))
        except ResponseError as error:  # no hash; nothing could be parked in it
            await drop(self._redis, self._key, error)
            return
        now = int((await self._redis.time())[0])
        for update_id, parked in found.items():
            try:
                await self._pick_up(int(update_id), parked, now, left_for)
            except (ValueError, UnreadableUpdateError) as error:
                await drop(self._redis, self._key, error, field=update_id)

    async def _pick_up(self, update_id: int, parked: str, now: int, left_for: int) -> None:
        """Handle a parked update, unless somebody is handling it or it is too old.

        Raises:
            ValueError, UnreadableUpdateError: it is no parked update.
        """
        parked_at, _, body = parked.partition("|")
        age = now - int(parked_at)
        if update_id in self._in_hand or 0 <= age < left_for:
            return
        if age > _FORGOTTEN:
            await self._forget(update_id)
            return
        raw = json.loads(body)
        if not isinstance(raw, dict) or raw.get("update_id") != update_id:
            raise UnreadableUpdateError("another update's, or none")
        handling = self._begin(raw)
        self._parked.add(update_id)
        handling.add_done_callback(_fetch_error)


def _fetch_error(task: asyncio.Task[None]) -> None:
    """Fetch the task's error, which was logged already, so that asyncio does not warn about it."""
    if not task.cancelled():
        task.exception()
