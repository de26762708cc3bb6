"""What the audit trail keeps of bookings and slots."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scheduling.domain.model import Booking, Slot
from shared_contracts.attendance import Coming

_BOOKING_FIELDS = (
    "status",
    "slot_id",
    "requested_slot_id",
    "starts_at",
    "version",
    "expires_at",
    "proposed_slot_id",
    "marked_at",
)
_STORED_AS = {"proposed_slot_id": "offered_slot_id"}
"""Fields whose stored name is an older one."""
SAID_FIELDS = tuple(name for name in Coming.model_fields if not name.endswith("_at"))
"""What the candidate has said about coming; when they said so is when the entry was made."""


SLOTS_AS_THEY_WERE = "slots"
"""Where an entry keeps when and where the slots were that it names, by their ids: they change afterwards."""
ZONE = "zone"
"""The clocks of the slot's city, as they were."""


def booking_facts(booking: Booking | None, slots: Mapping[str, Slot]) -> dict[str, Any] | None:
    """A booking's telling fields; no names. ``slots``: as they are at that moment, by id."""
    if booking is None:
        return None
    facts = {_STORED_AS.get(name, name): _plain(getattr(booking, name)) for name in _BOOKING_FIELDS}
    ids = (booking.slot_id, booking.requested_slot_id, booking.proposed_slot_id)
    own = slots.get(booking.slot_id)
    return {
        **facts,
        **{name: getattr(booking.coming, name) for name in SAID_FIELDS},
        SLOTS_AS_THEY_WERE: {item: _as_it_was(slots[item]) for item in ids if item and item in slots},
        **({ZONE: own.place.timezone, "recruiter_id": own.recruiter_id} if own else {}),
    }


def _as_it_was(slot: Slot) -> dict[str, Any]:
    venue = slot.place.venue
    at = {"starts_at": slot.starts_at.isoformat(), ZONE: slot.place.timezone}
    where = {"venue": venue.model_dump(include={"location", "room", "video_link"}), "city": slot.place.city}
    return {**at, **where, "online": bool(venue.video_link)}


def slot_facts(slot: Slot) -> dict[str, Any]:
    """A slot's telling fields; whoever sits there is not among them."""
    return {
        "starts_at": slot.starts_at.isoformat(),
        "duration_minutes": slot.duration_minutes,
        "max_users": slot.capacity,
        **slot.place.venue.model_dump(),
        "recruiter_id": slot.recruiter_id,
        "city_id": slot.city_id,
        ZONE: slot.place.timezone,
        "is_active": slot.is_active,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
