"""What candidates say about coming (R8): each answer as a request from chat, a command, its event and its rule."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from common.texts.translation import to_translate as _
from scheduling.domain.answering import refuse_ended
from scheduling.domain.changes import ended, next_version
from scheduling.domain.commands import Actor, ActorKind, BookingCommand
from scheduling.domain.decisions import Decision, changed
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import Booking, State
from shared_contracts import attendance as wire
from shared_contracts.attendance import DELAY_WITHIN, Attendance, DelayMinutes
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus


@dataclass(frozen=True, slots=True)
class AnswerAttendance(BookingCommand):
    """Do they come? ``starts_at``: of the interview the question was about."""

    starts_at: datetime
    answer: Attendance


@dataclass(frozen=True, slots=True)
class AnnounceDelay(BookingCommand):
    """They come, but late. ``starts_at``: of the interview it is about."""

    starts_at: datetime
    minutes: DelayMinutes


AttendanceCommand = AnswerAttendance | AnnounceDelay


@dataclass(frozen=True, slots=True)
class AttendanceConfirmed(BookingEvent):
    """The candidate comes."""

    action = "attendance_confirmed"
    label = _("said they will come")


@dataclass(frozen=True, slots=True)
class AttendanceDeclined(BookingEvent):
    """The candidate can't come, and the booking has ended by it."""

    action = "attendance_declined"
    label = _("said they can't come")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.CANT_COME


@dataclass(frozen=True, slots=True)
class OtherTimeWanted(BookingEvent):
    """The candidate asks for another time."""

    action = "reschedule_wanted"
    label = _("asked for another time")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.RESCHEDULE_ASKED


@dataclass(frozen=True, slots=True)
class DelayAnnounced(BookingEvent):
    """The candidate comes, but late."""

    action = "delay_announced"
    label = _("said they will be late")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.DELAY


AttendanceEvent = AttendanceConfirmed | AttendanceDeclined | OtherTimeWanted | DelayAnnounced


def command_of(request: wire.AttendanceRequest) -> AttendanceCommand:
    """What a candidate's request asks the rules for."""
    key, candidate = str(request.message_id), Actor(ActorKind.CANDIDATE, str(request.user_telegram_id))
    match request:
        case wire.AttendanceAnswered():
            return AnswerAttendance(key, candidate, request.booking_id, None, request.starts_at, request.answer)
        case wire.DelayAnnounced():
            return AnnounceDelay(key, candidate, request.booking_id, None, request.starts_at, request.minutes)
        case _:
            assert_never(request)


def decide_attendance(state: State, command: AttendanceCommand, booking: Booking, now: datetime) -> Decision:
    """What candidates say before the interview about a booking of theirs."""
    match command:
        case AnswerAttendance():
            return answer_attendance(state, command, booking, now)
        case AnnounceDelay():
            return announce_delay(state, command, booking, now)
        case _:
            assert_never(command)


def answer_attendance(state: State, command: AnswerAttendance, booking: Booking, now: datetime) -> Decision:
    """The answer is noted; who can't come gives the seat back, until the start. Twice is as once."""
    asks_for_more = command.answer is Attendance.RESCHEDULE_ASKED
    if past := past_answering(state, command, booking, who_is_off_the_list=not asks_for_more):
        return past
    if command.starts_at != booking.starts_at:
        return Decision(command, Outcome.VERSION_CONFLICT, booking)
    if now >= booking.starts_at:
        return Decision(command, Outcome.TOO_LATE, booking)
    if command.answer is booking.attendance:
        return Decision(command, Outcome.BOOKED, booking)
    answered = with_answer(booking, command.answer, now)
    match command.answer:
        case Attendance.CONFIRMED:
            comes = next_version(replace(answered, proposed_slot_id=None))
            return changed(command, Outcome.BOOKED, AttendanceConfirmed, booking, comes)
        case Attendance.DECLINED:
            declined = ended(answered, BookingStatus.CANCELLED, command)
            return changed(command, Outcome.CANCELLED, AttendanceDeclined, booking, declined)
        case Attendance.RESCHEDULE_ASKED:
            return changed(command, Outcome.BOOKED, OtherTimeWanted, booking, next_version(answered))
        case _:
            assert_never(command.answer)


def announce_delay(state: State, command: AnnounceDelay, booking: Booking, now: datetime) -> Decision:
    """How late they will be is noted, in place of what was said before; all else stays. Twice is as once."""
    if past := past_answering(state, command, booking, who_is_off_the_list=True):
        return past
    if command.starts_at != booking.starts_at:
        return Decision(command, Outcome.VERSION_CONFLICT, booking)
    if now >= booking.starts_at + DELAY_WITHIN:
        return Decision(command, Outcome.TOO_LATE, booking)
    if command.minutes == booking.coming.delay_minutes:
        return Decision(command, Outcome.BOOKED, booking)
    coming = booking.coming.model_copy(update={"delay_minutes": command.minutes, "delay_at": now})
    return changed(command, Outcome.BOOKED, DelayAnnounced, booking, next_version(replace(booking, coming=coming)))


def with_answer(booking: Booking, answer: Attendance | None, at: datetime | None) -> Booking:
    """The booking with what its candidate answered, and when; None takes their answer away."""
    return replace(booking, coming=booking.coming.model_copy(update={"attendance": answer, "attendance_at": at}))


def past_answering(
    state: State, command: BookingCommand, booking: Booking, *, who_is_off_the_list: bool = False
) -> Decision | None:
    """Why there is nothing to ask this candidate about this booking; None where there is.

    Args:
        who_is_off_the_list: asks them, too: they say whether they come to what they have kept (FR2).
    """
    if not booking.live:
        return Decision(command, refuse_ended(command, booking) or Outcome.TOO_LATE, booking)
    if booking.status is not BookingStatus.BOOKED:
        return Decision(command, Outcome.BOOKING_NOT_FOUND)
    candidate = state.candidates.get(booking.telegram_id)
    if candidate is None or not (candidate.allowed or who_is_off_the_list):
        return Decision(command, Outcome.NOT_ALLOWED, booking)
    return None
