"""When and where an interview is, as staff are told: in an office on the place's clocks, online on the company's."""

from datetime import datetime
from typing import Any

from bson import ObjectId

from common.mongo import collection
from common.zones import MOSCOW
from people.services.zones import zones_of_cities
from scheduling.domain.model import Slot
from scheduling.models import Booking, InterviewSlot
from scheduling.services.store.slots import venue_of
from scheduling.staff.forms.venues import booking_venue
from shared_contracts.venue import Venue
from staffkit.clocks import format_moment


def start_of(starts_at: datetime, zone: str, venue: Venue) -> str:
    """When an interview starts; ``zone``: of its city."""
    return format_moment(starts_at, zone, ours=bool(venue.video_link))


def slot_start(slot: InterviewSlot) -> str:
    """When a slot starts."""
    return format_moment(slot.starts_at, slot.city.timezone, ours=bool(slot.video_link))


def booking_start(booking: Booking) -> str:
    """When a booking's interview starts, on the clocks of its snapshot."""
    return start_of(booking.starts_at, booking.slot.timezone, booking_venue(booking))


def slot_name(slot_id: Any, starts_at: datetime | None = None) -> str:
    """When and where the slot of an id is, by what is stored of it now; empty where there is none.

    ``starts_at``: when it was, where that is known.
    """
    slot = collection("interview_slots").find_one({"_id": ObjectId(slot_id)}) if slot_id else None
    if slot is None:
        return ""
    venue, zone = venue_of(slot), zones_of_cities().get(slot["city_id"], MOSCOW)
    return named(start_of(starts_at or slot["starts_at"], zone, venue), venue.line)


def named(start: str, place: str) -> str:
    """Both in one line."""
    return ", ".join(filter(None, (start, place)))


def name_of(slot: Slot) -> str:
    """The name under which a slot is found."""
    place = ", ".join(filter(None, (slot.place.city, slot.place.venue.line)))
    when = start_of(slot.starts_at, slot.place.timezone, slot.place.venue)
    return " · ".join((when, slot.place.recruiter or "—", place))
