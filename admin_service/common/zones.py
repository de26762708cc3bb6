"""Time zones: which there are, and the one of whatever belongs to no city."""

from functools import cache
from zoneinfo import available_timezones

MOSCOW = "Europe/Moscow"
"""Of the audit trail, scans, days that staff filter by; and (spec, "Time") of a city whose own zone can't be read."""


@cache
def zone_names() -> frozenset[str]:
    """Every zone that is known here. Read once: finding them walks through the files of all."""
    return frozenset(available_timezones())
