"""What is done in the calendar is done by the slot's own form: a drag is a change of its time like any other."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.mongo import collection
from message_templates.services.seeding import seed_defaults
from people.models import Candidate, City, Office, Recruiter
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeSlot
from tests.desk.calendar.tools import drag, drop
from tests.desk.test_slot_pages import LINK, form_of, on_the_minute, page_of
from tests.helpers import asking
from tests.helpers.staff_client import StaffClient


def at(slot: InterviewSlot, days: int = 0, **clocks: int) -> datetime:
    """The digits of a moment on the slot's day, on Moscow's clocks."""
    return (slot.starts_at + timedelta(hours=3, days=days)).replace(second=0, microsecond=0, tzinfo=None, **clocks)


def form_in(page: Any) -> tuple[str, dict[str, Any]]:
    """Where the form of a dragged slot is sent, and what a browser sends with it."""
    html = page.content.decode()
    fields = {unescape(name): unescape(value) for name, value in _inputs(html)}
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', html, re.DOTALL):
        fields[name] = "".join(re.findall(r'<option value="([^"]*)" selected', options))
    for name, text in re.findall(r'<textarea name="(\w+)".*?>(.*?)</textarea>', html, re.DOTALL):
        fields[name] = unescape(text).strip()
    (action,) = re.findall(r'<form method="post" action="([^"]+)"', html)
    return unescape(action), fields


def _inputs(html: str) -> list[tuple[str, str]]:
    found = []
    for tag in re.findall(r"<input\b[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and not (re.search(r'type="checkbox"', tag) and not re.search(r"\schecked[\s>]", tag)):
            found.append((name[1], value[1] if value else "on" if "checkbox" in tag else ""))
    return found


def send(desk: StaffClient, page: Any, **more: str) -> Any:
    """Press the button of a dragged slot's form."""
    action, fields = form_in(page)
    return super(StaffClient, desk).post(action, {**fields, **more})


def test_a_free_slot_is_moved_once_that_is_confirmed(desk: StaffClient, make_slot: MakeSlot) -> None:
    """Nothing else of it changes; one comes back to the calendar. Guards: ``ask_to_move``, ``back_to_calendar``."""
    slot = on_the_minute(make_slot(capacity=3))
    before = asking.slot_now(slot)
    page = drag(desk, slot, at(slot, hour=11, minute=35))
    assert asking.slot_now(slot) == before, "asking changes nothing"
    assert "11:35" in page.content.decode() and "Go on" not in page.content.decode()
    answer = send(desk, page)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("admin:scheduling_interviewslot_calendar") + "?view=day")
    now = asking.slot_now(slot)
    assert now["starts_at"] == (at(slot, hour=11, minute=35) - timedelta(hours=3)).replace(tzinfo=UTC)
    changed = {name for name, value in now.items() if value != before[name]}
    assert changed == {"starts_at", "ends_at", "closes_at", "updated_at"}


def test_a_booked_slot_goes_by_the_page_that_says_whom_it_concerns(
    desk: StaffClient, make_slot: MakeSlot, maria: Candidate
) -> None:
    """The one that any change of a time goes by. Guard: ``AskingForm.make``, the only way there is."""
    seed_defaults()
    slot = on_the_minute(make_slot(timedelta(days=3), capacity=2))
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    page = drag(desk, slot, at(slot, days=1))
    assert 'data-booked="1"' in page.content.decode()
    before = asking.slot_now(slot)["starts_at"]
    asked = send(desk, page)
    assert 'name="_foreseen"' in asked.content.decode() and "Мария Петрова" in asked.content.decode()
    assert asking.slot_now(slot)["starts_at"] == before
    assert reverse("admin:scheduling_interviewslot_calendar") in asked.content.decode(), "a way back"
    action, _fields = form_in(page)
    assert desk.answer(action, asked).status_code == 302
    assert asking.slot_now(slot)["starts_at"] == before + timedelta(days=1)


def test_a_slot_that_somebody_has_changed_since_is_not_moved(
    desk: StaffClient, make_slot: MakeSlot, maria: Candidate
) -> None:
    """By a colleague or by a booking; nor when it happens while one confirms. Guards: ``seen``, ``SeenForm``."""
    slot = on_the_minute(make_slot(timedelta(days=3), capacity=2))
    seen = asking.slot_now(slot)["updated_at"].isoformat()
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    refused = drop(desk, slot, at(slot, hour=12, minute=0), seen=seen)
    assert refused.status_code == 409 and "just changed this slot" in refused.json()["why"]

    page = drag(desk, slot, at(slot, hour=12, minute=0))
    desk.confirm(page_of(slot), form_of(slot, starts_at_1="15:05"))
    answer = send(desk, page)
    assert "Someone changed the fields marked below" in answer.content.decode()
    assert at(InterviewSlot.objects.get(pk=slot.pk)).strftime("%H:%M") == "15:05"


def test_a_drop_into_a_clash_shows_it_and_needs_a_tick(desk: StaffClient, make_slot: MakeSlot, olga: Recruiter) -> None:
    """Guard: ``is_ticked`` in ``ask_to_move``, whose tick ``require_tick`` takes."""
    slot = on_the_minute(make_slot(recruiter=olga, room=""))
    other = on_the_minute(make_slot(timedelta(days=3), recruiter=olga, room=""))
    page = drag(desk, slot, at(other))
    html = page.content.decode()
    assert "data-clashes" in html and page_of(other) in html
    assert "the same recruiter" in send(desk, page).content.decode()
    assert asking.slot_now(slot)["starts_at"] != other.starts_at
    (tick,) = re.findall(r'name="despite_clashes" value="([^"]+)"', html)
    assert send(desk, drag(desk, slot, at(other)), despite_clashes=tick).status_code == 302
    assert asking.slot_now(slot)["starts_at"] == other.starts_at


def test_a_drop_into_another_column_changes_what_the_column_stands_for(
    desk: StaffClient, make_slot: MakeSlot, olga: Recruiter, moscow: City
) -> None:
    """Guard: ``_GIVEN``."""
    office = Office.objects.create(city=moscow, name="Арбат", address="Арбат, 1")
    slot = on_the_minute(make_slot())
    assert send(desk, drag(desk, slot, at(slot), recruiter=str(olga.pk))).status_code == 302
    assert asking.slot_now(slot)["recruiter_id"] == olga.pk
    where = {"city": str(moscow.pk), "office": str(office.pk), "location": "", "room": "5"}
    assert send(desk, drag(desk, slot, at(slot), **where)).status_code == 302
    now = asking.slot_now(slot)
    assert (now["office"], now["location"], now["room"]) == (str(office.pk), office.location, "5")
    assert now["starts_at"] == slot.starts_at


def test_an_online_slot_is_moved_on_the_clocks_it_is_shown_on(desk: StaffClient, make_slot: MakeSlot) -> None:
    """Moscow's, wherever its city is. Guard: ``shown_zone``."""
    there = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    slot = on_the_minute(make_slot(city=there, location="", room="", video_link=LINK))
    assert send(desk, drag(desk, slot, at(slot, hour=15, minute=10))).status_code == 302
    assert asking.slot_now(slot)["starts_at"] == slot.starts_at.replace(hour=12, minute=10)


def test_a_time_that_there_is_not_is_refused_with_both_choices(desk: StaffClient, make_slot: MakeSlot) -> None:
    """Guard: ``from_wall_clock``."""
    berlin = City.objects.create(name="Берлин", timezone="Europe/Berlin")
    slot = on_the_minute(make_slot(city=berlin))
    refused = drag(desk, slot, datetime(2032, 3, 28, 2, 30))  # noqa: DTZ001
    assert refused.status_code == 409
    assert "does not exist there" in refused.json()["why"] and "01:30 or 03:30" in refused.json()["why"]


@pytest.mark.parametrize("query", [{"to": "x"}, {"to": "2032-03-28T10:00", "recruiter": "x"}])
def test_what_cannot_be_read_is_refused(desk: Client, make_slot: MakeSlot, query: dict[str, str]) -> None:
    slot = make_slot()
    seen = asking.slot_now(slot)["updated_at"].isoformat()
    assert desk.get(page_of(slot), {"seen": seen, **query}).status_code == 400


def test_an_empty_time_leads_to_a_slot_form_filled_in(
    desk: StaffClient, event: InterviewEvent, moscow: City, olga: Recruiter
) -> None:
    """Its digits are on the city's clocks; one comes back to the calendar. Guard: ``first_values``."""
    day = clock.now().date() + timedelta(days=9)
    query = f"starts_at={day}T10:35&duration_minutes=40&recruiter={olga.pk}&city={moscow.pk}&from=calendar%3Fview%3Dday"
    add = f"{reverse('admin:scheduling_interviewslot_add')}?{query}"
    page = desk.get(add).content.decode()
    for value in (f'value="{day}"', 'value="10:35"', 'value="40"', f'value="{olga.pk}" selected'):
        assert value in page, value
    form = {
        "event": str(event.pk),
        "city": str(moscow.pk),
        "recruiter": str(olga.pk),
        "starts_at_0": f"{day}",
        "starts_at_1": "10:35",
        "duration_minutes": 40,
        "max_users": 1,
        "location": "Офис",
        "is_active": "on",
    }
    answer = desk.post(add, form)
    assert "/calendar/?view=day" in answer.headers["Location"]
    assert collection("interview_slots").count_documents({"duration_minutes": 40}) == 1
    assert desk.get(f"{reverse('admin:scheduling_interviewslot_add')}?starts_at=yesterday").status_code == 200


@pytest.mark.parametrize("origin", ["calendar?view=year", "https://elsewhere.example/", "calendar"])
def test_one_is_led_to_the_calendar_or_the_list_and_nowhere_else(
    desk: StaffClient, make_slot: MakeSlot, origin: str
) -> None:
    """Guard: ``back_to_calendar``: the address that one comes from is read, not followed."""
    slot = on_the_minute(make_slot())
    answer = desk.post(f"{page_of(slot)}?from={origin}", form_of(slot, room="9"))
    assert answer.headers["Location"].startswith("/admin/scheduling/interviewslot/")
