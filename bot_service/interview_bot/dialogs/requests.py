"""Asking the admin service for a booking, a move or a cancellation (FR4, FR6).

A request's id follows from the button that was pressed, so pressing it twice is one request.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from interview_bot.common import clock, logs
from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.dialogs.context import DialogContext
from interview_bot.store.request_records import RequestKind, RequestRecord
from interview_bot.views.callback_data import StaleDataError
from interview_bot.views.screen import Screen
from shared_contracts.booking import (
    BookingCancelled,
    BookingCreated,
    BookingRequest,
    BookingRescheduled,
    BriefPayload,
    OfferPassed,
    OfferTaken,
    ReplyTo,
    ShownSlot,
)
from shared_contracts.directory import BookingView, SlotView
from shared_contracts.envelope import Message
from shared_contracts.topology import BOOKING_EVENT, Queue

_NAMESPACE = UUID("6f2d4a0e-6f3c-4c5e-9b8e-1d3a5c7e9f10")


async def confirm(context: DialogContext, nonce: str) -> None:
    """Confirm was pressed under a slot's details.

    Raises:
        StaleDataError: those are not the details the person is at.
    """
    state, data = await context.services.dialogs.get(context.user_id)
    if state is not DialogState.WAITING_FOR_CONFIRMATION or data is None or data.slot is None or data.nonce != nonce:
        if not await is_asked(context, nonce):
            raise StaleDataError
        return
    await context.acknowledge()
    now, request_id = clock.now(), request_id_of(context, nonce)
    if data.booking is None:
        booking = _booking(context, request_id, now, data.event_id, data.slot)
        await submit(context, booking, asked(context, "book", now, data), data)
    else:
        move = _move(context, request_id, now, data.booking, data.slot)
        await submit(context, move, asked(context, "move", now, data), data)


async def is_asked(context: DialogContext, nonce: str) -> bool:
    """Whether this button was pressed before; the person is told that their request is under way or done."""
    if await context.services.request_records.find(str(request_id_of(context, nonce))) is None:
        return False
    await context.acknowledge("press.already_asked")
    return True


def cancel_nonce(booking_id: str, version: int) -> str:
    """What makes one cancellation button different from another."""
    return f"{booking_id}:{version}"


async def cancel(context: DialogContext, booking: BookingView, version: int) -> None:
    """The cancellation was confirmed for the booking as it was at ``version``."""
    await context.acknowledge()
    now, request_id = clock.now(), request_id_of(context, cancel_nonce(booking.id, version))
    request = BookingCancelled(
        message_id=request_id,
        correlation_id=logs.correlation_id(),
        occurred_at=now,
        timestamp=now,
        user_telegram_id=context.user_id,
        payload=brief_of(booking.slot),
        reply=reply_of(context),
        booking_id=booking.id,
        expected_version=version,
    )
    data = DialogData(event_id=booking.slot.event.id, booking=booking)
    await submit(context, request, asked(context, "cancel", now, data), data)


async def answer_offer(context: DialogContext, booking: BookingView, kind: Literal["take", "pass"]) -> None:
    """A seat held for someone on the waiting list is taken, or left to the next."""
    now = clock.now()
    offer = OfferTaken if kind == "take" else OfferPassed
    request = offer(
        # by press, not by button: after a failure the same button may be pressed again
        message_id=request_id_of(context, f"offer:{booking.id}:{booking.version}:{context.query_id}"),
        correlation_id=logs.correlation_id(),
        occurred_at=now,
        timestamp=now,
        user_telegram_id=context.user_id,
        payload=brief_of(booking.slot),
        reply=reply_of(context),
        booking_id=booking.id,
        expected_version=booking.version,
    )
    data = DialogData(event_id=booking.slot.event.id, booking=booking)
    await submit(context, request, asked(context, kind, now, data), data)


async def submit(context: DialogContext, request: BookingRequest, asked_for: RequestRecord, data: DialogData) -> None:
    """A candidate's request: see ``submit_to``."""

    def wait(key: str) -> Screen:
        return Screen(context.texts(key))

    if await submit_to(context, BOOKING_EVENT, request, asked_for, wait):
        await context.services.dialogs.put(context.user_id, DialogState.WAITING_FOR_RESULT, data)


async def submit_to(
    context: DialogContext, queue: Queue, message: Message, asked_for: RequestRecord, wait: Callable[[str], Screen]
) -> bool:
    """Durable first, then sent, then "booking…". The result waits for our lock, so it is shown after all of this.

    Args:
        wait: what the message shows meanwhile, by the key of the text that says so.

    Returns: False when it had been asked before.
    """
    row = await context.services.outbox.store(queue, message, asked_for.as_document())
    if row is None:
        return False
    sent = await context.services.outbox.publish(row)
    await context.services.dialogs.close_message(asked_for.chat_id, asked_for.message_id)
    await context.try_edit(wait(f"request.{asked_for.kind}" if sent else "request.waits"))
    return True


def request_id_of(context: DialogContext, nonce: str) -> UUID:
    """The id of what the button with this nonce asks for, the same however often it is pressed."""
    return uuid5(_NAMESPACE, f"{context.chat_id}:{context.message_id}:{nonce}")


def reply_of(context: DialogContext) -> ReplyTo | None:
    """The pressed message, which will show the answer."""
    return ReplyTo(chat_id=context.chat_id, message_id=context.message_id) if context.message_id else None


def asked(context: DialogContext, kind: RequestKind, now: datetime, data: DialogData) -> RequestRecord:
    """What the bot has to remember of a request."""
    return RequestRecord(
        kind=kind,
        user_id=context.user_id,
        chat_id=context.chat_id,
        message_id=context.message_id or 0,
        language=context.texts.language,
        timezone=context.zone,
        event_id=data.event_id,
        booking_id=data.booking.id if data.booking else None,
        city_id=data.city_id,
        recruiter=data.recruiter,
        asked_at=now,
    )


def _booking(context: DialogContext, request_id: UUID, now: datetime, event_id: str, slot: SlotView) -> BookingCreated:
    new = _brief_time(slot)
    return BookingCreated(
        message_id=request_id,
        correlation_id=logs.correlation_id(),
        occurred_at=now,
        timestamp=now,
        user_telegram_id=context.user_id,
        payload=BriefPayload(new_date=new[0], new_time=new[1], location=slot.location),
        reply=reply_of(context),
        event_id=event_id,
        slot=shown(slot),
    )


def _move(
    context: DialogContext, request_id: UUID, now: datetime, booking: BookingView, slot: SlotView
) -> BookingRescheduled:
    old, new = _brief_time(booking.slot), _brief_time(slot)
    return BookingRescheduled(
        message_id=request_id,
        correlation_id=logs.correlation_id(),
        occurred_at=now,
        timestamp=now,
        user_telegram_id=context.user_id,
        payload=BriefPayload(
            old_date=old[0], old_time=old[1], new_date=new[0], new_time=new[1], location=slot.location
        ),
        reply=reply_of(context),
        booking_id=booking.id,
        expected_version=booking.version,
        slot=shown(slot),
    )


def shown(slot: SlotView) -> ShownSlot:
    """The slot as the person saw it, for the admin service to compare with what it is when it decides."""
    return ShownSlot(
        id=slot.id,
        starts_at=slot.starts_at,
        city_id=slot.city.id,
        recruiter_id=slot.recruiter.id if slot.recruiter else None,
    )


def brief_of(slot: SlotView) -> BriefPayload:
    """A booking's own time for readers of the brief's format."""
    date, time = _brief_time(slot)
    return BriefPayload(old_date=date, old_time=time, location=slot.location)


def _brief_time(slot: SlotView) -> tuple[str, str]:
    local = slot.starts_at.astimezone(ZoneInfo(slot.city.timezone))
    return local.strftime("%Y-%m-%d"), local.strftime("%H:%M")
