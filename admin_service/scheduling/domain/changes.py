"""How a booking changes, and the seats with it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from scheduling.domain.commands import Command, Shown
from scheduling.domain.events import BookingEvent, Event, SeatFreed, SlotEdited, SlotEvent, SlotFilled, SlotReopened
from scheduling.domain.model import Booking, Slot, State
from shared_contracts.attendance import Attendance, Coming
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus


def in_slot(booking: Booking, slot: Slot) -> Booking:
    """The booking at another slot's time, to which nobody has answered yet; its version is left to the caller."""
    unanswered = replace(booking, coming=Coming(), proposed_slot_id=None)
    return replace(unanswered, slot_id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at)


def settled_in(booking: Booking, slot: Slot) -> Booking:
    """The same without anything that still waited for an answer."""
    return replace(in_slot(booking, slot), requested_slot_id=None, expires_at=None, reschedule_asked=False)


def next_version(booking: Booking) -> Booking:
    """One version up, as with every change."""
    return replace(booking, version=booking.version + 1)


def kept_without_wishes(booking: Booking) -> Booking:
    """A booking that stands for somebody off the allow list: no other time is asked for, or proposed, any more."""
    coming = booking.coming
    if coming.attendance is Attendance.RESCHEDULE_ASKED:
        coming = coming.model_copy(update={"attendance": None, "attendance_at": None})
    plain = replace(booking, requested_slot_id=None, reschedule_asked=False, proposed_slot_id=None, coming=coming)
    waits = booking.status is BookingStatus.PENDING
    return next_version(plain if waits else replace(plain, expires_at=None))


def ended(booking: Booking, status: BookingStatus, command: Command) -> Booking:
    """The booking in a final state, saying who ended it and why."""
    ended = replace(booking, status=status, requested_slot_id=None, expires_at=None, reschedule_asked=False)
    return next_version(replace(ended, proposed_slot_id=None, ended_by=str(command.actor), reason=command.reason))


def without_move(booking: Booking) -> Booking:
    """The booking stands as it was, and no other slot is asked for."""
    return next_version(replace(booking, requested_slot_id=None, expires_at=None, reschedule_asked=False))


def expired(booking: Booking, command: Command) -> Booking:
    """A request ends; a wanted move is given up and the booking stays as it was."""
    if booking.requested_slot_id is not None:
        return without_move(booking)
    return ended(booking, BookingStatus.EXPIRED, command)


def advance(state: State, events: Iterable[Event]) -> list[SlotEvent]:
    """Work what happened to bookings and slots into the state; the answer is what that means for seats."""
    before = dict(state.slots)
    touched: dict[str, None] = {}
    for event in events:
        if isinstance(event, BookingEvent):
            touched |= dict.fromkeys(_reseat(state, event))
        elif isinstance(event, SlotEdited):
            state.slots[event.after.id] = event.after
            touched[event.after.id] = None
    return [event for slot_id in touched for event in _seat_events(before[slot_id], state.slots[slot_id])]


def _reseat(state: State, event: BookingEvent) -> list[str]:
    """The booking as it is now, and its candidate in the slots it holds a seat in; the answer is which have changed."""
    booking, held, holds = event.after, seats(event.before), seats(event.after)
    state.bookings[booking.id] = booking
    for slot_id in held - holds:
        slot = state.slots[slot_id]
        state.slots[slot_id] = replace(slot, holders=slot.holders - {booking.candidate_id})
    for slot_id in holds - held:
        slot = state.slots[slot_id]
        state.slots[slot_id] = replace(slot, holders=slot.holders | {booking.candidate_id})
    return sorted(held ^ holds)


def _seat_events(before: Slot, after: Slot) -> Iterator[SlotEvent]:
    if len(after.holders) < len(before.holders):
        yield SeatFreed(before, after)
    if bool(before.free) != bool(after.free):
        yield SlotReopened(before, after) if after.free else SlotFilled(before, after)


def changed_since_shown(slot: Slot, shown: Shown) -> Outcome | None:
    """Why the slot is not the one that its asker saw (R2); None where it is, as far as the client said."""
    if shown.city_id is not None and shown.city_id != slot.city_id:
        return Outcome.WRONG_CITY
    if shown.recruiter_id is not None and shown.recruiter_id != slot.recruiter_id:
        return Outcome.WRONG_RECRUITER
    if shown.starts_at is not None and shown.starts_at != slot.starts_at:
        return Outcome.SLOT_NOT_FOUND
    if shown.place is not None and shown.place != slot.place.venue.shown().line:
        return Outcome.WRONG_PLACE
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
