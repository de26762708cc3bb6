"""When automatic messages go out, as staff have set it, and quiet hours."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from reminders.domain.kinds import AutoKind

QUIET_FROM, QUIET_UNTIL = time(22), time(8)
"""Quiet hours (R8), in the reader's zone: for candidates that is the slot's city's."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When the messages of an interview event in a city go out; None: switched off. Clock times are local.

    ``two_hours`` and ``no_answer`` count back from the start; ``outcome_due`` counts from the end, ``no_show`` and
    ``recruiter_absent`` from the mark (time to take it back), ``change`` from the change.
    """

    day_of: time | None = time(11)
    evening_before: time | None = time(18)
    two_hours: timedelta | None = timedelta(hours=2)
    no_answer: timedelta | None = timedelta(hours=1)
    outcome_due: timedelta | None = timedelta()
    change: timedelta | None = timedelta()
    no_show: timedelta | None = timedelta(minutes=15)
    recruiter_absent: timedelta | None = timedelta(minutes=15)
    tomorrow: time | None = time(18)
    staff_summary: time | None = time(18, 30)

    def of(self, kind: AutoKind) -> time | timedelta | None:
        """The setting of a kind."""
        setting: time | timedelta | None = getattr(self, kind.value)
        return setting


def local(moment: datetime, timezone: str) -> datetime:
    """The moment on the clocks of an IANA time zone."""
    return moment.astimezone(ZoneInfo(timezone))


def is_quiet(moment: datetime, timezone: str) -> bool:
    """Whether people in the zone sleep."""
    clock = local(moment, timezone).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def awake(moment: datetime, timezone: str) -> datetime:
    """The moment itself, or the end of the quiet hours it falls in; in the moment's own zone."""
    if not is_quiet(moment, timezone):
        return moment
    there = local(moment, timezone)
    day = there.date() + timedelta(days=there.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, there.tzinfo).astimezone(moment.tzinfo)


def next_quiet(moment: datetime, timezone: str) -> datetime:
    """When quiet hours begin after a moment outside them; in the moment's own zone."""
    there = local(moment, timezone)
    return datetime.combine(there.date(), QUIET_FROM, there.tzinfo).astimezone(moment.tzinfo)
