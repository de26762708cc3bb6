"""Times as staff read and type them: wall-clock time in the slot's city's zone, the company's own beside it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common import clock
from common.texts.language import desk_language
from common.zones import MOSCOW, ClockChange, change_at, day_start, local, zone_name, zone_told
from shared_contracts.texts.clocks import clocks_of, utc_offset

DAY_AND_TIME = "D d.m.Y, H:i"
"""Django's pattern of a moment."""


def format_moment(moment: datetime, zone: str, *, ours: bool = False, pattern: str = DAY_AND_TIME) -> str:
    """Weekday, date and time, such as ``Mon 07.12.2026, 17:00 (Vladivostok; Moscow 10:00)``.

    Args:
        moment: aware.
        zone: of the place, IANA.
        ours: tell it on the company's clocks, with the place's in brackets: an online interview, or what is no
            interview's time.
        pattern: Django's, of what stands before the brackets.
    """
    clocks = clocks_of(moment, zone, MOSCOW, online=False)
    there = moment.astimezone(clocks.zone)
    named = zone_told(moment, clocks.zone.key, desk_language())
    if clocks.beside is None:
        return f"{date_format(there, pattern)} ({named})" if clocks.named else date_format(there, pattern)
    here = moment.astimezone(clocks.beside)
    if ours:
        return f"{date_format(here, pattern)} ({_beside(there, here)})"
    return f"{date_format(there, pattern)} ({named}; {_beside(here, there)})"


def format_done(moment: datetime) -> str:
    """When something was done, aware: on the company's clocks wherever it is told, and whatever it was done to."""
    return format_moment(moment, MOSCOW)


def _beside(other: datetime, told: datetime) -> str:
    """The same moment on other clocks, with their name, and the weekday where it is another there."""
    day = "" if other.date() == told.date() else f"{date_format(other, 'D')} "
    return f"{zone_name(str(other.tzinfo), desk_language())} {day}{other:%H:%M}"


def from_wall_clock(wall_clock: datetime, zone: str) -> datetime:
    """What staff typed as a moment: its digits, on the clocks of ``zone``.

    Raises:
        ValidationError: the clocks are changed then, so that it is no moment, or two; it names what can be given.
    """
    change = change_at(wall_clock, zone)
    if change is None:
        return wall_clock.replace(tzinfo=ZoneInfo(zone))
    earlier, later = (f"{moment:%H:%M}" for moment in change.nearest)
    give = _("Give %(earlier)s or %(later)s.") % {"earlier": earlier, "later": later}
    raise ValidationError(f"{why_no_moment(change)} {give}")


def why_no_moment(change: ClockChange) -> str:
    """That a time is no moment, or two."""
    first, second = map(utc_offset, change.readings)
    names = {"time": f"{change.digits:%d.%m.%Y, %H:%M}", "first": first, "second": second}
    if change.skips:
        return _("%(time)s does not exist there: the clocks are put forward.") % names
    return _("%(time)s comes twice there, at %(first)s and %(second)s: the clocks are put back.") % names


def today(zone: str = MOSCOW) -> date:
    """The date in ``zone``."""
    return local(clock.now(), zone).date()


def day_bounds(day: date, zone: str = MOSCOW) -> tuple[datetime, datetime]:
    """A day's first moment and the next day's, in UTC."""
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)


def format_day(day: str) -> str:
    """A day given as ``YYYY-MM-DD``, written out in the reader's language."""
    return date_format(date.fromisoformat(day), "j E Y")
