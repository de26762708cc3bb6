"""When somebody is busy, by their calendar's text. Guard, unless named otherwise: ``busy_times``."""

from datetime import UTC, datetime

import pytest

from people.domain.busy_times import MOST, BusyTime, NotACalendarError, Window, busy_times
from shared_contracts.calendars import uid_of

WINDOW = Window(datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 14, tzinfo=UTC))
MOSCOW = "Europe/Moscow"
BERLIN = """BEGIN:VTIMEZONE
TZID:W. Europe
BEGIN:STANDARD
DTSTART:16010101T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE"""


def event(*lines: str, uid: str = "meeting@example.org") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT"])


def calendar(*parts: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *parts, "END:VCALENDAR", ""]).encode()


def read(*parts: str, zone: str = MOSCOW, window: Window = WINDOW) -> list[str]:
    """Busy times as ``day hour:minute–hour:minute`` in UTC."""
    return [told(one) for one in busy_times(calendar(*parts), zone, window).times]


def told(one: BusyTime) -> str:
    end = f"{one.ends_at:%H:%M}" if one.ends_at.date() == one.starts_at.date() else f"{one.ends_at:%d %H:%M}"
    return f"{one.starts_at:%d %H:%M}–{end}"


@pytest.mark.parametrize(
    ("lines", "busy"),
    [
        (["DTSTART:20261201T100000Z", "DTEND:20261201T110000Z"], ["01 10:00–11:00"]),
        (["DTSTART:20261201T100000Z", "DURATION:PT45M"], ["01 10:00–10:45"]),
        (
            ["DTSTART;TZID=Europe/Berlin:20261201T100000", "DTEND;TZID=Europe/Berlin:20261201T110000"],
            ["01 09:00–10:00"],
        ),
        (["DTSTART;TZID=Russian Standard Time:20261201T100000", "DURATION:PT1H"], ["01 07:00–08:00"]),
        (["DTSTART:20261201T100000", "DTEND:20261201T110000"], ["01 07:00–08:00"]),
        (["DTSTART;TZID=Nowhere/Else:20261201T100000", "DURATION:PT1H"], ["01 07:00–08:00"]),
        (["DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203"], ["30 21:00–02 21:00"]),
        (["DTSTART;VALUE=DATE:20261201"], ["30 21:00–01 21:00"]),
        (["DTSTART:20261201T100000Z"], []),
        (["DTSTART:20261201T100000Z", "DTEND:20261201T090000Z"], ["01 09:00–10:00"]),
        (["DTSTART:20261101T100000Z", "DTEND:20261101T110000Z"], []),
        (["DTSTART:20271201T100000Z", "DTEND:20271201T110000Z"], []),
        (["DTSTART:20261101T100000Z", "DTEND:20261201T110000Z"], ["30 00:00–01 11:00"]),
        (["DTSTART:20261213T230000Z", "DTEND:20261220T110000Z"], ["13 23:00–14 00:00"]),
        (["DTSTART:20261201T100000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT"], []),
        (["DTSTART:20261201T100000Z", "DURATION:PT1H", "TRANSP:OPAQUE"], ["01 10:00–11:00"]),
        (["DTSTART:20261201T100000Z", "DURATION:PT1H", "STATUS:CANCELLED"], []),
        (["DTSTART:20261201T100000Z", "DURATION:PT1H", "STATUS:TENTATIVE"], ["01 10:00–11:00"]),
        (["DTSTART:20261201T100000Z", "DURATION:PT1H", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"], []),
        (["DTSTART:20261201T100000Z", "DURATION:PT1H", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"], ["01 10:00–11:00"]),
    ],
)
def test_an_event_takes_up_its_time(lines: list[str], busy: list[str]) -> None:
    """On its own clocks, else on the recruiter's; within the window; unless it is free time, or off. Guards:
    ``_takes_time``, ``_moment``, ``_counts``."""
    assert read(event(*lines)) == busy


@pytest.mark.parametrize(
    ("lines", "busy"),
    [
        (["RRULE:FREQ=DAILY;COUNT=3"], ["01 07:00–08:00", "02 07:00–08:00", "03 07:00–08:00"]),
        (["RRULE:FREQ=WEEKLY;UNTIL=20261209T000000Z"], ["01 07:00–08:00", "08 07:00–08:00"]),
        (
            ["RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/Moscow:20261202T100000"],
            ["01 07:00–08:00", "03 07:00–08:00"],
        ),
        (["RDATE;TZID=Europe/Moscow:20261205T100000"], ["01 07:00–08:00", "05 07:00–08:00"]),
    ],
)
def test_what_recurs_takes_up_each_of_its_times(lines: list[str], busy: list[str]) -> None:
    start = ["DTSTART;TZID=Europe/Moscow:20261201T100000", "DTEND;TZID=Europe/Moscow:20261201T110000"]
    assert read(event(*start, *lines)) == busy


def test_a_series_of_years_keeps_its_clock_and_its_exceptions() -> None:
    """Begun in summer; one is moved, one is off, one is free time."""
    start = "DTSTART;TZID=W. Europe:20240701T100000"
    series = event(start, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE")
    moved = event("RECURRENCE-ID;TZID=W. Europe:20261202T100000", "DTSTART:20261203T150000Z", "DURATION:PT30M")
    off = event("RECURRENCE-ID;TZID=W. Europe:20261207T100000", start, "DURATION:PT1H", "STATUS:CANCELLED")
    free = event(
        "RECURRENCE-ID;TZID=W. Europe:20261209T100000",
        "DTSTART;TZID=W. Europe:20261209T100000",
        "DURATION:PT1H",
        "TRANSP:TRANSPARENT",
    )
    assert read(BERLIN, series, moved, off, free) == ["30 09:00–10:00", "03 15:00–15:30"]


def test_a_series_that_is_over_and_one_that_has_not_begun_take_up_nothing() -> None:
    """Guard: ``_counts``."""
    over = event("DTSTART:20200101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20210101T000000Z")
    later = event("DTSTART:20270101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", uid="later")
    assert read(over, later) == []


def test_free_and_busy_as_a_server_says_it() -> None:
    """VFREEBUSY. Guard: ``_periods``."""
    said = [
        "BEGIN:VFREEBUSY",
        "DTSTAMP:20261101T000000Z",
        "FREEBUSY;FBTYPE=BUSY:20261201T100000Z/20261201T110000Z,20261202T100000Z/PT30M",
        "FREEBUSY;FBTYPE=FREE:20261203T100000Z/20261203T110000Z",
        "FREEBUSY:20261204T100000Z/20261204T110000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261205T100000Z/20261205T110000Z",
        "END:VFREEBUSY",
    ]
    assert read(*said) == ["01 10:00–11:00", "02 10:00–10:30", "04 10:00–11:00", "05 10:00–11:00"]


def test_our_own_interviews_are_none_of_it() -> None:
    """A calendar that shows our feed would clash with itself. Guard: ``is_uid_of_ours``."""
    ours = event("DTSTART:20261201T100000Z", "DURATION:PT20M", uid=uid_of("6b0200000000000000000001"))
    other = event("DTSTART:20261201T120000Z", "DURATION:PT20M", uid="6b02@slotdesk.example.org")
    assert read(ours, other) == ["01 12:00–12:20"]


def test_what_overlaps_or_touches_is_one() -> None:
    """Guard: ``_merged``."""
    times = [("100000", "110000"), ("103000", "113000"), ("113000", "120000"), ("130000", "140000")]
    events = [event(f"DTSTART:20261201T{a}Z", f"DTEND:20261201T{b}Z", uid=a) for a, b in times]
    assert read(*events) == ["01 10:00–12:00", "01 13:00–14:00"]


@pytest.mark.parametrize(
    "garbage",
    [
        event("DTSTART:tomorrow", "DTEND:20261201T110000Z", uid="bad"),
        event("DTSTART:20261201T100000Z", "DURATION:PT1H", "RRULE:FREQ=SOMETIMES", uid="bad"),
        event("DTEND:20261201T110000Z", uid="bad"),
        "this is no line of a calendar",
        "BEGIN:VALARM\nTRIGGER:-PT15M\nDTSTART:20261205T100000Z\nEND:VALARM\nEND:VALARM",
        "BEGIN:VTODO\nDTSTART:20261205T100000Z\nDURATION:PT1H\nUID:todo\nEND:VTODO",
        "X-WR-TIMEZONE:Nowhere/Else",
    ],
)
def test_a_spoilt_part_spoils_no_other(garbage: str) -> None:
    """Guards: ``needed_lines``, ``_drop_unknown_zone``."""
    good = event("DTSTART:20261202T100000Z", "DURATION:PT1H", "SUMMARY:Very secret", "DESCRIPTION:a\n folded line")
    assert read(garbage, good) == ["02 10:00–11:00"]


def test_what_cannot_be_understood_is_counted() -> None:
    """Guard: ``unread``."""
    bad = event("DTSTART:20261201T100000Z", "DURATION:PT1H", "RRULE:FREQ=SOMETIMES", uid="bad")
    assert busy_times(calendar(bad), MOSCOW, WINDOW).unread == 1
    assert busy_times(calendar(event("DTSTART:20261201T100000Z")), MOSCOW, WINDOW).unread == 0


@pytest.mark.parametrize("content", [b"", b"<!doctype html><p>Sign in", b"{}", b"\xff\xfe\x00", b"END:VCALENDAR"])
def test_what_is_no_calendar_is_told(content: bytes) -> None:
    """Guard: ``NotACalendarError``."""
    with pytest.raises(NotACalendarError):
        busy_times(content, MOSCOW, WINDOW)


def test_a_calendar_is_read_however_it_is_written() -> None:
    """A mark of UTF-8, characters that are none, lines that end in LF alone, names in small letters, a default zone."""
    text = "begin:vcalendar\nx-wr-timezone:Asia/Vladivostok\nbegin:vevent\nuid:1\ndtstart:20261201T100000\n"
    content = b"\xef\xbb\xbf" + text.encode() + b"summary:\xff\xfe\n" + b"duration:PT1H\nend:vevent\nend:vcalendar\n"
    assert [told(one) for one in busy_times(content, MOSCOW, WINDOW).times] == ["01 00:00–01:00"]


def test_so_many_are_kept_and_no_more() -> None:
    """Guard: ``MOST``."""
    window = Window(WINDOW.begins, datetime(2027, 3, 1, tzinfo=UTC))
    often = event("DTSTART:20261201T000000Z", "DURATION:PT5M", "RRULE:FREQ=MINUTELY;INTERVAL=15")
    assert len(busy_times(calendar(often), MOSCOW, window).times) == MOST
