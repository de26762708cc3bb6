"""Which edit of a message waits for its turn: any later one, whichever replica makes it, takes its place."""

from contextlib import suppress
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

KEPT_SECONDS = 600
"""No edit waits that long."""


class WaitingEdits:
    """At most one per message, known by a token; in Redis, and in this process where Redis is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._here: dict[tuple[int, int], str] = {}

    async def put(self, chat_id: int, message_id: int) -> str:
        """An edit of the message waits from now on; returns its token."""
        token = self._here[chat_id, message_id] = uuid4().hex
        with suppress(RedisError):
            await self._redis.set(_key(chat_id, message_id), token, ex=KEPT_SECONDS)
        return token

    async def is_waiting(self, chat_id: int, message_id: int, token: str) -> bool:
        """Whether this edit is still the one to be made."""
        if self._here.get((chat_id, message_id)) != token:
            return False
        try:
            return bool(await self._redis.get(_key(chat_id, message_id)) == token)
        except RedisError:
            return True

    async def overtake(self, chat_id: int, message_id: int | None) -> None:
        """The message is being edited now, so the edit that waited is not made any more."""
        if message_id is None:
            return
        self._here.pop((chat_id, message_id), None)
        with suppress(RedisError):
            await self._redis.delete(_key(chat_id, message_id))


def _key(chat_id: int, message_id: int) -> str:
    return f"flow:edit:{chat_id}:{message_id}"
