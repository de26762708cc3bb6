"""How long a request waits for its answer."""

from dataclasses import replace
from datetime import datetime, timedelta

from scheduling.domain.model import Booking, Policy, Slot
from shared_contracts.directory import BookingStatus

LAST_ANSWER_BEFORE_START = timedelta(hours=1)
"""A request expires no later than this before its start (spec, "A booking's life")."""


def expiry(slot: Slot, policy: Policy, now: datetime) -> datetime:
    """When a request made now expires."""
    return min(now + policy.pending_for, slot.starts_at - LAST_ANSWER_BEFORE_START)


def move_expiry(booking: Booking, slot: Slot, policy: Policy, now: datetime) -> datetime:
    """When a move asked for now expires: before the earlier of both interviews, since one of them will be held."""
    return min(expiry(slot, policy, now), booking.starts_at - LAST_ANSWER_BEFORE_START)


def kept_within(booking: Booking, slot: Slot) -> Booking:
    """A booking whose answer is awaited no longer than ``slot``, the one it asks for or is offered, allows."""
    if booking.expires_at is None:
        return booking
    offered = booking.status is BookingStatus.OFFERED
    latest = slot.closes_at if offered else slot.starts_at - LAST_ANSWER_BEFORE_START
    return replace(booking, expires_at=min(booking.expires_at, latest))


def reminder(expires_at: datetime, policy: Policy, now: datetime) -> datetime:
    """When its recruiter is reminded of a request made now: half-way at the earliest."""
    return expires_at - min(policy.reminder, (expires_at - now) / 2)
