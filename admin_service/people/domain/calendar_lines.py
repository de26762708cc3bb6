"""Of a calendar's text only what tells when somebody is busy: titles, guests and places are dropped unread.

So none of them is kept anywhere, a broken one breaks nothing, and a calendar of many years is read in a moment.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

_FOLD, _END = re.compile(r"\r?\n[ \t]"), re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_WHEN = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY"})
_WHICH = frozenset({"UID", "SEQUENCE", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"})
_ZONES = frozenset({"TZID", "TZOFFSETFROM", "TZOFFSETTO", "X-WR-TIMEZONE"})
_COMPONENTS = frozenset({"VCALENDAR", "VEVENT", "VFREEBUSY", "VTIMEZONE", "STANDARD", "DAYLIGHT"})
_MOVES = frozenset({"RDATE", "RECURRENCE-ID"})
_DAY, _UNTIL = re.compile(r":(\d{8})"), re.compile(r"UNTIL=(\d{8})")


def needed_lines(text: str, since: date, until: date) -> list[str]:
    """The unfolded lines that are needed, without events that are known to be over before, or to begin after."""
    kept: list[str] = []
    event: list[str] | None = None
    for name, line in _wanted(_END.split(_FOLD.sub("", text))):
        if name == "BEGIN" and line.upper().endswith(":VEVENT"):
            event = []
        if event is None:
            kept.append(line)
            continue
        event.append(line)
        if name == "END":
            kept.extend(event if _counts(event, since, until) else [])
            event = None
    return kept


def _wanted(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Lines with their names; of components that say nothing of the time (alarms, tasks) none."""
    depth = 0
    """How many of those are open."""
    for line in lines:
        name = _name(line)
        if name in {"BEGIN", "END"}:
            is_other = line.partition(":")[2].strip().upper() not in _COMPONENTS
            if not (is_other or depth):
                yield name, line
            if is_other:
                depth = max(0, depth + (1 if name == "BEGIN" else -1))
        elif not depth and name in _WHEN | _WHICH | _ZONES:
            yield name, line


def _name(line: str) -> str:
    found = _NAME.match(line)
    return found[0].upper() if found else ""


def _counts(event: list[str], since: date, until: date) -> bool:
    """Whether it may be of interest: not where it is known to end before ``since``, or to begin after ``until``."""
    lines = {_name(line): line for line in event}
    if not _MOVES & lines.keys():
        last = _UNTIL.search(lines["RRULE"]) if "RRULE" in lines else _DAY.search(_end(lines))
        if last and last[1] < f"{since:%Y%m%d}":
            return False
    first = _DAY.search(lines.get("DTSTART", ""))
    return not first or first[1] <= f"{until:%Y%m%d}" or "RECURRENCE-ID" in lines


def _end(lines: Mapping[str, str]) -> str:
    return lines.get("DTEND", "" if "DURATION" in lines else lines.get("DTSTART", ""))
