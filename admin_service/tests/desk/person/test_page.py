"""A person's page: notes, a message through the bot, booking by name, and one timeline of all that happened."""

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from bson import ObjectId
from django.db import connection
from django.test import Client
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from common.zones import MOSCOW, local
from config.consumers import DELIVERIES
from messaging.delivery_reports import DeliveryReports
from messaging.models import OutboxMessage
from people.models import Candidate, City, PersonMessage, PersonNote, Recruiter
from people.services.writing import MOST_LETTERS
from scheduling.models import Booking
from scheduling.services.editing.choices import Choice
from scheduling.services.impact import standing
from scheduling.services.staff_commands import book_for, cancel_booking
from scheduling.staff.forms.impact import Asked, ImpactForm
from scheduling.staff.forms.slot_choice import MOST_LISTED
from scheduling.staff.forms.venues import slot_venue
from scheduling.staff.moments import start_of
from shared_contracts.broadcast import Delivery, DeliveryStatus, NotificationDelivered
from staffkit import timeline
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.conftest import Text
from tests.helpers.staff_client import StaffClient, unseen


def page_of(person: Candidate, button: str = "change") -> str:
    return reverse(f"admin:people_candidate_{button}", args=[person.pk])


def reported(message_id: ObjectId, chat_id: int, text: str, status: DeliveryStatus = DeliveryStatus.SENT) -> None:
    """The bot reports what it sent."""
    report = NotificationDelivered(
        message_id=uuid4(),
        correlation_id="1",
        occurred_at=clock.now(),
        notification_id=str(message_id),
        user_telegram_id=chat_id,
        delivery=Delivery(chat_id=chat_id, status=status, text=text),
    )
    DeliveryReports(DELIVERIES).handle([report, report])


@pytest.fixture
def anna_is_in(maria: Candidate) -> Candidate:
    """Maria, whom the bot can write to."""
    Candidate.objects.filter(pk=maria.pk).update(started_at=clock.now())
    return Candidate.objects.get(pk=maria.pk)


def test_notes_are_taken_and_removed_with_who_and_when(desk: Client, text: Text, maria: Candidate) -> None:
    assert desk.post(page_of(maria, "take_note"), {"text": "Просит <утро>"}).status_code == 302
    note = PersonNote.objects.get()
    assert (note.text, note.author, note.candidate_id) == ("Просит <утро>", "anna", maria.pk)
    page = text(page_of(maria))
    assert "Просит &lt;утро&gt;" in page
    assert page.count("Просит &lt;утро&gt;") == 2  # in the notes and in the timeline, not once more as a change
    desk.post(f"{page_of(maria, 'remove_note')}?note={note.pk}", {"note": str(note.pk)})
    assert not PersonNote.objects.exists()
    actions = AuditEntry.objects.filter(subject_id=maria.pk).order_by("id").values_list("action", "actor")
    assert list(actions) == [("noted", "staff:anna"), ("note_removed", "staff:anna")]
    assert "Просит &lt;утро&gt;" in text(f"{page_of(maria)}?show=changes")


def test_nobody_elses_note_is_removed_from_here(desk: Client, maria: Candidate, make_candidate: MakeCandidate) -> None:
    """Guard: the owner in ``ask_to_remove``."""
    note = PersonNote.objects.create(candidate_id=make_candidate().pk, text="x", author="anna")
    done = desk.post(page_of(maria, "remove_note"), {"note": str(note.pk)})
    assert done.headers["Location"] == page_of(maria)
    assert PersonNote.objects.exists()


def test_tags_are_changed_by_who_may_not_change_the_entry(desk: Client, text: Text, maria: Candidate) -> None:
    desk.post(page_of(maria, "change_tags"), {"tags": "vip, аналитик"})
    assert Candidate.objects.get(pk=maria.pk).tags == ["vip", "аналитик"]
    assert "?tag=vip" in text(page_of(maria))


def test_staff_write_through_the_bot_and_see_what_became_of_it(desk: Client, text: Text, anna_is_in: Candidate) -> None:
    """The command carries just what was typed; its report is kept once."""
    desk.post(page_of(anna_is_in, "write"), {"text": "Возьмите паспорт"})
    (message,) = PersonMessage.objects.all()
    command = json.loads(OutboxMessage.objects.get(queue="bot.notification.command").body)
    assert (command["kind"], command["notification_id"]) == ("staff_message", str(message.pk))
    assert (command["text"], command["user_telegram_id"]) == ("Возьмите паспорт", anna_is_in.telegram_id)
    assert "on its way" in text(page_of(anna_is_in))
    reported(message.pk, int(anna_is_in.telegram_id or 0), "Возьмите паспорт")
    page = text(f"{page_of(anna_is_in)}?show=messages")
    assert "on its way" not in page and page.count("Возьмите паспорт") == 1
    (entry,) = AuditEntry.objects.filter(subject_id=anna_is_in.pk, action="written_to")
    assert (entry.actor, entry.after) == ("staff:anna", {"message_text": "Возьмите паспорт"})


def test_a_message_sent_twice_goes_out_once_and_one_too_long_not_at_all(
    desk: StaffClient, anna_is_in: Candidate
) -> None:
    """Guards: ``send_once`` in ``_ask``, ``MOST_LETTERS``."""
    write = page_of(anna_is_in, "write")
    opened = unseen(desk.get(write))
    for _press in range(2):
        assert desk.post(write, {"text": "Возьмите паспорт"}, opened=opened).status_code == 302
    assert PersonMessage.objects.count() == 1
    assert "3500" in desk.post(write, {"text": "а" * (MOST_LETTERS + 1)}).content.decode()
    assert PersonMessage.objects.count() == 1


def test_braces_are_not_sent_as_they_stand(
    desk: Client, anna_is_in: Candidate, make_slot: MakeSlot, olga: Recruiter
) -> None:
    """A message fills nothing in, nor do the words with a cancellation, a change of a slot or for one alone. Guard:
    ``_refuse_variables``."""
    refused = "write what {name} stands for"
    slot = make_slot(recruiter=olga)
    book_for(int(anna_is_in.telegram_id or 0), str(slot.pk), actor="anna", reason="")
    booking = Booking.objects.get()
    for address, fields in (
        (page_of(anna_is_in, "write"), {"text": "Здравствуйте, {name}"}),
        (reverse("admin:scheduling_booking_cancel", args=[booking.pk]), {"version": 1, "reason": "{name}, увы"}),
        (reverse("admin:scheduling_interviewslot_change", args=[slot.pk]), {"reason": "{name}, увы"}),
    ):
        assert refused in desk.post(address, fields).content.decode(), address
    (row,) = standing([collection("bookings").find_one() or {}])
    data = {"for_all": "cancel", f"for_{booking.pk}": "cancel", f"words_{booking.pk}": "{name}, увы"}
    form = ImpactForm(data, asked=Asked(ways=[("do", "Do it")], offers=[Choice.KEEP, Choice.CANCEL], people=[row]))
    assert refused in str(form.errors[f"words_{booking.pk}"])
    assert not PersonMessage.objects.exists() and Booking.objects.get().live
    desk.post(page_of(anna_is_in, "write"), {"text": "Код {}, а скобки — { и }"})
    assert PersonMessage.objects.get().text == "Код {}, а скобки — { и }"


def test_when_something_was_done_is_told_on_the_company_s_clocks(
    text: Text, maria: Candidate, make_slot: MakeSlot
) -> None:
    """In the history of a booking there, on its person's page and in the audit trail. Guard: ``format_done``."""
    vladivostok = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    book_for(int(maria.telegram_id or 0), str(make_slot(city=vladivostok).pk), actor="anna", reason="")
    at = datetime(2026, 3, 5, 20, 30, tzinfo=UTC)
    collection("audit_entries").update_many({}, {"$set": {"created_at": at}})
    booking = Booking.objects.get()
    pages = [
        reverse("admin:scheduling_booking_change", args=[booking.pk]),
        reverse("admin:scheduling_interviewslot_change", args=[booking.slot_id]),
        page_of(maria),
        reverse("admin:common_auditentry_changelist"),
    ]
    for address in pages:
        page = text(address)
        assert "Thu 05.03.2026, 23:30" in page or address == pages[1], address
        assert "06.03.2026" not in page, address


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"started_at": None}, "have not started the bot"),
        ({"blocked_at": clock.now()}, "have blocked the bot"),
        ({"is_allowed": False}, "off the allow list"),
    ],
)
def test_whom_the_bot_can_t_write_to_is_not_written_to(
    desk: Client, anna_is_in: Candidate, state: dict[str, Any], told: str
) -> None:
    """Guard: ``_require_reach``."""
    Candidate.objects.filter(pk=anna_is_in.pk).update(**state)
    assert told in desk.post(page_of(anna_is_in, "write"), {"text": "Привет"}).content.decode()
    assert not PersonMessage.objects.exists()


def test_a_person_is_booked_moved_and_cancelled_from_their_page(
    desk: Client, text: Text, maria: Candidate, make_slot: MakeSlot
) -> None:
    """A slot is found by its name; nothing is chosen beforehand, and a name that is none of the list's is refused."""
    slot, other = make_slot(), make_slot(timedelta(days=3))
    page = text(page_of(maria, "book"))
    found = page.partition('id="slot-found"')[2].partition("</div>")[0]
    assert found.count('type="radio"') == 2 and "checked" not in found
    assert "Choose a slot from the list" in desk.post(page_of(maria, "book"), {"slot": "завтра"}).content.decode()
    assert desk.post(page_of(maria, "book"), {"slot": str(slot.pk)}).status_code == 302
    booking = Booking.objects.get()
    assert (booking.user_id, booking.slot_id) == (maria.pk, slot.pk)
    shown = text(page_of(maria))
    move = reverse("admin:scheduling_booking_move", args=[booking.pk])
    assert f"{move}?from=person-{maria.pk}" in shown
    done = desk.post(f"{move}?from=person-{maria.pk}", {"version": booking.version, "slot": str(other.pk)})
    assert done.headers["Location"] == page_of(maria)


def test_whom_a_name_means_is_asked_where_it_means_several(
    desk: Client, make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    """Guard: ``known`` in ``BookForm``."""
    slot = make_slot(capacity=2)
    first, _second = (make_candidate(first_name="Мария", last_name=name) for name in ("Ким", "Петрова"))
    book = reverse("admin:scheduling_interviewslot_book", args=[slot.pk])
    asked = desk.post(book, {"called": "мария"}).content.decode()
    assert "Several people are called so" in asked and "Мария Ким" in asked
    assert desk.post(book, {"called": "мария", "who": str(first.pk)}).status_code == 302
    assert Booking.objects.get().user_id == first.pk
    assert desk.post(book, {"called": "петрова"}).status_code == 302


def test_the_timeline_is_one_over_all_and_paged_without_a_gap(
    desk: Client, text: Text, anna_is_in: Candidate, make_slot: MakeSlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards: ``_earlier``, ``_place``; things of the same moment come in one order, none twice, none left out."""
    telegram_id = int(anna_is_in.telegram_id or 0)
    book_for(telegram_id, str(make_slot().pk), actor="anna", reason="")
    booking = Booking.objects.get()
    cancel_booking(str(booking.pk), expected_version=None, actor="anna", reason="Слот занят")
    reported(booking.notification_ids[0], telegram_id, "Вы записаны")
    at = clock.now()
    rows = [{"candidate_id": anna_is_in.pk, "text": f"заметка {n}", "author": "anna"} for n in range(5)]
    collection("person_notes").insert_many([{**row, "created_at": at, "updated_at": at} for row in rows])
    collection("audit_entries").update_many({}, {"$set": {"created_at": at}})
    whole = text(page_of(anna_is_in))
    assert "Слот занят" in whole and "Вы записаны" in whole
    monkeypatch.setattr(timeline, "PER_PAGE", 2)
    address, seen = page_of(anna_is_in), []
    while address:
        page = text(address)
        part = page[page.index('class="person-happenings"') : page.index('class="person-pages"')]
        seen += part.split("<li")[1:]
        following = page[page.index('class="person-pages"') :].split('href="')
        found = [one.partition('"')[0] for one in following if "before=" in one.partition('"')[0]]
        address = page_of(anna_is_in) + found[0].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == whole[whole.index('class="person-happenings"') :].count("<li")
    assert desk.get(f"{page_of(anna_is_in)}?before=x").status_code == 400


def test_a_timeline_is_read_by_indexes(maria: Candidate) -> None:
    """Guards: ``audit_subject``, ``notes_person``, ``messages_person``, ``deliveries_timeline`` and their like."""
    for source in timeline._sources.every:
        query = {
            "audit_entries": {"subject_id": {"$in": [maria.pk, ObjectId()]}},
            "person_notes": {"candidate_id": {"$in": [maria.pk, ObjectId()]}},
            "person_messages": {"telegram_id": {"$in": [1, 2]}},
            "questionnaire_answers": {"candidate_id": {"$in": [maria.pk, ObjectId()]}},
            "auto_messages": {"booking_id": {"$in": [ObjectId(), ObjectId()]}},
            "broadcast_deliveries": {"chat_id": {"$in": [1, 2]}},
        }[source.name_of]
        for place in ({}, {source.field: {"$lte": clock.now()}}):
            found = collection(source.name_of).find({"$and": [query, place]})
            plan = str(found.sort([(source.field, -1), ("_id", -1)]).limit(21).explain()["queryPlanner"]["winningPlan"])
            assert "COLLSCAN" not in plan and "'SORT'" not in plan, source


def test_the_search_for_a_slot_narrows_down_as_it_is_typed(
    desk: Client, text: Text, maria: Candidate, make_slot: MakeSlot
) -> None:
    """By the server, each word anywhere in the name; what is sent unchosen comes back narrowed. Guard: ``found``."""
    slots = [
        make_slot(timedelta(days=3, hours=number), room="Заря, Ромашка" if number == 7 else "3") for number in range(12)
    ]
    book = page_of(maria, "book")
    assert text(book).count('type="radio"') == MOST_LISTED and "And 2 more" in text(book)
    found = text(f"{book}?slot_called=ромашка+заря")
    assert found.count('type="radio"') == 1 and str(slots[7].pk) in found and "<html" not in found
    assert "There is no such slot" in text(f"{book}?slot_called=Марс")
    sent = desk.post(book, {"slot_called": "Ромашка"}).content.decode()
    assert "Choose a slot from the list" in sent and sent.count('type="radio"') == 1 and 'value="Ромашка"' in sent


def test_an_entry_is_headed_by_when_the_interview_was_to_be_then(
    text: Text, maria: Candidate, make_slot: MakeSlot, moscow: City
) -> None:
    """Guard: ``start_then``."""
    slot = make_slot()
    was = start_of(slot.starts_at, moscow.timezone, slot_venue(slot))
    book_for(1001, str(slot.pk), actor="anna", reason="")
    later = clock.now() + timedelta(days=3)
    collection("bookings").update_one({}, {"$set": {"starts_at": later, "slot.starts_at": later}})
    assert f"· {was}" in text(page_of(maria)).partition('id="timeline"')[2]


def test_a_slot_is_found_by_its_day_in_words_and_not_by_whoever_has_it(
    desk: Client, text: Text, maria: Candidate, make_slot: MakeSlot
) -> None:
    """Guards: ``searched_by``, ``_has_all``, ``slot.holders``."""
    tomorrow, later = (make_slot(timedelta(days=days), capacity=2) for days in (1, 12))
    book, day = page_of(maria, "book"), local(tomorrow.starts_at, MOSCOW)
    for typed in ("Tomorrow", f"{day:%A}", f"{day.day} {day:%B}"):
        found = text(f"{book}?{urlencode({'slot_called': typed})}")
        assert str(tomorrow.pk) in found and str(later.pk) not in found, typed
    book_for(1001, str(tomorrow.pk), actor="anna", reason="")
    assert str(tomorrow.pk) not in text(book) and str(later.pk) in text(book)


def test_the_one_line_notes_of_older_entries_are_notes(maria: Candidate) -> None:
    """Guard: ``keep_notes``; run again it keeps none twice."""
    collection("users").update_one({"_id": maria.pk}, {"$set": {"note": "звонить утром"}})
    keep_notes = import_module("people.migrations.0020_notes_of_entries").keep_notes
    for _run in range(2):
        keep_notes(None, SimpleNamespace(connection=connection))
    (kept,) = PersonNote.objects.filter(candidate_id=maria.pk)
    assert (kept.text, kept.author) == ("звонить утром", "")
