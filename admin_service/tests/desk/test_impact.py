"""What touches people's promises goes through one page that names them, with what each is told (FR10)."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.mongo import collection
from message_templates.services.seeding import seed_defaults
from people.models import Candidate, City, Office, Recruiter
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for
from shared_contracts.notification import NotificationKind
from tests.conftest import MakeSlot
from tests.desk.test_office_pages import page_of_office, sent
from tests.desk.test_slot_pages import form_of, on_the_minute, page_of
from tests.helpers import asking
from tests.helpers.card_tools import news
from tests.helpers.staff_client import StaffClient

pytestmark = pytest.mark.usefixtures("_templates")


@pytest.fixture
def _templates() -> None:
    """The texts that an installation starts with."""
    seed_defaults()


@pytest.fixture
def slot(make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> InterviewSlot:
    """Maria is booked in it."""
    made = on_the_minute(make_slot(timedelta(days=3), capacity=2, recruiter=olga))
    book_for(maria.telegram_id, str(made.pk), actor="anna", reason="")
    Candidate.objects.filter(pk=maria.pk).update(started_at=clock.now(), language_code="en")
    collection("outbox").delete_many({})
    return made


def change(desk: StaffClient, slot: InterviewSlot, **fields: Any) -> Any:
    """Send the slot's form."""
    return desk.post(page_of(slot), form_of(slot, **fields))


def text_of(page: Any) -> str:
    return str(page.content.decode())


def test_the_page_names_who_is_booked_with_old_and_new_and_the_message_itself(
    desk: StaffClient, slot: InterviewSlot
) -> None:
    """Guards: ``impact_of``, ``notice_html``, ``_cards_of``; nothing is saved before it is confirmed."""
    asked = change(desk, slot, room="9", reason="The other room is taken")
    page = text_of(asked)
    assert "Мария Петрова" in page and "your interview has changed" in page
    assert "📍 The room changed: 9, not 3.14" in page
    assert "💬 The other room is taken" in page
    assert "card follows: Ольга Смирнова" in page
    assert asking.slot_now(slot)["room"] == "3.14" and not news()

    assert desk.answer(page_of(slot), asked, reason="Painted").status_code == 302
    (told,) = news()
    assert (told.kind, told.reason, told.booking.slot.room) == (NotificationKind.BOOKING_CHANGED, "Painted", "9")
    assert asking.slot_now(slot)["room"] == "9"


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"started_at": None}, "has never started the bot"),
        ({"blocked_at": True}, "has blocked the bot"),
        ({"started_at": None, "username": ""}, "There is no link to them either"),
    ],
)
def test_who_cannot_be_reached_is_to_be_told_by_hand(
    desk: StaffClient, slot: InterviewSlot, maria: Candidate, state: dict[str, Any], why: str
) -> None:
    """Guard: ``path_to_tell``."""
    values = {name: clock.now() if value is True else value for name, value in state.items()}
    Candidate.objects.filter(pk=maria.pk).update(**values)
    assert why in text_of(change(desk, slot, room="9"))


def test_deactivating_a_booked_slot_says_that_the_booking_stands(desk: StaffClient, slot: InterviewSlot) -> None:
    """Guard: ``_shows``."""
    asked = change(desk, slot, is_active="")
    assert "Nothing is sent: the booking stands." in text_of(asked) and "card follows" not in text_of(asked)
    assert asking.slot_now(slot)["is_active"]
    assert desk.answer(page_of(slot), asked).status_code == 302
    assert not asking.slot_now(slot)["is_active"] and not news()


@pytest.mark.parametrize("fields", [{"max_users": 3}, {}])
def test_what_concerns_nobody_is_saved_at_once(desk: StaffClient, slot: InterviewSlot, fields: dict[str, Any]) -> None:
    assert change(desk, slot, **fields).status_code == 302


def test_a_free_slot_is_changed_at_once(desk: StaffClient, make_slot: MakeSlot) -> None:
    free = on_the_minute(make_slot())
    assert change(desk, free, room="9").status_code == 302
    assert asking.slot_now(free)["room"] == "9"


def test_who_books_meanwhile_is_shown_before_anything_is_saved(
    desk: StaffClient, slot: InterviewSlot, ivan: Candidate
) -> None:
    """Guard: ``is_as_shown``, of whom it concerns."""
    asked = change(desk, slot, room="9")
    book_for(ivan.telegram_id, str(slot.pk), actor="boris", reason="")
    again = text_of(desk.answer(page_of(slot), asked))
    assert "Иван Сидоров" in again and "It is not as you were shown it any more" in again
    assert asking.slot_now(slot)["room"] == "3.14"


def test_a_new_address_of_an_office_asks_the_same_way(desk: StaffClient, slot: InterviewSlot, moscow: City) -> None:
    office = Office.objects.create(city=moscow, name="Лофт", address="Арбат, 1")
    InterviewSlot.objects.filter(pk=slot.pk).update(office=str(office.pk), location=office.location)
    asked = desk.post(page_of_office(office), sent(office, address="Арбат, 2"))
    assert "Мария Петрова" in text_of(asked) and "Лофт, Арбат, 2" in text_of(asked)
    office.refresh_from_db()
    assert office.address == "Арбат, 1"
    assert desk.answer(page_of_office(office), asked, reason="Переехали").status_code == 302
    assert [item.reason for item in news()] == ["Переехали"]


def test_closing_an_event_names_who_is_booked_and_keeps_them(
    desk: StaffClient, slot: InterviewSlot, event: InterviewEvent
) -> None:
    """Guard: ``_concerned``."""
    url = reverse("admin:scheduling_interviewevent_change", args=[event.pk])
    limits = ("pending_hours", "reminder_minutes", "booking_cutoff_minutes", "move_cutoff_minutes")
    fields = {name: getattr(event, name) for name in (*limits, "cancel_cutoff_minutes", "title", "description")}
    asked = desk.post(url, {**fields, "is_open": ""})
    assert "Мария Петрова" in text_of(asked) and "the booking stands" in text_of(asked)
    event.refresh_from_db()
    assert event.is_open
    assert desk.answer(url, asked).status_code == 302
    event.refresh_from_db()
    assert not event.is_open and Booking.objects.get().live
