"""Do you come? The three answers to a reminder, and the answer to another time that the recruiter offers (R8).

They leave a dialog that is under way as it is: a reminder may come at any moment.
"""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from interview_bot.common import clock, logs
from interview_bot.common.dialog_data import DialogData
from interview_bot.dialogs.candidate.my_bookings import own, show_bookings
from interview_bot.dialogs.context import DialogContext
from interview_bot.dialogs.requests import asked, brief_of, reply_of, request_id_of, shown, submit_to
from interview_bot.store.request_records import AnswerKind
from interview_bot.views.callback_data import minute_of
from interview_bot.views.screen import Screen
from shared_contracts.booking import AttendanceAnswered, BookingRequest, BriefPayload, ReplyTo, TimeAnswered
from shared_contracts.directory import Attendance, BookingStatus, BookingView
from shared_contracts.topology import BOOKING_EVENT


async def answer(context: DialogContext, booking_id: str, minute: str, given: Attendance) -> None:
    """One of the three buttons was pressed, under a message about the interview that starts at ``minute``."""
    booking = await own(context, booking_id)
    if booking is None:
        return
    if booking.status is not BookingStatus.BOOKED or minute_of(booking.slot.starts_at) != minute:
        await show_bookings(context, lead=context.texts("attendance.changed"))
        return
    request = AttendanceAnswered(
        **_essentials(context, booking),
        booking_id=booking.id,
        starts_at=booking.slot.starts_at,
        answer=given,
    )
    await _submit(context, booking, request, given.value)


async def answer_time(context: DialogContext, booking_id: str, slot_id: str, minute: str, *, take: bool) -> None:
    """The time that was offered, of the slot as it started at ``minute``, was taken, or the present one is kept."""
    booking = await own(context, booking_id)
    if booking is None:
        return
    slot = booking.offered_slot
    if slot is None or (slot.id, minute_of(slot.starts_at)) != (slot_id, minute):
        await show_bookings(context, lead=context.texts("offer.over"))
        return
    request = TimeAnswered(
        **_essentials(context, booking), booking_id=booking.id, slot_id=slot_id, take=take, shown=shown(slot)
    )
    await _submit(context, booking, request, "take_time" if take else "keep_time")


async def _submit(context: DialogContext, booking: BookingView, request: BookingRequest, kind: AnswerKind) -> None:
    def wait(key: str) -> Screen:
        return Screen(context.texts(key))

    data = DialogData(event_id=booking.slot.event.id, booking=booking)
    await submit_to(context, BOOKING_EVENT, request, asked(context, kind, request.occurred_at, data), wait)


class _Essentials(TypedDict):
    message_id: UUID
    correlation_id: str
    occurred_at: datetime
    timestamp: datetime
    user_telegram_id: int
    payload: BriefPayload
    reply: ReplyTo | None


def _essentials(context: DialogContext, booking: BookingView) -> _Essentials:
    now = clock.now()
    return _Essentials(
        # by press, not by button: one may be pressed again after another answer, or after a failure
        message_id=request_id_of(context, f"answer:{booking.id}:{context.query_id}"),
        correlation_id=logs.correlation_id(),
        occurred_at=now,
        timestamp=now,
        user_telegram_id=context.user_id,
        payload=brief_of(booking.slot),
        reply=reply_of(context),
    )
