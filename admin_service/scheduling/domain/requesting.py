"""How long a request waits for its answer."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto

from common.quiet_hours import is_quiet, last_allowed_time, next_allowed_time
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


class Arrival(Enum):
    """How a request comes to a recruiter in their quiet hours.

    ``SILENT``: at once and without a sound, and again aloud in the morning where it still waits for them then.
    """

    ALOUD = auto()
    SILENT = auto()
    IN_THE_MORNING = auto()


def arrival(expires_at: datetime | None, morning: datetime, *, by_candidate: bool) -> Arrival:
    """How a request comes to a recruiter who sleeps until ``morning``.

    What can't wait so long is told aloud. A candidate who asks at night finds somebody who happens to be awake; what
    staff do by hand, such as handing over to somebody a few zones away, waits for the morning as all that is unasked.
    """
    if expires_at is not None and expires_at <= morning:
        return Arrival.ALOUD
    return Arrival.SILENT if by_candidate else Arrival.IN_THE_MORNING


def reminder(
    expires_at: datetime, policy: Policy, now: datetime, timezone: str | None, deputy_timezone: str | None = None
) -> datetime | None:
    """When its recruiter is reminded of a request made now: half-way at the earliest, and outside their quiet hours.

    Their deputy gets it then, too: so it comes before a night of the deputy's in which it expires.

    Args:
        expires_at: when the request does.
        policy: its event's rules.
        now: aware UTC.
        timezone: of the recruiter's clocks, None where there is no recruiter.
        deputy_timezone: of their deputy's, None where there is none in chat.

    Returns:
        What would fall into the night comes in the morning, or the evening before where it has expired by then; None
        where neither can be.
    """
    due_at = expires_at - min(policy.reminder, (expires_at - now) / 2)
    if timezone is None:
        return due_at
    own = _awake(due_at, expires_at, now, timezone)
    if own is None or deputy_timezone is None:
        return own
    theirs = _awake(own, expires_at, now, deputy_timezone)
    # in the deputy's morning they get it by themselves; what can't reach both reaches the recruiter
    return theirs if theirs and theirs < own and not is_quiet(theirs, timezone) else own


def _awake(due_at: datetime, expires_at: datetime, now: datetime, timezone: str) -> datetime | None:
    morning = next_allowed_time(due_at, timezone)
    if morning < expires_at:
        return morning
    evening = last_allowed_time(due_at, timezone)
    return evening if evening > now else None
