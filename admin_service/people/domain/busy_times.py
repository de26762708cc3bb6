"""When somebody is busy, by the text of their calendar (iCalendar, RFC 5545): nothing else of it is kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

from people.domain.calendar_lines import needed_lines
from shared_contracts.calendars import is_uid_of_ours

MOST = 5_000
"""Busy times that are kept; nobody has more within some months."""
_MARGIN = timedelta(days=2)
_FREE = frozenset({"FREE", "WORKINGELSEWHERE"})
"""What Outlook calls time that is not taken up."""


class NotACalendarError(Exception):
    """The text is no calendar: a web page, say, or nothing at all."""


@dataclass(frozen=True, slots=True, order=True)
class BusyTime:
    """From when until when, both aware, in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when busy times are of interest, both aware."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar says. ``times``: by start, none touching another; ``unread``: entries that can't be read."""

    times: tuple[BusyTime, ...]
    unread: int


def busy_times(content: bytes, zone: str, window: Window) -> Reading:
    """The busy times of a calendar within a window.

    Args:
        content: as it was sent; broken characters are put up with.
        zone: IANA, of entries that name none, and of whole days.

    Raises:
        NotACalendarError: it is none.
    """
    text = content.decode("utf-8-sig", errors="replace").strip("\0 \t\r\n")
    if not text[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise NotACalendarError
    lines = needed_lines(text, (window.begins - _MARGIN).date(), (window.ends + _MARGIN).date())
    try:
        calendars = Calendar.from_ical("\r\n".join([*lines, ""]), multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise NotACalendarError from error
    found: list[BusyTime] = []
    unread = 0
    for calendar in calendars:
        _drop_unknown_zone(calendar)
        for entries in _entries(calendar):
            try:
                found.extend(_taken_up(entries, ZoneInfo(zone), window))
            except Exception:  # whatever the libraries make of it; the others are read all the same
                unread += 1
    return Reading(tuple(_merged(found)[:MOST]), unread)


def _drop_unknown_zone(calendar: Component) -> None:
    """A default zone that is none would spoil the whole calendar."""
    name = str(calendar.get("X-WR-TIMEZONE", "UTC"))
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        del calendar["X-WR-TIMEZONE"]


def _entries(calendar: Component) -> Iterator[Component]:
    """What belongs together, as a calendar each: an event with its exceptions; what says busy times itself."""
    events: dict[str, list[Component]] = defaultdict(list)
    for component in calendar.subcomponents:
        if component.name == "VEVENT":
            events[str(component.get("UID", id(component)))].append(component)
        elif component.name == "VFREEBUSY":
            yield component
    for uid, together in events.items():
        if not is_uid_of_ours(uid):
            one = Calendar()
            if "X-WR-TIMEZONE" in calendar:
                one["X-WR-TIMEZONE"] = calendar["X-WR-TIMEZONE"]
            one.subcomponents = together
            yield one


def _taken_up(entries: Component, zone: ZoneInfo, window: Window) -> Iterator[BusyTime]:
    if entries.name == "VFREEBUSY":
        pairs = _periods(entries)
    else:
        if any(event.errors and "DTSTART" not in event for event in entries.subcomponents):
            raise ValueError("an event whose start can't be read")
        span = (window.begins - _MARGIN, window.ends + _MARGIN)
        occurrences = recurring_ical_events.of(entries, skip_bad_series=False).between(*span)
        pairs = ((one.start, one.end) for one in occurrences if _takes_time(one))
    for start, end in pairs:
        begins, ends = _moment(start, zone), _moment(end, zone)
        if begins < ends and begins < window.ends and ends > window.begins:
            yield BusyTime(max(begins, window.begins), min(ends, window.ends))


def _takes_time(event: Any) -> bool:
    status, shown_as = str(event.get("STATUS", "")).upper(), str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    return status != "CANCELLED" and str(event.get("TRANSP", "")).upper() != "TRANSPARENT" and shown_as not in _FREE


def _periods(component: Component) -> Iterator[tuple[datetime, datetime]]:
    found = component.get("FREEBUSY", [])
    for periods in found if isinstance(found, list) else [found]:
        if str(periods.params.get("FBTYPE", "BUSY")).upper() != "FREE":
            yield periods.start, periods.end


def _moment(told: date | datetime, zone: ZoneInfo) -> datetime:
    """A whole day begins and ends at midnight, and a time without a zone is, on the recruiter's clocks."""
    if not isinstance(told, datetime):
        told = datetime.combine(told, time())
    return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)


def _merged(times: Iterable[BusyTime]) -> list[BusyTime]:
    """By start; what overlaps or touches is one."""
    merged: list[BusyTime] = []
    for one in sorted(times):
        if merged and one.starts_at <= merged[-1].ends_at:
            merged[-1] = BusyTime(merged[-1].starts_at, max(merged[-1].ends_at, one.ends_at))
        else:
            merged.append(one)
    return merged
