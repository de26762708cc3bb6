"""Asking the admin service for a booking, a move or a cancellation (FR4, FR6).

A request's id follows from the button that was pressed, so pressing it twice is one request.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from interview_bot import clock, logs
from interview_bot.conversation.screen import Screen
from interview_bot.conversation.signing_up import show_home
from interview_bot.conversation.talk import Talk
from interview_bot.messaging.outbox import AskedRequest
from interview_bot.state import State, TempData
from shared_contracts.booking import (
    BookingCancelled,
    BookingCreated,
    BookingRequest,
    BookingRescheduled,
    BriefPayload,
    ReplyTo,
    ShownSlot,
)
from shared_contracts.directory import BookingView, SlotView
from shared_contracts.topology import BOOKING_EVENT

_NAMESPACE = UUID("6f2d4a0e-6f3c-4c5e-9b8e-1d3a5c7e9f10")


async def confirm(talk: Talk, nonce: str) -> None:
    """Confirm was pressed under a slot's details."""
    state, data = await talk.tools.dialogs.get(talk.user_id)
    if state is not State.WAITING_FOR_CONFIRMATION or data is None or data.slot is None or data.nonce != nonce:
        if not await is_asked(talk, nonce):
            await talk.acknowledge("press.stale")
            await show_home(talk)
        return
    await talk.acknowledge()
    now, request_id = clock.now(), _request_id(talk, nonce)
    if data.booking is None:
        booking = _booking(talk, request_id, now, data.event_id, data.slot)
        await _submit(talk, booking, _asked(talk, "book", now, data), data)
    else:
        move = _move(talk, request_id, now, data.booking, data.slot)
        await _submit(talk, move, _asked(talk, "move", now, data), data)


async def is_asked(talk: Talk, nonce: str) -> bool:
    """Whether this button was pressed before; the person is told that their request is under way or done."""
    if await talk.tools.outbox.asked(str(_request_id(talk, nonce))) is None:
        return False
    await talk.acknowledge("press.already_asked")
    return True


def cancel_nonce(booking_id: str, version: int) -> str:
    """What makes one cancellation button different from another."""
    return f"{booking_id}:{version}"


async def cancel(talk: Talk, booking: BookingView, version: int) -> None:
    """The cancellation was confirmed for the booking as it was at ``version``."""
    await talk.acknowledge()
    now, request_id = clock.now(), _request_id(talk, cancel_nonce(booking.id, version))
    old = _brief_time(booking.slot)
    request = BookingCancelled(
        message_id=request_id,
        correlation_id=logs.correlation_id(),
        occurred_at=now,
        timestamp=now,
        user_telegram_id=talk.user_id,
        payload=BriefPayload(old_date=old[0], old_time=old[1], location=booking.slot.location),
        reply=_reply(talk),
        booking_id=booking.id,
        expected_version=version,
    )
    data = TempData(event_id=booking.slot.event.id, booking=booking)
    await _submit(talk, request, _asked(talk, "cancel", now, data), data)


async def _submit(talk: Talk, request: BookingRequest, asked: AskedRequest, data: TempData) -> None:
    """Durable first, then "booking…", then sent. The result waits for our lock, so it is shown after all of this."""
    row = await talk.tools.outbox.store(BOOKING_EVENT, request, asked)
    if row is None:
        return
    await talk.tools.dialogs.close_message(asked.chat_id, asked.message_id)
    await talk.try_edit(Screen(talk.texts(f"request.{asked.kind}")))
    await talk.tools.dialogs.put(talk.user_id, State.WAITING_FOR_RESULT, data)
    if not await talk.tools.outbox.publish(row):
        await talk.try_edit(Screen(talk.texts("request.waits")))


def _request_id(talk: Talk, nonce: str) -> UUID:
    return uuid5(_NAMESPACE, f"{talk.chat_id}:{talk.message_id}:{nonce}")


def _reply(talk: Talk) -> ReplyTo | None:
    return ReplyTo(chat_id=talk.chat_id, message_id=talk.message_id) if talk.message_id else None


def _asked(talk: Talk, kind: Literal["book", "move", "cancel"], now: datetime, data: TempData) -> AskedRequest:
    return AskedRequest(
        kind=kind,
        user_id=talk.user_id,
        chat_id=talk.chat_id,
        message_id=talk.message_id or 0,
        language=talk.texts.language,
        timezone=talk.zone,
        event_id=data.event_id,
        booking_id=data.booking.id if data.booking else None,
        asked_at=now,
    )


def _booking(talk: Talk, request_id: UUID, now: datetime, event_id: str, slot: SlotView) -> BookingCreated:
    new = _brief_time(slot)
    return BookingCreated(
        message_id=request_id,
        correlation_id=logs.correlation_id(),
        occurred_at=now,
        timestamp=now,
        user_telegram_id=talk.user_id,
        payload=BriefPayload(new_date=new[0], new_time=new[1], location=slot.location),
        reply=_reply(talk),
        event_id=event_id,
        slot=_shown(slot),
    )


def _move(talk: Talk, request_id: UUID, now: datetime, booking: BookingView, slot: SlotView) -> BookingRescheduled:
    old, new = _brief_time(booking.slot), _brief_time(slot)
    return BookingRescheduled(
        message_id=request_id,
        correlation_id=logs.correlation_id(),
        occurred_at=now,
        timestamp=now,
        user_telegram_id=talk.user_id,
        payload=BriefPayload(
            old_date=old[0], old_time=old[1], new_date=new[0], new_time=new[1], location=slot.location
        ),
        reply=_reply(talk),
        booking_id=booking.id,
        expected_version=booking.version,
        slot=_shown(slot),
    )


def _shown(slot: SlotView) -> ShownSlot:
    return ShownSlot(
        id=slot.id,
        starts_at=slot.starts_at,
        city_id=slot.city.id,
        recruiter_id=slot.recruiter.id if slot.recruiter else None,
    )


def _brief_time(slot: SlotView) -> tuple[str, str]:
    local = slot.starts_at.astimezone(ZoneInfo(slot.city.timezone))
    return local.strftime("%Y-%m-%d"), local.strftime("%H:%M")
