"""Time zones: which there are, the clocks and days of each, and the one of whatever belongs to no city."""

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from shared_contracts.texts.clocks import MOSCOW

__all__ = ["MOSCOW", "day_start", "local", "utc_offset", "zone_name", "zone_names"]


@cache
def zone_names() -> frozenset[str]:
    """Every zone that is known here. Read once: finding them walks through the files of all."""
    return frozenset(available_timezones())


def local(moment: datetime, timezone: str) -> datetime:
    """The moment on the clocks of an IANA time zone."""
    return moment.astimezone(ZoneInfo(timezone))


def day_start(day: date, zone: str = MOSCOW) -> datetime:
    """The day's first moment in a zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@cache
def zone_name(zone: str, language: str) -> str:
    """A zone as people in chat and at the desk are told it, by its city: ``Владивосток``, ``Vladivostok``."""
    named = Locale.parse(language).time_zones.get(zone, {}).get("city")
    return str(named or zone.rsplit("/", maxsplit=1)[-1].replace("_", " "))


def utc_offset(there: datetime) -> str:
    """How far the clocks are on which an aware moment is, where a zone changes its own: ``UTC+10``, ``UTC+5:45``."""
    offset = f"{there:%z}"
    minutes = "" if offset[3:5] == "00" else f":{offset[3:5]}"
    return f"UTC{offset[0]}{int(offset[1:3])}{minutes}"
