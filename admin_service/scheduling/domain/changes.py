"""How a booking changes, and the seats with it."""

from dataclasses import replace

from scheduling.domain.model import Booking, Command, Decision, Shown, Slot, State
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus


def in_slot(booking: Booking, slot: Slot) -> Booking:
    """The booking at another slot's time, to which nobody has answered yet; its version is left to the caller."""
    unanswered = replace(booking, attendance=None, attendance_at=None, offered_slot_id=None)
    return replace(unanswered, slot_id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at)


def next_version(booking: Booking) -> Booking:
    """One version up, as with every change."""
    return replace(booking, version=booking.version + 1)


def ended(booking: Booking, status: BookingStatus, command: Command) -> Booking:
    """The booking in a final state, saying who ended it and why."""
    ended = replace(booking, status=status, requested_slot_id=None, expires_at=None, reschedule_asked=False)
    return next_version(replace(ended, offered_slot_id=None, ended_by=str(command.actor), reason=command.reason))


def expired(booking: Booking, command: Command) -> Booking:
    """A request ends; a wanted move is given up and the booking stays as it was."""
    if booking.requested_slot_id is not None:
        return next_version(replace(booking, requested_slot_id=None, expires_at=None, reschedule_asked=False))
    return ended(booking, BookingStatus.EXPIRED, command)


def advance(state: State, decision: Decision) -> None:
    """Work the decision into the state: the booking and the seats of the slots it left and took."""
    booking = decision.after
    if booking is None:
        return
    state.bookings[booking.id] = booking
    for slot_id in seats(decision.before) - seats(booking):
        slot = state.slots[slot_id]
        state.slots[slot_id] = replace(slot, holders=slot.holders - {booking.candidate_id})
    for slot_id in seats(booking) - seats(decision.before):
        slot = state.slots[slot_id]
        state.slots[slot_id] = replace(slot, holders=slot.holders | {booking.candidate_id})


def changed_since_shown(slot: Slot, shown: Shown) -> Outcome | None:
    """Why the slot is not the one that the candidate saw (R2); None where it is, as far as the client said."""
    if shown.city_id is not None and shown.city_id != slot.city_id:
        return Outcome.WRONG_CITY
    if shown.recruiter_id is not None and shown.recruiter_id != slot.recruiter_id:
        return Outcome.WRONG_RECRUITER
    if shown.starts_at is not None and shown.starts_at != slot.starts_at:
        return Outcome.SLOT_NOT_FOUND
    return None


def overlaps(state: State, booking: Booking, slot: Slot) -> bool:
    """Whether the slot meets the booking's time or that of the move it waits for."""
    times = [(booking.starts_at, booking.ends_at)]
    if wanted := state.slots.get(booking.requested_slot_id or ""):
        times.append((wanted.starts_at, wanted.ends_at))
    return any(starts_at < slot.ends_at and slot.starts_at < ends_at for starts_at, ends_at in times)


def seats(booking: Booking | None) -> set[str]:
    """Ids of the slots in which the booking holds a seat: none once it has ended."""
    if booking is None or not booking.live:
        return set()
    return {slot_id for slot_id in (booking.slot_id, booking.requested_slot_id) if slot_id}
