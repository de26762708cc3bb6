"""When and where an interview is, as staff are told: in an office on the place's clocks, online on the company's."""

from datetime import datetime
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext as _

from common.mongo import collection
from common.texts.language import desk_language
from common.zones import MOSCOW
from people.services.zones import zones_of_cities
from scheduling.domain.model import Slot
from scheduling.models import Booking, InterviewSlot
from scheduling.services.store.slots import venue_of
from scheduling.staff.forms.venues import booking_venue
from shared_contracts.venue import Venue, is_bare, room_told
from staffkit.clocks import DAY_AND_TIME, format_moment


def start_of(starts_at: datetime, zone: str, venue: Venue, *, pattern: str = DAY_AND_TIME) -> str:
    """When an interview starts; ``zone``: of its city; ``pattern``: as for ``format_moment``."""
    return format_moment(starts_at, zone, ours=bool(venue.video_link), pattern=pattern)


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
    return named(start_of(starts_at or slot["starts_at"], zone, venue), place_of(venue))


def place_of(venue: Venue) -> str:
    """Where an interview is, in one line."""
    return venue.told(desk_language())


def named(start: str, place: str) -> str:
    """Both in one line."""
    return ", ".join(filter(None, (start, place)))


def name_of(slot: Slot) -> str:
    """The name under which a slot is found."""
    place = ", ".join(filter(None, (slot.place.city, place_of(slot.place.venue))))
    when = start_of(slot.starts_at, slot.place.timezone, slot.place.venue)
    return " · ".join((when, slot.place.recruiter or "—", place))


def differences(was: Slot, now: Slot) -> list[tuple[str, str]]:
    """What two slots, or one as it was and as it is, differ in besides the time: old and new of each."""
    lengths = [_("%(minutes)s min") % {"minutes": slot.duration_minutes} for slot in (was, now)]
    pairs = [
        (lengths[0], lengths[1]),
        (was.place.city, now.place.city),
        _places(was.place.venue, now.place.venue),
        (was.place.recruiter or "—", now.place.recruiter or "—"),
        (was.place.event, now.place.event),
    ]
    return [pair for pair in pairs if pair[0] != pair[1]]


def _places(was: Venue, now: Venue) -> tuple[str, str]:
    """Where they are; in the same building the rooms alone."""
    if was.room and now.room and was.location == now.location and not (was.video_link or now.video_link):
        alike = is_bare(was.room) and is_bare(now.room)
        return room_told(was.room, desk_language()), now.room if alike else room_told(now.room, desk_language())
    return place_of(was), place_of(now)
