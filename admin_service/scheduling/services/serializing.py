"""Slots and bookings in the shapes that cross the wire.

Models are checked as they are made, a good part of what deciding takes, and the same ones go out many times: in an
answer and on a card, a slot with each of its bookings, a place with each of its slots. So the last ones are kept.
"""

from collections.abc import Sequence
from functools import lru_cache

from common import wire
from scheduling.domain.booking import cancel_closes_at, has_moves_left, move_closes_at
from scheduling.domain.model import Booking, Policy, Slot, State
from shared_contracts.booking import INTERVIEW_STATUSES
from shared_contracts.directory import BookingView, CityRef, NamedRef, SlotView
from shared_contracts.venue import Venue, VenueView

MOST_KEPT = 256
"""Some times what a batch needs."""


@lru_cache(maxsize=MOST_KEPT)
def slot_view(slot: Slot, *, link: bool = False) -> SlotView:
    """A slot as people see it; ``link``: those who come, with the video call's link or the way there."""
    place = slot.place
    recruiter = _named(slot.recruiter_id, place.recruiter) if slot.recruiter_id and place.recruiter else None
    return SlotView(
        id=slot.id,
        starts_at=slot.starts_at,
        closes_at=slot.closes_at,
        duration_minutes=slot.duration_minutes,
        free=slot.free,
        **_shown(place.venue, link).model_dump(),
        city=_city(slot.city_id, place.city, place.timezone),
        recruiter=recruiter,
        event=_named(slot.event_id, place.event),
    )


def venue_for(booking: Booking, slot: Slot) -> VenueView:
    """Where to come, as the booking's candidate is told: a video call's link is for who has the interview."""
    return _shown(slot.place.venue, _is_interview(booking))


def slot_views(slots: Sequence[Slot]) -> list[SlotView]:
    """Slots as people see them; what can't be shown is left out."""
    return wire.views("interview_slots", slots, lambda slots: [slot_view(slot) for slot in slots])


def booking_view(booking: Booking | None, state: State) -> BookingView | None:
    """A booking as its candidate sees it; None where there is none, or its slot was deleted since."""
    if booking is None or booking.slot_id not in state.slots:
        return None
    wanted = state.slots.get(booking.requested_slot_id) if booking.requested_slot_id else None
    proposed = state.slots.get(booking.proposed_slot_id) if booking.proposed_slot_id else None
    return _booking_view(booking, state.slots[booking.slot_id], wanted, proposed, state.policies.get(booking.event_id))


@lru_cache(maxsize=MOST_KEPT)
def _booking_view(
    booking: Booking, slot: Slot, wanted: Slot | None, proposed: Slot | None, policy: Policy | None
) -> BookingView:
    return BookingView(
        id=booking.id,
        version=booking.version,
        status=booking.status,
        slot=slot_view(slot, link=_is_interview(booking)),
        requested_slot=slot_view(wanted) if wanted else None,
        expires_at=booking.expires_at,
        contact_url=slot.place.contact_url,
        recruiter_url=(wanted or slot).place.recruiter_url,
        recruiter_reachable=slot.recruiter_reachable,
        asked_reachable=wanted is None or wanted.recruiter_reachable,
        reschedule_asked=booking.reschedule_asked,
        move_closes_at=move_closes_at(booking, policy) if policy else None,
        cancel_closes_at=cancel_closes_at(booking, policy) if policy else None,
        may_move=policy is None or has_moves_left(booking, policy),
        **booking.coming.model_dump(),
        offered_slot=slot_view(proposed) if proposed else None,
        **slot.place.words.model_dump(),
    )


def _is_interview(booking: Booking) -> bool:
    return booking.status in INTERVIEW_STATUSES


@lru_cache(maxsize=MOST_KEPT)
def _shown(venue: Venue, link: bool) -> VenueView:
    return venue.shown(link=link)


@lru_cache(maxsize=MOST_KEPT)
def _city(city_id: str, name: str, timezone: str) -> CityRef:
    return CityRef(id=city_id, name=name, timezone=timezone)


@lru_cache(maxsize=MOST_KEPT)
def _named(ref_id: str, name: str) -> NamedRef:
    return NamedRef(id=ref_id, name=name)
