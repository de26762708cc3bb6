"""What the audit trail keeps of bookings and slots."""

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


def booking_facts(booking: Booking | None) -> dict[str, Any] | None:
    """A booking's telling fields; no names."""
    if booking is None:
        return None
    facts = {_STORED_AS.get(name, name): _plain(getattr(booking, name)) for name in _BOOKING_FIELDS}
    return facts | {name: getattr(booking.coming, name) for name in SAID_FIELDS}


def slot_facts(slot: Slot) -> dict[str, Any]:
    """A slot's telling fields; whoever sits there is not among them."""
    return {
        "starts_at": slot.starts_at.isoformat(),
        "duration_minutes": slot.duration_minutes,
        "max_users": slot.capacity,
        **slot.place.venue.model_dump(),
        "recruiter_id": slot.recruiter_id,
        "city_id": slot.city_id,
        "is_active": slot.is_active,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
