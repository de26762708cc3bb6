"""Who is let in: the allow list (FR2), a Redis hash that follows the change cursor."""

import asyncio
from datetime import timedelta
from enum import StrEnum
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import LockError, ResponseError
from structlog.stdlib import get_logger

from interview_bot.admin_client.api import AdminApi, AdminApiDownError, AdminApiRefusedError
from interview_bot.common.redis_values import drop, read_texts
from shared_contracts.directory import AllowedUser, BookingStatus, ChangesPage

ENTRIES = "allowed:entries"
CURSOR = "allowed:cursor"
GENERATION = "allowed:generation"
SYNCED = "allowed:synced"
UNKNOWN_FOR = timedelta(seconds=5)
"""How long "nobody knows them" is remembered, so that what a stranger sends doesn't all reach the admin service."""

# KEYS: entries. ARGV: id, changed_at, json, … A look-up or page read before a change must not overwrite the change.
_STORE_NEWER = """
local function is_newer(old, changed_at)
  local readable, kept = pcall(cjson.decode, old)
  return readable and type(kept) == 'table' and type(kept.changed_at) == 'string' and kept.changed_at > changed_at
end
for i = 1, #ARGV, 3 do
  local old = redis.call('HGET', KEYS[1], ARGV[i])
  if not old or not is_newer(old, ARGV[i + 1]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  end
end
"""
_KEPT = frozenset({BookingStatus.BOOKED, BookingStatus.PENDING})
"""What can be kept; a seat that is offered is nobody's yet."""
_log = get_logger(__name__)


class AccessStatus(StrEnum):
    """Whether the bot serves someone."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    KEPT = "kept"
    """Off the list, but staff let a booking of theirs stand (FR2): they are served for that alone."""
    UNKNOWN = "unknown"
    """Nobody can say: the person isn't cached and the admin service is down."""


class AllowList:
    """Answers whether a person is served; ``run`` keeps the cache up to date."""

    def __init__(self, redis: Redis, api: AdminApi, every: timedelta = timedelta(seconds=60)) -> None:
        self._redis = redis
        self._api = api
        self._every = every
        self._store_newer = redis.register_script(_STORE_NEWER)
        self._wake = asyncio.Event()

    async def check(self, telegram_id: int) -> tuple[AccessStatus, AllowedUser | None]:
        """The person's access status, and their entry: also of who was removed, whose clocks and contact stay theirs.

        Between an invalidation and the next completed sync the admin service is asked about the one person, so a
        removed one is refused at their very next press.
        """
        known, generation, synced = await self._cached(telegram_id)
        entry = known
        if known is None or (generation or "0") != synced:
            try:
                entry = await self._look_up(telegram_id)
            except (AdminApiDownError, AdminApiRefusedError) as error:
                _log.warning("allow_list_lookup_failed", user_id=telegram_id, error=str(error))
                if known is None:
                    return AccessStatus.UNKNOWN, None
        if entry is None or not entry.allowed:
            return AccessStatus.REFUSED, entry or known
        return AccessStatus.ALLOWED, entry

    async def keeps_booking(self, telegram_id: int) -> bool:
        """Whether someone off the list has a booking that stands; a no is remembered for a moment.

        Raises:
            AdminApiDownError, AdminApiRefusedError: nobody can say.
        """
        nothing = f"allowed:nothing_kept:{telegram_id}"
        if await self._redis.exists(nothing):
            return False
        if any(booking.status in _KEPT for booking in await self._api.bookings(telegram_id)):
            return True
        await self._redis.set(nothing, "1", ex=UNKNOWN_FOR)
        return False

    async def _cached(self, telegram_id: int) -> tuple[AllowedUser | None, str | None, str | None]:
        """The entry, the generation, and that of the last sync. What is unreadable is dropped, and none."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hget(ENTRIES, str(telegram_id))
            pipe.mget(GENERATION, SYNCED)
            raw, marks = await pipe.execute(raise_on_error=False)
        if isinstance(marks, Exception):
            raise marks
        if isinstance(raw, ResponseError):  # no hash: all of it is to be read again
            await drop(self._redis, ENTRIES, raw)
            await self.invalidate(refill=True)
            return None, *marks
        if isinstance(raw, Exception):
            raise raw
        try:
            return (None if raw is None else AllowedUser.model_validate_json(raw)), *marks
        except ValueError as error:
            await drop(self._redis, ENTRIES, error, field=str(telegram_id))
            return None, *marks

    async def invalidate(self, refill: bool = False) -> None:
        """Something changed: ask the admin service about each person until the next sync, and have that done soon.

        With ``refill`` all is read again: what entries show of their city changes without a change of the entry.
        """
        if refill:
            await self._redis.delete(CURSOR)
        await self._redis.set(GENERATION, uuid4().hex)
        self._wake.set()

    async def run(self) -> None:
        """Sync for ever: at start, every minute, and when something has changed."""
        while True:
            pause = self._every.total_seconds()
            try:
                await self.sync()
            except Exception as error:  # the cache stays as it is; the next round tries again
                _log.warning("allow_list_sync_failed", error=f"{type(error).__name__}: {error}")
                pause = min(pause, 3.0)
            try:
                await asyncio.wait_for(self._wake.wait(), pause)
            except TimeoutError:
                continue
            self._wake.clear()

    async def sync(self) -> None:
        """Fill the cache by pages, or take what changed since the last time. One replica at a time.

        Raises:
            AdminApiDownError, AdminApiRefusedError, RedisError
        """
        try:
            async with self._redis.lock("allowed:sync", timeout=120, blocking_timeout=1):
                await self._sync_changes()
        except LockError:
            _log.debug("allow_list_synced_elsewhere")

    async def _sync_changes(self) -> None:
        if await self._redis.type(ENTRIES) not in {"hash", "none"}:
            await drop(self._redis, ENTRIES, TypeError())
            await self._redis.delete(CURSOR)
        generation, cursor = await read_texts(self._redis, GENERATION, CURSOR)
        if cursor is None:
            # The first page's cursor: what changes while the later pages are read comes again.
            cursor = await self._store_pages(await self._api.allowed_users(), keep_first_cursor=True)
        try:
            cursor = await self._store_pages(await self._api.allowed_users(since=cursor))
        except AdminApiRefusedError:
            await self._redis.delete(CURSOR)  # of another version maybe: the next round begins anew
            raise
        await self._redis.mset({CURSOR: cursor, SYNCED: generation or "0"})

    async def _store_pages(self, page: ChangesPage[AllowedUser], keep_first_cursor: bool = False) -> str:
        cursor = page.changes_cursor
        while True:
            await self._store(page.results)
            if page.next is None:
                return cursor if keep_first_cursor else page.changes_cursor
            page = await self._api.allowed_users(path=page.next)

    async def _look_up(self, telegram_id: int) -> AllowedUser | None:
        [generation] = await read_texts(self._redis, GENERATION)
        unknown = f"allowed:unknown:{telegram_id}:{generation or '0'}"
        if await self._redis.exists(unknown):
            return None
        entry = await self._api.allowed_user(telegram_id)
        if entry is None:
            await self._redis.set(unknown, "1", ex=UNKNOWN_FOR)
            return None
        await self._store([entry])
        return entry

    async def _store(self, entries: list[AllowedUser]) -> None:
        if not entries:
            return
        args: list[str] = []
        for entry in entries:
            dumped = entry.model_dump(mode="json")
            args += [str(entry.telegram_id), dumped["changed_at"], entry.model_dump_json()]
        await self._store_newer(keys=[ENTRIES], args=args)
