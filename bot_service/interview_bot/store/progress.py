"""How far people are with questionnaires: ``user:{id}:answers`` in Redis, a hash by interview event.

Kept apart from the dialog's state, so that leaving a questionnaire for a command loses no answer.
"""

from datetime import timedelta

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from interview_bot.common.dialog_data import QuestionnaireProgress
from interview_bot.common.redis_values import answer_of, drop

KEPT_FOR = timedelta(days=30)


class ProgressStore:
    """Reads and writes what people have answered so far."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def for_event(self, user_id: int, event_id: str) -> QuestionnaireProgress | None:
        """The person's questionnaire for an event; None where none is begun, or it is unreadable by now."""
        raw = (await self._all(user_id)).get(event_id)
        return None if raw is None else _read(raw)

    async def for_button(self, user_id: int, nonce: str) -> QuestionnaireProgress | None:
        """The questionnaire whose shown question has the button."""
        found = (_read(raw) for raw in (await self._all(user_id)).values())
        return next((progress for progress in found if progress is not None and progress.nonce == nonce), None)

    async def _all(self, user_id: int) -> dict[str, str]:
        try:
            kept_answers: dict[str, str] = await answer_of(self._redis.hgetall(_key(user_id)))
        except ResponseError as error:  # no hash
            await drop(self._redis, _key(user_id), error)
            return {}
        return kept_answers

    async def put(self, user_id: int, progress: QuestionnaireProgress) -> None:
        """Remember it, for a month."""
        async with self._redis.pipeline() as pipe:
            pipe.hset(_key(user_id), progress.event_id, progress.model_dump_json())
            pipe.expire(_key(user_id), KEPT_FOR)
            await pipe.execute()

    async def forget(self, user_id: int, event_id: str) -> None:
        """Forget it: the answers are decided on."""
        await answer_of(self._redis.hdel(_key(user_id), event_id))


def _key(user_id: int) -> str:
    return f"user:{user_id}:answers"


def _read(raw: str) -> QuestionnaireProgress | None:
    try:
        return QuestionnaireProgress.model_validate_json(raw)
    except ValidationError:
        return None
