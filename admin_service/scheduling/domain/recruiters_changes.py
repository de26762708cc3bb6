"""What recruiters do to interviews of theirs that are approved and still to come: move them, or call them off."""

from dataclasses import replace
from datetime import datetime

from scheduling.domain.answering import refuse_ended
from scheduling.domain.booking import BookingMoved, Cancel, Move, cancellation
from scheduling.domain.changes import changed_since_shown, ended, next_version, overlaps, settled_in
from scheduling.domain.decisions import Decision, changed
from scheduling.domain.model import Booking, State
from scheduling.domain.proposals import refuse_seat
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus


def change_interview(state: State, command: Move | Cancel, booking: Booking, now: datetime) -> Decision:
    """Until it begins, and without approval, cut-offs or limits: the interview moves, or is called off.

    Who is called off is not offered that time again.
    """
    if refusal := _refuse(command, booking, now):
        return Decision(command, refusal, booking)
    if isinstance(command, Move):
        return _move(state, command, booking, now)
    refused = replace(booking, rejected_slot_ids=booking.rejected_slot_ids | {booking.slot_id})
    return cancellation(state, command, booking, ended(refused, BookingStatus.CANCELLED, command))


def _move(state: State, command: Move, booking: Booking, now: datetime) -> Decision:
    """To another slot of the same recruiter; it does not use up the candidate's moves."""
    slot, own = state.slots.get(command.slot_id), state.slots.get(booking.slot_id)
    if slot is None or own is None or slot.id == own.id or slot.recruiter_id != own.recruiter_id:
        return Decision(command, Outcome.SLOT_NOT_FOUND, booking)
    if refusal := refuse_seat(slot, booking, now):
        return Decision(command, refusal, booking)
    if another := changed_since_shown(slot, command.shown):
        return Decision(command, another, booking)
    others = [other for other in state.live_bookings_of(booking.candidate_id) if other.id != booking.id]
    if any(overlaps(state, other, slot) for other in others):
        return Decision(command, Outcome.ALREADY_BOOKED, booking)
    return changed(command, Outcome.MOVED, BookingMoved, booking, next_version(settled_in(booking, slot)))


def _refuse(command: Move | Cancel, booking: Booking, now: datetime) -> Outcome | None:
    """Why nothing can be done about it; what waits for approval is to be answered instead."""
    if refusal := refuse_ended(command, booking):
        return refusal
    if booking.status is not BookingStatus.BOOKED or booking.awaits_approval:
        return Outcome.VERSION_CONFLICT
    return Outcome.TOO_LATE if now >= booking.starts_at else None
