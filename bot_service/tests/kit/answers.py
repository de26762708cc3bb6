"""The admin service's edge as reminded candidates meet it: what is due, and their answers (R8)."""

from datetime import timedelta
from typing import Any, TypeGuard

from interview_bot.common import clock
from shared_contracts.attendance import Attendance, AttendanceAnswered, DelayAnnounced
from shared_contracts.booking import AnyBookingRequest, Outcome, TimeAnswered
from shared_contracts.directory import BookingStatus, BookingView, SlotView
from shared_contracts.notification import AutoMessage, NotificationCommand

Answer = AttendanceAnswered | DelayAnnounced | TimeAnswered


def is_answer(request: AnyBookingRequest) -> TypeGuard[Answer]:
    """Whether a candidate answers something."""
    return isinstance(request, Answer)


class Answers:
    """In memory; each test begins with nothing due."""

    def __init__(self) -> None:
        self.auto_messages: dict[str, AutoMessage] = {}

    def expect(self, command: NotificationCommand, **changes: Any) -> None:
        """The command's automatic message is due, or what ``changes`` say."""
        values: dict[str, Any] = {
            "id": command.notification_id,
            "due": True,
            "attempt": command.attempt,
            "booking": command.booking,
            "asks_attendance": command.asks_attendance,
        }
        self.auto_messages[command.notification_id] = AutoMessage(**(values | changes))

    def carry_out(
        self,
        request: Answer,
        forced: Outcome | None,
        bookings: dict[str, tuple[int, BookingView]],
        slots: dict[str, SlotView],
    ) -> tuple[Outcome, BookingView | None]:
        """An answer, as the admin service takes it."""
        if forced is Outcome.FAILED:
            return forced, None
        owner, booking = bookings.get(request.booking_id, (0, None))
        if booking is None or owner != request.user_telegram_id:
            return Outcome.BOOKING_NOT_FOUND, None
        if forced is not None:
            return forced, booking
        if isinstance(request, AttendanceAnswered):
            outcome, update = _answered(request, booking)
        elif isinstance(request, DelayAnnounced):
            outcome, update = _delayed(request, booking)
        else:
            outcome, update = _time_answered(request, booking, slots)
        if update:
            booking = booking.model_copy(update={"version": booking.version + 1, **update})
        bookings[booking.id] = (owner, booking)
        if booking.status is BookingStatus.CANCELLED:
            del bookings[booking.id]
        return outcome, booking


def _answered(request: AttendanceAnswered, booking: BookingView) -> tuple[Outcome, dict[str, Any]]:
    if request.starts_at != booking.slot.starts_at:
        return Outcome.VERSION_CONFLICT, {}
    if clock.now() >= booking.slot.starts_at:
        return Outcome.TOO_LATE, {}
    update: dict[str, Any] = {"attendance": request.answer, "attendance_at": clock.now()}
    if request.answer is Attendance.DECLINED:
        return Outcome.CANCELLED, update | {"status": BookingStatus.CANCELLED}
    return Outcome.BOOKED, {} if request.answer is booking.attendance else update


def _delayed(request: DelayAnnounced, booking: BookingView) -> tuple[Outcome, dict[str, Any]]:
    if request.starts_at != booking.slot.starts_at:
        return Outcome.VERSION_CONFLICT, {}
    if clock.now() >= booking.slot.starts_at + timedelta(minutes=15):
        return Outcome.TOO_LATE, {}
    return Outcome.BOOKED, {"delay_minutes": request.minutes, "delay_at": clock.now()}


def _time_answered(
    request: TimeAnswered, booking: BookingView, slots: dict[str, SlotView]
) -> tuple[Outcome, dict[str, Any]]:
    if booking.offered_slot is None or booking.offered_slot.id != request.slot_id:
        return Outcome.VERSION_CONFLICT, {}
    if not request.take:
        return Outcome.BOOKED, {"offered_slot": None, "attendance": None}
    slot = slots[request.slot_id]
    if request.shown is None or request.shown.starts_at != slot.starts_at:
        return Outcome.SLOT_NOT_FOUND, {"offered_slot": slot}
    if not slot.free:
        return Outcome.SLOT_FULL, {"offered_slot": None}
    return Outcome.MOVED, {"slot": slot, "offered_slot": None, "attendance": None}
