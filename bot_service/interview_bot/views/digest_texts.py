"""Daily lists: a recruiter's interviews of tomorrow, the staff's summary of the day; and a recruiter's farewell."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date

from interview_bot.views.formatting import CLOCK, delay_key, start, zone_name
from interview_bot.views.html_text import visible_length
from interview_bot.views.texts import Texts
from shared_contracts.attendance import Attendance
from shared_contracts.digest import DaySummary, DigestCommand, DigestEntry, Farewell, SummaryLine
from shared_contracts.telegram.names import isolated
from shared_contracts.telegram.text import MAX_TEXT
from shared_contracts.texts.clocks import MOSCOW, clocks_of

_ROOM_FOR_MORE = 40
_ATTENDANCE = {
    Attendance.CONFIRMED: "digest.confirmed",
    Attendance.DECLINED: "digest.declined",
    Attendance.RESCHEDULE_ASKED: "digest.asks_other_time",
}
_DAY = {
    "attended": "digest.attended",
    "late": "digest.late",
    "no_show": "digest.no_show",
    "recruiter_absent": "digest.recruiter_absent",
    "unmarked": "digest.unmarked",
}
_WAITS = {
    "pending": "digest.pending",
    "reschedule_asked": "digest.reschedule_asked",
    "by_hand": "digest.by_hand",
    "failed": "digest.failed",
}


def digest_text(command: DigestCommand, texts: Texts) -> str:
    """The list as HTML in ``texts``' language; what does not fit one message is left out and counted."""
    day = format_date(date.fromisoformat(command.day), "EEEE, d MMMM", locale=texts.locale)
    if command.farewell is not None:
        return _farewell(command.farewell, texts)
    if command.summary is not None:
        return _summary(command.summary, day, texts)
    return _tomorrow(command, day, texts)


def _farewell(farewell: Farewell, texts: Texts) -> str:
    """Access has ended, with what became of the interviews."""
    parts = [texts("farewell.thanks")]
    if farewell.interviews:
        number = texts.counted("digest.interviews", farewell.interviews)
        key = f"farewell.{farewell.became}"
        if farewell.became == "kept" and farewell.successor is None:
            key = "farewell.kept_by_staff"
        parts.append(texts(key, number=number, name=farewell.successor or ""))
    return "\n\n".join([*parts, texts("farewell.questions")])


def _tomorrow(command: DigestCommand, day: str, texts: Texts) -> str:
    zone = ZoneInfo(command.timezone)
    number = len(command.entries) + command.more
    head = texts("digest.tomorrow", day=day, number=texts.counted("digest.interviews", number))
    if zone.key != MOSCOW:
        head += "\n" + texts("digest.zone", zone=zone_name(zone, texts))
    entries = [_entry(entry, zone, texts) for entry in command.entries]
    return _fit(head, entries, command.more, "\n\n", texts)


def _entry(entry: DigestEntry, zone: ZoneInfo, texts: Texts) -> str:
    clocks = clocks_of(entry.starts_at, entry.timezone or zone.key, zone.key, online=entry.online)
    clocks = (
        clocks if clocks.beside or clocks.offset else replace(clocks, named=False)
    )  # the reader's own are named above the list
    time = start(entry.starts_at, clocks, texts, CLOCK)
    lines = [texts("digest.entry", time=time, name=isolated(entry.candidate), link=entry.link)]
    where = entry.venue.told(texts.language) if entry.venue else entry.place
    lines.append(texts("digest.what", what=" · ".join(part for part in (entry.event, where) if part)))
    if entry.attendance:
        lines.append(texts(_ATTENDANCE[entry.attendance]))
    if entry.delay_minutes:
        key = delay_key(entry.delay_minutes, "digest.delay", "digest.long_delay")
        lines.append(texts(key, minutes=entry.delay_minutes))
    if entry.by_hand:
        lines.append(texts("digest.write_yourself"))
    return "\n".join(lines)


def _summary(summary: DaySummary, day: str, texts: Texts) -> str:
    counts = summary.model_dump()
    went = [texts(key, number=counts[name]) for name, key in _DAY.items() if counts[name]]
    waits = [texts(key, number=counts[name]) for name, key in _WAITS.items() if counts[name]]
    parts = [texts("digest.day", day=day) + "\n" + ("\n".join(went) or texts("digest.none_today"))]
    if waits:
        parts.append(texts("digest.waits") + "\n" + "\n".join(waits))
    number = sum(line.interviews for line in summary.tomorrow)
    if not number:
        return "\n\n".join([*parts, texts("digest.none_tomorrow")])
    parts.append(texts("digest.tomorrow_in_all", number=texts.counted("digest.interviews", number)))
    return _fit("\n\n".join(parts), [_line(line, texts) for line in summary.tomorrow], 0, "\n", texts)


def _line(line: SummaryLine, texts: Texts) -> str:
    where = ", ".join(part for part in (line.event, line.city) if part)
    return texts("digest.line", what=where, number=line.interviews, confirmed=line.confirmed)


def _fit(head: str, items: list[str], more: int, between: str, texts: Texts) -> str:
    """As many of the items as fit one message, and how many there are besides."""
    text, taken = head, 0
    for item in items:
        longer = f"{text}{between}{item}"
        if visible_length(longer) > MAX_TEXT - _ROOM_FOR_MORE:
            break
        text, taken = longer, taken + 1
    left = len(items) - taken + more
    return f"{text}{between}{texts('digest.more', number=left)}" if left else text
