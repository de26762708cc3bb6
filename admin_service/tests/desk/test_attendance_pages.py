"""Who comes and how it went, at the desk (R8): on lists, on a booking's page, on the first page."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from bson import ObjectId
from django.test import Client
from django.urls import reverse

from backoffice.staff.home.attendance import by_answer
from common import clock
from common.mongo import collection, connection
from people.models import Candidate, Recruiter
from reminders.models import AutoMessage
from scheduling.models import STATUS_LABELS, Booking
from scheduling.services.reading.days import bookings_on
from scheduling.services.staff_commands import book_for
from staffkit.clocks import today
from tests.api.test_indexes import planned, stages
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.conftest import Text
from tests.desk.test_booking_pages import LIST, exported, page_of

NOON = datetime(2027, 3, 1, 9, 0, tzinfo=clock.now().tzinfo)  # in Moscow


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """A Monday in Moscow."""
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def booking(make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Booking:
    """Maria's, with Olga, this afternoon."""
    book_for(maria.telegram_id, str(make_slot(timedelta(hours=5), recruiter=olga).pk), actor="anna", reason="")
    return Booking.objects.get()


def put(booking: Booking, **fields: Any) -> None:
    """As chat, or a job, left the booking."""
    collection("bookings").update_one({"_id": booking.pk}, {"$set": fields})


@pytest.mark.parametrize(
    ("attendance", "label"),
    [
        ("confirmed", "confirmed"),
        ("reschedule_asked", "asks for another time"),
        ("declined", "can&#x27;t come"),
        ("none", "no answer"),
    ],
)
def test_bookings_are_found_by_what_their_candidates_said(
    text: Text, booking: Booking, attendance: str, label: str
) -> None:
    put(booking, attendance="" if attendance == "none" else attendance)
    for asked in ("confirmed", "reschedule_asked", "declined", "none"):
        assert ("Мария Петрова" in text(f"{reverse(LIST)}?attendance={asked}")) is (asked == attendance), asked
    assert label in text(reverse(LIST)).split("result_list")[1]
    assert "Мария Петрова" in text(f"{reverse(LIST)}?attendance=nonsense")


@pytest.mark.parametrize(("status", "label"), STATUS_LABELS)
def test_every_status_is_told_in_words(text: Text, booking: Booking, status: str, label: str) -> None:
    put(booking, status=status)
    found = text(reverse(LIST)).partition('id="result_list"')[2].partition("</table>")[0]
    assert str(label) in found and "_" not in re.findall(r"uppercase[^>]*>([^<]*)<", found)[0]


def test_only_who_may_still_answer_is_without_an_answer(text: Text, booking: Booking) -> None:
    put(booking, status="unmarked", live=False)
    assert "Мария Петрова" not in text(f"{reverse(LIST)}?attendance=none")


def test_the_export_tells_who_comes(desk: Client, booking: Booking) -> None:
    assert exported(desk)[0]["Will come"] == ""
    put(booking, attendance="confirmed")
    assert exported(desk)[0]["Will come"] == "confirmed"


@pytest.mark.parametrize(("minutes", "words"), [(10, "late by 10 minutes"), (20, "late by more than 15 minutes")])
def test_a_delay_is_told_by_list_page_and_export(
    desk: Client, text: Text, booking: Booking, minutes: int, words: str
) -> None:
    put(booking, delay_minutes=minutes, delay_at=NOON)
    found = text(reverse(LIST)).partition('id="result_list"')[2].partition("</table>")[0]
    assert words in found and "no answer" not in found
    assert exported(desk)[0]["Will come"] == words
    put(booking, attendance="confirmed", attendance_at=NOON - timedelta(hours=1))
    assert f"confirmed · Mon 01.03.2027, 11:00; {words} · Mon 01.03.2027, 12:00" in text(page_of(booking))


def test_the_page_tells_the_answer_the_offer_and_the_mark(text: Text, booking: Booking, make_slot: MakeSlot) -> None:
    offered = make_slot(timedelta(days=1), room="Лофт")
    put(booking, attendance="reschedule_asked", attendance_at=NOON, offered_slot_id=offered.pk)
    page = text(page_of(booking))
    assert "asks for another time · Mon 01.03.2027, 12:00" in page
    assert "Офис на Тверской, room Лофт" in page
    put(booking, status="attended", live=False, marked_at=NOON + timedelta(hours=6), attendance="")
    assert "came · marked Mon 01.03.2027, 18:00" in text(page_of(booking))


def test_the_page_shows_the_bookings_automatic_messages(text: Text, booking: Booking) -> None:
    message(booking, kind="day_of", state="sent", text="<b>Сегодня</b> собеседование", attempts=1)
    message(booking, kind="two_hours", state="suppressed", why="merged", due_at=NOON + timedelta(hours=3))
    other = message(booking, kind="no_answer")
    AutoMessage.objects.filter(pk=other.pk).update(booking_id=ObjectId())
    page = text(page_of(booking)).split('id="auto-messages"')[1].split("</table>")[0]
    assert page.index("Reminder on the day") < page.index("Will you come?")
    assert "&lt;b&gt;Сегодня&lt;/b&gt; собеседование" in page
    assert "another message says it too" in page
    assert "Recruiter: no answer" not in page


def message(booking: Booking, **fields: Any) -> AutoMessage:
    """A row of the booking in the ledger, in place of the one that was planned."""
    values: dict[str, Any] = {
        "subject_id": booking.pk,
        "booking_id": booking.pk,
        "kind": "day_of",
        "starts_at": booking.starts_at,
        "target_chat_id": booking.telegram_id,
        "due_at": NOON,
        "stale_at": booking.starts_at,
        "state": "scheduled",
    }
    values |= fields
    AutoMessage.objects.filter(subject_id=booking.pk, kind=values["kind"]).delete()
    return AutoMessage.objects.create(**values)


def marked(client: Client, booking: Booking, mark: str, version: int | None = None) -> str:
    """What staff read after pressing a mark."""
    order = {"mark": mark, "version": str(version or Booking.objects.get().version)}
    return client.post(page_of(booking, "mark"), order, follow=True).content.decode()


def test_an_outcome_is_marked_in_one_press_and_taken_back(desk: Client, text: Text, booking: Booking) -> None:
    assert 'id="outcome"' not in text(page_of(booking)), "not before it has begun"
    with time_machine.travel(booking.starts_at + timedelta(minutes=5), tick=True):
        page = text(page_of(booking))
        assert 'value="attended"' in page and 'value="take_back"' not in page
        assert "Marked: came." in marked(desk, booking, "attended")
        assert Booking.objects.get().status == "attended"
        assert 'value="take_back"' in text(page_of(booking))
        assert "Marked: did not come." in marked(desk, booking, "no_show")
        assert Booking.objects.get().status == "no_show"
        assert "The mark has been taken back." in marked(desk, booking, "take_back")
        assert Booking.objects.get().status == "unmarked"
        assert "outcome marked" in text(page_of(booking))


def test_an_interview_that_has_not_begun_has_no_outcome(desk: Client, booking: Booking) -> None:
    assert "has not begun yet" in marked(desk, booking, "attended")
    assert Booking.objects.get().status == "booked"


def test_a_mark_on_a_page_that_is_out_of_date_is_refused(desk: Client, booking: Booking) -> None:
    with time_machine.travel(booking.starts_at + timedelta(minutes=5), tick=True):
        marked(desk, booking, "attended")
        assert "has changed since you opened this page" in marked(desk, booking, "no_show", version=1)
        assert Booking.objects.get().status == "attended"


@pytest.mark.parametrize("order", [{}, {"mark": "cancelled", "version": "1"}, {"mark": "attended", "version": "x"}])
def test_a_garbled_mark_marks_nothing(desk: Client, booking: Booking, order: dict[str, str]) -> None:
    with time_machine.travel(booking.starts_at + timedelta(minutes=5), tick=True):
        assert desk.post(page_of(booking, "mark"), order).status_code == 302
        assert desk.get(page_of(booking, "mark")).status_code == 302
        assert Booking.objects.get().status == "booked"


def test_an_ended_booking_offers_no_marks(text: Text, booking: Booking) -> None:
    put(booking, status="cancelled", live=False)
    with time_machine.travel(booking.starts_at + timedelta(minutes=5), tick=True):
        assert 'id="outcome"' not in text(page_of(booking))


def test_who_may_only_look_marks_nothing(coordinator: Client, booking: Booking) -> None:
    from django.contrib.auth.models import Group, Permission

    with time_machine.travel(booking.starts_at + timedelta(minutes=5), tick=True):
        assert 'id="outcome"' in coordinator.get(page_of(booking)).content.decode()
        views = Permission.objects.filter(codename__startswith="view_")
        Group.objects.get(name="Coordinators").permissions.set(views)
        assert 'id="outcome"' not in coordinator.get(page_of(booking)).content.decode()
        order = {"mark": "attended", "version": "1"}
        assert coordinator.post(page_of(booking, "mark"), order).status_code == 403


def row_of(page: str, name: str) -> str:
    """A row of a table on the first page."""
    return page.partition(f'id="{name}"')[2].partition("</tr>")[0]


def linked(row: str) -> str:
    """Where it leads."""
    return str(re.findall('href="([^"]+)"', row)[0]).replace("&amp;", "&")


def listed(page: str) -> int:
    """How many bookings a list shows."""
    return page.count("field-person")


def test_the_first_page_counts_who_comes_today(
    text: Text, make_slot: MakeSlot, make_candidate: MakeCandidate, booking: Booking
) -> None:
    slot = make_slot(timedelta(hours=3), capacity=5)
    for attendance in ("confirmed", "confirmed", "reschedule_asked"):
        person = make_candidate()
        book_for(person.telegram_id, str(slot.pk), actor="anna", reason="")
        collection("bookings").update_one({"user_id": person.pk}, {"$set": {"attendance": attendance}})
    book_for(make_candidate().telegram_id, str(make_slot(timedelta(days=1)).pk), actor="anna", reason="")
    page = text("/admin/")
    for answer, count in (("confirmed", 2), ("none", 1), ("reschedule_asked", 1)):
        row = row_of(page, f"coming-{answer}")
        assert f"<b>{count}</b>" in row, answer
        assert listed(text(linked(row))) == count, linked(row)


def test_the_first_page_counts_how_interviews_went(text: Text, make_candidate: MakeCandidate, booking: Booking) -> None:
    stored = collection("bookings").find_one({})
    assert stored
    for age, status in [(1, "attended"), (2, "attended"), (3, "attended"), (29, "no_show"), (30, "late")]:
        put_aside = {"_id": ObjectId(), "live": False, "status": status, "starts_at": NOON - timedelta(days=age)}
        collection("bookings").insert_one({**stored, **put_aside})
    page = text("/admin/")
    for status, count, share in [("attended", 3, "75%"), ("no_show", 1, "25%"), ("late", 0, "0%")]:
        row = row_of(page, f"outcome-{status}")
        assert f"<b>{count}</b>" in row and share in row, status
        assert listed(text(linked(row))) == count, linked(row)


def test_the_first_page_has_no_shares_of_nothing(text: Text) -> None:
    assert "—" in row_of(text("/admin/"), "outcome-attended")


def test_the_first_page_alarms_of_messages_that_did_not_arrive(text: Text, booking: Booking) -> None:
    assert "<b>0</b>automatic messages not delivered" in text("/admin/")
    message(booking, state="failed", kind="day_of")
    message(booking, state="failed", kind="two_hours", due_at=NOON - timedelta(days=2))
    page = text("/admin/")
    assert "<b>1</b>automatic message not delivered" in page
    link = re.findall('desk-alarm" href="([^"]+)" id="number-undelivered"', page)[0].replace("&amp;", "&")
    found = text(link).partition('id="result_list"')[2].partition("</table>")[0]
    assert "Reminder on the day" in found and "Will you come?" not in found


def test_numbers_and_filters_that_grow_walk_indexes(booking: Booking) -> None:
    """R1."""
    pipeline = by_answer(bookings_on(today()))
    explained = connection.database.command(
        "explain", {"aggregate": "bookings", "pipeline": pipeline, "cursor": {}}, verbosity="queryPlanner"
    )
    assert "bookings_status" in set(stages(explained))
    filters: list[tuple[dict[str, Any], str]] = [
        ({"attendance": "confirmed"}, "bookings_attendance"),
        ({"status": "no_show"}, "bookings_status"),
        ({"recruiter_id": ObjectId()}, "bookings_recruiter"),
    ]
    for query, index in filters:
        plan = planned("bookings", query, [("starts_at", -1)])
        assert index in plan and not plan & {"COLLSCAN", "SORT"}, query
    assert "auto_booking" in planned("auto_messages", {"booking_id": booking.pk}, [("due_at", 1)])
