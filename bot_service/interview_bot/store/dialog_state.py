"""Where a person is in a dialog: ``user:{id}:state`` and ``user:{id}:temp_data`` in Redis, nowhere else.

Losing them restarts a dialog, never a booking.
"""

from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.common.redis_values import answer_of, drop, read_texts

KEPT_FOR = timedelta(days=1)
CITY_KEPT_FOR = timedelta(days=180)
MOST_UNHEARD = 30
"""Of a flood only so many messages are remembered: nobody edits more."""


class DialogStates:
    """Reads and writes dialog states."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self, user_id: int) -> tuple[DialogState | None, DialogData | None]:
        """The step and its data; (None, None) where there is no dialog, or one that another version wrote."""
        state, raw = await self._redis.mget(f"user:{user_id}:state", f"user:{user_id}:temp_data")
        try:
            return (DialogState(state), DialogData.model_validate_json(raw)) if state and raw else (None, None)
        except (ValidationError, ValueError):
            return None, None

    async def put(self, user_id: int, state: DialogState, data: DialogData) -> None:
        """Remember the step, for a day."""
        async with self._redis.pipeline() as pipe:
            pipe.set(f"user:{user_id}:state", state.value, ex=KEPT_FOR)
            pipe.set(f"user:{user_id}:temp_data", data.model_dump_json(), ex=KEPT_FOR)
            await pipe.execute()

    async def clear(self, user_id: int) -> None:
        """Forget the dialog."""
        await self._redis.delete(*(f"user:{user_id}:{name}" for name in ("state", "temp_data", "press")))

    async def keep_press(self, user_id: int, pressed: str) -> None:
        """A button's data, which something else has to come before: a consent, a questionnaire."""
        await self._redis.set(f"user:{user_id}:press", pressed, ex=KEPT_FOR)

    async def take_press(self, user_id: int) -> str | None:
        """The kept one, to be gone on with; it is kept no longer."""
        [pressed] = await read_texts(self._redis, f"user:{user_id}:press")
        await self._redis.delete(f"user:{user_id}:press")
        return pressed

    async def city(self, user_id: int) -> str | None:
        """The id of the city that the person chose last, in whatever dialog."""
        [city_id] = await read_texts(self._redis, f"user:{user_id}:city")
        return city_id

    async def remember_city(self, user_id: int, city_id: str) -> None:
        """The person chose this city: the next dialog begins there."""
        await self._redis.set(f"user:{user_id}:city", city_id, ex=CITY_KEPT_FOR)

    async def forget_city(self, user_id: int) -> None:
        """That city is closed."""
        await self._redis.delete(f"user:{user_id}:city")

    async def request_id(self, user_id: int, what: str) -> UUID:
        """The id of the person's request for ``what``; it stays the same until the request is answered."""
        digest, key = sha256(what.encode()).hexdigest()[:16], f"user:{user_id}:claim"
        [claim] = await read_texts(self._redis, key)
        if claim is not None and claim.startswith(digest):
            with suppress(ValueError):  # unreadable, it is replaced
                return UUID(claim.partition(":")[2])
        request_id = uuid4()
        await self._redis.set(key, f"{digest}:{request_id}", ex=KEPT_FOR)
        return request_id

    async def end_request(self, user_id: int) -> None:
        """The request was answered: the next one gets a new id, even for the same thing."""
        await self._redis.delete(f"user:{user_id}:claim")

    async def first_of_album(self, user_id: int, album: str, message_id: int) -> int:
        """The message of an album that is answered for all: this one, if none came before."""
        key = f"user:{user_id}:album:{album}"
        await self._redis.set(key, message_id, ex=KEPT_FOR, nx=True)
        [first] = await read_texts(self._redis, key)
        return int(first) if first and first.isdecimal() else message_id

    async def note_not_understood(self, user_id: int, message_id: int) -> None:
        """The person's message was answered with what they could write instead."""
        await self._redis.set(_not_understood(user_id, message_id), "1", ex=KEPT_FOR)

    async def was_not_understood(self, user_id: int, message_id: int) -> bool:
        """Whether that was so."""
        return bool(await self._redis.exists(_not_understood(user_id, message_id)))

    async def note_understood(self, user_id: int, message_id: int) -> None:
        """The message was edited into something, which is answered now."""
        await self._redis.delete(_not_understood(user_id, message_id))

    async def note_unheard(self, user_id: int, message_id: int) -> None:
        """The person's message was not taken up, whether they were told so or not.

        Raises:
            RedisError
        """
        key = _unheard(user_id)
        try:
            async with self._redis.pipeline() as pipe:
                pipe.lpush(key, message_id)
                pipe.ltrim(key, 0, MOST_UNHEARD - 1)
                pipe.expire(key, KEPT_FOR)
                await pipe.execute()
        except ResponseError as error:  # no list
            await drop(self._redis, key, error)

    async def was_unheard(self, user_id: int, message_id: int) -> bool:
        """Whether that was so, and nothing has been made of the message since."""
        try:
            return str(message_id) in await answer_of(self._redis.lrange(_unheard(user_id), 0, -1))
        except ResponseError as error:
            await drop(self._redis, _unheard(user_id), error)
            return False

    async def note_heard(self, user_id: int, message_id: int) -> None:
        """The message was edited, and taken up as it is now."""
        await answer_of(self._redis.lrem(_unheard(user_id), 0, str(message_id)))

    async def close_message(self, chat_id: int, message_id: int) -> None:
        """A request was made from this message, so presses of its buttons that are still on their way do nothing."""
        await self._redis.set(f"closed:{chat_id}:{message_id}", "1", ex=KEPT_FOR)

    async def reopen_message(self, chat_id: int, message_id: int) -> None:
        """The message has buttons again."""
        await self._redis.delete(f"closed:{chat_id}:{message_id}")

    async def is_closed(self, chat_id: int, message_id: int) -> bool:
        """Whether a request was made from the message, and its buttons do nothing."""
        return bool(await self._redis.exists(f"closed:{chat_id}:{message_id}"))


def _unheard(user_id: int) -> str:
    return f"user:{user_id}:unheard"


def _not_understood(user_id: int, message_id: int) -> str:
    return f"user:{user_id}:unknown:{message_id}"
