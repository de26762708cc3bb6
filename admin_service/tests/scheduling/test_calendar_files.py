"""The calendar file that goes with a booking: added, changed and taken away with it, never before it is one."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from common import clock
from common.mongo import collection
from people.models import Candidate, Recruiter
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.tasks import expire_requests
from shared_contracts.booking import AnyBookingRequest, BookingResult, Outcome
from shared_contracts.calendars import CalendarEntry, CalendarFile
from shared_contracts.texts.icalendar_text import calendar_file
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import news, result_of

LONGEST_LINE = 75
"""Octets without the line's end (RFC 5545, 3.1)."""


def answer(request: AnyBookingRequest) -> BookingResult:
    """The answer in chat."""
    return result_of(asking.in_batch(request))


def file_of(message: Any) -> CalendarFile:
    """As the bot makes it of what came over the wire."""
    assert message.calendar_entry is not None
    return calendar_file(CalendarEntry.model_validate_json(message.calendar_entry.model_dump_json()))


def entry(file: CalendarFile) -> tuple[Calendar, Event]:
    """The file as a calendar program reads it."""
    calendar = Calendar.from_ical(file.content)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.events
    return calendar, event


def test_the_candidate_gets_the_interview_with_the_answer(
    make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    Recruiter.objects.filter(pk=olga.pk).update(contact_url="https://t.me/olga_hr")
    slot = make_slot(recruiter=olga)

    file = file_of(answer(asking.book(maria, slot)))

    booking_id = asking.the_booking(maria)["_id"]
    assert (file.uid, file.sequence, file.method) == (f"{booking_id}@slotdesk", 1, "PUBLISH")
    calendar, event = entry(file)
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert str(event["UID"]) == file.uid
    assert (event.sequence, str(event["STATUS"])) == (1, "CONFIRMED")
    stored = asking.slot_now(slot)
    assert event.start == stored["starts_at"].replace(microsecond=0)
    assert event.end == stored["ends_at"].replace(microsecond=0)
    assert "DTSTAMP" in event
    assert str(event["SUMMARY"]) == "Собеседование аналитиков"
    assert str(event["LOCATION"]) == "Офис на Тверской, комн. 3.14, Москва"
    assert str(event["DESCRIPTION"]) == "Ольга Смирнова: https://t.me/olga_hr\nhttps://t.me/anna_moscow"
    assert f"DTSTART:{stored['starts_at']:%Y%m%dT%H%M%SZ}\r\n" in file.content, "UTC, whatever zone the reader is in"


def test_what_staff_typed_stays_text_and_lines_stay_short(
    event: InterviewEvent, make_slot: MakeSlot, maria: Candidate
) -> None:
    """Guard: the library's escaping and folding. Nothing typed becomes a line of its own."""
    title = "Отдел; заботы, \\n о людях\r\nEND:VEVENT\nATTACH:https://evil.example/" + "я" * 50
    InterviewEvent.objects.filter(pk=event.pk).update(title=title)

    file = file_of(answer(asking.book(maria, make_slot())))

    lines = file.content.encode().split(b"\r\n")
    assert max(map(len, lines)) <= LONGEST_LINE
    assert b"ATTACH:https://evil.example/" not in lines
    calendar, read = entry(file)
    assert str(read["SUMMARY"]) == title.replace("\r\n", "\n")
    assert "ATTACH" not in read
    assert len(calendar.events) == 1


def test_a_move_is_the_same_interview_at_another_time(make_slot: MakeSlot, maria: Candidate) -> None:
    first, second = make_slot(), make_slot(timedelta(days=3))
    made = file_of(answer(asking.book(maria, first)))

    moved = file_of(answer(asking.move(maria, asking.the_booking(maria), second)))

    assert moved.uid == made.uid
    assert (moved.method, moved.sequence) == ("PUBLISH", 2)
    assert entry(moved)[1].start == asking.slot_now(second)["starts_at"].replace(microsecond=0)


def test_a_cancellation_takes_it_away_with_a_higher_number(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: ``sequence`` is the booking's version. Calendars ignore a cancellation that is not newer."""
    made = file_of(answer(asking.book(maria, make_slot())))

    off = file_of(answer(asking.cancel(maria, asking.the_booking(maria))))

    assert (off.uid, off.method) == (made.uid, "CANCEL")
    assert off.sequence > made.sequence
    calendar, event = entry(off)
    assert (str(calendar["METHOD"]), str(event["STATUS"])) == ("CANCEL", "CANCELLED")
    assert event.sequence == off.sequence
    assert str(event["UID"]) == made.uid


def test_a_request_answered_twice_has_one_file(make_slot: MakeSlot, maria: Candidate) -> None:
    request = asking.book(maria, make_slot())
    asking.in_batch(request)
    assert asking.in_batch(request) == []


def test_a_refusal_brings_no_file(make_slot: MakeSlot, maria: Candidate, ivan: Candidate) -> None:
    slot = make_slot()
    asking.in_batch(asking.book(maria, slot))
    full = answer(asking.book(ivan, slot))
    twice = answer(asking.book(maria, make_slot(timedelta(days=4))))
    assert [(item.outcome, item.calendar_entry) for item in (full, twice)] == [
        (Outcome.SLOT_FULL, None),
        (Outcome.ALREADY_BOOKED, None),
    ]


def test_there_is_none_before_approval(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """R3. Guard: ``_METHODS`` knows no pending booking. It comes with the congratulation."""
    pending = answer(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    assert (pending.outcome, pending.calendar_entry) == (Outcome.PENDING_APPROVAL, None)

    approved = answer(asking.approve(olga, asking.the_booking(maria)))

    assert approved.calendar_entry is None, "the recruiter's answer is not the candidate's"
    (told,) = news()
    assert (file_of(told).method, file_of(told).sequence) == ("PUBLISH", 2)


def test_a_wanted_move_changes_no_calendar_until_it_is_approved(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    first = make_slot(of=approval_event, recruiter=olga)
    second = make_slot(timedelta(days=5), of=approval_event, recruiter=olga)
    asking.in_batch(asking.book(maria, first))
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))

    wanted = answer(asking.move(maria, asking.the_booking(maria), second))
    assert (wanted.outcome, wanted.calendar_entry) == (Outcome.PENDING_APPROVAL, None)
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))

    begun, moved = (file_of(item) for item in news())
    assert moved.uid == begun.uid
    assert moved.sequence > begun.sequence
    assert entry(moved)[1].start == asking.slot_now(second)["starts_at"].replace(microsecond=0)


@pytest.mark.parametrize("end", ["rejected", "expired"])
def test_a_wanted_move_that_comes_to_nothing_leaves_the_calendar_alone(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter, end: str
) -> None:
    """Guard: ``calendar_change`` compares the slot."""
    first = make_slot(of=approval_event, recruiter=olga)
    asking.in_batch(asking.book(maria, first))
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))
    second = make_slot(timedelta(days=5), of=approval_event, recruiter=olga)
    asking.in_batch(asking.move(maria, asking.the_booking(maria), second))
    if end == "rejected":
        asking.in_batch(asking.reject(olga, asking.the_booking(maria), "Не могу"))
    else:
        collection("bookings").update_one({}, {"$set": {"expires_at": clock.now()}})
        expire_requests()

    last = news()[-1]
    assert last.kind.value == f"move_{end}"
    assert last.calendar_entry is None


def test_a_request_given_up_was_in_no_calendar(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, ivan: Candidate, olga: Recruiter
) -> None:
    """Guard: a CANCEL is for what was booked."""
    slot = make_slot(of=approval_event, recruiter=olga, capacity=2)
    asking.in_batch(asking.book(maria, slot))
    off = answer(asking.cancel(maria, asking.the_booking(maria)))
    assert (off.outcome, off.calendar_entry) == (Outcome.CANCELLED, None)
    asking.in_batch(asking.book(ivan, slot))
    staff_commands.cancel_booking(
        str(asking.the_booking(ivan)["_id"]), expected_version=1, actor="c", reason="Набор закрыт"
    )
    (told,) = news()
    assert told.calendar_entry is None


def test_staffs_changes_come_with_the_news_about_them(make_slot: MakeSlot, maria: Candidate) -> None:
    first, second = make_slot(), make_slot(timedelta(days=3))
    asking.in_batch(asking.book(maria, first))
    booking_id = str(asking.the_booking(maria)["_id"])
    staff_commands.move_booking(booking_id, str(second.pk), expected_version=1, actor="c", reason="")
    edit_slot(str(second.pk), SlotChanges(venue={"location": "Офис на Арбате"}), actor="c")
    staff_commands.cancel_booking(booking_id, expected_version=3, actor="c", reason="")

    files = [file_of(item) for item in news()]

    assert [(file.method, file.sequence) for file in files] == [("PUBLISH", 2), ("PUBLISH", 3), ("CANCEL", 4)]
    assert {file.uid for file in files} == {f"{booking_id}@slotdesk"}
    assert str(entry(files[1])[1]["LOCATION"]) == "Офис на Арбате, комн. 3.14, Москва"


def test_who_is_booked_by_staff_gets_the_file_with_the_news(make_slot: MakeSlot, maria: Candidate) -> None:
    slot = make_slot()
    staff_commands.book_for(maria.telegram_id, str(slot.pk), actor="c", reason="")

    (told,) = news()

    assert (file_of(told).method, file_of(told).sequence) == ("PUBLISH", 1)
    assert entry(file_of(told))[1].start == asking.slot_now(slot)["starts_at"].replace(microsecond=0)


def test_an_edited_slot_sends_no_file_to_who_waits_for_approval(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    slot = make_slot(of=approval_event, recruiter=olga)
    asking.in_batch(asking.book(maria, slot))
    edit_slot(str(slot.pk), SlotChanges(venue={"room": "\u202e5"}), actor="c")
    assert asking.slot_now(slot)["room"] == "5", "kept as a new slot's is, by ``_as_kept``"
    (told,) = news()
    assert told.calendar_entry is None
