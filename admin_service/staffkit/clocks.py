"""Times as staff read and type them: wall-clock time in the slot's city's zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from common import clock
from common.zones import MOSCOW, local


def format_moment(moment: datetime, zone: str) -> str:
    """Weekday, date and time in ``zone``, which is named when it is not Moscow's."""
    there = local(moment, zone)
    text = date_format(there, "D d.m.Y, H:i")
    return text if zone == MOSCOW else f"{text} ({there:UTC%z})".replace("00)", ")")


def from_wall_clock(wall_clock: datetime, zone: str) -> datetime:
    """What staff typed as a moment: its digits, on the clocks of ``zone``."""
    return wall_clock.replace(tzinfo=ZoneInfo(zone))


def day_start(day: date, zone: str = MOSCOW) -> datetime:
    """The day's first moment, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def today(zone: str = MOSCOW) -> date:
    """The date in ``zone``."""
    return local(clock.now(), zone).date()


def day_bounds(day: date, zone: str = MOSCOW) -> tuple[datetime, datetime]:
    """A day's first moment and the next day's, in UTC."""
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)


def format_day(day: str) -> str:
    """A day given as ``YYYY-MM-DD``, written out in the reader's language."""
    return date_format(date.fromisoformat(day), "j E Y")
