"""Offices at the desk: the address and the way there are kept once, for all slots (FR10)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.mongo import Document, collection
from people.models import Candidate, City, Office, Recruiter
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for
from shared_contracts.notification import NotificationKind
from tests.conftest import MakeSlot
from tests.desk.conftest import Text
from tests.desk.test_slot_pages import form_of, many, on_the_minute, page_of
from tests.helpers import asking
from tests.helpers.card_tools import news, result_of
from tests.helpers.staff_client import StaffClient

MAP, WAY = "https://yandex.ru/maps/-/CDabc", "Вход со двора, второй этаж"
LOCATION = "Офис на Тверской, Тверская ул., 7"


@pytest.fixture
def office(moscow: City) -> Office:
    """Where interviews in Moscow are held."""
    return Office.objects.create(
        city=moscow, name="Офис на Тверской", address="Тверская ул., 7", map_link=MAP, directions=WAY
    )


@pytest.fixture
def slot(desk: Client, make_slot: MakeSlot, office: Office, olga: Recruiter) -> InterviewSlot:
    """A slot in that office, made at the desk."""
    other = on_the_minute(make_slot())
    fields = form_of(other, recruiter=str(olga.pk), office=str(office.pk), location="", room="5")
    assert desk.post(reverse("admin:scheduling_interviewslot_add"), fields).status_code == 302
    return InterviewSlot.objects.get(office=str(office.pk))


def page_of_office(office: Office) -> str:
    return reverse("admin:people_office_change", args=[office.pk])


def sent(office: Office, **changes: str) -> dict[str, Any]:
    fields = {name: getattr(office, name) for name in ("name", "address", "map_link", "directions")}
    return {"city": str(office.city_id), **fields, **changes}


def test_an_office_is_made_and_its_making_is_audited(desk: Client, text: Text, moscow: City) -> None:
    fields = {"city": str(moscow.pk), "name": "Лофт", "address": "Арбат, 1", "map_link": "HTTPS://maps.example/1"}
    assert desk.post(reverse("admin:people_office_add"), {**fields, "directions": ""}).status_code == 302
    made = Office.objects.get()
    assert (made.location, made.map_link) == ("Лофт, Арбат, 1", "https://maps.example/1")
    assert "Арбат, 1" in text(reverse("admin:people_office_changelist"))
    assert collection("audit_entries").count_documents({"subject": "office", "action": "created"}) == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"map_link": "tg://resolve?domain=x"}, "Share button"),
        ({"map_link": "somewhere"}, "Share button"),
        ({"address": ""}, "This field is required"),
        ({"name": "x" * 41}, "at most 40 characters"),
    ],
)
def test_a_mistake_is_shown_and_saves_nothing(
    desk: Client, office: Office, fields: dict[str, str], message: str
) -> None:
    assert message in desk.post(page_of_office(office), sent(office, **fields)).content.decode()
    assert Office.objects.get().location == LOCATION


def test_a_city_has_one_office_of_a_name(desk: Client, office: Office) -> None:
    """Nor two cities that differ in capitals alone. Guard: ``_check_name``."""
    for name in (office.name, office.name.upper()):
        page = desk.post(reverse("admin:people_office_add"), sent(office, name=name)).content.decode()
        assert page.count("already exists") == 1 and Office.objects.count() == 1
    city = {"name": office.city.name.upper(), "timezone": "Europe/Moscow", "contact_url": ""}
    page = desk.post(reverse("admin:people_city_add"), city).content.decode()
    assert page.count("already exists") == 1 and not City.objects.filter(name=city["name"]).exists()


def test_a_slot_has_its_offices_location_and_way(slot: InterviewSlot, office: Office) -> None:
    assert (slot.location, slot.room, slot.map_link, slot.directions) == (LOCATION, "5", MAP, WAY)


def test_many_slots_are_held_in_an_office(desk: Client, event: InterviewEvent, office: Office, moscow: City) -> None:
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    fields = many(moscow, office=str(office.pk), location="")
    for _press in range(2):
        desk.post(url, {**fields, "create": "1"})
    made = InterviewSlot.objects.all()
    assert {(item.office, item.location, item.directions) for item in made} == {(str(office.pk), LOCATION, WAY)}
    assert len(made) == 6


def test_an_office_and_something_else_is_refused_by_name(desk: Client, slot: InterviewSlot, office: Office) -> None:
    own = {"office": str(office.pk)}
    typed = desk.post(page_of(slot), form_of(slot, **own, location="Кафе")).content.decode()
    assert "clear this, or the office" in typed
    online = desk.post(page_of(slot), form_of(slot, **own, video_link="https://meet.example/x")).content.decode()
    assert "clear this, or the video link" in online
    other = City.objects.create(name="Казань")
    elsewhere = desk.post(page_of(slot), form_of(slot, **own, city=str(other.pk))).content.decode()
    assert "This office is in another city." in elsewhere
    assert InterviewSlot.objects.get(pk=slot.pk).location == LOCATION


def test_free_text_stays_valid_and_has_no_way(desk: Client, slot: InterviewSlot) -> None:
    assert desk.post(page_of(slot), form_of(slot, office="", location="Кафе", room="")).status_code == 302
    changed = InterviewSlot.objects.get(pk=slot.pk)
    assert (changed.office, changed.location, changed.map_link, changed.directions) == ("", "Кафе", "", "")


def test_the_way_goes_to_who_comes_and_not_into_the_menu(slot: InterviewSlot, maria: Candidate) -> None:
    result = result_of(asking.in_batch(asking.book(maria, slot)))
    assert result.booking and result.booking.slot.way == (MAP, WAY)
    assert result.booking.slot.line == f"{LOCATION}, 5"
    full = result_of(asking.in_batch(asking.book(maria, slot)))
    assert [item.way for item in full.alternatives] == [()] * len(full.alternatives)


def test_a_new_address_follows_into_coming_slots_and_is_told(
    desk: StaffClient, text: Text, slot: InterviewSlot, office: Office, maria: Candidate, make_slot: MakeSlot
) -> None:
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    other = make_slot(location=LOCATION)
    before = len(news())

    page = desk.confirm(page_of_office(office), sent(office, address="Арбат, 1", directions=""))

    assert page.status_code == 302
    (told,) = news()[before:]
    assert (told.kind, told.booking.slot.line) == (NotificationKind.BOOKING_CHANGED, "Офис на Тверской, Арбат, 1, 5")
    assert told.booking.slot.way == (MAP,)
    stored: Document = asking.slot_now(slot)
    assert (stored["location"], stored["directions"]) == ("Офис на Тверской, Арбат, 1", "")
    assert Booking.objects.get().location == "Офис на Тверской, Арбат, 1"
    assert asking.slot_now(other)["location"] == LOCATION, "free text is nobody's"
    assert "address: Тверская ул., 7 → Арбат, 1" in text(reverse("admin:common_auditentry_changelist"))
    asking.assert_sound()


def test_what_has_not_changed_is_not_told(desk: Client, slot: InterviewSlot, office: Office, maria: Candidate) -> None:
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    before = len(news())
    desk.post(page_of_office(office), sent(office))
    desk.post(page_of(slot), form_of(slot, office=str(office.pk), max_users=3))
    assert len(news()) == before
