"""A move that awaits approval: what staff decide on says what it would change (R3)."""

import html
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.mongo import Document, collection
from common.zones import MOSCOW, local
from people.models import Candidate, City, Recruiter
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent
from scheduling.services.editing.slot_edits import edit_slots
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.staff_client import StaffClient

BOOKINGS = "admin:scheduling_booking_changelist"


def at(day: int, hour: int, minute: int = 0) -> timedelta:
    """From now to that time in Moscow, days ahead."""
    there = local(clock.now(), MOSCOW) + timedelta(days=day)
    return there.replace(hour=hour, minute=minute, second=0, microsecond=0) - local(clock.now(), MOSCOW)


@pytest.fixture
def asked(approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Document:
    """Maria is booked at 11:05 in room 12 and asks for 10:00 in room 5, with Vera."""
    vera = Recruiter.objects.create(name="Вера Ким", telegram_id=5002, started_at=clock.now())
    own = make_slot(at(2, 11, 5), of=approval_event, recruiter=olga, room="12")
    asking.outcome(asking.book(maria, own))
    asking.outcome(asking.approve(olga, asking.the_booking(maria)))
    wanted = make_slot(at(2, 10), of=approval_event, recruiter=vera, room="5")
    asking.outcome(asking.move(maria, asking.the_booking(maria), wanted))
    return asking.the_booking(maria)


def page_of(booking: Document, name: str = "change") -> str:
    return reverse(f"admin:scheduling_booking_{name}", args=[booking["_id"]])


def read(desk: StaffClient, url: str) -> str:
    return html.unescape(desk.get(url, follow=True).content.decode())


def send(desk: StaffClient, page: str, action: str) -> Any:
    """Press the button on the first page whose form goes to that page of a booking."""
    found = re.search(rf'<form method="post" action="([^"]*/{action}/[^"]*)"(.*?)</form>', page, re.DOTALL)
    assert found, action
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[2]))
    return desk.post(found[1], fields, follow=True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["move: 11:05 → 10:00, room 12 → 5, Ольга Смирнова → Вера Ким", "Approve the move"]),
        ("ru", ["перенос: 11:05 → 10:00, комн. 12 → 5, Ольга Смирнова → Вера Ким", "Подтвердить перенос"]),
    ],
)
def test_who_approves_a_move_sees_what_it_changes(
    desk: StaffClient, asked: Document, language: str, words: list[str]
) -> None:
    """In the queue, in the list of requests, on the booking's page and where a reason is asked. Guards: ``moves_of``,
    ``asked``, ``wanted_move``, ``move_line``, ``move_of``, ``answer_labels``."""
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    moves, approves = words
    for url in ("/admin/", page_of(asked), page_of(asked, "approve")):
        page = read(desk, url)
        assert moves in page and approves in page, url
    assert moves in read(desk, f"{reverse(BOOKINGS)}?now=approval")


def test_what_a_move_changes_names_the_day_and_the_city_where_they_differ(
    desk: StaffClient,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
) -> None:
    """Guard: ``_times``: the hour alone would hide the day."""
    omsk = City.objects.create(name="Омск", timezone="Asia/Omsk")
    asking.outcome(asking.book(maria, make_slot(at(2, 11, 5), of=approval_event, recruiter=olga)))
    asking.outcome(asking.approve(olga, asking.the_booking(maria)))
    wanted = make_slot(at(3, 11, 5), of=approval_event, recruiter=olga, city=omsk, location="Ленина, 1", room="")
    collection("bookings").update_one({}, {"$set": {"requested_slot_id": wanted.pk, "awaits_approval": True}})
    page = read(desk, page_of(asking.the_booking(maria)))
    days = [f"{local(clock.now(), MOSCOW) + timedelta(days=day):%d.%m.%Y}" for day in (2, 3)]
    assert re.search(rf"move: \w+ {days[0]}, 11:05 → \w+ {days[1]}, 14:05 \(Omsk; Moscow 11:05\)", page)
    assert "Москва → Омск, Офис на Тверской, room 3.14 → Ленина, 1" in page


def test_a_move_is_approved_as_it_was_seen_or_not_at_all(desk: StaffClient, asked: Document, olga: Recruiter) -> None:
    """The wanted room changes after the first page was read. Guard: ``_answers`` sends the version."""
    page = read(desk, "/admin/")
    edit_slots([(str(asked["requested_slot_id"]), SlotChanges(venue={"room": "7"}))], actor="kirill", reason="")
    answer = html.unescape(send(desk, page, "approve").content.decode())
    booking = collection("bookings").find_one({"_id": asked["_id"]}) or {}
    assert booking["requested_slot_id"] == asked["requested_slot_id"], "nothing is moved"
    assert "room 12 → 7" in answer and "changed" in answer
    send(desk, answer, "approve")
    booking = collection("bookings").find_one({"_id": asked["_id"]}) or {}
    assert booking["slot_id"] == asked["requested_slot_id"]
    assert isinstance(booking["starts_at"], datetime) and booking["slot"]["room"] == "7"
