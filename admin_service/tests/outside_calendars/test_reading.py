"""Outside calendars are read again and again: what is kept of each, and what holds up nothing (issue 12)."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine

from common.models import AuditEntry
from common.mongo import Document, collection
from common.processes import logs
from common.refusals import RefusedError
from people import tasks
from people.domain.busy_times import Window
from people.domain.outside import ReadFailedError, ReadFailure
from people.models import City, OutsideCalendar, Recruiter
from people.services.outside import apart, reading
from people.services.outside.addresses import clean_address, give_address, masked, read_soon, take_away
from people.services.outside.times import busy_between
from people.services.people import save_recruiter
from tests.outside_calendars.server import CalendarServer, content, status
from tests.outside_calendars.test_busy_times import calendar, event, told

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
SECRET = "/private-3f9a/basic.ics"
ON_TUESDAY = event("DTSTART:20261201T100000", "DURATION:PT1H", "SUMMARY:Dentist", uid="1")


@pytest.fixture(autouse=True)
def travelling() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as at:
        yield at


@pytest.fixture
def vera(moscow: City) -> Recruiter:
    return Recruiter.objects.create(name="Вера Ким", city=moscow)


def kept(person: Recruiter) -> Document:
    return collection("outside_calendars").find_one({"_id": person.pk}) or {}


def busy(person: Recruiter) -> list[str]:
    span = NOW - timedelta(days=400), NOW + timedelta(days=400)
    return [told(one) for one in busy_between([person.pk], *span).get(person.pk, [])]


def give(person: Recruiter, address: str) -> None:
    give_address(person.pk, address, actor="d")


def test_only_when_they_are_busy_is_kept(server: CalendarServer, olga: Recruiter) -> None:
    """On the clocks of the recruiter's city; nothing of what for. Guards: ``read_due``, ``busy_between``."""
    server.answers[SECRET] = content(calendar(ON_TUESDAY))
    give(olga, server.url(SECRET))
    assert tasks.read_outside_calendars() == 1
    assert busy(olga) == ["01 07:00–08:00"]
    assert kept(olga)["read_at"] == NOW and "Dentist" not in str(kept(olga))
    one = OutsideCalendar.objects.get(pk=olga.pk)
    assert [item.starts_at for item in one.busy] == [datetime(2026, 12, 1, 7, tzinfo=UTC)]


def test_one_that_fails_keeps_what_is_known_and_stops_no_other(
    server: CalendarServer, olga: Recruiter, vera: Recruiter, travelling: time_machine.Traveller
) -> None:
    """Since when, and why; then it is well again by itself. Guards: ``_facts_of``, ``failing_since``."""
    server.answers["/olga"] = content(calendar(ON_TUESDAY))
    server.answers["/vera"] = content(b"<!doctype html>")
    give(olga, server.url("/olga"))
    tasks.read_outside_calendars()
    server.answers["/olga"] = status(500)
    give(vera, server.url("/vera"))
    travelling.shift(timedelta(minutes=15))
    assert tasks.read_outside_calendars() == 0
    failed = NOW + timedelta(minutes=15)
    assert (kept(olga)["failure"], kept(olga)["failing_since"], kept(olga)["read_at"]) == ("server", failed, NOW)
    assert busy(olga) == ["01 07:00–08:00"]
    assert kept(vera)["failure"] == "not_a_calendar"
    server.answers["/vera"] = content(calendar(ON_TUESDAY))
    travelling.shift(timedelta(minutes=15))
    assert tasks.read_outside_calendars() == 1
    assert kept(olga)["failing_since"] == failed
    assert (kept(vera)["failure"], kept(vera)["failing_since"], busy(vera)) == ("", None, ["01 07:00–08:00"])


def test_a_fault_of_ours_in_one_stops_no_other(
    server: CalendarServer, olga: Recruiter, vera: Recruiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``except Exception`` in ``_facts_of``: here what is stored of one is broken."""
    server.answers["/vera"] = content(calendar(ON_TUESDAY))
    give(olga, server.url("/olga"))
    collection("outside_calendars").update_one({"_id": olga.pk}, {"$unset": {"etag": 1}, "$set": {"zone": 7}})
    collection("outside_calendars").update_one({"_id": olga.pk}, {"$unset": {"covers_until": 1}})
    give(vera, server.url("/vera"))
    assert tasks.read_outside_calendars() == 1
    assert kept(olga)["failure"] == "too_much"


def test_each_is_read_every_quarter_of_an_hour_or_when_asked(
    server: CalendarServer, olga: Recruiter, travelling: time_machine.Traveller
) -> None:
    """Guards: ``_claim``, ``READ_AGAIN``, ``_RARELY``, ``read_soon``."""
    server.answers["/c"] = content(calendar())
    give(olga, server.url("/c"))
    for _ in range(2):
        tasks.read_outside_calendars()
    assert len(server.asked) == 1
    travelling.shift(timedelta(minutes=15))
    tasks.read_outside_calendars()
    assert len(server.asked) == 2
    read_soon(olga.pk)
    tasks.read_outside_calendars()
    assert len(server.asked) == 3
    server.answers["/c"] = status(404)
    for _ in range(2):
        travelling.shift(timedelta(days=1))
        tasks.read_outside_calendars()
    assert kept(olga)["due_at"] == NOW + timedelta(days=2, minutes=75)


def test_two_scans_at_once_read_it_once(server: CalendarServer, olga: Recruiter) -> None:
    """Guard: ``due_at`` in ``_claim``."""
    give(olga, server.url("/c"))
    (row,) = reading._due(NOW)
    assert [reading._claim(row, NOW) for _ in range(2)] == [True, False]


def test_one_that_is_as_it_was_is_not_read_until_there_is_more_of_it(
    server: CalendarServer, olga: Recruiter, travelling: time_machine.Traveller
) -> None:
    """Each day whole, for what is to come moves on; and where the recruiter's clocks are others. Guards: ``is_whole``,
    ``fetched.content is None``."""
    server.answers["/c"] = content(calendar(ON_TUESDAY), ETag='"1"')
    give(olga, server.url("/c"))
    tasks.read_outside_calendars()
    server.answers["/c"] = status(304)
    travelling.shift(timedelta(minutes=15))
    assert tasks.read_outside_calendars() == 1
    assert kept(olga)["read_at"] == NOW + timedelta(minutes=15) and busy(olga) == ["01 07:00–08:00"]
    server.answers["/c"] = content(calendar(ON_TUESDAY), ETag='"1"')
    travelling.shift(timedelta(days=1))
    tasks.read_outside_calendars()
    olga.city = City.objects.create(name="Казань", timezone="Asia/Yekaterinburg")
    olga.save()
    travelling.shift(timedelta(minutes=15))
    tasks.read_outside_calendars()
    assert ["If-None-Match" in headers for _path, headers in server.asked] == [False, True, False, False]
    assert busy(olga) == ["01 05:00–06:00"]


def test_another_address_forgets_what_the_first_said_and_a_late_answer_is_not_kept(
    server: CalendarServer, olga: Recruiter
) -> None:
    """Guards: ``give_address``, ``address`` in ``_keep``."""
    server.answers["/old"] = content(calendar(ON_TUESDAY))
    give(olga, server.url("/old"))
    tasks.read_outside_calendars()
    old = kept(olga)
    give(olga, server.url("/new"))
    assert busy(olga) == [] and kept(olga)["read_at"] is None
    reading._keep(old, {"busy": old["busy"]})
    assert busy(olga) == []
    assert take_away(olga.pk, actor="d") and not take_away(olga.pk, actor="d")
    reading._keep(old, {"busy": old["busy"]})
    assert kept(olga) == {}


def test_with_the_recruiter_go_the_address_and_the_times(server: CalendarServer, olga: Recruiter) -> None:
    """Guard: ``take_away_of`` in ``_keep_out``. Nothing is given to who is not active."""
    server.answers["/c"] = content(calendar(ON_TUESDAY))
    give(olga, server.url("/c"))
    tasks.read_outside_calendars()
    olga.is_active = False
    save_recruiter(olga, actor="d")
    assert kept(olga) == {}
    with pytest.raises(RefusedError):
        give(olga, server.url("/c"))
    olga.is_active = True
    save_recruiter(olga, actor="d")
    assert kept(olga) == {}


def test_no_log_and_no_audit_entry_has_the_address(
    server: CalendarServer, olga: Recruiter, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nor what its server leads on to. Guards: ``httpcore`` in ``logs.configure``, ``ReadFailedError``."""
    before = structlog.get_config()
    logs.configure("DEBUG", "json")
    try:
        server.answers[SECRET] = status(302, Location=server.url("/led-on-3f9a"))
        give(olga, server.url(SECRET))
        tasks.read_outside_calendars()
        take_away(olga.pk, actor="d")
    finally:
        logs.configure("WARNING", "console")
        structlog.configure(**before)
        logging.getLogger("httpcore").setLevel(logging.NOTSET)
    said = capfd.readouterr().err
    assert "outside_calendar_not_read" in said and "3f9a" not in said
    entries = list(AuditEntry.objects.filter(subject="recruiter").values("action", "before", "after", "actor"))
    assert [entry["action"] for entry in entries] == ["outside_calendar_given", "outside_calendar_taken_away"]
    assert "3f9a" not in str(entries)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("\ufeff https://calendar.example.org/x\u202e.ics ", "https://calendar.example.org/x.ics"),
        ("webcal://calendar.example.org/x.ics?a=1", "https://calendar.example.org/x.ics?a=1"),
        ("WEBCALS://calendar.example.org/x.ics", "https://calendar.example.org/x.ics"),
        (
            "https://calendar.example.org/anna%40mail.ru/a b.ics",
            "https://calendar.example.org/anna%40mail.ru/a%20b.ics",
        ),
        ("https://calendar.example.org/Мой.ics", "https://calendar.example.org/%D0%9C%D0%BE%D0%B9.ics"),
        ("http://calendar.example.org/x.ics", None),
        ("https://anna:pass@calendar.example.org/x.ics", None),
        ("https:///x.ics", None),
        ("https://[::1/x.ics", None),
        ("https://calendar.example.org:99999/x.ics", None),
        ("ftp://calendar.example.org/x.ics", None),
        ("calendar.example.org/x.ics", None),
        ("", None),
        ("https://calendar.example.org/" + "x" * 2000, None),
    ],
)
def test_an_address_is_taken_as_programs_give_it(typed: str, address: str | None) -> None:
    """Guard: ``clean_address``; http only where an installation names networks of its own."""
    if address is not None:
        assert clean_address(typed) == address
        return
    with pytest.raises(RefusedError) as caught:
        clean_address(typed)
    assert list(caught.value.errors) == ["address"] and "pass" not in caught.value.errors["address"].replace(
        "password", ""
    )


def test_an_address_is_shown_without_what_opens_it() -> None:
    """Guard: ``masked``."""
    assert masked("https://calendar.example.org:8443/private-3f9a/basic.ics?key=1") == "calendar.example.org/…"


@pytest.mark.parametrize("rule", ["RRULE:FREQ=SECONDLY", "RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30"])
def test_a_calendar_that_never_ends_is_given_up(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes up a process of its own, and no more time than that. Guard: ``MOST_SECONDS``."""
    monkeypatch.setattr(apart, "MOST_SECONDS", 2)
    with pytest.raises(ReadFailedError) as caught:
        apart.read_apart(
            calendar(event("DTSTART:19700101T000000Z", "DURATION:PT1S", rule)),
            "UTC",
            Window(NOW, NOW + timedelta(days=120)),
        )
    assert caught.value.failure is ReadFailure.TOO_MUCH


def test_what_is_due_is_found_by_its_index(olga: Recruiter) -> None:
    """Guard: ``outside_due``."""
    plan: Any = collection("outside_calendars").find({"due_at": {"$lte": NOW}}).sort("due_at", 1).limit(40).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
