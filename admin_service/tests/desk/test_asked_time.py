"""A wish for another time, as the booking's page explains it to staff (R8)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from people.models import Candidate, Recruiter
from reminders.models import AutoMessage
from scheduling.models import Booking
from scheduling.services.staff_commands import book_for
from scheduling.tasks import close_finished
from tests.conftest import MakeSlot
from tests.desk.conftest import Text
from tests.desk.test_attendance_pages import NOON, message, put
from tests.desk.test_booking_pages import LIST, page_of
from tests.helpers import asking

ASKED = 'id="asked-time"'
KNOWS, NOT_TOLD, HEARS = "The recruiter knows", "could not tell the recruiter", "will hear of it: Mon 01.03.2027, 12:00"


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


@pytest.mark.parametrize(
    ("state", "known"),
    [("sent", KNOWS), ("failed", NOT_TOLD), ("suppressed", NOT_TOLD), ("scheduled", HEARS), ("queued", HEARS)],
)
def test_the_page_says_whether_the_recruiter_knows_of_the_wish_and_leads_to_the_move(
    text: Text, booking: Booking, state: str, known: str
) -> None:
    """R8: staff see what becomes of "asks to reschedule", and what they can do."""
    assert ASKED not in text(page_of(booking))
    put(booking, attendance="reschedule_asked", attendance_at=NOON)
    message(booking, kind="change", state=state, turn=2)
    page = text(page_of(booking))
    note = page.partition(ASKED)[2].partition("</div>")[0]
    assert known in note
    assert page_of(booking, "move") in note
    assert ('class="desk-danger"' in note) is (known is NOT_TOLD)


def test_the_page_goes_by_the_newest_message_to_the_recruiter(text: Text, booking: Booking) -> None:
    """Guard: the order in ``_newest_notice``. That the booking was made is not that another time is asked for."""
    put(booking, attendance="reschedule_asked")
    newest = message(booking, kind="change", state="failed", turn=2)
    for turn in (1, 0):
        newest.pk, newest.turn, newest.state = None, turn, "sent"
        newest.save(force_insert=True)
    assert AutoMessage.objects.filter(kind="change").count() == 3
    assert NOT_TOLD in text(page_of(booking))


def test_a_wish_without_a_recruiter_is_for_staff_and_an_offer_for_the_candidate(
    text: Text, booking: Booking, make_slot: MakeSlot
) -> None:
    put(booking, attendance="reschedule_asked", recruiter_id=None)
    assert "it is for you to answer" in text(page_of(booking))
    put(booking, offered_slot_id=make_slot(timedelta(days=1)).pk)
    assert "The candidate has yet to answer" in text(page_of(booking))
    assert "another time offered" in text(reverse(LIST)).split("result_list")[1]


@pytest.mark.parametrize("ended", [{"status": "cancelled", "live": False}, {"attendance": "confirmed"}, {}])
def test_a_wish_that_is_over_is_not_shown_any_more(text: Text, booking: Booking, ended: dict[str, Any]) -> None:
    """Guard: the conditions of ``wish_of``; the last case is an interview that has begun."""
    put(booking, attendance="reschedule_asked")
    assert ASKED in text(page_of(booking))
    put(booking, **(ended or {"starts_at": NOON - timedelta(minutes=1)}))
    assert ASKED not in text(page_of(booking))


def test_who_may_only_look_is_not_led_to_the_move(coordinator: Client, booking: Booking) -> None:
    put(booking, attendance="reschedule_asked")
    assert page_of(booking, "move") in coordinator.get(page_of(booking)).content.decode().partition(ASKED)[2]
    Group.objects.get(name="Coordinators").permissions.set(Permission.objects.filter(codename__startswith="view_"))
    note = coordinator.get(page_of(booking)).content.decode().partition(ASKED)[2]
    assert note and page_of(booking, "move") not in note


def test_the_history_calls_a_recruiter_by_name(text: Text, booking: Booking, olga: Recruiter) -> None:
    """Guard: ``actor_label``."""
    asking.in_batch(asking.cancel_interview(olga, asking.the_booking(Candidate.objects.get(pk=booking.user_id))))
    page = text(page_of(booking))
    assert "recruiter Ольга Смирнова" in page and f"recruiter {olga.telegram_id}" not in page


def test_the_history_names_no_job(text: Text, booking: Booking) -> None:
    """A job's name says nothing to staff."""
    with time_machine.travel(booking.ends_at + timedelta(minutes=1), tick=True):
        assert close_finished() == 1
    page = text(page_of(booking))
    assert "close_finished" not in page and "ended by itself" in page
