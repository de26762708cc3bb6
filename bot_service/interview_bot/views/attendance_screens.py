"""How the answers to "do you come?" and to a proposed time ended (R8)."""

from telegram import InlineKeyboardMarkup

from interview_bot.views import keyboards
from interview_bot.views.formatting import booking_card, slot_card
from interview_bot.views.screen import Reader, Screen
from shared_contracts.booking import SLOT_GONE, BookingResult, Outcome, RequestType
from shared_contracts.directory import Attendance, BookingStatus, BookingView

ANSWERS = frozenset({RequestType.ATTENDANCE_ANSWERED, RequestType.BOOKING_TIME_ANSWERED})
"""Requests that leave a dialog under way as it is."""
_THANKS = {
    Attendance.CONFIRMED: "attendance.confirmed",
    Attendance.RESCHEDULE_ASKED: "attendance.time_asked",
    None: "attendance.kept",
}


def attendance_screen(result: BookingResult, booking: BookingView | None, reader: Reader) -> Screen | None:
    """The screen of an answer; None where the outcome's usual words fit.

    Args:
        booking: the booking as it stands, also after a failure, None where that is not known.
    """
    texts, outcome = reader.texts, result.outcome
    if booking is None:
        return None
    if outcome is Outcome.BOOKED and booking.attendance in _THANKS:
        parts = [texts(_THANKS[booking.attendance]), slot_card(booking.slot, reader.zone, texts)]
        link = booking.recruiter_url or reader.contact_url
        if booking.attendance is Attendance.RESCHEDULE_ASKED and link:
            parts.append(texts("attendance.urgent", link=link))
        return Screen("\n\n".join(parts), _open_answers(booking, reader))
    if outcome is Outcome.CANCELLED and booking.attendance is Attendance.DECLINED:
        return Screen(texts("attendance.declined"), keyboards.sign_up(booking.slot.event.id, texts))
    if outcome is Outcome.TOO_LATE:
        return Screen(texts("attendance.too_late"), keyboards.contact(reader.contact_url, texts))
    if outcome is Outcome.FAILED or (outcome in SLOT_GONE and result.event_type == RequestType.BOOKING_TIME_ANSWERED):
        # If a time is still proposed it is not the one they saw, so they are asked about the present one.
        gone = "offer.over" if booking.offered_slot else "attendance.offer_gone"
        lead = texts("outcome.failed" if outcome is Outcome.FAILED else gone)
        return Screen(f"{lead}\n\n{booking_card(booking, reader.zone, texts)}", _open_answers(booking, reader))
    return None


def _open_answers(booking: BookingView, reader: Reader) -> InlineKeyboardMarkup | None:
    """The buttons for what can still be answered."""
    if booking.status is not BookingStatus.BOOKED:
        return None
    if booking.offered_slot is not None:
        return keyboards.proposed_time(booking, booking.offered_slot, reader.texts)
    return keyboards.attendance(booking, reader.texts)
