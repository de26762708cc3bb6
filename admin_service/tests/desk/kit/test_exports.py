"""Who took which list out of the desk stands in the audit trail."""

import pytest
from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from people.models import Candidate
from people.services.invitations import invite
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeSlot
from tests.desk.conftest import Text

BOOKINGS = "admin:scheduling_booking_changelist"
INVITATIONS = "admin:people_invitation_changelist"


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
    assert entry.after == {"list": "scheduling.booking", "filter": "status__exact=booked, q=мария", "rows": 1}
    page = text(reverse("admin:common_auditentry_changelist"))
    assert "exported" in page and "list: bookings; filtered by: status__exact=booked, q=мария; rows: 1" in page


@pytest.mark.parametrize("name", [BOOKINGS, INVITATIONS])
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
