"""When scheduled messages go out, as staff have set it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from reminders.domain.kinds import SPECS, ReminderKind

Setting = time | timedelta | None
"""A local clock time, or a span before or after what the kind's catalogue entry says; None: switched off."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When the messages of an interview event in a city go out. ``chosen``: by kind, where it is not as usual."""

    chosen: Mapping[str, Setting] = field(default_factory=dict)

    def of(self, kind: ReminderKind) -> Setting:
        """The setting of a kind."""
        return self.chosen.get(kind, SPECS[kind].usual)

    def clock_time(self, kind: ReminderKind) -> time | None:
        """The setting of a kind that goes out at a time of day."""
        setting = self.of(kind)
        return setting if isinstance(setting, time) else None

    def span(self, kind: ReminderKind) -> timedelta | None:
        """The setting of a kind that goes out so long before or after something."""
        setting = self.of(kind)
        return setting if isinstance(setting, timedelta) else None
