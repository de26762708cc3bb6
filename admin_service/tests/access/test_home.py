"""The first page, as each role: every number opens exactly the list it counts."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from itertools import count
from typing import Any

import pytest
from bson import Int64, ObjectId

from common import clock
from common.mongo import Document, collection
from tests.access.world import ROLES, Place, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def numbers_of(page: str) -> dict[str, int]:
    """What each number on the page counts, by the address that it opens."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*data-count="(\d+)"', page)
    return {unescape(link): int(count) for link, count in found}


def listed(page: Any) -> int:
    """How many there are on a page that a number opens: a list, or the one on which outcomes are marked."""
    return int(page["cl"].result_count if "cl" in page else page["unmarked"])


def put(name: str, row: Document, **changes: Any) -> Document:
    """A copy of a document, with changes."""
    made = {**row, **changes, "_id": type(row["_id"])() if isinstance(row["_id"], ObjectId) else changes["_id"]}
    collection(name).insert_one(made)
    return made


def fill_both(world: World) -> None:
    """Something of everything that waits, in each place."""
    fill(world.here, world.there)
    fill(world.there, world.here)


def fill(place: Place, other: Place) -> None:
    """Something of everything that waits, and beside it what looks like it and does not."""
    now = clock.now()
    stored = collection("bookings").find_one({"_id": place.booking.pk}) or {}

    def book(starts_in: timedelta, **changes: Any) -> Document:
        times = {"starts_at": now + starts_in, "ends_at": now + starts_in + HOUR / 3}
        return put("bookings", stored, **{"user_id": ObjectId(), **times, **changes})

    pending = {"status": "pending", "awaits_approval": True}
    book(3 * DAY, **pending, expires_at=now + HOUR)
    book(3 * DAY, **pending, expires_at=None)  # held for somebody on the waiting list
    book(3 * DAY, candidate_by_hand=True)
    for starts_in in (3 * DAY, -3 * DAY):  # that it is off is told before it would have been
        book(starts_in, candidate_by_hand=True, status="cancelled", live=False)
    waiting = collection("waiting_list").find_one({"city_id": place.city.pk}) or {}
    put("waiting_list", waiting, state="closed", by_hand=True)
    book(3 * DAY, recruiter_by_hand=True)
    book(3 * DAY, recruiter_by_hand=True, recruiter_told=True)
    book(3 * DAY, attendance="reschedule_asked", attendance_at=now)
    book(-HOUR, attendance="reschedule_asked", attendance_at=now)
    for status, attendance in (("booked", "confirmed"), ("attended", ""), ("no_show", ""), ("rejected", "")):
        book(4 * DAY, status=status, attendance=attendance, user_id=place.candidate.pk, event_id=ObjectId())
    for ago, status in ((1, "unmarked"), (13, "unmarked"), (14, "unmarked"), (15, "unmarked"), (1, "attended")):
        book(-ago * DAY, status=status, live=False)
    for starts_in in (HOUR / 60, HOUR, 2 * HOUR, 30 * HOUR):
        asked = book(starts_in)
        message = {"_id": ObjectId(), "kind": "two_hours", "state": "sent", "asks_attendance": True, "turn": 0}
        times = {"starts_at": asked["starts_at"], "due_at": now - HOUR, "sent_at": now - HOUR}
        put("auto_messages", message, booking_id=asked["_id"], subject_id=asked["_id"], **times)
    slot = collection("interview_slots").find_one({"_id": place.slot.pk}) or {}
    for starts_in, changes in (
        (HOUR, {"closes_at": now - HOUR}),
        (3 * HOUR, {"closes_at": now + HOUR}),
        (3 * DAY, {"has_room": False}),
        (3 * DAY, {"is_active": False}),
        (9 * DAY, {}),
    ):
        starts_at = now + starts_in
        times = {"starts_at": starts_at, "ends_at": starts_at + HOUR, "closes_at": starts_at - HOUR}
        put("interview_slots", slot, **{**times, **changes})
    people_of(place, other, book)


def people_of(place: Place, other: Place, book: Callable[..., Document]) -> None:
    """Of whom a number may differ from the list: one merged away, one off the list, one with bookings in two cities, of
    whose recruiters one has retired."""
    entry = collection("users").find_one({"_id": place.candidate.pk}) or {}
    numbers = (Int64(entry["telegram_id"] + 100 * number) for number in count(1))

    def person(**changes: Any) -> ObjectId:
        return ObjectId(put("users", entry, telegram_id=next(numbers), **changes)["_id"])

    person(is_allowed=False, merged_into=place.candidate.pk)
    person(is_allowed=False, merged_into=place.candidate.pk, started_at=None)
    gone = person(is_allowed=False)
    book(4 * DAY, user_id=gone, event_id=ObjectId(), status="cancelled", live=False)
    stored = collection("recruiters").find_one({"_id": place.recruiter.pk}) or {}
    retired = put("recruiters", {**stored, "name": "Ушедший"}, telegram_id=None, is_active=False)["_id"]
    both = person()
    book(5 * DAY, user_id=both, event_id=ObjectId(), recruiter_id=retired)
    elsewhere = {"city_id": other.city.pk, "recruiter_id": other.recruiter.pk}
    book(6 * DAY, user_id=both, event_id=ObjectId(), **elsewhere)


@pytest.fixture
def busy(world: World) -> World:
    """A world in which something of everything waits, in each place."""
    fill_both(world)
    message = collection("outbox").find_one({"_id": "1"}) or {}
    put("outbox", message, _id="2", created_at=clock.now() - HOUR)
    collection("auto_messages").update_many(
        {"state": "scheduled"}, {"$set": {"state": "failed", "due_at": clock.now()}}
    )
    return world


@pytest.mark.parametrize("role", ROLES[2:])
def test_every_number_on_the_first_page_opens_the_list_it_counts(busy: World, role: str) -> None:
    """Guards: ``merged_into`` in the way of candidates, with what else ``people_of`` puts there."""
    client = busy.client(role)
    numbers = numbers_of(client.get("/admin/").content.decode())
    opened = {link: listed(client.get(link).context) for link in numbers}
    assert opened == numbers
    assert sum(count > 0 for count in numbers.values()) >= 10, numbers
