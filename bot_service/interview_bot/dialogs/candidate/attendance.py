"""Do you come, and when? The answers to a reminder, and the answer to a time that the recruiter proposes (R8).

They leave a dialog that is under way as it is: a reminder may come at any moment.
"""

from functools import partial
from html import escape

from interview_bot.common import clock
from interview_bot.common.dialog_data import DialogData
from interview_bot.dialogs.candidate.my_bookings import own_booking, show_bookings
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.requests import BookingEnvelope, booking_envelope, brief_payload, shown_slot, submit
from interview_bot.views.attendance_screens import (
    AnswerKind,
    answers_screen,
    delay_question,
    delay_too_late,
    not_coming_question,
)
from interview_bot.views.callback_data import Action, minute_of, seen, start_of
from interview_bot.views.formatting import slot_changes
from shared_contracts.attendance import DELAY_WITHIN, Attendance, AttendanceAnswered, DelayAnnounced
from shared_contracts.booking import TimeAnswered
from shared_contracts.directory import BookingStatus, BookingView, SlotView
from shared_contracts.requests import BookingRequest
from shared_contracts.transport.topology import BOOKING_EVENT


async def answer_attendance(context: DialogContext, booking_id: str, minute: str, answer: Attendance) -> None:
    """One of the three buttons was pressed, under a message about the interview that starts at ``minute``."""
    booking = await _booking_of_question(context, booking_id, minute)
    if booking is None:
        return
    request = AttendanceAnswered(
        **_envelope(context, booking),
        booking_id=booking.id,
        starts_at=booking.slot.starts_at,
        answer=answer,
    )
    await _submit(context, booking, request, answer.value)


async def ask_if_sure(context: DialogContext, booking_id: str, minute: str) -> None:
    """They can't come: the seat would be gone, so they are asked once, as with ``/cancel``."""
    booking = await _booking_of_question(context, booking_id, minute)
    if booking is not None:
        await context.show(not_coming_question(booking, await context.reader()))


async def ask_how_late(context: DialogContext, booking_id: str, minute: str, *, from_list: bool = False) -> None:
    """They will be late: by how much? ``from_list``: pressed under the list of their bookings."""
    if await _show_if_over(context, booking_id, minute):
        return
    booking = await _booking_of_question(context, booking_id, minute)
    if booking is not None:
        await context.show(delay_question(booking, await context.reader(), from_list=from_list))


async def announce_delay(context: DialogContext, booking_id: str, minute: str, minutes: str) -> None:
    """So late: the recruiter is to be told."""
    if await _show_if_over(context, booking_id, minute):
        return
    booking = await _booking_of_question(context, booking_id, minute)
    if booking is None:
        return
    request = DelayAnnounced.model_validate(
        {
            **_envelope(context, booking),
            "booking_id": booking.id,
            "starts_at": booking.slot.starts_at,
            "minutes": int(minutes),
        }
    )
    await _submit(context, booking, request, "delay")


async def back_to_answers(context: DialogContext, booking_id: str, minute: str) -> None:
    """Something else after all: the answers again."""
    booking = await _booking_of_question(context, booking_id, minute)
    if booking is not None:
        await context.show(answers_screen(booking, await context.reader()))


async def answer_proposed_time(
    context: DialogContext, booking_id: str, slot_id: str, as_seen: str, *, take: bool
) -> None:
    """The proposed time, a slot that was then seen ``as_seen``, is taken, or the present one is kept."""
    booking = await own_booking(context, booking_id)
    if booking is None:
        return
    slot = booking.offered_slot
    if slot is None:
        await show_bookings(context, lead=context.texts("offer.over"))
        return
    if (slot.id, seen(slot)) != (slot_id, as_seen):
        await show_bookings(context, lead=await _what_is_proposed_now(context, booking, slot))
        return
    request = TimeAnswered(
        **_envelope(context, booking), booking_id=booking.id, slot_id=slot_id, take=take, shown=shown_slot(slot)
    )
    await _submit(context, booking, request, "take_time" if take else "keep_time")


async def _what_is_proposed_now(context: DialogContext, booking: BookingView, slot: SlotView) -> str:
    """That the proposal is another now than under the button, and what of it, where the same slot has changed."""
    texts, shown = context.texts, context.services.shown_bookings
    was = await shown.proposed_in(context.chat_id, context.message_id, booking.id) if context.message_id else None
    if was is None or was.id != slot.id or seen(was) == seen(slot):  # or it was told already
        return texts("offer.changed")
    changes = "\n".join(map(escape, slot_changes(was, slot, context.zone, texts)))
    return f"{texts('offer.changed_in')}\n{changes}"


async def _show_if_over(context: DialogContext, booking_id: str, minute: str) -> bool:
    """Tell who would say that they will be late to an interview which is over by now whom to write to instead."""
    if clock.now() < start_of(minute) + DELAY_WITHIN:
        return False
    bookings = await context.services.api.bookings(context.user_id)
    if any(booking.id == booking_id for booking in bookings):
        return False
    await context.show(delay_too_late(None, await context.reader()))
    return True


async def _booking_of_question(context: DialogContext, booking_id: str, minute: str) -> BookingView | None:
    """The booking that was asked about; None after showing what they have now, where it has changed since."""
    booking = await own_booking(context, booking_id)
    if booking is None:
        return None
    if booking.status is not BookingStatus.BOOKED or minute_of(booking.slot.starts_at) != minute:
        await show_bookings(context, lead=context.texts("attendance.changed"))
        return None
    return booking


def _envelope(context: DialogContext, booking: BookingView) -> BookingEnvelope:
    # by press, not by button: one may be pressed again after another answer, or after a failure
    button = f"answer:{booking.id}:{context.query_id}"
    return booking_envelope(context, button, brief_payload(old=booking.slot))


async def _submit(context: DialogContext, booking: BookingView, request: BookingRequest, kind: AnswerKind) -> None:
    await submit(context, BOOKING_EVENT, request, kind, DialogData(event_id=booking.slot.event.id, booking=booking))


PRESSES: Presses = {
    Action.COMING: partial(answer_attendance, answer=Attendance.CONFIRMED),
    Action.NOT_COMING: ask_if_sure,
    Action.NOT_COMING_CONFIRM: partial(answer_attendance, answer=Attendance.DECLINED),
    Action.ASK_TIME: partial(answer_attendance, answer=Attendance.RESCHEDULE_ASKED),
    Action.DELAY: ask_how_late,
    Action.MY_DELAY: partial(ask_how_late, from_list=True),
    Action.DELAY_BY: announce_delay,
    Action.ANSWERS: back_to_answers,
    Action.TAKE_TIME: partial(answer_proposed_time, take=True),
    Action.KEEP_TIME: partial(answer_proposed_time, take=False),
}
