"""A day's outcomes on one page: saved by one press, each for itself; what is not saved says why."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from common import clock
from common.mongo import Document, collection
from common.zones import local
from people.models import Recruiter
from scheduling.services.reading.to_mark import begun as begun_condition
from scheduling.services.reading.to_mark import to_mark, unmarked
from scheduling.services.staff_commands import book_for, mark_outcome
from shared_contracts.directory import BookingStatus
from staffkit.clocks import today
from tests.access.test_home import put
from tests.access.world import World
from tests.api.test_indexes import planned
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.staff_client import StaffClient, unseen

PAGE = "/admin/scheduling/booking/mark-day/"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def begun(make_candidate: MakeCandidate, make_slot: MakeSlot, olga: Recruiter) -> list[Document]:
    """Three interviews with Olga that have just begun."""
    found = []
    for name in ("Алиса", "Борис", "Вера"):
        person = make_candidate(first_name=name)
        book_for(person.telegram_id, str(make_slot(recruiter=olga).pk), actor="anna", reason="")
        found.append(asking.let_begin(asking.the_booking(person)))
    return found


def shown(page: Any) -> dict[str, str]:
    """What the form sends as it is opened."""
    text = page.content.decode()
    hidden = re.findall(r'<input type="hidden" name="((?:version|was)-\w+)" value="(\w*)">', text)
    return {**dict(hidden), **dict(re.findall(r'name="(mark-\w+)" value="(\w*)" checked', text))}


def statuses() -> list[str]:
    return [row["status"] for row in collection("bookings").find().sort("user.first_name")]


def test_a_day_is_marked_by_one_press(desk: StaffClient, begun: list[Document]) -> None:
    page = desk.get(PAGE)
    sent = shown(page)
    marks = {f"mark-{row['_id']}": mark for row, mark in zip(begun, ("attended", "late", ""), strict=True)}
    answer = desk.post(PAGE, {**sent, **marks}, opened=unseen(page), follow=True)
    assert statuses() == ["attended", "late", begun[2]["status"]]
    assert "2 outcomes are saved." in answer.content.decode()
    again = desk.get(PAGE)
    assert shown(again)[f"mark-{begun[0]['_id']}"] == "attended"
    desk.post(PAGE, {**shown(again), f"mark-{begun[0]['_id']}": ""}, opened=unseen(again))
    assert statuses()[:2] == ["unmarked", "late"]


def test_what_cannot_be_saved_says_why_and_stops_nobody(desk: StaffClient, begun: list[Document]) -> None:
    """Guards: ``was-``, ``_mark``'s ``except``, ``own``."""
    page = desk.get(PAGE)
    alisa, boris, vera = (str(row["_id"]) for row in begun)
    mark_outcome(alisa, BookingStatus.LATE, expected_version=None, actor="boris")  # a colleague is quicker
    collection("bookings").update_one({"_id": begun[1]["_id"]}, {"$set": {"moves": "damaged"}})
    chosen = {f"mark-{alisa}": "no_show", f"mark-{boris}": "late", f"mark-{vera}": "attended", "mark-zz": "late"}
    answer = desk.post(PAGE, {**shown(page), **chosen, f"mark-{'0' * 24}": "nonsense"}, opened=unseen(page))
    text = answer.content.decode()
    assert statuses() == ["late", begun[1]["status"], "attended"]
    assert "1 outcome is saved." in text and "4 are not saved; beside them is why." in text
    assert "has changed since you opened this page" in text.split(f'id="why-{alisa}"')[1][:200]
    assert "It failed. Try again." in text.split(f'id="why-{boris}"')[1][:200]
    assert shown(answer)[f"mark-{alisa}"] == "no_show"  # what was chosen is still there, beside what is so by now
    assert shown(answer)[f"was-{alisa}"] == "late"
    assert "Nothing was changed." in desk.post(PAGE, shown(page), opened=unseen(page), follow=True).content.decode()
    assert statuses()[0] == "late"


def test_the_page_lists_today_and_what_nobody_has_marked_before(begun: list[Document]) -> None:
    now, row = clock.now(), begun[0]
    collection("bookings").delete_many({})

    def at(starts_at: Any, status: str) -> Document:
        return put("bookings", row, user_id=row["user_id"], status=status, starts_at=starts_at, live=False)

    of_today = [at(now - MINUTE, status) for status in ("booked", "attended")]
    before = [at(now - days * DAY, "unmarked") for days in (13, 1)]
    for days, status in ((1, "attended"), (14, "unmarked"), (0, "cancelled")):
        at(now - days * DAY - MINUTE, status)
    at(now + MINUTE, "booked")
    found = to_mark({}, today(), now)
    assert {item["_id"] for item in found.today} >= {item["_id"] for item in of_today}
    assert all(item["status"] in {"booked", "attended"} for item in found.today)
    assert [item["_id"] for item in found.before] == [item["_id"] for item in before]


@pytest.mark.parametrize("own", [{}, {"recruiter_id": ObjectId()}, {"city_id": {"$in": [ObjectId()]}}])
def test_what_is_to_be_marked_is_found_by_indexes(own: Document) -> None:
    for condition in (begun_condition(today(), clock.now()), unmarked(today() - 13 * DAY, today())):
        assert "COLLSCAN" not in planned("bookings", {**own, **condition}, [("starts_at", 1), ("_id", 1)])


def test_recruiters_mark_their_own_alone() -> None:
    world = World()
    for place in (world.here, world.there):
        asking.let_begin({"_id": place.booking.pk, "slot_id": place.slot.pk}, DAY)
        collection("bookings").update_one({"_id": place.booking.pk}, {"$set": {"status": "unmarked", "live": False}})
    hers, other = world.here.booking.pk, world.there.booking.pk
    client = world.client("recruiter")
    page = client.get(PAGE)
    assert f"mark-{hers}" in page.content.decode() and f"mark-{other}" not in page.content.decode()
    assert f'href="{PAGE}" id="number-marking" data-count="1"' in client.get("/admin/").content.decode()
    assert PAGE not in world.client("read-only").get("/admin/").content.decode()
    sent = {f"mark-{other}": "late", f"version-{other}": "1", f"mark-{hers}": "late", f"version-{hers}": "1"}
    text = client.post(PAGE, sent, opened=unseen(page)).content.decode()
    assert "1 outcome is saved." in text and "1 is not saved" in text
    assert collection("bookings").find_one({"_id": other}, {"status": 1}) == {"_id": other, "status": "unmarked"}


def test_where_nothing_is_due_the_page_says_when_something_will_be(
    desk: StaffClient, make_candidate: MakeCandidate, make_slot: MakeSlot
) -> None:
    """Guard: ``next_to_come``."""
    assert "No interview is booked for the days ahead." in desk.get(PAGE).content.decode()
    person = make_candidate()
    for days in (3, 2):
        other = make_candidate() if days == 3 else person
        book_for(other.telegram_id, str(make_slot(timedelta(days=days)).pk), actor="anna", reason="")
    booked = asking.the_booking(person)
    page = desk.get(PAGE).content.decode().partition('id="nothing-to-mark"')[2]
    day = local(booked["starts_at"], "Europe/Moscow").date()
    assert f"starts_at_from={day}&amp;starts_at_to={day}" in page and f"{day:%d.%m.%Y}" in page
    link = re.findall(r'href="([^"]+starts_at_from[^"]+)"', page)[0].replace("&amp;", "&")
    listed = desk.get(link).content.decode()
    assert str(booked["_id"]) in listed and listed.count('class="data-row') <= 1
