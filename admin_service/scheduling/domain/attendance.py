"""Whether candidates come (R8), and another time for those who ask for one."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from scheduling.domain.answering import refuse_ended
from scheduling.domain.changes import changed_since_shown, ended, in_slot, next_version, overlaps
from scheduling.domain.commands import (
    AnnounceDelay,
    AnswerAttendance,
    AnswerProposedTime,
    AttendanceCommand,
    ProposeTime,
)
from scheduling.domain.decisions import Decision, changed
from scheduling.domain.events import (
    AttendanceAnswered,
    DelayAnnounced,
    ProposedTimeDeclined,
    ProposedTimeLost,
    ProposedTimeTaken,
    TimeProposed,
)
from scheduling.domain.model import Booking, Slot, State
from shared_contracts.attendance import Attendance
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus

DELAY_WITHIN = timedelta(minutes=15)
"""R8: so long after the start people can still say that they will be late."""


def decide_attendance(state: State, command: AttendanceCommand, booking: Booking, now: datetime) -> Decision:
    """What candidates and recruiters say to each other before the interview, about an existing booking."""
    match command:
        case AnswerAttendance():
            return answer_attendance(state, command, booking, now)
        case AnnounceDelay():
            return announce_delay(state, command, booking, now)
        case ProposeTime():
            return propose_time(state, command, booking, now)
        case AnswerProposedTime():
            return answer_proposed_time(state, command, booking, now)
        case _:
            assert_never(command)


def answer_attendance(state: State, command: AnswerAttendance, booking: Booking, now: datetime) -> Decision:
    """The answer is noted; who can't come gives the seat back, until the start. Twice is as once."""
    if past := _past_answering(state, command, booking):
        return past
    if command.starts_at != booking.starts_at:
        return Decision(command, Outcome.VERSION_CONFLICT, booking)
    if now >= booking.starts_at:
        return Decision(command, Outcome.TOO_LATE, booking)
    if command.answer is booking.attendance:
        return Decision(command, Outcome.BOOKED, booking)
    answered = _answered(booking, command.answer, now)
    if command.answer is Attendance.DECLINED:
        declined = ended(answered, BookingStatus.CANCELLED, command)
        return changed(command, Outcome.CANCELLED, AttendanceAnswered, booking, declined)
    if command.answer is Attendance.CONFIRMED:
        answered = replace(answered, proposed_slot_id=None)
    return changed(command, Outcome.BOOKED, AttendanceAnswered, booking, next_version(answered))


def announce_delay(state: State, command: AnnounceDelay, booking: Booking, now: datetime) -> Decision:
    """How late they will be is noted, in place of what was said before; all else stays. Twice is as once."""
    if past := _past_answering(state, command, booking):
        return past
    if command.starts_at != booking.starts_at:
        return Decision(command, Outcome.VERSION_CONFLICT, booking)
    if now >= booking.starts_at + DELAY_WITHIN:
        return Decision(command, Outcome.TOO_LATE, booking)
    if command.minutes == booking.coming.delay_minutes:
        return Decision(command, Outcome.BOOKED, booking)
    coming = booking.coming.model_copy(update={"delay_minutes": command.minutes, "delay_at": now})
    return changed(command, Outcome.BOOKED, DelayAnnounced, booking, next_version(replace(booking, coming=coming)))


def propose_time(state: State, command: ProposeTime, booking: Booking, now: datetime) -> Decision:
    """Another of the recruiter's slots is proposed, in place of what was before; nobody's seat is held there."""
    if past := _past_answering(state, command, booking):
        return past
    if command.slot_id == booking.proposed_slot_id:
        return Decision(command, Outcome.BOOKED, booking)
    refusal = _refuse_proposal(state, command, booking, now)
    if refusal:
        return Decision(command, refusal, booking)
    proposed = next_version(replace(booking, proposed_slot_id=command.slot_id))
    return changed(command, Outcome.BOOKED, TimeProposed, booking, proposed)


def answer_proposed_time(state: State, command: AnswerProposedTime, booking: Booking, now: datetime) -> Decision:
    """The booking moves to the proposed slot, or stays. Twice is as once.

    Where the slot can't be had any more, the proposal goes and the wish for another time stays. One that is another
    now than the candidate saw stays proposed, to be seen as it is.
    """
    if past := _past_answering(state, command, booking):
        return past
    if command.slot_id != booking.proposed_slot_id:
        return Decision(command, _answered_before(command, booking), booking)
    if now >= booking.starts_at:
        return Decision(command, Outcome.TOO_LATE, booking)
    if not command.take:
        kept = replace(_answered(booking, None, None), proposed_slot_id=None)
        return changed(command, Outcome.BOOKED, ProposedTimeDeclined, booking, next_version(kept))
    slot = state.slots.get(command.slot_id)
    gone = _refuse_seat(slot, booking, now)
    if gone or slot is None:
        without = next_version(replace(booking, proposed_slot_id=None))
        return changed(command, gone or Outcome.SLOT_NOT_FOUND, ProposedTimeLost, booking, without)
    if another := changed_since_shown(slot, command.shown):
        return Decision(command, another, booking)
    others = [other for other in state.live_bookings_of(booking.candidate_id) if other.id != booking.id]
    if any(overlaps(state, other, slot) for other in others):
        return Decision(command, Outcome.ALREADY_BOOKED, booking)
    # What the recruiter proposes needs no approval and does not use up the candidate's moves.
    moved = replace(in_slot(booking, slot), requested_slot_id=None, expires_at=None, reschedule_asked=False)
    return changed(command, Outcome.MOVED, ProposedTimeTaken, booking, next_version(moved))


def _answered(booking: Booking, answer: Attendance | None, at: datetime | None) -> Booking:
    return replace(booking, coming=booking.coming.model_copy(update={"attendance": answer, "attendance_at": at}))


def _answered_before(command: AnswerProposedTime, booking: Booking) -> Outcome:
    """The same answer as before is as good as once; any other is about a proposal that does not stand any more."""
    if command.take:
        return Outcome.MOVED if command.slot_id == booking.slot_id else Outcome.VERSION_CONFLICT
    kept = booking.proposed_slot_id is None and booking.attendance is None
    return Outcome.BOOKED if kept else Outcome.VERSION_CONFLICT


def _past_answering(state: State, command: AttendanceCommand, booking: Booking) -> Decision | None:
    """Why there is nothing to ask this candidate about this booking; None where there is."""
    if not booking.live:
        return Decision(command, refuse_ended(command, booking) or Outcome.TOO_LATE, booking)
    if booking.status is not BookingStatus.BOOKED:
        return Decision(command, Outcome.BOOKING_NOT_FOUND)
    candidate = state.candidates.get(booking.telegram_id)
    if candidate is None or not candidate.allowed:
        return Decision(command, Outcome.NOT_ALLOWED, booking)
    return None


def _refuse_proposal(state: State, command: ProposeTime, booking: Booking, now: datetime) -> Outcome | None:
    # Before the version: who proposes should hear that it is too late, not that something changed.
    if now >= booking.starts_at:
        return Outcome.TOO_LATE
    unasked = booking.attendance is not Attendance.RESCHEDULE_ASKED
    if unasked or command.expected_version not in (None, booking.version):
        return Outcome.VERSION_CONFLICT
    slot, own = state.slots.get(command.slot_id), state.slots.get(booking.slot_id)
    if slot is None or own is None or slot.id == own.id or slot.recruiter_id != own.recruiter_id:
        return Outcome.SLOT_NOT_FOUND
    return _refuse_seat(slot, booking, now)


def _refuse_seat(slot: Slot | None, booking: Booking, now: datetime) -> Outcome | None:
    """Why the slot is not to be had for the booking: past the closing time and without a limit, but never too full."""
    if slot is None or slot.event_id != booking.event_id:
        return Outcome.SLOT_NOT_FOUND
    if not slot.is_active or not slot.recruiter_active or now >= slot.starts_at:
        return Outcome.SLOT_CLOSED
    # The seat of a move that awaits approval is the candidate's own already.
    if slot.free == 0 and booking.candidate_id not in slot.holders:
        return Outcome.SLOT_FULL
    return None
