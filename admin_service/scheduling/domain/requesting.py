"""How long a request waits for its answer."""

from datetime import datetime, timedelta

from scheduling.domain.model import Policy, Slot

LAST_ANSWER_BEFORE_START = timedelta(hours=1)
"""A request expires no later than this before its start (spec, "A booking's life")."""


def expiry(slot: Slot, policy: Policy, now: datetime) -> datetime:
    """When a request made now expires."""
    return min(now + policy.pending_for, slot.starts_at - LAST_ANSWER_BEFORE_START)


def reminder(expires_at: datetime, policy: Policy, now: datetime) -> datetime:
    """When its recruiter is reminded of a request made now: half-way at the earliest."""
    return expires_at - min(policy.reminder, (expires_at - now) / 2)
