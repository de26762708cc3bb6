"""Keeps what is sent to Telegram within its limits, for all replicas together, through Redis.

Nobody waits in here for long: what has no room now is refused as Telegram would refuse it (``HeldBackError``), and
whoever sends waits elsewhere, holding nothing that somebody else needs.
"""

from asyncio import get_running_loop, sleep
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from enum import Enum
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from interview_bot.telegram.errors import HeldBackError, seconds_to_wait
from interview_bot.telegram.waiting_edits import WaitingEdits

# Each bucket: milliseconds between messages, burst, whether to take without waiting, and how far ahead of now its
# value can be at most, whoever takes from it.
_CHAT = (1_000, 5, 0, 5_000)
"""One message a second in one chat."""
_CHAT_AT_REST = (1_000, 2, 0, 5_000)
"""Leaves most of the chat's burst to what people do next."""
_GROUP = (4_000, 5, 0, 20_000)
"""At most 20 in any minute, the burst included."""
_ALL_AHEAD = 1_033
_ALL = {
    "card": (33, 30, 0, _ALL_AHEAD),
    "notice": (33, 20, 0, _ALL_AHEAD),
    "file": (33, 10, 0, _ALL_AHEAD),
    "broadcast": (33, 10, 0, _ALL_AHEAD),
    "stranger": (33, 10, 0, _ALL_AHEAD),
}
"""About Telegram's 30 a second, one budget for all: the smaller the burst, the earlier its messages make room."""
_ALL_AT_ONCE = (33, 30, 1, _ALL_AHEAD)
_BULK = (40, 1, 0, 80)
"""25 a second: the rest of Telegram's about 30 stays free for people who are pressing buttons."""
_STRANGERS = (100, 5, 0, 500)
"""Ten a second for all who are not let in: however many there are, most of the limit is left for people we serve."""
_WHOLE_BOT = 3
_AT_ONCE = 5.0
"""A 429 names no chat. That many chats refused within these seconds, each within its own limit, and nothing that got
through to any other since the first of them, are the whole bot."""

# KEYS: pauses, then buckets. ARGV: number of pauses, then (interval ms, burst, forced, ahead) per bucket.
# Returns milliseconds to wait; takes from every bucket or from none (GCRA; the value is the theoretical arrival time).
# A server's clock that was put back must not make anybody wait as long: a pause lasts no longer than it was set for
# (its value), and an arrival further ahead than any can be is none.
_TAKE = """
local function number(key)
  local kept = redis.pcall('GET', key)  -- may be no text
  return type(kept) == 'string' and tonumber(kept) or 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local pauses = tonumber(ARGV[1])
local wait = 0
for i = 1, pauses do
  local left = redis.call('PTTL', KEYS[i])
  if left > 0 then
    wait = math.max(wait, math.min(left, number(KEYS[i])))
  end
end
local arrivals = {}
for i = 1, #KEYS - pauses do
  local interval, burst = tonumber(ARGV[i * 4 - 2]), tonumber(ARGV[i * 4 - 1])
  local arrival = math.max(now, number(KEYS[pauses + i]))
  if arrival > now + tonumber(ARGV[i * 4 + 1]) then
    arrival = now
  end
  if ARGV[i * 4] == '1' then
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
_EVERYBODY = "all"
_BULK_MAIL = "bulk"
_log = get_logger(__name__)


class Priority(Enum):
    """Decides whose messages wait when Telegram's limit is near."""

    INTERACTIVE = "interactive"
    """Someone is looking at the screen. Limited per chat only, but counted, so that the others make room."""
    CARD = "card"
    """A recruiter's card: someone waits for the answer."""
    NOTICE = "notice"
    FILE = "file"
    """Goes with a message that has arrived: waits until its chat is at rest."""
    BROADCAST = "broadcast"
    STRANGER = "stranger"
    """Tells people that they are not let in, where there is room."""
    IN_TURN = "in_turn"
    """The caller has taken its turn with ``take_turn``."""


_PATIENCE = {Priority.FILE: 3.0, Priority.BROADCAST: 1.5}
"""Seconds that a sender of its own waits for its turn; all others are refused at once."""
_IN_LINE = frozenset({Priority.CARD, Priority.NOTICE})
"""A chat may have dozens of these waiting."""


class SharedRateLimiter(BaseRateLimiter[Priority]):
    """Keeps messages within Telegram's limits; 429 is always obeyed. Calls without a chat are never held back."""

    def __init__(self, redis: Redis, edits: WaitingEdits) -> None:
        self._redis = redis
        self._edits = edits
        self._take = redis.register_script(_TAKE)
        self._pauses: dict[int | str, float] = {}
        self._refused: dict[int, float] = {}
        self._lines: dict[int, float] = {}

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
        """Make the call if there is room; a 429 pauses the chat.

        Raises:
            HeldBackError: no room now, the call was not made.
            RetryAfter: Telegram refused it.
        """
        if data.get("chat_id") is None:
            return await callback(*args, **kwargs)
        chat_id, priority = int(data["chat_id"]), rate_limit_args or Priority.INTERACTIVE
        if priority is not Priority.IN_TURN:
            await self.take_turn(chat_id, priority)
        if endpoint.startswith("edit"):
            await self._edits.overtake(chat_id, data.get("message_id"))
        asked = get_running_loop().time()
        try:
            answer = await callback(*args, **kwargs)
        except RetryAfter as error:
            seconds = seconds_to_wait(error)
            _log.warning("telegram_asks_to_wait", endpoint=endpoint, seconds=seconds)
            await self._pause(chat_id, priority, seconds)
            raise
        self._record_success(chat_id, asked)
        return answer

    def _record_success(self, chat_id: int, asked: float) -> None:
        """A call got through that was made after a refusal: so Telegram had refused those chats, not the whole bot."""
        self._refused = {chat: at for chat, at in self._refused.items() if at > asked and chat != chat_id}

    async def take_turn(self, chat_id: int, priority: Priority) -> None:
        """Take room for one message of this priority.

        Raises:
            HeldBackError: there is none for a while; nothing was taken.
        """
        while wait := await self.seconds_to_turn(chat_id, priority):
            if wait > _PATIENCE.get(priority, 0):
                raise HeldBackError(timedelta(seconds=self._place_in_line(chat_id, priority, wait)))
            await sleep(wait)

    def _place_in_line(self, chat_id: int, priority: Priority, wait: float) -> float:
        """Seconds until this message's place in its chat's line, so that not all that wait come back at once."""
        if priority not in _IN_LINE:
            return wait
        now, every = get_running_loop().time(), (_GROUP if chat_id < 0 else _CHAT)[0] / 1000
        self._lines = {chat: moment for chat, moment in self._lines.items() if moment > now}
        place = max(self._lines.get(chat_id, 0.0), now + wait)
        self._lines[chat_id] = place + every
        return place - now

    async def seconds_to_turn(self, chat_id: int, priority: Priority) -> float:
        """Take room for one message: 0 if there was some, else the seconds until there is."""
        names: list[int | str] = [chat_id, _EVERYBODY]
        buckets = {f"flow:chat:{chat_id}": _GROUP if chat_id < 0 else _CHAT}
        if priority is Priority.FILE and chat_id > 0:
            buckets = {f"flow:chat:{chat_id}": _CHAT_AT_REST}
        buckets["flow:all"] = _ALL.get(priority.value, _ALL_AT_ONCE)
        if priority is Priority.BROADCAST:
            names.append(_BULK_MAIL)
            buckets["flow:bulk"] = _BULK
        if priority is Priority.STRANGER:
            buckets["flow:strangers"] = _STRANGERS
        if wait := self._paused_here(names):
            return wait
        numbers = [number for bucket in buckets.values() for number in bucket]
        keys = [*(f"flow:pause:{name}" for name in names), *buckets]
        try:
            return int(await self._take(keys=keys, args=[len(names), *numbers])) / 1000
        except RedisError as error:
            _log.warning("rate_limiter_without_redis", error=type(error).__name__)  # Telegram's 429 still holds us
            return 0.0

    def _paused_here(self, names: Iterable[int | str]) -> float:
        """Seconds of the longest pause that this process knows of, with or without Redis."""
        now = get_running_loop().time()
        return max(0.0, *(self._pauses.get(name, 0.0) - now for name in names))

    async def _pause(self, chat_id: int, priority: Priority, seconds: float) -> None:
        now = get_running_loop().time()
        self._pauses = {name: until for name, until in self._pauses.items() if until > now}
        self._refused = {chat: at for chat, at in self._refused.items() if now - at < _AT_ONCE}
        self._refused[chat_id] = now
        names: list[int | str] = [chat_id]
        if len(self._refused) >= _WHOLE_BOT:
            names.append(_EVERYBODY)
            _log.warning("telegram_asks_the_whole_bot_to_wait", seconds=seconds)
        if priority is Priority.BROADCAST:
            names.append(_BULK_MAIL)
        milliseconds = int(seconds * 1000) + 50
        for name in names:
            self._pauses[name] = now + milliseconds / 1000
        try:
            for name in names:
                await self._redis.set(f"flow:pause:{name}", milliseconds, px=milliseconds)
        except RedisError as error:
            _log.warning("pause_known_here_only", error=type(error).__name__)
