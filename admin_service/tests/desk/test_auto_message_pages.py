"""The ledger of automatic messages at the desk: what, to whom, when, and what came of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.mongo import collection
from people.models import Candidate, City, Recruiter
from reminders.models import AutoMessage
from scheduling.models import Booking
from scheduling.services.staff_commands import book_for
from tests.api.test_indexes import planned
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.conftest import Text

LIST = "admin:reminders_automessage_changelist"
NINE = datetime(2027, 3, 1, 6, tzinfo=UTC)  # in Moscow
Put = Callable[..., AutoMessage]


def page_of(message: AutoMessage) -> str:
    return reverse("admin:reminders_automessage_change", args=[message.pk])


def rows(page: str) -> str:
    """The list itself, without its filters."""
    return page.partition('id="result_list"')[2].partition("</table>")[0]


@pytest.fixture
def booking(make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Booking:
    """Maria's with Olga, in Vladivostok."""
    city = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    book_for(maria.telegram_id, str(make_slot(recruiter=olga, city=city).pk), actor="anna", reason="")
    return Booking.objects.get()


@pytest.fixture
def put(booking: Booking) -> Put:
    """Puts a row about Maria's booking down, in place of those that were planned."""
    AutoMessage.objects.all().delete()

    def make(**fields: Any) -> AutoMessage:
        values: dict[str, Any] = {
            "subject_id": booking.pk,
            "booking_id": booking.pk,
            "kind": "day_of",
            "starts_at": booking.starts_at,
            "target_chat_id": booking.telegram_id,
            "due_at": NINE,
            "stale_at": booking.starts_at,
            "state": "scheduled",
        }
        return AutoMessage.objects.create(**{**values, **fields})

    return make


def test_the_list_tells_when_in_the_interviews_city_what_and_for_whom(text: Text, put: Put, olga: Recruiter) -> None:
    put(state="sent", attempts=2, uncertain_tries=1)
    put(kind="no_answer", target_chat_id=None)
    page = rows(text(reverse(LIST)))
    assert "Mon 01.03.2027, 09:00 (Vladivostok 16:00)" in page, "found by Moscow's days"
    assert "Reminder on the day" in page and "Мария Петрова" in page
    assert "Recruiter: no answer from the candidate" in page and olga.name in page


def test_lists_name_their_readers(text: Text, put: Put, olga: Recruiter) -> None:
    put(kind="tomorrow", booking_id=None, subject_id=olga.pk)
    put(kind="staff_summary", booking_id=None, subject_id=ObjectId(), target_chat_id=-100500)
    page = rows(text(reverse(LIST)))
    assert olga.name in page and "staff&#x27;s chat" in page
    assert "Mon 01.03.2027, 09:00<" in page.replace("\n", "").replace("  ", ""), "in Moscow"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state__exact=failed", True),
        ("state__exact=sent", False),
        ("kind__exact=day_of", True),
        ("kind__exact=two_hours", False),
        ("why__exact=stale", False),
        ("due_at_from=2027-03-01&due_at_to=2027-03-01", True),
        ("due_at_from=2027-03-02", False),
        ("q=1001", True),
        ("q= 1001 ", True),
        ("q=1002", False),
        ("q=мария", False),
        ("q=" + "9" * 40, False),
    ],
)
def test_messages_are_found_by_state_kind_day_and_chat(text: Text, put: Put, query: str, found: bool) -> None:
    put(state="failed")
    assert ("Мария Петрова" in rows(text(f"{reverse(LIST)}?{query}"))) is found


def test_a_chats_messages_walk_their_index(put: Put) -> None:
    """R1."""
    put()
    plan = planned("auto_messages", {"target_chat_id": 1001}, [("due_at", -1)])
    assert "auto_target" in plan and not plan & {"COLLSCAN", "SORT"}
    assert "auto_due" in planned("auto_messages", {"state": "failed"}, [("due_at", -1)])


def test_the_page_shows_the_text_as_sent_and_leads_to_the_booking(desk: Client, text: Text, put: Put) -> None:
    message = put(state="sent", sent_at=NINE, text="<i>Сегодня</i>\nв 14:00", telegram_message_id=7)
    page = text(page_of(message))
    assert "&lt;i&gt;Сегодня&lt;/i&gt;\nв 14:00" in page
    assert reverse("admin:scheduling_booking_change", args=[message.booking_id]) in page
    assert "did not arrive" not in page
    assert desk.post(page_of(message), {"state": "scheduled"}).status_code == 403
    message.refresh_from_db()
    assert message.state == "sent"


def test_names_and_errors_are_shown_as_they_were_typed(text: Text, put: Put, olga: Recruiter) -> None:
    """Guard: escapes. People name themselves, and an error quotes what was sent."""
    typed = {"user.first_name": "<b>Мария</b>", "slot.recruiter": "<i>Ольга</i>", "slot.timezone": "Asia/Tokyo"}
    collection("bookings").update_one({}, {"$set": typed})
    Recruiter.objects.filter(pk=olga.pk).update(name="<s>Рита</s>")
    put(kind="tomorrow", booking_id=None, subject_id=olga.pk)
    message = put(kind="no_answer", state="failed", error="<u>can't parse</u>")
    pages = {"the list": rows(text(reverse(LIST))), "its page": text(page_of(message))}
    for where, page in pages.items():
        for name in ("b", "i"):
            assert f"&lt;{name}&gt;" in page and f"<{name}>" not in page, (where, name)
    assert "&lt;s&gt;Рита&lt;/s&gt;" in pages["the list"]
    assert "&lt;u&gt;can&#x27;t parse&lt;/u&gt;" in pages["its page"]


def test_a_message_that_did_not_arrive_says_what_to_do(text: Text, put: Put) -> None:
    """R4."""
    page = text(page_of(put(state="failed", error="Forbidden: bot was blocked by the user")))
    assert "Please tell them yourself" in page and "The booking has their links" in page
    assert "they have blocked the bot" in page


@pytest.mark.parametrize("why", ["merged", "moved", "stale", "quiet_hours", "empty"])
def test_what_was_not_sent_says_why(text: Text, put: Put, why: str) -> None:
    message = put(state="suppressed", why=why)
    assert str(message.get_why_display()) in rows(text(reverse(LIST)))


def test_coordinators_read_the_ledger(coordinator: Client, put: Put) -> None:
    message = put()
    assert coordinator.get(reverse(LIST)).status_code == 200
    assert coordinator.get(page_of(message)).status_code == 200
    assert coordinator.get(reverse("admin:reminders_automessage_add")).status_code == 403
    assert coordinator.get(reverse("admin:reminders_automessage_delete", args=[message.pk])).status_code == 403


def test_the_list_asks_the_database_no_more_for_more_messages(
    desk: Client, put: Put, make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.get(reverse(LIST))
        return len(captured)

    put()
    few = queries()
    slot = make_slot(capacity=9)
    for _number in range(8):
        person = make_candidate()
        book_for(person.telegram_id, str(slot.pk), actor="anna", reason="")
        put(subject_id=person.pk, booking_id=Booking.objects.get(user_id=person.pk).pk)
    assert queries() == few > 0
