"""Whether a stranger was put down by @username (R10): the admin service's word; a no is remembered for a moment."""

from datetime import timedelta

from redis.asyncio import Redis
from structlog.stdlib import get_logger

from interview_bot.admin_client.api import AdminApi, AdminApiDownError, AdminApiRefusedError

UNKNOWN_FOR = timedelta(seconds=5)
"""So that what a stranger writes doesn't all reach the admin service."""
_log = get_logger(__name__)


class AwaitedUsernames:
    """Asks about people who are neither candidates nor recruiters."""

    def __init__(self, redis: Redis, api: AdminApi) -> None:
        self._redis = redis
        self._api = api

    async def by_username(self, user_id: int, username: str) -> bool:
        """Whether they are awaited by their present name; no, while nobody can say."""
        unknown = f"awaited:not:{user_id}"
        if await self._redis.exists(unknown):
            return False
        try:
            awaited = await self._api.awaited_username(username)
        except (AdminApiDownError, AdminApiRefusedError) as error:
            _log.warning("awaited_lookup_failed", user_id=user_id, error=str(error))
            return False
        if not awaited:
            await self._redis.set(unknown, "1", ex=UNKNOWN_FOR)
        return awaited
