"""Quiet hours (R8): nothing that goes out by itself reaches people between 22:00 and 08:00 on their own clocks.

Whose clocks: the reader's own, those of their city; where they have none, those of the interview's. Callers get them
from ``Candidate.timezone_for``, ``Slot.recruiter_timezone`` and ``Deck.timezone_of``. Pure: no Django, no I/O.
"""

from datetime import datetime, time, timedelta

from common.zones import local

QUIET_FROM, QUIET_UNTIL = time(22), time(8)
_STILL_READ = timedelta(minutes=15)


def is_quiet(moment: datetime, timezone: str) -> bool:
    """Whether people in the zone sleep."""
    clock = local(moment, timezone).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def next_allowed_time(moment: datetime, timezone: str) -> datetime:
    """The moment itself, or the end of the quiet hours it falls in; in the moment's own zone."""
    if not is_quiet(moment, timezone):
        return moment
    there = local(moment, timezone)
    day = there.date() + timedelta(days=there.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, there.tzinfo).astimezone(moment.tzinfo)


def last_allowed_time(moment: datetime, timezone: str) -> datetime:
    """The moment itself, or a little before the quiet hours it falls in begin; in the moment's own zone."""
    if not is_quiet(moment, timezone):
        return moment
    there = local(moment, timezone)
    day = there.date() - timedelta(days=there.time() < QUIET_UNTIL)
    return datetime.combine(day, QUIET_FROM, there.tzinfo).astimezone(moment.tzinfo) - _STILL_READ


def next_quiet(moment: datetime, timezone: str) -> datetime:
    """When quiet hours begin after a moment outside them; in the moment's own zone."""
    there = local(moment, timezone)
    return datetime.combine(there.date(), QUIET_FROM, there.tzinfo).astimezone(moment.tzinfo)
