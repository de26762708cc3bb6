"""Whether people have passed an event's questionnaire: the admin service's word, remembered in Redis for a moment."""

from datetime import timedelta

from pydantic import TypeAdapter
from redis.asyncio import Redis

from interview_bot.admin_client.api import AdminApi
from interview_bot.common import redis_values
from shared_contracts.directory import Screening, ScreeningStatus

KEPT_FOR = timedelta(seconds=30)
_screening = TypeAdapter(Screening)


class Screenings:
    """Remembers decisions only: about a person who has not answered yet the admin service is asked each time."""

    def __init__(self, redis: Redis, api: AdminApi) -> None:
        self._redis = redis
        self._api = api

    async def get(self, user_id: int, event_id: str) -> Screening:
        """How far the person is with the event's questionnaire.

        Raises:
            AdminApiDownError, AdminApiRefusedError: not remembered, and nobody can say.
        """
        known = await redis_values.read_json(self._redis, _key(user_id, event_id), _screening)
        if known is not None:
            return known
        screening = await self._api.screening(user_id, event_id)
        await self.remember(user_id, screening)
        return screening

    async def remember(self, user_id: int, screening: Screening) -> None:
        """Take note of what the admin service decided."""
        if screening.status is not ScreeningStatus.NONE:
            await self._redis.set(_key(user_id, screening.event_id), screening.model_dump_json(), ex=KEPT_FOR)

    async def forget(self, user_id: int, event_id: str) -> None:
        """The admin service is asked anew: what was remembered may not be so any more."""
        await self._redis.delete(_key(user_id, event_id))


def _key(user_id: int, event_id: str) -> str:
    return f"screening:{user_id}:{event_id}"
