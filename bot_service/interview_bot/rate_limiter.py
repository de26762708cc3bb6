"""The flow towards Telegram, shared by all replicas through Redis."""

from asyncio import sleep
from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from interview_bot.errors import seconds_to_wait

MAX_TRIES = 4
"""Calls for one request while Telegram answers 429."""

_CHAT = (1_000, 5, 0)
"""Milliseconds between messages, burst, and whether to take without waiting: one a second in one chat."""
_CHAT_AT_REST = (1_000, 2, 0)
"""Leaves most of the chat's burst to what people do next."""
_GROUP = (4_000, 5, 0)
"""At most 20 in any minute, the burst included."""
_ALL = {"card": (33, 30, 0), "notice": (33, 20, 0), "file": (33, 10, 0), "broadcast": (33, 10, 0)}
"""About Telegram's 30 a second, one budget for all: the smaller the burst, the earlier its messages make room."""
_ALL_AT_ONCE = (33, 30, 1)
_BULK = (40, 1, 0)
"""25 a second: the rest of Telegram's about 30 stays free for people who are pressing buttons."""

# KEYS: pauses, then buckets. ARGV: number of pauses, then (interval ms, burst, forced) per bucket.
# Returns milliseconds to wait; takes from every bucket or from none (GCRA; the value is the theoretical arrival time).
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local pauses = tonumber(ARGV[1])
local wait = 0
for i = 1, pauses do
  wait = math.max(wait, redis.call('PTTL', KEYS[i]))
end
local arrivals = {}
for i = 1, #KEYS - pauses do
  local interval, burst = tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
  local arrival = math.max(tonumber(redis.call('GET', KEYS[pauses + i]) or '0'), now)
  if ARGV[i * 3 + 1] == '1' then
    arrival = math.min(arrival, now + 1000)
  else
    wait = math.max(wait, arrival - (burst - 1) * interval - now)
  end
  arrivals[i] = arrival + interval
end
if wait > 0 then
  return wait
end
for i = 1, #KEYS - pauses do
  redis.call('SET', KEYS[pauses + i], string.format('%.0f', arrivals[i]), 'PX', arrivals[i] - now + 1000)
end
return 0
"""
_log = get_logger(__name__)


class Priority(Enum):
    """Who waits first when Telegram's limit is near."""

    INTERACTIVE = "interactive"
    """Someone is looking at the screen: limited per chat only, but counted, so that the others make room."""
    CARD = "card"
    """A recruiter's card: someone waits for the answer."""
    NOTICE = "notice"
    FILE = "file"
    """Goes with a message that has arrived: waits until its chat is at rest."""
    BROADCAST = "broadcast"
    IN_TURN = "in_turn"
    """The caller has waited with ``wait_for_turn`` and must not wait again: after a 429 it has to start anew."""


class SharedRateLimiter(BaseRateLimiter[Priority]):
    """Keeps messages within Telegram's limits; 429 is always obeyed. Calls without a chat are never held back."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._take = redis.register_script(_TAKE)

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to take down."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | None,
    ) -> Any:
        """Wait for room, call, and after a 429 wait as long as Telegram says and call again."""
        chat_id = data.get("chat_id")
        if chat_id is None:
            return await callback(*args, **kwargs)
        priority = rate_limit_args or Priority.INTERACTIVE
        tries = 1 if priority is Priority.IN_TURN else MAX_TRIES
        for attempt in range(1, tries + 1):
            if priority is not Priority.IN_TURN:
                await self.wait_for_turn(int(chat_id), priority)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                seconds = seconds_to_wait(error)
                _log.warning("telegram_asks_to_wait", endpoint=endpoint, seconds=seconds, attempt=attempt)
                await self._pause(int(chat_id), priority, seconds)
                if attempt == tries:
                    raise

    async def wait_for_turn(self, chat_id: int, priority: Priority) -> None:
        """Wait until a message of this priority has room, and take it."""
        pauses = [f"flow:pause:{chat_id}"]
        chat = _CHAT_AT_REST if priority is Priority.FILE else _CHAT
        buckets = {f"flow:chat:{chat_id}": _GROUP if chat_id < 0 else chat}
        if priority is Priority.INTERACTIVE:
            buckets["flow:all"] = _ALL_AT_ONCE
        else:
            buckets["flow:all"] = _ALL[priority.value]
        if priority is Priority.BROADCAST:
            pauses.append("flow:pause:bulk")
            buckets["flow:bulk"] = _BULK
        numbers = [number for bucket in buckets.values() for number in bucket]
        try:
            while wait := await self._take(keys=[*pauses, *buckets], args=[len(pauses), *numbers]):
                await sleep(int(wait) / 1000)
        except RedisError as error:
            _log.warning("rate_limiter_without_redis", error=type(error).__name__)  # Telegram's 429 still holds us

    async def _pause(self, chat_id: int, priority: Priority, seconds: float) -> None:
        keys = [f"flow:pause:{chat_id}"] + (["flow:pause:bulk"] if priority is Priority.BROADCAST else [])
        try:
            for key in keys:
                await self._redis.set(key, "1", px=int(seconds * 1000) + 50)
        except RedisError:
            await sleep(seconds)
