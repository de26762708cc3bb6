"""When automatic messages go out, as staff have set it."""

from dataclasses import dataclass
from datetime import time, timedelta

from reminders.domain.kinds import ReminderKind


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

    def of(self, kind: ReminderKind) -> time | timedelta | None:
        """The setting of a kind."""
        setting: time | timedelta | None = getattr(self, kind.value)
        return setting
