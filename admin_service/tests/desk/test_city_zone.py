"""A city's time zone put right after people have booked (FR10; spec, "Time")."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from common.mongo import Document, collection
from people.models import Candidate, City
from scheduling.models import Booking, InterviewSlot
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeSlot

VLADIVOSTOK = "Asia/Vladivostok"
QUESTION = "This zone shifts: slots 1, bookings 1."


def save(desk: Client, city: City, **fields: str) -> str:
    """Save the city's page; the answer is the page that comes back, empty once it is saved."""
    url = reverse("admin:people_city_change", args=[city.pk])
    response = desk.post(url, {"name": city.name, "timezone": VLADIVOSTOK, "contact_url": city.contact_url, **fields})
    return "" if response.status_code == 302 else response.content.decode()


def news() -> list[Document]:
    return list(collection("outbox").find({"queue": "bot.notification.command"}))


@pytest.fixture
def booking(make_slot: MakeSlot, maria: Candidate) -> Booking:
    """Maria's, in an open slot; another slot is closed already."""
    make_slot(timedelta(minutes=30))
    book_for(maria.telegram_id, str(make_slot(timedelta(days=3), capacity=2).pk), actor="anna", reason="")
    collection("outbox").delete_many({})
    return Booking.objects.get()


@pytest.mark.parametrize(("keep", "moved"), [("clock", timedelta(hours=-7)), ("instant", timedelta())])
def test_staff_are_shown_what_shifts_and_choose_what_stays(
    desk: Client, moscow: City, booking: Booking, keep: str, moved: timedelta
) -> None:
    """Guards: ``_shift``, ``put_zone_right``, ``_as_told``."""
    closed = InterviewSlot.objects.exclude(pk=booking.slot_id).get().starts_at
    asked = save(desk, moscow)
    assert QUESTION in asked and "they stay as they are: 1." in asked
    moscow.refresh_from_db()
    assert moscow.timezone == "Europe/Moscow" and not news()

    assert save(desk, moscow, keep=f"{keep}.1.1") == ""
    after = Booking.objects.get()
    assert after.starts_at == booking.starts_at + moved == InterviewSlot.objects.get(pk=booking.slot_id).starts_at
    assert (after.slot.timezone, after.version) == (VLADIVOSTOK, booking.version + 1)
    assert InterviewSlot.objects.exclude(pk=booking.slot_id).get().starts_at == closed
    (told,) = news()
    assert '"booking_changed"' in str(told["body"]) and VLADIVOSTOK in str(told["body"])


def test_who_comes_meanwhile_is_asked_about_too(desk: Client, moscow: City, booking: Booking, ivan: Candidate) -> None:
    book_for(ivan.telegram_id, str(booking.slot_id), actor="anna", reason="")
    assert "bookings 2" in save(desk, moscow, keep="instant.1.1")
    moscow.refresh_from_db()
    assert moscow.timezone == "Europe/Moscow"


def test_a_zone_that_shifts_nothing_asks_nothing(desk: Client, moscow: City, booking: Booking) -> None:
    """Volgograd's clocks show Moscow's time. Guard: ``_differs``."""
    assert save(desk, moscow, timezone="Europe/Volgograd") == ""
    assert Booking.objects.get().version == booking.version and not news()
