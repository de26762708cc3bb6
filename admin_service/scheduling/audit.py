"""What the audit trail keeps of a booking."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from common import audit, clock, correlation
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


def record_staff(
    subject: str,
    subject_id: str,
    action: str,
    actor: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str = "",
) -> None:
    """Write one entry for what the member of staff ``actor`` did in the desk, in the transaction under way."""
    entry = audit.entry(
        subject,
        subject_id,
        action,
        actor=f"staff:{actor}",
        via="desk",
        now=clock.now(),
        correlation_id=correlation.current(),
        before=before,
        after=after,
        reason=reason,
    )
    audit.add([entry])
