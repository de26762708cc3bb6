"""Where a person is in a dialog: ``user:{id}:state`` and ``user:{id}:temp_data`` in Redis, nowhere else.

Losing them restarts a dialog, never a booking.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4

from pydantic import BaseModel, ValidationError
from redis.asyncio import Redis

from interview_bot.common.redis_values import texts
from shared_contracts.directory import BookingView, SlotView

KEPT_FOR = timedelta(days=1)


class State(StrEnum):
    """The step a dialog waits at."""

    WAITING_FOR_SLOT = "waiting_for_slot"
    WAITING_FOR_CONFIRMATION = "waiting_for_confirmation"
    WAITING_FOR_RESULT = "waiting_for_result"
    ANSWERING = "answering"
    """A questionnaire's question waits for what is typed or pressed."""
    WAITING_FOR_REASON = "waiting_for_reason"
    """A rejection waits for its reason."""


ANYONE = "any"
"""Stands for a recruiter's id where a slot has none."""


class Rejecting(BaseModel):
    """The card whose rejection waits for a reason, as its buttons named it; what is typed after ``until`` is none."""

    booking_id: str
    version: int
    turn: int
    until: datetime


class TempData(BaseModel):
    """What a dialog remembers between presses.

    ``booking``: the one being moved, None for a new booking. ``city_id`` and ``recruiter`` (an id or ``ANYONE``): those
    chosen, None while they are not, or need not be. ``menu``: the shown page of cities or recruiters. ``page``: the
    first slot shown (see ``slot_pages``). ``slot``: the one chosen. ``nonce``: of the shown Confirm button.
    ``rejecting``: a recruiter's step.
    """

    event_id: str
    booking: BookingView | None = None
    city_id: str | None = None
    recruiter: str | None = None
    menu: int = 0
    page: str | None = None
    slot: SlotView | None = None
    nonce: str | None = None
    rejecting: Rejecting | None = None


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

    async def claim(self, user_id: int, what: str) -> UUID:
        """The id of the request that claims ``what`` for the person: the same one until it is answered."""
        digest, key = sha256(what.encode()).hexdigest()[:16], f"user:{user_id}:claim"
        [claim] = await texts(self._redis, key)
        if claim is not None and claim.startswith(digest):
            with suppress(ValueError):  # unreadable, it is replaced
                return UUID(claim.partition(":")[2])
        request_id = uuid4()
        await self._redis.set(key, f"{digest}:{request_id}", ex=KEPT_FOR)
        return request_id

    async def claim_answered(self, user_id: int) -> None:
        """The next claim, though of the same thing, is a new request."""
        await self._redis.delete(f"user:{user_id}:claim")

    async def close_message(self, chat_id: int, message_id: int) -> None:
        """A request was made from this message: presses still on their way to its old buttons change nothing."""
        await self._redis.set(f"closed:{chat_id}:{message_id}", "1", ex=KEPT_FOR)

    async def reopen_message(self, chat_id: int, message_id: int) -> None:
        """The message has buttons again."""
        await self._redis.delete(f"closed:{chat_id}:{message_id}")

    async def is_closed(self, chat_id: int, message_id: int) -> bool:
        """Whether the message's buttons are of the past."""
        return bool(await self._redis.exists(f"closed:{chat_id}:{message_id}"))
