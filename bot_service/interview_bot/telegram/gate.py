"""Limits how many updates a person can send: they are counted before they are handled, in Redis for all replicas.

Beyond a burst an update is dropped: marked, so that it is not handled when it comes again, and counted in the metrics.
The budgets are far above what people do and far below what would keep others waiting.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from redis.asyncio import Redis
from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram import Chat, Message, Update


@dataclass(frozen=True)
class Budget:
    """So many updates at once, and one more each ``every`` milliseconds."""

    burst: int
    every: int


KNOWN = Budget(30, 500)
"""For people whom the desk knows. Nobody reads answers and presses twice a second for long."""
STRANGER = Budget(6, 10_000)
"""For all others: enough to get in by a link or a name with some misunderstandings. They get one refusal anyway."""
GROUP = Budget(5, 15_000)
"""For all commands in one group: a fifth of what a bot may write there, the rest is left for announcements."""
QUIET_SECONDS = 60
"""Whoever was told to slow down is not told again before this time has passed without a dropped update."""
_SERVED_SECONDS = 86_400
_REMEMBERED_SECONDS = 86_400
"""Telegram redelivers an update for at most a day."""
_PATIENCE = 0.5
"""Seconds that Redis has to answer; after that this process counts by itself."""
_MOST_COUNTED = 10_000

# KEYS: the update, told, the allow list's entries, served, the person's bucket, maybe the group's.
# ARGV: the update's fingerprint, the person's id, ms for which updates and told are remembered, then burst and
# interval of known people, strangers, groups.
# Returns what to do, for how many ms there is no more room, and in which bucket.
# An update that was let in before, by a process that died or is still at it, is not counted again.
# An unreadable value counts as none: it must not make the script, and so the count, fail for everybody.
_ADMIT = """
local function known(entry)
  local readable, kept = pcall(cjson.decode, entry)
  return readable and type(kept) == 'table' and kept.allowed == true
end
local kept = redis.call('GET', KEYS[1])
if kept and string.sub(kept, 2) == ARGV[1] then
  return {string.sub(kept, 1, 1) == '+' and 'again' or 'repeated', 0, 0}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local entry = redis.pcall('HGET', KEYS[3], ARGV[2])  -- may be no hash
local first = 7
if (type(entry) == 'string' and known(entry)) or redis.call('EXISTS', KEYS[4]) == 1 then
  first = 5
end
local wait, full, arrivals = 0, 0, {}
for i = 5, #KEYS do
  local at = i == 5 and first or 9
  local burst, every = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local arrival = math.max(tonumber(redis.call('GET', KEYS[i]) or '0'), now)
  if arrival > now + burst * every then
    arrival = now  -- the server's clock was put back
  end
  local its_wait = arrival - (burst - 1) * every - now
  if its_wait > wait then
    wait, full = its_wait, i - 5
  end
  arrivals[i] = arrival + every
end
if wait > 0 then
  redis.call('SET', KEYS[1], '-' .. ARGV[1], 'PX', ARGV[3])
  if redis.call('EXISTS', KEYS[2]) == 1 then
    redis.call('PEXPIRE', KEYS[2], ARGV[4])
    return {'dropped', wait, full}
  end
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[4])
  return {'told', wait, full}
end
for i = 5, #KEYS do
  redis.call('SET', KEYS[i], string.format('%.0f', arrivals[i]), 'PX', arrivals[i] - now + 1000)
end
redis.call('SET', KEYS[1], '+' .. ARGV[1], 'PX', ARGV[3])
return {'admitted', 0, 0}
"""
_log = get_logger(__name__)


class Admission(StrEnum):
    """What to do with an update."""

    ADMITTED = "admitted"
    AGAIN = "again"
    """It was let in before, and may have been handled by the time its turn comes (see ``is_done``)."""
    REPEATED = "repeated"
    """It was handled, or dropped, before."""
    DROPPED = "dropped"
    TOLD = "told"
    """It is dropped, and the person is to be told, because it is the first for a while."""
    NOT_OURS = "not_ours"
    """People talking in a group."""


def tells_of_group(message: Message) -> bool:
    """Whether a service message says that the group has another id, or that a topic was closed or opened again."""
    return bool(
        message.migrate_to_chat_id
        or message.migrate_from_chat_id
        or message.forum_topic_closed
        or message.forum_topic_reopened
    )


class Gate:
    """Counts, and remembers which updates are done.

    Args:
        known_people: the key of the hash with the allow list's entries; it is looked into within the count's one step.
    """

    def __init__(self, redis: Redis, bot_id: int, known_people: str) -> None:
        self._redis = redis
        self._bot_id = bot_id
        self._known_people = known_people
        self._admit = redis.register_script(_ADMIT)
        self._closed: dict[str, float] = {}
        self._here = _Buckets()

    async def admit(self, update: Update) -> Admission:
        """Whether to handle it. Without Redis nobody's burst is known, so this process counts what it sees itself."""
        user, chat = update.effective_user, update.effective_chat
        if user is None:
            return Admission.AGAIN
        message = update.message or update.edited_message
        in_group = message is not None and chat is not None and chat.type != Chat.PRIVATE
        if in_group and message is not None and message is update.message and tells_of_group(message):
            return Admission.AGAIN  # nobody asks for an answer, and Telegram sends it once
        if in_group and not (update.message and (update.message.text or "").startswith("/")):
            return Admission.NOT_OURS
        buckets = [f"flow:person:{user.id}"] + ([f"flow:group:{chat.id}"] if in_group and chat else [])
        now = asyncio.get_running_loop().time()
        if any(self._closed.get(bucket, 0.0) > now for bucket in buckets):
            return Admission.DROPPED  # as Redis would say; a flood is not to keep it busy either
        try:
            async with asyncio.timeout(_PATIENCE):
                admission, wait, full = await self._ask(update, user.id, buckets)
        except (RedisError, TimeoutError) as error:
            _log.warning("gate_without_redis", error=type(error).__name__)
            admission, wait, full = self._here.admit(buckets, now)
        if wait:
            _forget_past(self._closed, now)
            self._closed[buckets[full]] = now + wait
        return Admission.DROPPED if in_group and admission is Admission.TOLD else admission

    async def mark_served(self, user_id: int) -> None:
        """Count the person as known to the desk, though they are not on the allow list."""
        await self._redis.set(f"flow:served:{user_id}", "1", ex=_SERVED_SECONDS)

    async def mark_done(self, update: Update) -> None:
        """Remember that the update was handled, in case it comes again.

        Raises:
            RedisError: nobody will know.
        """
        await self._redis.set(self._key(update), f"={_fingerprint(update)}", ex=_REMEMBERED_SECONDS)

    async def is_done(self, update: Update) -> bool:
        """Whether it was handled before; False while nobody can say."""
        try:
            return bool(await self._redis.get(self._key(update)) == f"={_fingerprint(update)}")
        except RedisError:
            return False

    async def _ask(self, update: Update, user_id: int, buckets: list[str]) -> tuple[Admission, float, int]:
        keys = [self._key(update), f"flow:told:{user_id}", self._known_people, f"flow:served:{user_id}", *buckets]
        numbers = [n for budget in (KNOWN, STRANGER, GROUP) for n in (budget.burst, budget.every)]
        remembered = (_REMEMBERED_SECONDS * 1000, QUIET_SECONDS * 1000)
        said, wait, full = await self._admit(keys=keys, args=[_fingerprint(update), user_id, *remembered, *numbers])
        return Admission(said), int(wait) / 1000, int(full)

    def _key(self, update: Update) -> str:
        return f"update:{self._bot_id}:{update.update_id}"


class _Buckets:
    """The same count in this process alone."""

    def __init__(self) -> None:
        self._arrivals: dict[str, float] = {}
        self._told: dict[str, float] = {}

    def admit(self, buckets: list[str], now: float) -> tuple[Admission, float, int]:
        wait, full, arrivals = 0.0, 0, {}
        for number, bucket in enumerate(buckets):
            budget = GROUP if bucket.startswith("flow:group:") else KNOWN
            every = budget.every / 1000
            arrival = max(self._arrivals.get(bucket, 0.0), now)
            its_wait = arrival - (budget.burst - 1) * every - now
            if its_wait > wait:
                wait, full = its_wait, number
            arrivals[bucket] = arrival + every
        if wait <= 0:
            _forget_past(self._arrivals, now)
            self._arrivals.update(arrivals)
            return Admission.ADMITTED, 0.0, 0
        told = self._told.get(buckets[0], 0.0) > now
        _forget_past(self._told, now)
        self._told[buckets[0]] = now + QUIET_SECONDS
        return Admission.DROPPED if told else Admission.TOLD, wait, full


def _forget_past(moments: dict[str, float], now: float) -> None:
    if len(moments) > _MOST_COUNTED:
        for name in [name for name, moment in moments.items() if moment <= now]:
            del moments[name]


def _fingerprint(update: Update) -> str:
    """Tells an update from another one with the same number: a Bot API server may start numbering anew."""
    if update.callback_query is not None:
        return f"press:{update.callback_query.id}"
    message = update.effective_message
    if message is not None:
        return f"message:{message.chat_id}:{message.message_id}:{message.date.timestamp():.0f}"
    change = update.my_chat_member
    return f"member:{change.chat.id}:{change.date.timestamp():.0f}" if change is not None else "other"
