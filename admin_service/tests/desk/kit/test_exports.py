"""Who took which list out of the desk stands in the audit trail."""

import csv
import io
from datetime import UTC, date, datetime, time
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from people.models import Candidate, City
from people.services.invitations import invite
from questionnaires.models import QuestionnaireAnswers
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeSlot
from tests.desk.conftest import Text

BOOKINGS = "admin:scheduling_booking_changelist"
INVITATIONS = "admin:people_invitation_changelist"
SLOTS = "admin:scheduling_interviewslot_changelist"
ANSWERS = "admin:questionnaires_questionnaireanswers_changelist"
AUDIT = "admin:common_auditentry_changelist"
EVERY = (BOOKINGS, INVITATIONS, SLOTS, ANSWERS, AUDIT, "admin:people_candidate_changelist")


@pytest.fixture(autouse=True)
def _something_to_take(make_slot: MakeSlot, maria: Candidate, ivan: Candidate) -> None:
    for person in (maria, ivan):
        book_for(person.telegram_id, str(make_slot().pk), actor="anna", reason="")
    invite([Candidate.objects.create(first_name="Глеб")], actor="anna")


def test_an_export_is_noted_with_who_what_which_and_how_many(desk: Client, text: Text) -> None:
    response = desk.get(f"{reverse(BOOKINGS)}?_export=csv&status__exact=booked&q=мария&location=")
    assert response.status_code == 400, "nothing is noted of what was not answered"
    assert not AuditEntry.objects.filter(subject="export").exists()

    response = desk.get(f"{reverse(BOOKINGS)}?_export=csv&status__exact=booked&q=мария&city=")
    assert isinstance(response, StreamingHttpResponse)
    entry = AuditEntry.objects.get(subject="export")
    assert (entry.subject, entry.action, entry.actor, entry.via) == ("export", "exported", "staff:anna", "desk")
    assert entry.subject_id == User.objects.get(username="anna").pk
    assert entry.after == {"list": "scheduling.booking", "filter": "Search: мария; Status: booked", "rows": 1}
    page = text(reverse("admin:common_auditentry_changelist"))
    assert "exported" in page and "list: bookings; filtered by: Search: мария; Status: booked; rows: 1" in page


@pytest.mark.parametrize("name", EVERY)
def test_every_export_is_noted(desk: Client, name: str) -> None:
    """Guard: ``note_export``, in the base of all lists that can be exported."""
    desk.get(f"{reverse(name)}?_export=1")
    assert AuditEntry.objects.filter(action="exported").count() == 1


@pytest.mark.parametrize("name", [BOOKINGS, INVITATIONS])
def test_who_may_not_see_a_list_can_t_export_it_and_nothing_is_noted(reader: Client, name: str) -> None:
    """Guard: ``GuardedAdmin``, before anything is read."""
    response = reader.get(f"{reverse(name)}?_export=1")
    assert response.status_code == 403
    assert not AuditEntry.objects.filter(subject="export").exists()
    # nor is told which parameters there are
    assert reader.get(f"{reverse(name)}?_export=1&nosuch=1").status_code == 403


def opened(desk: Client, name: str, query: str = "") -> tuple[list[list[str]], list[list[Any]]]:
    """A list's rows below the header, as Excel shows them in Russian: of the CSV file, and of the workbook."""
    russian = {"Accept-Language": "ru"}
    text = b"".join(desk.get(f"{reverse(name)}?_export=csv{query}", headers=russian))
    book = desk.get(f"{reverse(name)}?_export=xlsx{query}", headers=russian)
    (sheet,) = openpyxl.load_workbook(io.BytesIO(b"".join(book))).worksheets
    plain = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""), delimiter=";"))
    return plain[1:], [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_slots_are_told_on_the_place_s_clocks_and_the_zone_is_named(desk: Client, make_slot: MakeSlot) -> None:
    """Guard: ``slot_row``. Ten in Vladivostok is three in Moscow, where an online interview is told."""
    vladivostok = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    start = datetime(2030, 12, 7, 0, 0, tzinfo=UTC)
    make_slot(start - clock.now(), city=vladivostok)
    make_slot(start - clock.now(), city=vladivostok, location="", room="", video_link="https://meet.example.org/1")
    plain, book = opened(desk, SLOTS, "&q=&time=all&starts_at_from=2030-12-07")
    told = {"Владивосток": time(10), "Москва": time(3)}
    assert {row[2]: row[:2] for row in plain} == {zone: ["07.12.2030", f"{at:%H:%M}"] for zone, at in told.items()}
    assert {row[2]: (row[0].date(), row[1].replace(second=0)) for row in book} == {
        zone: (date(2030, 12, 7), at) for zone, at in told.items()
    }
    assert [row[3] for row in book] == [20, 20], "a number, for a formula of theirs"


def test_answers_and_the_audit_trail_name_their_clocks(desk: Client, maria: Candidate) -> None:
    """Guards: ``export_row`` of both. Each question is a line with its answer."""
    both = {"ru": "Где?", "en": "Where?"}
    here = {"ru": "Тут", "en": "Here"}
    answers = QuestionnaireAnswers(
        candidate_id=maria.pk,
        telegram_id=maria.telegram_id,
        event_id=maria.pk,
        questionnaire_id=maria.pk,
        version=2,
        status="passed",
        current=True,
        answers=[{"question": both, "answer": here}] * 2,
        raw=[],
        answered_at=datetime(2026, 12, 7, 7, 30, tzinfo=UTC),
        person="=Мария",
        event="Набор",
        search="",
    )
    QuestionnaireAnswers.objects.bulk_create([answers])
    plain, book = opened(desk, ANSWERS)
    assert plain[0][:5] == ["07.12.2026", "10:30", "Москва", "'=Мария", "1001"]
    assert book[0][3:5] == ["=Мария", "1001"] and book[0][7] == 2
    assert plain[0][9] == book[0][9] == "Где?: Тут\nГде?: Тут"
    plain, _book = opened(desk, AUDIT, "&subject=export")
    assert plain[0][2:6] == ["Москва", "выгрузка", "выгружено", "сотрудник anna"]
