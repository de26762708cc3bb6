"""A city's time zone put right after people have booked (FR10; spec, "Time")."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from common.mongo import collection
from message_templates.services.seeding import seed_defaults
from people.models import Candidate, City
from scheduling.models import Booking, InterviewSlot
from scheduling.services.staff_commands import book_for
from scheduling.services.store.slots import load_slots
from scheduling.staff.moments import name_of
from tests.conftest import MakeSlot
from tests.helpers.card_tools import news
from tests.helpers.staff_client import StaffClient

VLADIVOSTOK = "Asia/Vladivostok"


def page_of(city: City) -> str:
    return reverse("admin:people_city_change", args=[city.pk])


def fields_of(city: City, **fields: str) -> dict[str, str]:
    return {"name": city.name, "timezone": VLADIVOSTOK, "contact_url": city.contact_url, **fields}


def asked(desk: StaffClient, city: City) -> Any:
    """The page that asks."""
    return desk.post(page_of(city), fields_of(city))


@pytest.fixture
def booking(make_slot: MakeSlot, maria: Candidate) -> Booking:
    """Maria's."""
    seed_defaults()
    book_for(maria.telegram_id, str(make_slot(timedelta(days=3), capacity=2).pk), actor="anna", reason="")
    collection("outbox").delete_many({})
    return Booking.objects.get()


@pytest.mark.parametrize(("choice", "moved"), [("clock", timedelta(hours=-7)), ("instant", timedelta())])
def test_staff_are_shown_whom_it_concerns_and_choose_what_stays(
    desk: StaffClient, moscow: City, booking: Booking, choice: str, moved: timedelta
) -> None:
    """Guards: ``foresee``, ``put_zone_right``, ``_as_told``."""
    page = asked(desk, moscow)
    text = page.content.decode()
    for fact in ("Slots that shift: 1", "Bookings in them: 1", "Мария Петрова"):
        assert fact in text
    assert text.count('class="wording-bubble"') == 2, "what she is told, either way"
    moscow.refresh_from_db()
    assert moscow.timezone == "Europe/Moscow" and not news()
    assert Booking.objects.get().version == booking.version

    assert desk.answer(page_of(moscow), page, choice=choice, reason="Ошиблись").status_code == 302
    after = Booking.objects.get()
    assert after.starts_at == booking.starts_at + moved == InterviewSlot.objects.get(pk=booking.slot_id).starts_at
    assert (after.slot.timezone, after.version) == (VLADIVOSTOK, booking.version + 1)
    (told,) = news()
    assert (told.kind, told.booking.slot.city.timezone, told.reason) == ("booking_changed", VLADIVOSTOK, "Ошиблись")


@pytest.mark.parametrize("choice", ["clock", "instant"])
def test_who_comes_soon_into_a_slot_that_is_closed_for_booking_is_told_too(
    desk: StaffClient, moscow: City, make_slot: MakeSlot, maria: Candidate, choice: str
) -> None:
    """On the right clocks the time they were told has passed, so the moment stays. Guard: ``put_zone_right``."""
    slot = make_slot(timedelta(minutes=30))
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="срочно", beyond_limits=True)
    collection("outbox").delete_many({})
    assert desk.answer(page_of(moscow), asked(desk, moscow), choice=choice).status_code == 302
    (told,) = news()
    assert told.kind == "booking_changed" and told.slot_before
    assert told.booking.slot.starts_at == told.slot_before.starts_at == Booking.objects.get().starts_at
    assert (told.slot_before.city.timezone, told.booking.slot.city.timezone) == ("Europe/Moscow", VLADIVOSTOK)


def test_without_a_choice_nothing_is_saved(desk: StaffClient, moscow: City, booking: Booking) -> None:
    page = desk.answer(page_of(moscow), asked(desk, moscow))
    assert "This field is required" in page.content.decode()
    moscow.refresh_from_db()
    assert moscow.timezone == "Europe/Moscow"


def test_who_comes_meanwhile_is_asked_about_too(
    desk: StaffClient, moscow: City, booking: Booking, ivan: Candidate
) -> None:
    """Guard: ``is_as_shown``."""
    page = asked(desk, moscow)
    book_for(ivan.telegram_id, str(booking.slot_id), actor="anna", reason="")
    again = desk.answer(page_of(moscow), page, choice="instant").content.decode()
    assert "Bookings in them: 2" in again and "Иван Сидоров" in again
    moscow.refresh_from_db()
    assert moscow.timezone == "Europe/Moscow"


def test_a_zone_that_shifts_nothing_asks_nothing(desk: StaffClient, moscow: City, booking: Booking) -> None:
    """Volgograd's clocks show Moscow's time. Guard: ``_differs``."""
    sent = desk.post(page_of(moscow), fields_of(moscow, timezone="Europe/Volgograd"))
    assert sent.status_code == 302
    assert Booking.objects.get().version == booking.version and not news()


def test_the_citys_people_are_told_of_online_interviews_elsewhere(
    desk: StaffClient, moscow: City, make_slot: MakeSlot, maria: Candidate
) -> None:
    """An online interview is told on the reader's clock, which is another then. Guard: ``tell_readers``."""
    kazan = City.objects.create(name="Казань")
    Candidate.objects.filter(pk=maria.pk).update(city=moscow)
    slot = make_slot(timedelta(days=3), city=kazan, video_link="https://meet.example/x", location="", room="")
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    collection("outbox").delete_many({})
    before = Booking.objects.get()

    page = asked(desk, moscow)
    assert "Мария Петрова" in page.content.decode()
    assert desk.answer(page_of(moscow), page).status_code == 302

    (told,) = news()
    assert (told.timezone_before, told.timezone) == ("Europe/Moscow", VLADIVOSTOK)
    assert told.slot_before and told.slot_before.starts_at == told.booking.slot.starts_at == before.starts_at
    assert Booking.objects.get().version == before.version


def test_people_of_the_city_are_told_on_the_clocks_they_had(
    desk: StaffClient, moscow: City, booking: Booking, maria: Candidate
) -> None:
    """Guard: ``_with_clocks``."""
    Candidate.objects.filter(pk=maria.pk).update(city=moscow)
    desk.answer(page_of(moscow), asked(desk, moscow), choice="clock")
    (told,) = news()
    assert (told.timezone_before, told.timezone) == ("Europe/Moscow", VLADIVOSTOK)


def test_single_people_can_be_moved_or_called_off_as_the_zone_changes(
    desk: StaffClient, moscow: City, booking: Booking, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """They read of the interview as they knew it, at its time and on its clocks. Guard: ``_left_before_edits``."""
    book_for(ivan.telegram_id, str(booking.slot_id), actor="anna", reason="")
    his = Booking.objects.get(user_id=ivan.pk)
    there = make_slot(timedelta(days=4), city=City.objects.create(name="Казань"))
    collection("outbox").delete_many({})
    fields = {f"for_{booking.pk}": "move", f"to_{booking.pk}": name_of(load_slots({"_id": there.pk})[0])}
    fields |= {f"for_{his.pk}": "cancel", f"words_{his.pk}": "Увы", "choice": "clock"}
    shown = desk.answer(page_of(moscow), asked(desk, moscow), **fields)
    assert "This is what your choices mean" in shown.content.decode() and not news()
    assert desk.answer(page_of(moscow), shown, **fields).status_code == 302

    told = {item.user_telegram_id: item for item in news()}
    moved, off = told[maria.telegram_id], told[ivan.telegram_id]
    assert (moved.kind, off.kind, off.reason) == ("booking_moved", "booking_cancelled", "Увы")
    assert moved.booking.slot.id == str(there.pk) and moved.slot_before
    for slot in (moved.slot_before, off.booking.slot):
        assert (slot.starts_at, slot.city.timezone) == (booking.starts_at, "Europe/Moscow")
