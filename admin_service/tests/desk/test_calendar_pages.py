"""Recruiters' calendars: the address in the desk, and what whoever has it can read."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Event

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from common.processes import logs
from common.refusals import RefusedError
from people.models import Candidate, City, Recruiter
from people.services.calendar_links import give_calendar, revoke_calendar
from people.services.tokens import digest
from scheduling.models import InterviewEvent
from tests.conftest import MakeSlot
from tests.desk.conftest import Text
from tests.desk.test_invitation_pages import recruiter
from tests.helpers import asking


def page_of(person: Recruiter) -> str:
    return reverse("admin:people_recruiter_calendar", args=[person.pk])


def kept_of(person: Recruiter) -> str | None:
    """What is stored of a recruiter's token."""
    person.refresh_from_db()
    return person.calendar_token_hash


def given(person: Recruiter) -> str:
    """The token of a new address."""
    return give_calendar(str(person.pk), actor="d").of(person.pk)


def shown_by(page: str) -> str | None:
    """The token in the address that a page shows, if it shows one."""
    found = re.search(r'value="http://testserver/calendar/([^"]+)\.ics"', page)
    return found[1] if found else None


def read(token: str | None) -> tuple[int, str]:
    """The calendar as a program reads it, without a login."""
    answer = Client().get(f"/calendar/{token}.ics")
    return answer.status_code, answer.content.decode()


def entries(text: str) -> list[Event]:
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    return list(calendar.events)


def test_an_administrator_makes_the_address_and_it_reads_the_calendar(
    administrator: Client, olga: Recruiter, maria: Candidate, make_slot: MakeSlot
) -> None:
    slot = make_slot(recruiter=olga)
    asking.in_batch(asking.book(maria, slot))

    shown = administrator.post(page_of(olga), {"_confirm": "1"}, follow=True)

    token = shown_by(shown.content.decode())
    assert token is not None
    assert len(token) == 43, "32 bytes"
    address = f"http://testserver/calendar/{token}.ics"
    assert "data-copy" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    answer = Client().get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("private")
    assert "sessionid" not in answer.cookies
    (event,) = entries(answer.content.decode())
    booking = asking.the_booking(maria)
    assert str(event["UID"]) == f"{booking['_id']}@slotdesk"
    assert str(event["SUMMARY"]) == "Мария Петрова"
    assert str(event["LOCATION"]) == "Офис на Тверской, комн. 3.14, Москва"
    assert str(event["DESCRIPTION"]) == "Собеседование аналитиков\nhttps://t.me/maria_p"
    assert event.start == booking["starts_at"].replace(microsecond=0)
    text = answer.content.decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT15M" in text
    assert "X-PUBLISHED-TTL:PT15M" in text
    assert "Slotdesk · Ольга Смирнова" in text


def test_the_calendar_follows_moves_and_cancellations(
    olga: Recruiter, maria: Candidate, ivan: Candidate, make_slot: MakeSlot
) -> None:
    """The same entry with a higher number at the new time; what was cancelled is gone."""
    token = given(olga)
    slot, later = make_slot(recruiter=olga, capacity=2), make_slot(timedelta(days=3), recruiter=olga)
    for person in (maria, ivan):
        asking.in_batch(asking.book(person, slot))
    asking.in_batch(asking.move(maria, asking.the_booking(maria), later))
    asking.in_batch(asking.cancel(ivan, asking.the_booking(ivan)))

    (event,) = entries(read(token)[1])

    assert str(event["UID"]) == f"{asking.the_booking(maria)['_id']}@slotdesk"
    assert event.sequence == 2
    assert event.start == asking.slot_now(later)["starts_at"].replace(microsecond=0)


def test_other_recruiters_interviews_and_requests_that_wait_are_not_in_it(
    olga: Recruiter, maria: Candidate, ivan: Candidate, approval_event: InterviewEvent, make_slot: MakeSlot
) -> None:
    """Guards: the recruiter and the statuses in ``interviews_of``."""
    vera = Recruiter.objects.create(name="Вера", telegram_id=5002, started_at=clock.now())
    asking.in_batch(asking.book(maria, make_slot(recruiter=vera)))
    asking.in_batch(asking.book(ivan, make_slot(of=approval_event, recruiter=olga)))
    assert entries(read(given(olga))[1]) == []
    assert [str(item["SUMMARY"]) for item in entries(read(given(vera))[1])] == ["Мария Петрова"]


def test_what_has_been_stays_for_thirty_days(olga: Recruiter, maria: Candidate, make_slot: MakeSlot) -> None:
    """Guard: ``KEPT_FOR``."""
    token = given(olga)
    asking.in_batch(asking.book(maria, make_slot(recruiter=olga)))
    seen = []
    for days in (29, 31):
        starts_at = clock.now() - timedelta(days=days)
        over = {"status": "attended", "live": False, "starts_at": starts_at, "ends_at": starts_at}
        collection("bookings").update_one({}, {"$set": over})
        seen.append(len(entries(read(token)[1])))
    assert seen == [1, 0]


def test_a_new_address_ends_the_old_one_and_taking_it_back_ends_it_too(administrator: Client, olga: Recruiter) -> None:
    """Guard: there is one token at a time; nothing else opens a calendar."""
    tokens = []
    for _ in range(2):
        page = administrator.post(page_of(olga), {"_confirm": "1"}, follow=True).content.decode()
        tokens.append(shown_by(page))
    assert [read(token)[0] for token in tokens] == [404, 200]

    administrator.post(page_of(olga), {"_confirm": "1", "_revoke": "1"})

    assert kept_of(olga) is None
    assert read(tokens[1])[0] == 404
    assert [read(guess)[0] for guess in ("", "None", "null", str(olga.pk))] == [404] * 4
    told = AuditEntry.objects.filter(subject_id=olga.pk).order_by("created_at")
    assert [(item.action, item.actor) for item in told] == [
        ("calendar_made", "staff:daria"),
        ("calendar_replaced", "staff:daria"),
        ("calendar_revoked", "staff:daria"),
    ]
    kept = str(list(collection("audit_entries").find())) + str(list(collection("recruiters").find()))
    assert not any(token and token in kept for token in tokens)


def test_the_address_is_shown_once_and_what_is_stored_of_it_opens_nothing(
    administrator: Client, olga: Recruiter
) -> None:
    """Guards: ``shown``, and ``digest`` in ``recruiter_by_token``."""
    page = administrator.post(page_of(olga), {"_confirm": "1"}, follow=True).content.decode()
    token = shown_by(page)
    again = administrator.get(page_of(olga)).content.decode()
    assert token and token not in again
    assert "can't be shown again" in again and "Make a new address" in again
    assert read(kept_of(olga))[0] == 404
    assert read(token)[0] == 200


def test_revoking_what_was_never_made_leaves_no_trace(olga: Recruiter) -> None:
    assert revoke_calendar(str(olga.pk), actor="d") is False
    assert AuditEntry.objects.count() == 0


def test_letting_a_recruiter_go_ends_their_calendar(administrator: Client, olga: Recruiter) -> None:
    """Guard: ``revoke_calendar_of`` on leaving; coming back does not bring the old address back."""
    token = given(olga)
    url = reverse("admin:people_recruiter_change", args=[olga.pk])
    kept = {"name": olga.name, "telegram_id": "5001", "initial-telegram_id": "5001"}
    administrator.post(url, {key: value for key, value in recruiter(**kept).items() if key != "is_active"})
    assert read(token)[0] == 404
    assert kept_of(olga) is None
    with pytest.raises(RefusedError):
        give_calendar(str(olga.pk), actor="d")
    administrator.post(url, recruiter(**kept))
    assert Recruiter.objects.get(pk=olga.pk).is_active
    assert read(token)[0] == 404


def test_an_inactive_recruiters_token_opens_nothing(olga: Recruiter) -> None:
    """Guard: ``is_active`` in ``recruiter_by_token``, whichever way they were let go."""
    token = given(olga)
    Recruiter.objects.filter(pk=olga.pk).update(is_active=False)
    assert read(token)[0] == 404


def test_changing_a_recruiter_keeps_their_address(administrator: Client, olga: Recruiter, moscow: City) -> None:
    token = given(olga)
    fields = recruiter(name="Ольга Орлова", telegram_id="5001", **{"initial-telegram_id": "5001"})
    administrator.post(reverse("admin:people_recruiter_change", args=[olga.pk]), fields)
    assert kept_of(olga) == digest(token)
    assert read(token)[0] == 200


def test_coordinators_neither_see_nor_make_the_address(coordinator: Client, olga: Recruiter) -> None:
    """Guard: the permission of the page."""
    token = given(olga)
    assert coordinator.get(page_of(olga)).status_code == 403
    assert coordinator.post(page_of(olga), {"_confirm": "1"}).status_code == 403
    assert kept_of(olga) == digest(token)
    assert token not in coordinator.get(reverse("admin:people_recruiter_change", args=[olga.pk])).content.decode()


def test_the_recruiters_page_leads_to_the_calendar_while_they_are_active(text: Text, olga: Recruiter) -> None:
    url = reverse("admin:people_recruiter_change", args=[olga.pk])
    assert page_of(olga) in text(url)
    Recruiter.objects.filter(pk=olga.pk).update(is_active=False)
    assert page_of(olga) not in text(url)


def test_the_token_is_in_no_log(olga: Recruiter, capsys: pytest.CaptureFixture[str]) -> None:
    """Guard: ``_without_secrets``. Django names the address of what fails in its own records."""
    token = given(olga)
    before = _handlers()
    try:
        logs.configure("INFO", "json")
        assert Client().post(f"/calendar/{token}.ics").status_code == 405
        revoke_calendar(str(olga.pk), actor="d")
        assert read(token)[0] == 404
        structlog.get_logger("x").warning("seen", path=f"/calendar/{token}.ics?x=1")
    finally:
        logging.getLogger().handlers[:] = before
    said = capsys.readouterr().err
    assert "Method Not Allowed" in said
    assert "/calendar/….ics" in said or "/calendar/…" in said
    assert token not in said


def _handlers() -> list[Any]:
    return list(logging.getLogger().handlers)
