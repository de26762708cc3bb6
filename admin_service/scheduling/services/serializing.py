"""Slots and bookings in the shapes that cross the wire."""

from collections.abc import Sequence

from common import wire
from scheduling.domain.model import Booking, Slot, State
from shared_contracts.booking import INTERVIEW_STATUSES
from shared_contracts.directory import BookingView, CityRef, NamedRef, SlotView
from shared_contracts.venue import VenueView


def slot_view(slot: Slot, venue: VenueView | None = None) -> SlotView:
    """A slot as people see it; ``venue`` where they are told another than all are."""
    place = slot.place
    recruiter = NamedRef(id=slot.recruiter_id, name=place.recruiter) if slot.recruiter_id and place.recruiter else None
    return SlotView(
        id=slot.id,
        starts_at=slot.starts_at,
        closes_at=slot.closes_at,
        duration_minutes=slot.duration_minutes,
        free=slot.free,
        **(venue or place.venue.shown()).model_dump(),
        city=CityRef(id=slot.city_id, name=place.city, timezone=place.timezone),
        recruiter=recruiter,
        event=NamedRef(id=slot.event_id, name=place.event),
    )


def venue_for(booking: Booking, slot: Slot) -> VenueView:
    """Where to come, as the booking's candidate is told: a video call's link is for who has the interview."""
    return slot.place.venue.shown(link=booking.status in INTERVIEW_STATUSES)


def slot_views(slots: Sequence[Slot]) -> list[SlotView]:
    """Slots as people see them; what can't be shown is left out."""
    return wire.views("interview_slots", slots, lambda slots: [slot_view(slot) for slot in slots])


def booking_view(booking: Booking | None, state: State) -> BookingView | None:
    """A booking as its candidate sees it; None where there is none, or its slot was deleted since."""
    if booking is None or booking.slot_id not in state.slots:
        return None
    slot = state.slots[booking.slot_id]
    wanted = state.slots.get(booking.requested_slot_id) if booking.requested_slot_id else None
    proposed = state.slots.get(booking.proposed_slot_id) if booking.proposed_slot_id else None
    return BookingView(
        id=booking.id,
        version=booking.version,
        status=booking.status,
        slot=slot_view(slot, venue_for(booking, slot)),
        requested_slot=slot_view(wanted) if wanted else None,
        expires_at=booking.expires_at,
        contact_url=slot.place.contact_url,
        recruiter_url=(wanted or slot).place.recruiter_url,
        reschedule_asked=booking.reschedule_asked,
        **booking.coming.model_dump(),
        offered_slot=slot_view(proposed) if proposed else None,
    )
