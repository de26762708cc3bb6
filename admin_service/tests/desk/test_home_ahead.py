"""The first page's look at today, at the way of candidates and at the next two weeks; what a new installation needs."""

import re
from datetime import timedelta
from itertools import chain

import pytest
from bson import ObjectId
from django.urls import reverse

from common import clock
from common.mongo import Document, collection
from common.zones import day_start
from people.models import Candidate, City, Recruiter
from reminders.services.summary import by_outcome
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.reading.days import bookings_on, bookings_on_many
from scheduling.services.reading.funnel import STEPS, bookings_of, people_of, reached, since, ways
from shared_contracts.directory import BookingStatus
from staffkit.clocks import today
from tests.api.test_indexes import planned
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.asking import book, outcome
from tests.helpers.staff_client import StaffClient

DAY = timedelta(days=1)


@pytest.fixture
def booking(make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Booking:
    """Maria's, with Olga."""
    outcome(book(maria, make_slot(recruiter=olga)))
    return Booking.objects.get()


@pytest.mark.parametrize(
    ("status", "attendance", "last"),
    [
        ("pending", "", "requested"),
        ("cancelled", "confirmed", "requested"),
        ("booked", "", "approved"),
        ("no_show", "", "approved"),
        ("booked", "confirmed", "confirmed"),
        ("attended", "confirmed", "came"),
        ("late", "confirmed", "came"),
    ],
)
def test_how_far_a_booking_has_brought_somebody(booking: Booking, status: str, attendance: str, last: str) -> None:
    """Guards: ``_steps_of``, ``_brought_to``."""
    collection("bookings").update_one({}, {"$set": {"status": status, "attendance": attendance}})
    found = ways({"_id": booking.user_id}, clock.now())
    steps = list(STEPS[3 : STEPS.index(last) + 1])
    assert [step for step in STEPS[3:] if found.steps[step]] == steps
    assert [step for step in STEPS[3:] if reached(step, clock.now())] == steps, "as the list has it"


def test_each_person_counts_once_and_with_each_recruiter(
    booking: Booking, make_candidate: MakeCandidate, olga: Recruiter, moscow: City
) -> None:
    """Two bookings of one person are one person; who was put on the list before the thirty days is not among them."""
    other = Recruiter.objects.create(name="Вера Ким", city=moscow)
    stored = collection("bookings").find_one({}) or {}
    again = {"_id": ObjectId(), "event_id": ObjectId(), "recruiter_id": other.pk, "status": "attended"}
    collection("bookings").insert_one({**stored, **again})
    earlier = make_candidate()
    collection("users").update_one({"_id": earlier.pk}, {"$set": {"created_at": since(clock.now()) - DAY}})
    every, one = ways({}, clock.now()), {booking.user_id.binary}
    assert every.steps["invited"] == every.steps["requested"] == every.steps["came"] == one
    assert (every.with_recruiter[other.pk]["came"], every.with_recruiter[olga.pk]["came"]) == (one, set())
    assert reached("requested", clock.now()) == reached("came", clock.now(), other.pk) == [booking.user_id]
    assert reached("came", clock.now(), olga.pk) == []
    assert "users_added" in planned("users", {"created_at": {"$gte": since(clock.now())}}, [])


def test_today_stands_by_the_hour_with_who_comes(
    desk: StaffClient, make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    """Guard: ``hours_today``. Seats given up are free again; a slot that is not active and empty does not count."""
    people = [make_candidate() for _ in range(3)]
    now = clock.now()
    starts_in = timedelta(minutes=1) if now.minute < 58 else -timedelta(minutes=3)
    slot = make_slot(timedelta(hours=3), capacity=4)
    for person in people:
        outcome(book(person, slot))
    asking.outcome(asking.cancel(people[0], asking.the_booking(people[0])))
    times = {"starts_at": now + starts_in, "ends_at": now + starts_in + timedelta(minutes=20)}
    for name in ("bookings", "interview_slots"):
        collection(name).update_many({}, {"$set": times})
    make_slot(starts_in, is_active=False)
    page = desk.get("/admin/").content.decode()
    (row,) = re.findall(r"<tr>.*?</tr>", page.partition('id="hours"')[2].partition("</section>")[0], re.DOTALL)
    assert "2 of 4" in row
    assert [str(person) in row for person in people] == [False, True, True]


def test_what_is_taken_is_the_same_wherever_it_is_shown(
    desk: StaffClient, approval_event: InterviewEvent, make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    """A seat held by a wish to move is taken, and so is that of whoever has been there. Guards: ``taken_seats`` in the
    first page's hours and days, in the calendar and in the list of slots; ``holders_in``."""
    vera = Recruiter.objects.create(name="Вера Ким", telegram_id=5002, started_at=clock.now())
    slot = make_slot(timedelta(hours=3), capacity=2, of=approval_event, recruiter=vera)
    later = make_slot(timedelta(days=2), of=approval_event, recruiter=vera)
    people = [make_candidate(first_name=name) for name in ("Анна", "Борис")]
    for person, place in zip(people, (slot, later), strict=True):
        outcome(book(person, place))
        outcome(asking.approve(vera, asking.the_booking(person)))
    outcome(asking.move(people[1], asking.the_booking(people[1]), slot))

    def shown() -> list[str]:
        """In the hour of the slot, in the calendar, in the list of slots and of the day."""
        page = desk.get("/admin/")
        hour = next(hour for hour in page.context["hours"] if "Анна" in str(hour.people))
        days = {"day": f"{today():%Y-%m-%d}", "view": "day"}
        calendar = desk.get(reverse("admin:scheduling_interviewslot_calendar_slots"), days).json()["slots"]
        listed = desk.get(reverse("admin:scheduling_interviewslot_changelist"), {"time": "all"}).context["cl"]
        day = next(day for day in page.context["next_days"].days if day.slots)
        return [
            f"{hour.taken} of {hour.seats}",
            next(row["words"] for row in calendar if row["id"] == str(slot.pk)),
            next(f"{row.taken} of {row.max_users}" for row in listed.result_list if row.pk == slot.pk),
            f"{day.taken} of {day.seats}",
        ]

    let_begin_today(slot)
    assert shown() == ["2 of 2", "full · 2 of 2", "2 of 2", "2 of 2"]
    assert "(wants to move here)" in desk.get("/admin/").content.decode()
    outcome(asking.withdraw_move(people[1], asking.the_booking(people[1])))
    outcome(asking.mark(vera, asking.the_booking(people[0]), BookingStatus.ATTENDED))
    assert asking.slot_now(slot)["booked_users"] == []
    assert shown() == ["1 of 2", "1 of 2", "1 of 2", "1 of 2"]


def let_begin_today(*slots: InterviewSlot) -> None:
    """They begin a minute ago, or at the first minute of the day."""
    starts_at = max(clock.now() - timedelta(minutes=1), day_start(today()))
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=20)}
    ids = {"$in": [slot.pk for slot in slots]}
    collection("interview_slots").update_many({"_id": ids}, {"$set": times})
    collection("bookings").update_many({"slot_id": ids}, {"$set": times})


def test_the_next_days_say_how_full_they_are(desk: StaffClient, booking: Booking, make_slot: MakeSlot) -> None:
    make_slot(timedelta(days=2), capacity=3)
    make_slot(timedelta(days=2), capacity=9, is_active=False)
    make_slot(timedelta(days=20))
    ahead = desk.get("/admin/").context["next_days"]
    (day,) = (day for day in ahead.days if day.slots)
    assert (day.slots, day.seats, day.taken, day.share) == (2, 4, 1, 25)
    assert {row.label: (row.taken, row.seats) for row in ahead.recruiters} == {
        "Ольга Смирнова": (1, 1),
        "no recruiter": (0, 3),
    }


def test_the_way_of_candidates_is_read_from_indexes_alone(booking: Booking) -> None:
    """R1. Guards: ``bookings_ways``, ``bookings_recruiter_ways``, ``users_added``, ``people_of``, ``bookings_of``."""
    of_recruiter = {"recruiter_id": ObjectId(), "created_at": {"$gte": clock.now()}}
    pipelines: list[tuple[str, list[Document]]] = [
        ("bookings", bookings_of({"user_id": {"$in": [booking.user_id]}})),
        ("bookings", bookings_of(of_recruiter)),
        ("users", people_of({}, clock.now())),
    ]
    for name, pipeline in pipelines:
        asked = {"aggregate": name, "pipeline": pipeline, "cursor": {}}
        explained = collection(name).database.command("explain", asked, verbosity="queryPlanner")
        planner = explained["stages"][0]["$cursor"] if "stages" in explained else explained
        plan = str(planner["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in plan and "FETCH" not in plan, pipeline


def test_how_interviews_went_is_counted_by_an_index_but_where_days_begin_and_end(booking: Booking) -> None:
    """R1. Guard: ``bookings_on_many``; its parts are the days, each booking once."""
    row = collection("bookings").find_one({}) or {}
    first, hours = today() - DAY * 3, timedelta(hours=1)
    zones = {"slot": {**row["slot"], "timezone": "Asia/Kamchatka"}}
    City.objects.create(name="Петропавловск", timezone="Asia/Kamchatka", contact_url="https://t.me/kamchatka")
    rows = [
        {**row, **zone, "_id": ObjectId(), "user_id": ObjectId(), "starts_at": day_start(first) + hours * number}
        for number in range(-14, 110)
        for zone in ({}, zones)
    ]
    collection("bookings").insert_many(rows)
    every = {row["_id"] for row in collection("bookings").find(bookings_on(first, today()))}
    parts = [[row["_id"] for row in collection("bookings").find(part)] for part in bookings_on_many(first, today())]
    assert sorted(every) == sorted(chain.from_iterable(parts)) and min(map(len, parts)) > 0
    pipeline = by_outcome(bookings_on_many(first, today())[0])
    explained = collection("bookings").database.command(
        "explain", {"aggregate": "bookings", "pipeline": pipeline, "cursor": {}}, verbosity="executionStats"
    )
    assert "bookings_status" in str(explained) and "'totalDocsExamined': 0" in str(explained)


def test_what_is_ahead_is_counted_anew_only_when_something_has_happened(desk: StaffClient, booking: Booking) -> None:
    """Guard: ``_mark``."""
    address = re.findall(r'hx-get="(/admin/ahead/[^"]+)"', desk.get("/admin/").content.decode())[0]
    assert desk.get(address).status_code == 204
    entry = collection("audit_entries").find_one({}) or {}
    collection("audit_entries").insert_one({**entry, "_id": ObjectId()})
    assert desk.get(address).status_code == 200


def test_a_new_installation_is_led_from_a_city_to_the_first_candidate(
    desk: StaffClient, coordinator: StaffClient
) -> None:
    """Guard: ``checklist``."""

    def steps(client: StaffClient) -> list[tuple[str, bool, bool]]:
        return [(step.name, step.done, bool(step.link)) for step in client.get("/admin/").context["checklist"]]

    names = ["city", "recruiter", "interviewevent", "interviewslot", "announcementchat", "candidate"]
    assert steps(desk) == [(name, False, name != "interviewslot") for name in names], "slots need an event first"
    City.objects.create(name="Москва")
    event = InterviewEvent.objects.create(title="Набор")
    assert [name for name, done, _link in steps(desk) if done] == ["city", "interviewevent"]
    assert f"/admin/scheduling/interviewevent/{event.pk}/add-slots/" in desk.get("/admin/").content.decode()
    assert [name for name, _done, link in steps(coordinator) if link] == ["interviewslot"], "the rest is others' to do"
    assert coordinator.get("/admin/").content.decode().count("for administrators: anna") == 3


def test_an_installation_in_use_shows_no_first_steps(desk: StaffClient, booking: Booking) -> None:
    assert desk.get("/admin/").context["checklist"] == []
