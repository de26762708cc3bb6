"""What is known of people who are not let in: awaited by @username (R10), or let in once. A no is kept for a moment."""

from redis.asyncio import Redis
from structlog.stdlib import get_logger

from interview_bot.admin_client.allow_list import UNKNOWN_FOR
from interview_bot.admin_client.api import AdminApi, AdminApiDownError, AdminApiRefusedError
from shared_contracts.directory import FormerPerson

_NOBODY = FormerPerson(candidate=False, recruiter=False, contact_url=None)
_log = get_logger(__name__)


class AwaitedUsernames:
    """Whether a stranger was put down by @username (R10): the admin service's word; a no is remembered for a moment."""

    def __init__(self, redis: Redis, api: AdminApi) -> None:
        self._redis = redis
        self._api = api

    async def by_username(self, user_id: int, username: str) -> bool:
        """Whether they are awaited by their present name; False while nobody can say."""
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


class FormerPeople:
    """Who was let in once and is not any more: the admin service's word; a no is remembered for a moment."""

    def __init__(self, redis: Redis, api: AdminApi) -> None:
        self._redis = redis
        self._api = api

    async def find(self, user_id: int) -> FormerPerson:
        """What they were; nobody while that can't be said."""
        unknown = f"awaited:never:{user_id}"  # under a prefix that the bot's account may use
        if await self._redis.exists(unknown):
            return _NOBODY
        try:
            found = await self._api.former_person(user_id)
        except (AdminApiDownError, AdminApiRefusedError) as error:
            _log.warning("former_person_lookup_failed", user_id=user_id, error=str(error))
            return _NOBODY
        if not (found.candidate or found.recruiter):
            await self._redis.set(unknown, "1", ex=UNKNOWN_FOR)
        return found
