"""What the audit trail keeps of a booking."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from scheduling.domain.model import Booking

_BOOKING_FIELDS = ("status", "slot_id", "requested_slot_id", "starts_at", "version", "expires_at")


def booking_facts(booking: Booking | None) -> dict[str, Any] | None:
    """A booking's telling fields; no names."""
    if booking is None:
        return None
    facts = asdict(booking)
    return {name: _plain(facts[name]) for name in _BOOKING_FIELDS}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
