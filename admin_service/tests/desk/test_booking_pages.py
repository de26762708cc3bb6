"""Bookings at the desk (FR11): found, exported, decided."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from common.mongo import collection
from people.models import Candidate, City, Recruiter
from people.services.people import save_candidate
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for
from staffkit.tables.writing import safe
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.conftest import Text
from tests.helpers.asking import book, outcome

LIST = "admin:scheduling_booking_changelist"


@pytest.fixture
def booking(make_slot: MakeSlot, maria: Candidate) -> Booking:
    """Maria's."""
    book_for(maria.telegram_id, str(make_slot().pk), actor="anna", reason="")
    return Booking.objects.get()


def page_of(booking: Booking, action: str = "change") -> str:
    return reverse(f"admin:scheduling_booking_{action}", args=[booking.pk])


def exported(desk: Client, query: str = "") -> list[dict[str, str]]:
    response = desk.get(f"{reverse(LIST)}?_export=csv{query}")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("query", ["мария", "ПЕТРОВА", "maria_p", "@maria_p", "мария петрова", "{telegram_id}"])
def test_a_booking_is_found_by_name_username_and_id(text: Text, booking: Booking, ivan: Candidate, query: str) -> None:
    term = query.format(telegram_id=booking.telegram_id)
    assert "Мария Петрова" in text(f"{reverse(LIST)}?q={term}")
    assert "Мария Петрова" not in text(f"{reverse(LIST)}?q={term}zzz")


def test_bookings_are_filtered(text: Text, booking: Booking, event: InterviewEvent, moscow: City) -> None:
    for query, found in [
        ("status__exact=booked", True),
        ("status__exact=cancelled", False),
        (f"event={event.pk}", True),
        (f"event={moscow.pk}", False),
        (f"city={moscow.pk}", True),
        ("starts_at_to=2020-01-01", False),
        ("starts_at_from=2020-01-01", True),
    ]:
        assert ("Мария Петрова" in text(f"{reverse(LIST)}?{query}")) is found, query


@pytest.mark.parametrize("column", range(1, 8))
def test_bookings_are_sorted_by_every_column(text: Text, booking: Booking, column: int) -> None:
    assert "Мария Петрова" in text(f"{reverse(LIST)}?o={column}")


def test_the_detail_page_shows_the_booking_and_what_happened(text: Text, booking: Booking) -> None:
    page = text(page_of(booking))
    assert "Мария Петрова · @maria_p" in page
    assert "staff anna" in page and "made" in page
    for action in ("move", "cancel"):
        assert page_of(booking, action) in page
    assert page_of(booking, "approve") not in page


def test_the_export_has_every_field_in_the_citys_time(desk: Client, booking: Booking) -> None:
    (row,) = exported(desk)
    there = booking.starts_at.astimezone(ZoneInfo("Europe/Moscow"))
    assert (row["Date"], row["Time"]) == (f"{there:%Y-%m-%d}", f"{there:%H:%M}")
    assert (row["First name"], row["Username"], row["Telegram id"]) == ("Мария", "maria_p", str(booking.telegram_id))
    assert (row["Status"], row["Location"], row["Room"]) == ("booked", "Офис на Тверской", "3.14")


@pytest.mark.parametrize(("link", "zone"), [("", "Vladivostok"), ("https://meet.example/x", "Moscow")])
def test_the_export_tells_times_as_the_list_does_and_names_the_zone(
    desk: Client, booking: Booking, link: str, zone: str
) -> None:
    """Of the place, or online ours. Guard: ``zone_name``."""
    snapshot = {"slot.timezone": "Asia/Vladivostok", "slot.video_link": link}
    collection("bookings").update_one({"_id": booking.pk}, {"$set": snapshot})
    (row,) = exported(desk)
    there = booking.starts_at.astimezone(ZoneInfo(f"{'Europe' if link else 'Asia'}/{zone}"))
    assert (row["Time"], row["Time zone"]) == (f"{there:%H:%M}", zone)


def test_the_export_obeys_the_filters(desk: Client, booking: Booking) -> None:
    assert exported(desk, "&status__exact=cancelled") == []
    assert len(exported(desk, "&q=мария")) == 1


@pytest.mark.parametrize("cell", ["=1+1", "+7 900", "-5", "@name", "\t=1", "\r=1", "  =HYPERLINK()", "＝1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert safe(cell).startswith("'")


def test_ordinary_cells_are_left_alone() -> None:
    assert [safe(cell) for cell in ("Мария", "10:30", 1001, "")] == ["Мария", "10:30", "1001", ""]


def test_a_formula_for_a_name_is_exported_as_text(desk: Client, make_slot: MakeSlot, maria: Candidate) -> None:
    maria.first_name = "=cmd|'/c calc'!A1"
    save_candidate(maria, actor="anna")
    book_for(maria.telegram_id, str(make_slot().pk), actor="anna", reason="")
    assert exported(desk)[0]["First name"] == "'=cmd|'/c calc'!A1"


def test_a_name_is_text_on_every_page(desk: Client, text: Text, make_slot: MakeSlot, maria: Candidate) -> None:
    maria.first_name = "<script>alert(1)</script>"
    save_candidate(maria, actor="anna")
    slot = make_slot()
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    booking = Booking.objects.get()
    for url in (
        reverse(LIST),
        page_of(booking),
        page_of(booking, "cancel"),
        reverse("admin:scheduling_interviewslot_change", args=[slot.pk]),
        reverse("admin:scheduling_interviewslot_delete", args=[slot.pk]),
        reverse("admin:people_candidate_remove_one", args=[maria.pk]),
    ):
        assert "<script>alert(1)" not in text(url)


def test_a_booking_is_moved(desk: Client, booking: Booking, make_slot: MakeSlot) -> None:
    target = make_slot(timedelta(days=3))
    order = {"version": 1, "slot": str(target.pk), "reason": "Просьба кандидата", "_confirm": "1"}
    assert desk.post(page_of(booking, "move"), order).status_code == 302
    moved = Booking.objects.get()
    assert (moved.slot_id, moved.version) == (target.pk, 2)


def test_slots_past_a_limit_come_last_and_say_which(
    desk: Client, booking: Booking, make_slot: MakeSlot, moscow: City
) -> None:
    """Guard: ``_limit``. Nothing is chosen beforehand."""
    gone = Recruiter.objects.create(name="Павел Котов", city=moscow, is_active=False)
    make_slot(timedelta(hours=1))
    make_slot(timedelta(hours=5), is_active=False)
    make_slot(timedelta(hours=6), recruiter=gone)
    make_slot(timedelta(days=3))
    page = desk.get(page_of(booking, "move")).content.decode()
    options = [unescape(value) for value in re.findall(r"<span>([^<]+) <small>", page)]
    limits = [option.partition(" · past the limits: ")[2] for option in options]
    assert limits == ["", "closed for booking", "not active", "its recruiter is not active"]
    assert not re.search(r'name="slot"[^>]* checked', page)


def test_the_move_page_offers_only_slots_with_a_free_seat(
    text: Text, booking: Booking, make_slot: MakeSlot, ivan: Candidate
) -> None:
    full = make_slot(location="Занято")
    book_for(ivan.telegram_id, str(full.pk), actor="anna", reason="")
    make_slot(location="Свободно")
    page = text(page_of(booking, "move"))
    assert "Свободно" in page and "Занято" not in page


@pytest.mark.parametrize("withdraws", [True, False])
def test_a_booking_is_cancelled_with_its_reason(desk: Client, booking: Booking, withdraws: bool) -> None:
    """Guard: ``withdraws_slot`` of ``cancel_booking``, where staff tick that nobody else is to be offered the time."""
    order = {"version": 1, "reason": "Набор закрыт", "_confirm": "1"} | ({"withdraws_slot": "on"} if withdraws else {})
    assert desk.post(page_of(booking, "cancel"), order).status_code == 302
    ended = Booking.objects.get()
    assert (ended.status, ended.reason, ended.ended_by) == ("cancelled", "Набор закрыт", "staff:anna")
    slot = InterviewSlot.objects.get()
    assert (slot.booked_users, slot.is_active) == ([], not withdraws)


def test_a_booking_that_changed_meanwhile_is_left_alone(desk: Client, booking: Booking) -> None:
    response = desk.post(page_of(booking, "cancel"), {"version": 7, "_confirm": "1"}, follow=True)
    assert "has changed since you opened this page" in response.content.decode()
    assert Booking.objects.get().status == "booked"


@pytest.mark.parametrize(("action", "status"), [("approve", "booked"), ("reject", "rejected")])
def test_a_request_is_answered(
    desk: Client,
    maria: Candidate,
    make_slot: MakeSlot,
    approval_event: InterviewEvent,
    action: str,
    status: str,
) -> None:
    outcome(book(maria, make_slot(of=approval_event)))
    booking = Booking.objects.get()
    assert page_of(booking, action) in desk.get(page_of(booking)).content.decode()
    order = {"version": 1, "reason": "", "_confirm": "1"} | ({"rejection": "time"} if action == "reject" else {})
    desk.post(page_of(booking, action), order)
    assert Booking.objects.get().status == status


def test_a_no_says_whether_it_is_to_the_time_or_to_the_person(
    desk: Client, maria: Candidate, make_slot: MakeSlot, approval_event: InterviewEvent
) -> None:
    """Guard: ``RejectForm``; of a move it is always the time, so nothing is asked."""
    outcome(book(maria, make_slot(of=approval_event)))
    booking = Booking.objects.get()
    order = {"version": 1, "reason": "", "_confirm": "1"}
    assert "This field is required" in desk.post(page_of(booking, "reject"), order).content.decode()
    assert Booking.objects.get().status == "pending"
    desk.post(page_of(booking, "reject"), {**order, "rejection": "person"})
    booking = Booking.objects.get()
    assert (booking.status, booking.rejection) == ("rejected", "person")


@pytest.mark.parametrize("order", [{}, {"version": "x"}, {"version": "-1"}, {"version": "9" * 40}, {"slot": "zzz"}])
@pytest.mark.parametrize("action", ["move", "cancel", "approve", "reject"])
def test_wrong_input_decides_nothing(desk: Client, booking: Booking, action: str, order: dict[str, str]) -> None:
    response = desk.post(page_of(booking, action), {"_confirm": "1", **order}, follow=True)
    assert response.status_code == 200
    assert Booking.objects.get().status == "booked"


def test_the_list_asks_the_database_no_more_for_more_bookings(
    desk: Client, make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    slot = make_slot(capacity=12)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.get(reverse(LIST))
        return len(captured)

    for _number in range(2):
        book_for(make_candidate().telegram_id, str(slot.pk), actor="anna", reason="")
    few = queries()
    for _number in range(8):
        book_for(make_candidate().telegram_id, str(slot.pk), actor="anna", reason="")
    assert queries() == few > 0
