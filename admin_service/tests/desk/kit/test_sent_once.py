"""A form acts once: sent twice at one moment, by Back and Send, or after it was refused."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from broadcasts.models import AnnouncementChat, Broadcast
from common import clock
from common.models import AuditEntry
from common.mongo import collection
from message_templates.models import MessageTemplate
from people.models import Candidate, City, Invitation, Recruiter
from questionnaires.models import Questionnaire, QuestionnaireVersion
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from staffkit.sending import once
from tests.conftest import MakeSlot
from tests.desk.test_import_pages import carried, confirmed, previewed
from tests.desk.test_invitation_pages import IMPORT
from tests.desk.test_people_pages import entry
from tests.desk.test_questionnaire_pages import TITLES, rows
from tests.desk.test_slot_pages import many
from tests.helpers import asking
from tests.helpers.questionnaires import make_draft
from tests.helpers.spying import watched_by
from tests.helpers.staff_client import StaffClient, unseen
from tests.messaging.test_stale_caches import ChangesAndNews


@dataclass
class World:
    """What the forms are about."""

    event: InterviewEvent
    city: City
    olga: Recruiter
    slot: InterviewSlot
    maria: Candidate
    awaited: Candidate
    draft: Questionnaire


@pytest.fixture
def world(event: InterviewEvent, moscow: City, olga: Recruiter, make_slot: MakeSlot, maria: Candidate) -> World:
    """A chat to announce in, a seat to take, someone to invite, a draft to publish."""
    AnnouncementChat.objects.create(title="Новости", chat_id=-100)
    awaited = Candidate.objects.create(first_name="Глеб")
    return World(event, moscow, olga, make_slot(capacity=5), maria, awaited, make_draft().questionnaire)


Form = tuple[Callable[[World], str], Callable[[World], dict[str, Any]], Callable[[], int]]


def _address(name: str, document: str = "") -> Callable[[World], str]:
    return lambda w: reverse(f"admin:{name}", args=[getattr(w, document).pk] if document else [])


# Where it is sent, what is sent, and how many there are of what it makes.
FORMS: dict[str, Form] = {
    "a new city": (
        _address("people_city_add"),
        lambda _w: {"name": "Омск", "timezone": "Asia/Omsk", "contact_url": ""},
        City.objects.count,
    ),
    "a new candidate": (_address("people_candidate_add"), lambda _w: entry(telegram_id=""), Candidate.objects.count),
    "a new questionnaire": (
        _address("questionnaires_questionnaire_add"),
        lambda _w: {**TITLES, **rows("questions", [])},
        Questionnaire.objects.count,
    ),
    "add slots": (
        _address("scheduling_interviewevent_add_slots", "event"),
        lambda w: {**many(w.city), "create": "1"},
        InterviewSlot.objects.count,
    ),
    "a broadcast": (
        _address("scheduling_interviewevent_broadcast", "event"),
        lambda _w: {"text": "Запись открыта", "chats": ["-100"], "audience": ""},
        Broadcast.objects.count,
    ),
    "invite one": (
        _address("people_candidate_invite_one", "awaited"),
        lambda _w: {"_confirm": "1", "days": 7, "note": ""},
        Invitation.objects.count,
    ),
    "invite those chosen": (
        _address("people_candidate_changelist"),
        lambda w: {"action": "invite_chosen", "_selected_action": [str(w.awaited.pk)]},
        Invitation.objects.count,
    ),
    "invite from a table": (
        _address("people_candidate_import_table"),
        lambda _w: {"_confirm": "1", "text": "first_name\nАнна\nПётр", "days": 7, "note": ""},
        Candidate.objects.count,
    ),
    "book for a candidate": (
        _address("scheduling_interviewslot_book", "slot"),
        lambda w: {"_confirm": "1", "telegram_id": w.maria.telegram_id, "reason": ""},
        AuditEntry.objects.filter(subject="booking").count,
    ),
    "publish": (
        _address("questionnaires_questionnaire_publish_page", "draft"),
        lambda _w: {"_confirm": "1"},
        QuestionnaireVersion.objects.count,
    ),
    "a calendar's address": (
        _address("people_recruiter_calendar", "olga"),
        lambda _w: {"_confirm": "1"},
        AuditEntry.objects.filter(subject="recruiter").count,
    ),
}


MADE = {"add slots": 6, "invite from a table": 2}


def carried_by(desk: StaffClient, url: str, order: dict[str, Any]) -> dict[str, str]:
    """What the page carries whose form acts: of a table the preview's."""
    if url == reverse(IMPORT):
        return carried(desk.post(url, order).content.decode())
    return unseen(desk.get(url))


@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_twice_at_once_acts_once(desk: StaffClient, world: World, name: str) -> None:
    """Guard: ``use`` puts the key into a unique place in the transaction of what the form does."""
    address, content, count = FORMS[name]
    url, order, before = address(world), content(world), count()
    opened = carried_by(desk, url, order)
    start = threading.Barrier(3)

    def send(_number: int) -> Any:
        start.wait(timeout=60)
        browser = StaffClient(headers={"Accept-Language": "en"})
        browser.cookies = desk.cookies
        return browser.post(url, order, opened=opened)

    with ThreadPoolExecutor(3) as pool:
        sent = list(pool.map(send, range(3)))

    assert [response.status_code for response in sent] == [302] * 3
    assert count() - before == MADE.get(name, 1)


@pytest.mark.parametrize("name", FORMS)
def test_back_and_send_leads_to_what_came_of_it(desk: StaffClient, world: World, name: str) -> None:
    address, content, count = FORMS[name]
    url, order = address(world), content(world)
    opened = carried_by(desk, url, order)
    assert desk.post(url, order, opened=opened).status_code == 302
    made = count()
    again = desk.post(url, order, opened=opened, follow=True)
    (kept,) = collection("sent_forms").find()
    assert again.redirect_chain[0][0] == kept["result"]
    assert "so it was done once" in again.content.decode()
    assert count() == made


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("key", ["", "x", "another page's"])
def test_a_form_without_a_key_of_its_page_does_nothing(desk: StaffClient, world: World, name: str, key: str) -> None:
    """Guard: ``ticket`` takes the key of this login and this page alone."""
    address, content, count = FORMS[name]
    url, order, before = address(world), content(world), count()
    opened = carried_by(desk, url, order)
    other = unseen(desk.get(reverse("admin:people_recruiter_add")))["_once"]
    response = desk.post(
        url, order, opened={**opened, "_once": other if key.startswith("another") else key}, follow=True
    )
    assert "So that nothing happens twice" in response.content.decode()
    assert count() == before


def test_a_colleagues_key_is_none(desk: StaffClient, administrator: StaffClient) -> None:
    url = reverse("admin:people_city_add")
    order = {"name": "Омск", "timezone": "Asia/Omsk", "contact_url": ""}
    assert desk.post(url, order, opened=unseen(administrator.get(url))).status_code == 200
    assert not City.objects.exists()


def test_a_refused_form_keeps_what_was_typed_and_can_be_sent_again(desk: StaffClient) -> None:
    """A mistake uses no key up: not one of the form, not one that the use case finds."""
    url = reverse("admin:people_candidate_add")
    Candidate.objects.create(first_name="Другой", username="gleb_s")
    opened = unseen(desk.get(url))
    page = desk.post(url, entry(telegram_id="", username="gleb_s"), opened=opened).content.decode()
    assert "is awaited already" in page and 'value="gleb_s"' in page
    assert not collection("sent_forms").count_documents({})
    assert desk.post(url, entry(telegram_id="", username="gleb_x"), opened=opened).status_code == 302


def test_other_content_after_back_is_asked_about_first(desk: StaffClient, event: InterviewEvent, moscow: City) -> None:
    """Guard: ``_tell_apart``. It may be a correction, or something more that is wanted."""
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    opened = unseen(desk.get(url))
    first = desk.post(url, {**many(moscow), "create": "1"}, opened=opened)
    page = desk.post(url, {**many(moscow, room="12"), "create": "1"}, opened=opened)
    text = page.content.decode()
    assert "You have sent this form already" in text and f'href="{first.headers["Location"]}"' in text
    assert 'value="12"' in text
    assert InterviewSlot.objects.count() == 6
    assert desk.post(url, {**many(moscow, room="12"), "create": "1"}, opened=unseen(page)).status_code == 302
    assert InterviewSlot.objects.count() == 12


def test_the_key_is_used_up_in_the_transaction_of_what_the_form_does(
    desk: StaffClient, event: InterviewEvent, moscow: City
) -> None:
    """So a crash at any moment leaves both or neither. Guard: ``in_transaction`` in ``use``."""
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    order, spy = {**many(moscow), "create": "1"}, ChangesAndNews()
    with watched_by(spy):
        assert desk.post(url, order).status_code == 302
    (written,) = [names for names in spy.written.values() if "interview_slots" in names]
    assert "sent_forms" in written


def test_a_decision_is_told_once(
    desk: StaffClient, maria: Candidate, approval_event: InterviewEvent, make_slot: MakeSlot
) -> None:
    """Sent again it leads to the booking, and says nothing of a change by others."""
    asking.outcome(asking.book(maria, make_slot(of=approval_event)))
    booking = Booking.objects.get()
    url = reverse("admin:scheduling_booking_approve", args=[booking.pk])
    opened = unseen(desk.get(url))
    order = {"_confirm": "1", "version": booking.version, "reason": ""}
    assert desk.post(url, order, opened=opened).status_code == 302
    told = desk.post(url, order, opened=opened, follow=True).content.decode()
    assert "so it was done once" in told and "has changed since you opened" not in told
    assert AuditEntry.objects.filter(subject="booking", action="booked").count() == 1


def test_a_city_gets_one_text_of_its_own(desk: StaffClient, congratulation: MessageTemplate, moscow: City) -> None:
    url = reverse("admin:wording_messagetemplate_own_text", args=[congratulation.pk])
    order = {"city": str(moscow.pk), "text": congratulation.text}
    opened = unseen(desk.get(url))
    first = desk.post(url, order, opened=opened)
    assert first.status_code == 302
    # The city is no choice of the form any more; who sends it again is not told off for that.
    assert desk.post(url, order, opened=opened).headers["Location"] == first.headers["Location"]
    assert MessageTemplate.objects.filter(city=moscow).count() == 1


def test_a_table_is_told_from_another_one(desk: StaffClient) -> None:
    """The same form with another table is another order."""
    anna, petr = (carried(previewed(desk, f"first_name\n{name}")) for name in ("Анна", "Пётр"))
    confirmed(desk, anna)
    assert "You have sent this form already" in confirmed(desk, {**petr, "_once": anna["_once"]})
    assert [person.first_name for person in Candidate.objects.all()] == ["Анна"]


def test_a_key_is_forgotten_after_it_can_be_used_no_more(desk: StaffClient) -> None:
    """Guards: ``VALID_SECONDS``; the index that forgets."""
    url = reverse("admin:people_city_add")
    opened = unseen(desk.get(url))
    index = collection("sent_forms").index_information()["sent_forms_age"]
    assert index["expireAfterSeconds"] > once.VALID_SECONDS
    with time_machine.travel(clock.now() + timedelta(seconds=once.VALID_SECONDS + 60)):
        page = desk.post(url, {"name": "Омск", "timezone": "Asia/Omsk", "contact_url": ""}, opened=opened)
    assert "So that nothing happens twice" in page.content.decode() and 'value="Омск"' in page.content.decode()
    assert not City.objects.exists()
