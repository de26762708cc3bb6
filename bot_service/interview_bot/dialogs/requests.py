"""Asking the admin service for something: the request's envelope, its id, and "booking…" until the answer comes.

A request's id follows from the button that was pressed, so pressing it twice is one request.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from interview_bot.common.dialog_data import DialogData
from interview_bot.dialogs.context import DialogContext
from interview_bot.messaging.envelope import Envelope, envelope
from interview_bot.store.request_records import RequestKind, RequestRecord
from interview_bot.views.screen import Screen
from shared_contracts.dialog import DialogRequest
from shared_contracts.directory import SlotView
from shared_contracts.requests import BookingRequest, BriefPayload, ReplyTo, ShownSlot
from shared_contracts.transport.topology import Queue

_NAMESPACE = UUID("6f2d4a0e-6f3c-4c5e-9b8e-1d3a5c7e9f10")


class DialogEnvelope(Envelope):
    """Arguments of every request that is answered in the chat it came from."""

    user_telegram_id: int
    reply: ReplyTo | None


class BookingEnvelope(DialogEnvelope):
    """Arguments of every ``BookingRequest``."""

    timestamp: datetime
    payload: BriefPayload


def dialog_envelope(context: DialogContext, button: str) -> DialogEnvelope:
    """The envelope of what the pressed button asks for (``admin.dialog.command``); ``button`` as in ``request_id``."""
    reply = ReplyTo(chat_id=context.chat_id, message_id=context.message_id) if context.message_id else None
    return {**envelope(request_id(context, button)), "user_telegram_id": context.user_id, "reply": reply}


def booking_envelope(context: DialogContext, button: str, payload: BriefPayload) -> BookingEnvelope:
    """The envelope of a booking request (``admin.booking.event``)."""
    head = dialog_envelope(context, button)
    return {**head, "timestamp": head["occurred_at"], "payload": payload}


def request_id(context: DialogContext, button: str) -> UUID:
    """The id of what a button of the pressed message asks for, the same however often it is pressed.

    Args:
        button: what tells it from the message's other buttons, and from itself when it stands for another request.
    """
    return uuid5(_NAMESPACE, f"{context.chat_id}:{context.message_id}:{button}")


async def is_repeated_press(context: DialogContext, button: str) -> bool:
    """Whether this button was pressed before; the person is told that their request is under way or done."""
    if await context.services.request_records.find(str(request_id(context, button))) is None:
        return False
    await context.acknowledge("press.already_asked")
    return True


async def submit(
    context: DialogContext,
    queue: Queue,
    request: BookingRequest | DialogRequest,
    kind: RequestKind,
    data: DialogData,
    waiting: Callable[[str], Screen] | None = None,
) -> bool:
    """Store the request, send it, show "booking…". The result waits for our lock, so it is shown after all of this.

    Args:
        data: the choices that led to it, for the screen that shows the answer.
        waiting: what the message shows meanwhile, by the key of the text that says so; that text alone where None.

    Returns: False when it had been asked before.
    """
    record = _record(context, kind, request.occurred_at, data)
    row = await context.services.outbox.store(queue, request, record.as_document())
    if row is None:
        return False
    sent = await context.services.outbox.publish(row)
    await context.services.dialog_states.close_message(record.chat_id, record.message_id)
    key = f"request.{kind}" if sent else "request.waits"
    await context.try_edit(waiting(key) if waiting else Screen(context.texts(key)))
    return True


def shown_slot(slot: SlotView) -> ShownSlot:
    """The slot as the person saw it, for the admin service to compare with what it is when it decides."""
    return ShownSlot(
        id=slot.id,
        starts_at=slot.starts_at,
        city_id=slot.city.id,
        recruiter_id=slot.recruiter.id if slot.recruiter else None,
        place=slot.line,
    )


def brief_payload(*, old: SlotView | None = None, new: SlotView | None = None) -> BriefPayload:
    """The booking's own time and the one asked for, for readers of the brief's format."""
    old_date, old_time = _brief_time(old)
    new_date, new_time = _brief_time(new)
    slot = new or old
    return BriefPayload(
        old_date=old_date,
        old_time=old_time,
        new_date=new_date,
        new_time=new_time,
        location=slot.location if slot else None,
    )


def _brief_time(slot: SlotView | None) -> tuple[str | None, str | None]:
    if slot is None:
        return None, None
    local = slot.starts_at.astimezone(ZoneInfo(slot.city.timezone))
    return local.strftime("%Y-%m-%d"), local.strftime("%H:%M")


def _record(context: DialogContext, kind: RequestKind, asked_at: datetime, data: DialogData) -> RequestRecord:
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
        day=data.day.isoformat() if data.day else None,
        asked_at=asked_at,
    )
