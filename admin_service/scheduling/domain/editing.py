"""Changing a slot: its bookings follow, and what asks for it is to be answered in time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from common.texts.translation import to_translate as _
from scheduling.domain.changes import in_slot, next_version, overlaps
from scheduling.domain.commands import Command, SlotChanges
from scheduling.domain.decisions import Decision, EditRefusal, EditRefused
from scheduling.domain.events import BookingEvent, Event, SlotEdited
from scheduling.domain.model import Booking, Slot, State
from scheduling.domain.proposals import ProposedSlotEdited, ProposedTimeWithdrawn, without_proposal
from scheduling.domain.requesting import kept_within
from shared_contracts.attendance import Attendance
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus


@dataclass(frozen=True, slots=True)
class EditSlot(Command):
    """Other values for a slot; its bookings follow. Values no slot may have are refused before this is asked."""

    slot_id: str
    changes: SlotChanges


@dataclass(frozen=True, slots=True)
class BookingFollowedSlot(BookingEvent):
    """Staff have changed the slot that the booking is in. ``handed_over``: another recruiter holds it now."""

    action = "slot_changed"
    label = _("its slot changed")

    handed_over: bool = False

    def _occasion(self) -> CardOccasion | None:
        if self.after.status is not BookingStatus.BOOKED:
            return None
        return CardOccasion.HANDED_OVER if self.handed_over else CardOccasion.CHANGED


@dataclass(frozen=True, slots=True)
class WantedSlotEdited(BookingEvent):
    """Staff have changed the slot that a move is wanted into: it is answered as it is now, and in time for it."""

    action = "slot_changed"
    label = _("its slot changed")


FollowingEvent = BookingFollowedSlot | WantedSlotEdited


def edit_slot(state: State, command: EditSlot, now: datetime) -> Decision:
    """The slot gets its new values. What has changed for those who come makes their bookings one version younger."""
    slot = state.slots.get(command.slot_id)
    if refused := _refuse(slot, command.changes, now):
        return Decision(command, None, refused=refused)
    if slot is None or command.changes == SlotChanges():
        return Decision(command, None)
    edited = SlotEdited(_as_told(slot, command.changes), _edited(state, slot, command.changes), command.changes)
    events: list[Event] = [edited]
    if edited.shows:
        events += _followers(state, command, edited)
    events += _proposals(state, command, edited)
    return Decision(command, None, events=tuple(events))


def withdrawal(state: State, command: Command, slot: Slot) -> list[Event]:
    """What it means that the slot is offered to nobody any more; who is booked in it stays so."""
    edited = SlotEdited(slot, replace(slot, is_active=False), SlotChanges(is_active=False))
    return [edited, *_proposals(state, command, edited)]


def _as_told(slot: Slot, changes: SlotChanges) -> Slot:
    """The slot on the clocks on which people were told of it."""
    zone = changes.clocks_were
    return replace(slot, place=replace(slot.place, timezone=zone)) if zone else slot


def _refuse(slot: Slot | None, changes: SlotChanges, now: datetime) -> dict[str, EditRefused]:
    if slot is None:
        return {"": EditRefused(EditRefusal.NO_SLOT)}
    if slot.ends_at <= now and not _is_to_come_after_all(changes, now):
        return {"": EditRefused(EditRefusal.OVER)}
    if changes.starts_at and changes.starts_at != slot.starts_at and changes.starts_at <= now:
        return {"starts_at": EditRefused(EditRefusal.PAST)}
    if changes.max_users is not None and changes.max_users < len(slot.holders):
        return {"max_users": EditRefused(EditRefusal.BELOW_BOOKED, booked=len(slot.holders))}
    return {}


def _is_to_come_after_all(changes: SlotChanges, now: datetime) -> bool:
    """Whether the slot was taken for over by clocks that were not its city's."""
    return changes.clocks_were is not None and changes.starts_at is not None and changes.starts_at > now


def _edited(state: State, slot: Slot, changes: SlotChanges) -> Slot:
    """The slot with its new values; it closes as long before its start as it did."""
    edited = slot
    if changes.city_id is not None:
        edited = edited.in_city(state.cities[changes.city_id])
    if changes.recruiter_id == "":
        edited = edited.held_by(None)
    elif recruiter := state.recruiters.get(changes.recruiter_id or slot.recruiter_id or ""):
        edited = edited.held_by(recruiter)  # the same one, too: their clocks may be the city's
    starts_at = changes.starts_at or slot.starts_at
    length = slot.ends_at - slot.starts_at
    if changes.duration_minutes is not None:
        length = timedelta(minutes=changes.duration_minutes)
    venue = edited.place.venue.model_copy(update=dict(changes.venue))
    return replace(
        edited,
        starts_at=starts_at,
        ends_at=starts_at + length,
        closes_at=starts_at - (slot.starts_at - slot.closes_at),
        capacity=slot.capacity if changes.max_users is None else changes.max_users,
        is_active=slot.is_active if changes.is_active is None else changes.is_active,
        place=replace(edited.place, venue=venue),
    )


def _followers(state: State, command: EditSlot, edited: SlotEdited) -> list[Event]:
    """What the edit means for the bookings in the slot, and for the moves that are wanted into it."""
    slot, handed_over = edited.after, edited.hands_over
    live = [booking for booking in state.bookings.values() if booking.live]
    inside = [booking for booking in live if booking.slot_id == slot.id]
    again = _taken_for_over(state, slot) if command.changes.clocks_were is not None else []
    wanted = [booking for booking in live if booking.requested_slot_id == slot.id]
    clocks_only = command.changes.clocks_were is not None
    return [
        *(BookingFollowedSlot(command.actor, it, _following(it, slot, clocks_only), handed_over) for it in inside),
        *(BookingFollowedSlot(command.actor, it, _following(_booked_again(it), slot, clocks_only)) for it in again),
        *(WantedSlotEdited(command.actor, it, next_version(kept_within(it, slot))) for it in wanted),
    ]


def _taken_for_over(state: State, slot: Slot) -> list[Booking]:
    """Whose interview in the slot was not marked yet when it seemed to be over, unless they have booked anew since."""
    unmarked = [it for it in state.bookings.values() if (it.slot_id, it.status) == (slot.id, BookingStatus.UNMARKED)]
    return [
        it
        for it in unmarked
        if not any(
            other.event_id == it.event_id or overlaps(state, other, slot)
            for other in state.live_bookings_of(it.candidate_id)
        )
    ]


def _booked_again(booking: Booking) -> Booking:
    return replace(booking, status=BookingStatus.BOOKED, ended_by="", reason="")


def _proposals(state: State, command: Command, edited: SlotEdited) -> list[Event]:
    """What the edit means for who is proposed the slot, where no seat is held for them."""
    slot, was_offered = edited.after, edited.before.is_offered
    proposed = [it for it in state.bookings.values() if it.live and it.proposed_slot_id == slot.id]
    if was_offered and not slot.is_offered:
        return [ProposedTimeWithdrawn(command.actor, it, without_proposal(it)) for it in proposed]
    # Who asks for the slot themselves is told of it as of the one they want.
    others = [it for it in proposed if edited.shows and it.requested_slot_id != slot.id]
    return [ProposedSlotEdited(command.actor, it, next_version(it)) for it in others]


def _following(booking: Booking, slot: Slot, clocks_only: bool) -> Booking:
    """``clocks_only``: it is at the digits it was told at, so who asks for another time does so still."""
    moved = slot.starts_at != booking.starts_at
    followed = next_version(in_slot(booking, slot) if moved else replace(booking, ends_at=slot.ends_at))
    if clocks_only and booking.attendance is Attendance.RESCHEDULE_ASKED:
        followed = replace(followed, coming=booking.coming, proposed_slot_id=booking.proposed_slot_id)
    return kept_within(followed, slot)
