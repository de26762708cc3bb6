"""Do you come? The three answers to a reminder, and the answer to a time that the recruiter proposes (R8).

They leave a dialog that is under way as it is: a reminder may come at any moment.
"""

from functools import partial

from interview_bot.common.dialog_data import DialogData
from interview_bot.dialogs.candidate.my_bookings import own_booking, show_bookings
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.requests import BookingEnvelope, booking_envelope, brief_payload, shown_slot, submit
from interview_bot.store.request_records import AnswerKind
from interview_bot.views.callback_data import Action, minute_of
from shared_contracts.booking import AttendanceAnswered, BookingRequest, TimeAnswered
from shared_contracts.directory import Attendance, BookingStatus, BookingView
from shared_contracts.topology import BOOKING_EVENT


async def answer_attendance(context: DialogContext, booking_id: str, minute: str, answer: Attendance) -> None:
    """One of the three buttons was pressed, under a message about the interview that starts at ``minute``."""
    booking = await own_booking(context, booking_id)
    if booking is None:
        return
    if booking.status is not BookingStatus.BOOKED or minute_of(booking.slot.starts_at) != minute:
        await show_bookings(context, lead=context.texts("attendance.changed"))
        return
    request = AttendanceAnswered(
        **_envelope(context, booking),
        booking_id=booking.id,
        starts_at=booking.slot.starts_at,
        answer=answer,
    )
    await _submit(context, booking, request, answer.value)


async def answer_proposed_time(
    context: DialogContext, booking_id: str, slot_id: str, minute: str, *, take: bool
) -> None:
    """The proposed time, a slot that then started at ``minute``, is taken, or the present one is kept."""
    booking = await own_booking(context, booking_id)
    if booking is None:
        return
    slot = booking.offered_slot
    if slot is None or (slot.id, minute_of(slot.starts_at)) != (slot_id, minute):
        await show_bookings(context, lead=context.texts("offer.over"))
        return
    request = TimeAnswered(
        **_envelope(context, booking), booking_id=booking.id, slot_id=slot_id, take=take, shown=shown_slot(slot)
    )
    await _submit(context, booking, request, "take_time" if take else "keep_time")


def _envelope(context: DialogContext, booking: BookingView) -> BookingEnvelope:
    # by press, not by button: one may be pressed again after another answer, or after a failure
    button = f"answer:{booking.id}:{context.query_id}"
    return booking_envelope(context, button, brief_payload(old=booking.slot))


async def _submit(context: DialogContext, booking: BookingView, request: BookingRequest, kind: AnswerKind) -> None:
    await submit(context, BOOKING_EVENT, request, kind, DialogData(event_id=booking.slot.event.id, booking=booking))


PRESSES: Presses = {
    Action.COMING: partial(answer_attendance, answer=Attendance.CONFIRMED),
    Action.NOT_COMING: partial(answer_attendance, answer=Attendance.DECLINED),
    Action.ASK_TIME: partial(answer_attendance, answer=Attendance.RESCHEDULE_ASKED),
    Action.TAKE_TIME: partial(answer_proposed_time, take=True),
    Action.KEEP_TIME: partial(answer_proposed_time, take=False),
}
