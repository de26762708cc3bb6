"""Time zones: which there are, the clocks of each, and the one of whatever belongs to no city."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

MOSCOW = "Europe/Moscow"
"""Of the audit trail, scans, days that staff filter by; and (spec, "Time") of a city whose own zone can't be read."""


@cache
def zone_names() -> frozenset[str]:
    """Every zone that is known here. Read once: finding them walks through the files of all."""
    return frozenset(available_timezones())


def local(moment: datetime, timezone: str) -> datetime:
    """The moment on the clocks of an IANA time zone."""
    return moment.astimezone(ZoneInfo(timezone))
