"""Time zones: which there are, the clocks and days of each, and the one of whatever belongs to no city."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from shared_contracts.texts.clocks import MOSCOW, offset_if_twice

__all__ = ["MOSCOW", "ClockChange", "change_at", "day_start", "local", "zone_name", "zone_names", "zone_told"]


@cache
def zone_names() -> frozenset[str]:
    """Every zone that is known here. Read once: finding them walks through the files of all."""
    return frozenset(available_timezones())


def local(moment: datetime, timezone: str) -> datetime:
    """The moment on the clocks of an IANA time zone."""
    return moment.astimezone(ZoneInfo(timezone))


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A time of day that is no moment in a zone, or two, since the clocks are changed then.

    ``digits``: the time, without a zone. ``readings``: what they mean by the clocks before the change and after it.
    """

    digits: datetime
    readings: tuple[datetime, datetime]

    @property
    def skips(self) -> bool:
        """Whether there is no such time; else there are two."""
        first, second = map(_offset, self.readings)
        return second > first

    @property
    def nearest(self) -> tuple[datetime, datetime]:
        """The times before and after it, by as much as the clocks are changed, that come once; aware."""
        first, second = map(_offset, self.readings)
        shift, zone = abs(second - first), self.readings[0].tzinfo
        return (self.digits - shift).replace(tzinfo=zone), (self.digits + shift).replace(tzinfo=zone)


def change_at(digits: datetime, timezone: str) -> ClockChange | None:
    """The change of a zone's clocks by which these digits are no moment, or two; None where they are one."""
    first, second = (digits.replace(tzinfo=ZoneInfo(timezone), fold=fold) for fold in (0, 1))
    return None if first.utcoffset() == second.utcoffset() else ClockChange(digits, (first, second))


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def day_start(day: date, zone: str = MOSCOW) -> datetime:
    """The day's first moment in a zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@cache
def zone_name(zone: str, language: str) -> str:
    """A zone as people in chat and at the desk are told it, by its city: ``Владивосток``, ``Vladivostok``."""
    named = Locale.parse(language).time_zones.get(zone, {}).get("city")
    return str(named or zone.rsplit("/", maxsplit=1)[-1].replace("_", " "))


def zone_told(moment: datetime, zone: str, language: str) -> str:
    """The same beside an aware moment; with its offset where those clocks show its time twice: ``Berlin, UTC+2``."""
    return ", ".join(filter(None, (zone_name(zone, language), offset_if_twice(moment, ZoneInfo(zone)))))
