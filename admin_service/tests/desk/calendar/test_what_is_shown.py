"""The calendar shows whose slots, on which day, at which time, how full, and no more than can be read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from bson import ObjectId
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from common import clock
from common.mongo import collection
from people.models import Candidate, City, Recruiter
from people.services.zones import zones_of_cities
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.reading import calendar_span
from scheduling.services.staff_commands import book_for
from scheduling.staff.calendar.asked import Asked, By, View, asked
from scheduling.staff.calendar.columns import narrowed_to
from tests.conftest import MakeSlot
from tests.desk.calendar.tools import PAGE, SLOTS, shown
from tests.desk.kit.test_list_plans import stages

TUESDAY = date(2032, 3, 30)
"""In a week at whose beginning clocks in Berlin are put forward (28 March 2032)."""


@pytest.fixture
def berlin() -> City:
    """Where clocks are changed."""
    return City.objects.create(name="Берлин", timezone="Europe/Berlin")


def at(make_slot: MakeSlot, starts_at: datetime, **fields: Any) -> InterviewSlot:
    """A slot at a moment."""
    slot, minutes = make_slot(**fields), fields.get("duration_minutes", 20)
    InterviewSlot.objects.filter(pk=slot.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
    return slot


@pytest.mark.parametrize(
    ("capacity", "booked", "active", "state", "words"),
    [
        (1, 0, True, "free", "free"),
        (3, 0, True, "free", "free: 3"),
        (3, 1, True, "some", "1 of 3"),
        (1, 1, True, "full", "full"),
        (2, 2, True, "full", "full · 2 of 2"),
        (2, 0, False, "inactive", "inactive"),
        (2, 1, False, "inactive", "inactive · 1 of 2"),
    ],
)
def test_how_full_it_is_stands_there_in_words(
    desk: Client, make_slot: MakeSlot, capacity: int, booked: int, active: bool, state: str, words: str
) -> None:
    """Guards: ``_state``, ``_words``: a colour is not for everybody."""
    at(
        make_slot,
        datetime(2032, 3, 30, 7, tzinfo=UTC),
        capacity=capacity,
        is_active=active,
        booked_users=[ObjectId() for _ in range(booked)],
    )
    (slot,) = shown(desk, TUESDAY)["slots"]
    assert (slot["state"], slot["words"], slot["movable"]) == (state, words, True)


def test_a_request_that_waits_is_told(
    desk: Client, approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Guard: ``waiting_in``; by its index."""
    slot = make_slot(of=approval_event, recruiter=olga, capacity=2)
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    collection("bookings").update_many({}, {"$set": {"status": "pending"}})
    (row,) = shown(desk, slot.starts_at.date(), by="recruiter")["slots"]
    assert (row["words"], row["waiting"], row["booked"]) == ("1 of 2", "1 request waits", 1)
    for query in ({"slot_id": {"$in": [slot.pk]}, "live": True}, {"requested_slot_id": {"$in": [slot.pk]}}):
        assert "COLLSCAN" not in stages(collection("bookings").find(query).explain())


def test_a_week_with_a_clock_change_has_each_slot_at_its_places_time(
    desk: Client, make_slot: MakeSlot, berlin: City
) -> None:
    """On 28 March 2032 Berlin has no 02:30; 10:00 is another moment before and after. Guards: ``shown_zone``,
    ``span_query``."""
    office = {"city": berlin, "location": "Büro", "room": "1"}
    at(make_slot, datetime(2032, 3, 27, 9, tzinfo=UTC), **office)
    at(make_slot, datetime(2032, 3, 28, 0, 30, tzinfo=UTC), duration_minutes=60, **office)
    at(make_slot, datetime(2032, 3, 28, 8, tzinfo=UTC), **office)
    slots = shown(desk, date(2032, 3, 28))["slots"]
    told = [(slot["start"], slot["end"], slot["time"]) for slot in slots]
    assert told == [
        ("2032-03-27T10:00", "2032-03-27T10:20", "10:00 Berlin"),
        ("2032-03-28T01:30", "2032-03-28T02:30", "01:30 Berlin"),
        ("2032-03-28T10:00", "2032-03-28T10:20", "10:00 Berlin"),
    ]
    assert "Moscow 12:00" in slots[0]["when"] and "Moscow 11:00" in slots[2]["when"]


def test_an_hour_that_comes_twice_is_told_apart(desk: Client, make_slot: MakeSlot, berlin: City) -> None:
    """On 31 October 2032 Berlin has 02:30 twice."""
    for hour in (0, 1):
        at(make_slot, datetime(2032, 10, 31, hour, 30, tzinfo=UTC), city=berlin, location="Büro", room=str(hour))
    slots = shown(desk, date(2032, 10, 31), view="day")["slots"]
    assert [(slot["start"], slot["time"]) for slot in slots] == [
        ("2032-10-31T02:30", "02:30 UTC+2"),
        ("2032-10-31T02:30", "02:30 UTC+1"),
    ]


def test_a_day_is_the_days_of_the_clocks_it_is_shown_on(desk: Client, make_slot: MakeSlot) -> None:
    """In an office the place's, online Moscow's. Guard: ``slots_in``."""
    there = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    midnight = datetime(2032, 3, 29, 14, 30, tzinfo=UTC)  # 00:30 on Tuesday there, 17:30 on Monday in Moscow
    office = at(make_slot, midnight, city=there, location="Светланская, 33")
    online = at(make_slot, midnight, city=there, location="", room="", video_link="https://meet.example/1")
    tuesday, monday = (shown(desk, day, view="day")["slots"] for day in (TUESDAY, TUESDAY - timedelta(days=1)))
    assert [slot["id"] for slot in tuesday] == [str(office.pk)] and tuesday[0]["time"] == "00:30 Vladivostok"
    assert [slot["id"] for slot in monday] == [str(online.pk)] and monday[0]["time"] == "17:30"


def test_columns_are_recruiters_places_or_cities(
    desk: Client, make_slot: MakeSlot, olga: Recruiter, moscow: City
) -> None:
    """Each slot is in one that is there, one of them can be had alone. Guards: ``column_of``, ``narrowed_to``."""
    moment = datetime(2032, 3, 30, 7, tzinfo=UTC)
    at(make_slot, moment, recruiter=olga)
    at(make_slot, moment, room="«Тихая» \\ 5")
    at(make_slot, moment, location="", room="", video_link="https://meet.example/1")
    for by, titles in (
        ("recruiter", ["Ольга Смирнова", "No recruiter"]),
        ("place", ["Офис на Тверской · room 3.14 · Москва", "Офис на Тверской · room «Тихая» \\ 5 · Москва", "Online"]),
        ("city", ["Москва"]),
    ):
        data = shown(desk, TUESDAY, by=by)
        assert [column["title"] for column in data["columns"]] == titles
        assert {slot["column"] for slot in data["slots"]} == {column["id"] for column in data["columns"]}
        for column in data["columns"]:
            alone = shown(desk, TUESDAY, by=by, only=column["id"])
            expected = [slot["id"] for slot in data["slots"] if slot["column"] == column["id"]]
            assert [slot["id"] for slot in alone["slots"]] == expected
            assert [one["id"] for one in alone["columns"]] == [column["id"]]


def test_there_is_a_bound_and_a_word_for_it(desk: Client, make_slot: MakeSlot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``MOST_SHOWN``."""
    monkeypatch.setattr(calendar_span, "MOST_SHOWN", 2)
    for hour in (7, 8):
        at(make_slot, datetime(2032, 3, 30, hour, tzinfo=UTC))
    assert shown(desk, TUESDAY)["cut"] == ""
    at(make_slot, datetime(2032, 3, 30, 9, tzinfo=UTC))
    found = shown(desk, TUESDAY)
    assert len(found["slots"]) == 2 and "only the first are shown" in found["cut"]


@pytest.mark.parametrize("limit", ["everything", "a city's", "a recruiter's"])
@pytest.mark.parametrize("by", By)
def test_any_of_it_is_read_by_an_index(make_slot: MakeSlot, olga: Recruiter, moscow: City, by: By, limit: str) -> None:
    """However many slots there are. Guards: ``span_query``, the indexes of slots."""
    make_slot(recruiter=olga)
    cities: dict[str, Any] = {"$and": [{"$or": [{"city_id": {"$in": [moscow.pk, ObjectId()]}}]}]}
    limits = {"everything": {}, "a city's": cities, "a recruiter's": {"$and": [{"$or": [{"recruiter_id": olga.pk}]}]}}
    place = f'["{moscow.pk}", "", "Офис на Тверской", "3.14"]'
    chosen = {By.RECRUITER: (str(olga.pk), "none"), By.CITY: (str(moscow.pk),), By.PLACE: (place, "online")}
    for only in ("", *chosen[by]):
        narrowed = {**limits[limit], **narrowed_to(Asked(View.WEEK, TUESDAY, by, only))}
        query = calendar_span.span_query(TUESDAY, 7, zones_of_cities().values(), narrowed)
        found = collection("interview_slots").find(query).sort([("starts_at", 1), ("_id", 1)]).limit(601)
        assert not stages(found.explain()) & {"COLLSCAN", "SORT"}, only


def test_news_is_asked_for_and_nothing_else(desk: Client, make_slot: MakeSlot, maria: Candidate) -> None:
    """Guards: ``mark_of_changes``, ``calendar_slots``: a page that has it all is answered 204."""
    slot = make_slot(capacity=2)
    asking = {"date": slot.starts_at.date().isoformat()}
    with time_machine.travel(clock.now(), tick=False):
        stamp = shown(desk, slot.starts_at.date())["stamp"]
        assert desk.get(reverse(SLOTS), {**asking, "stamp": stamp}).status_code == 204
        book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
        assert desk.get(reverse(SLOTS), {**asking, "stamp": stamp}).json()["slots"][0]["words"] == "1 of 2"


@pytest.mark.parametrize(
    "query",
    [
        "date=x",
        "date=2032-13-40",
        "date=0001-01-01",
        "view=year",
        "by=mood",
        "only=x",
        "by=place&only=[1]",
        "by=city&only=1",
    ],
)
def test_a_garbled_address_is_refused(desk: Client, query: str) -> None:
    """Guards: ``asked``, ``narrowed_to``."""
    assert desk.get(f"{reverse(SLOTS)}?{query}").status_code == 400


def test_weeks_begin_on_monday_and_follow_each_other() -> None:
    it = asked(QueryDict(f"date={TUESDAY.isoformat()}"))
    assert (it.first, it.last, it.days) == (date(2032, 3, 29), date(2032, 4, 4), 7)
    assert it.later(1).first == date(2032, 4, 5)
    assert it.other(view=View.DAY).later(-1).first == date(2032, 3, 29)
    with pytest.raises(BadRequest):
        asked(QueryDict(f"only={'x' * 500}"))


def test_slots_that_clash_say_so_and_each_names_its_recruiter_place_and_event(
    desk: Client, make_slot: MakeSlot, olga: Recruiter, event: InterviewEvent
) -> None:
    """Guards: ``clashing_with_slots``, ``about_here``."""
    noon = datetime(2032, 3, 30, 9, tzinfo=UTC)
    clashing = [at(make_slot, noon, recruiter=olga, room=room) for room in ("1", "2")]
    at(make_slot, noon + timedelta(hours=2), recruiter=olga)
    found = shown(desk, TUESDAY)["slots"]
    assert {slot["id"] for slot in found if slot["clash"]} == {str(slot.pk) for slot in clashing}
    for words in ("Офис на Тверской", event.title, olga.name):
        assert all(words in slot["about_here"] for slot in found)
    assert found[0]["about"].startswith(olga.name) and not found[0]["about_here"].startswith(olga.name)


def test_the_page_loads_nothing_from_elsewhere(desk: Client) -> None:
    """What the grid is drawn with is served from here. Guard: ``STATICFILES_DIRS``."""
    page = desk.get(reverse(PAGE)).content.decode()
    assert "event-calendar/event-calendar.min.js" in page and "http" not in page.replace("http://www.w3.org", "")
    assert desk.get("/static/event-calendar/event-calendar.min.js").status_code == 200


def test_where_nothing_is_left_it_says_so_with_the_way_to_the_next_slots(
    desk: Client, make_slot: MakeSlot, olga: Recruiter
) -> None:
    """Of the column that is looked at; not where one looks back. Guards: ``_has_enough``, ``next_day_after``."""
    at(make_slot, datetime(2032, 3, 30, 7, tzinfo=UTC))
    at(make_slot, datetime(2032, 4, 7, 7, tzinfo=UTC))
    at(make_slot, datetime(2032, 4, 20, 7, tzinfo=UTC), recruiter=olga)
    with time_machine.travel(datetime(2032, 3, 30, 6, tzinfo=UTC)):
        desk.force_login(User.objects.get())
        assert shown(desk, TUESDAY)["later"] is None
    with time_machine.travel(datetime(2032, 3, 31, 6, tzinfo=UTC)):
        desk.force_login(User.objects.get())
        later = shown(desk, TUESDAY)["later"]
        assert later["words"] == "Nothing is left in this week." and later["day"] == "Next: Wednesday, 7 April"
        assert "date=2032-04-07" in later["link"] and "view=week" in later["link"]
        assert "date=2032-04-20" in shown(desk, TUESDAY, only=str(olga.pk))["later"]["link"]
        assert shown(desk, TUESDAY, view="day")["later"] is None, "it is over"
        none = "Nothing is left on this day. There is nothing after it either."
        assert shown(desk, date(2032, 5, 1), view="day")["later"] == {"words": none, "link": "", "day": ""}
