"""Where a person is in a dialog: ``user:{id}:state`` and ``user:{id}:temp_data`` in Redis, nowhere else.

Losing them restarts a dialog, never a booking.
"""

from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ValidationError
from redis.asyncio import Redis

from shared_contracts.directory import BookingView, SlotView

KEPT_FOR = timedelta(days=1)


class State(StrEnum):
    """The step a dialog waits at."""

    WAITING_FOR_SLOT = "waiting_for_slot"
    WAITING_FOR_CONFIRMATION = "waiting_for_confirmation"
    WAITING_FOR_RESULT = "waiting_for_result"


class TempData(BaseModel):
    """What a dialog remembers between presses.

    ``booking``: the one being moved, None for a new booking. ``page``: the first slot shown (see ``slot_pages``).
    ``slot``: the one chosen. ``nonce``: of the shown Confirm button.
    """

    event_id: str
    booking: BookingView | None = None
    page: str | None = None
    slot: SlotView | None = None
    nonce: str | None = None


class Dialogs:
    """Reads and writes dialog states."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self, user_id: int) -> tuple[State | None, TempData | None]:
        """The step and its data; None, None where there is no dialog, or an unreadable one of another version."""
        state, raw = await self._redis.mget(f"user:{user_id}:state", f"user:{user_id}:temp_data")
        try:
            return (State(state), TempData.model_validate_json(raw)) if state and raw else (None, None)
        except (ValidationError, ValueError):
            return None, None

    async def put(self, user_id: int, state: State, data: TempData) -> None:
        """Remember the step, for a day."""
        async with self._redis.pipeline() as pipe:
            pipe.set(f"user:{user_id}:state", state.value, ex=KEPT_FOR)
            pipe.set(f"user:{user_id}:temp_data", data.model_dump_json(), ex=KEPT_FOR)
            await pipe.execute()

    async def clear(self, user_id: int) -> None:
        """Forget the dialog."""
        await self._redis.delete(f"user:{user_id}:state", f"user:{user_id}:temp_data")

    async def close_message(self, chat_id: int, message_id: int) -> None:
        """A request was made from this message: presses still on their way to its old buttons change nothing."""
        await self._redis.set(f"closed:{chat_id}:{message_id}", "1", ex=KEPT_FOR)

    async def reopen_message(self, chat_id: int, message_id: int) -> None:
        """The message has buttons again."""
        await self._redis.delete(f"closed:{chat_id}:{message_id}")

    async def is_closed(self, chat_id: int, message_id: int) -> bool:
        """Whether the message's buttons are of the past."""
        return bool(await self._redis.exists(f"closed:{chat_id}:{message_id}"))
