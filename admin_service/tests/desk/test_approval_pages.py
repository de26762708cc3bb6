"""Requests, flags and the waiting list at the desk (R3, R4, R7)."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.mongo import collection, in_transaction
from config.consumers import DELIVERIES, DIALOGS
from message_templates.services.seeding import seed_defaults
from messaging.delivery_reports import DeliveryReports
from messaging.dialogs import DialogCommands
from people.models import Candidate, City, Recruiter
from scheduling.domain.commands import SlotChanges
from scheduling.models import Booking, InterviewEvent, WaitingEntry
from scheduling.services.editing.slot_edits import edit_slots
from scheduling.services.staff_commands import book_for
from scheduling.services.waiting_ends import end_hopeless
from scheduling.services.waiting_list import join
from shared_contracts.broadcast import Delivery, DeliveryStatus, NotificationDelivered
from shared_contracts.dialog import WaitingListJoined
from tests.conftest import MakeSlot
from tests.desk.conftest import Text
from tests.helpers.asking import book, outcome
from tests.helpers.card_tools import sent

BOOKINGS = "admin:scheduling_booking_changelist"
WAITING = "admin:scheduling_waitingentry_changelist"
NOW = clock.now()


@pytest.fixture
def request_(approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Booking:
    """Maria's, which waits for Olga."""
    outcome(book(maria, make_slot(of=approval_event, recruiter=olga)))
    return Booking.objects.get()


def page_of(booking: Booking, action: str = "change") -> str:
    return reverse(f"admin:scheduling_booking_{action}", args=[booking.pk])


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        ({"started_at": None}, "Approved. The candidate has never started the bot: please tell them yourself."),
        ({"started_at": NOW, "blocked_at": NOW}, "Approved. The candidate has blocked the bot"),
        ({"started_at": NOW}, "Approved. The candidate is being told."),
    ],
)
def test_staff_are_promised_no_word_to_a_candidate_whom_the_bot_cannot_write_to(
    desk: Client, request_: Booking, chat: dict[str, object], said: str
) -> None:
    """Guard: ``chat_state``."""
    collection("users").update_many({}, {"$set": chat})
    page = desk.post(page_of(request_, "approve"), {"version": 1, "reason": ""}, follow=True).content.decode()
    assert said in page


def test_staff_ask_for_another_time_once(desk: Client, text: Text, request_: Booking) -> None:
    collection("users").update_many({}, {"$set": {"started_at": NOW}})
    assert page_of(request_, "ask_reschedule") in text(page_of(request_))
    order = {"version": 1, "reason": "Olga is ill"}
    said = desk.post(page_of(request_, "ask_reschedule"), order, follow=True).content.decode()
    assert "The candidate is being asked." in said

    request_.refresh_from_db()
    page = text(page_of(request_))
    assert request_.reschedule_asked
    assert page_of(request_, "ask_reschedule") not in page
    assert page_of(request_, "approve") in page
    assert "the candidate chooses another time" in page
    assert "another time asked for" in page
    assert sent()[-1] == (5001, "update", 2)


def test_an_export_names_what_a_booking_waits_for_as_its_page_does(desk: Client, request_: Booking) -> None:
    collection("bookings").update_one({}, {"$set": {"reschedule_asked": True}})
    rows = b"".join(desk.get(f"{reverse(BOOKINGS)}?_export=1")).decode()
    assert "the candidate chooses another time" in rows


@pytest.mark.parametrize("who", ["recruiter", "candidate"])
def test_who_has_to_be_told_by_hand_is_shown_and_filtered(text: Text, request_: Booking, who: str) -> None:
    """R4."""
    assert "Мария Петрова" not in text(f"{reverse(BOOKINGS)}?by_hand={who}")
    collection("bookings").update_one({}, {"$set": {f"{who}_by_hand": True}})

    assert "Мария Петрова" in text(f"{reverse(BOOKINGS)}?by_hand={who}")
    assert "Мария Петрова" in text(f"{reverse(BOOKINGS)}?by_hand=any")
    assert f"the {who}" in text(page_of(request_))


def test_a_bookings_page_links_to_both_people(text: Text, request_: Booking, olga: Recruiter) -> None:
    """R4: who is told by hand is one press away."""
    Recruiter.objects.filter(pk=olga.pk).update(contact_url="https://t.me/olga_hr")
    page = text(page_of(request_))
    assert 'href="https://t.me/olga_hr"' in page
    assert 'href="https://t.me/maria_p"' in page


@pytest.mark.parametrize(("waits", "number"), [(True, "1"), (False, "0")], ids=["a request", "an offered seat"])
def test_the_first_page_counts_what_a_recruiter_has_to_answer(
    desk: Client, text: Text, request_: Booking, waits: bool, number: str
) -> None:
    """Guard: ``AWAITING_APPROVAL``. A seat held for somebody on the waiting list waits for the candidate."""
    if not waits:
        collection("bookings").update_one({}, {"$set": {"status": "offered", "awaits_approval": False}})
    shown = next(one for one in desk.get(reverse("admin:index")).context["waiting"] if one.id == "approval")
    assert str(shown.value) == number
    assert ("Мария Петрова" in text(shown.link)) is waits


def test_an_offered_seat_is_not_moved_by_staff(text: Text, request_: Booking) -> None:
    collection("bookings").update_one({}, {"$set": {"status": "offered", "awaits_approval": False}})

    page = text(page_of(request_))
    assert page_of(request_, "cancel") in page
    assert page_of(request_, "move") not in page


def test_whether_recruiters_are_reached_in_chat_is_shown(text: Text, olga: Recruiter) -> None:
    recruiters = reverse("admin:people_recruiter_changelist")
    assert "reached" in text(recruiters)

    Recruiter.objects.filter(pk=olga.pk).update(blocked_at=clock.now())
    assert "can&#x27;t be reached" in text(recruiters)


@pytest.mark.parametrize(
    ("language", "words", "room"),
    [("ru", "изменилось", "9 вместо 3.14"), ("en", "your interview has changed", "9, not 3.14")],
)
def test_what_a_candidate_is_to_be_told_by_hand_can_be_copied(
    text: Text, make_slot: MakeSlot, maria: Candidate, language: str, words: str, room: str
) -> None:
    """R4: in their language, where the errand is; nothing where the booking has changed since. Guards: ``last_news``,
    ``texts_for_candidates``, ``copied`` on the first page, ``get_changelist_instance`` in the list."""
    seed_defaults()
    slot = make_slot()
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    edit_slots([(str(slot.pk), SlotChanges(venue={"room": "9"}))], actor="anna", reason="Ремонт")
    Candidate.objects.update(language=language)
    page = reverse("admin:scheduling_booking_change", args=[Booking.objects.get().pk])
    pages = [page, reverse("admin:index"), f"{reverse(BOOKINGS)}?live__exact=1&by_hand=any"]
    assert not any("<textarea" in text(url) for url in pages)
    collection("bookings").update_many({}, {"$set": {"candidate_by_hand": True}})
    for url in pages:
        shown = text(url)
        assert words in shown and room in shown and "Ремонт" in shown and "data-copy" in shown, url
    collection("bookings").update_many({}, {"$inc": {"version": 1}})
    assert not any("<textarea" in text(url) for url in pages)


def test_whose_waiting_has_ended_can_be_told_by_hand(
    desk: Client, text: Text, event: InterviewEvent, maria: Candidate, moscow: City
) -> None:
    """R4, R7: where the bot's word did not arrive, until they know. Guards: ``text_for_waiting``, ``note_arrival``,
    ``note_told``; only whom the bot can't tell."""
    item = WaitingListJoined(
        message_id=uuid.uuid4(),
        correlation_id="c",
        occurred_at=clock.now(),
        user_telegram_id=maria.telegram_id,
        reply=None,
        event_id=str(event.pk),
        city_id=str(moscow.pk),
    )
    in_transaction(lambda: join(item, clock.now()))
    City.objects.update(is_active=False)
    in_transaction(lambda: end_hopeless(actor="staff:anna", via="desk"))
    entry = WaitingEntry.objects.get()
    page = reverse("admin:scheduling_waitingentry_change", args=[entry.pk])
    Candidate.objects.update(started_at=clock.now(), blocked_at=None, language="ru")
    assert "<textarea" not in text(page)
    Candidate.objects.update(blocked_at=clock.now())
    shown = text(page)
    assert "в городе Москва больше не будет" in shown and "data-copy" in shown
    assert "waits no longer: the city or the event is closed" in shown, "what became of it"

    pages = [reverse("admin:index"), f"{reverse('admin:scheduling_waitingentry_changelist')}?by_hand__exact=1"]
    assert not any("Мария Петрова" in text(url) for url in pages)
    report = NotificationDelivered(
        message_id=uuid.uuid4(),
        correlation_id="c",
        occurred_at=clock.now(),
        notification_id=str(entry.notification_id),
        user_telegram_id=entry.telegram_id,
        delivery=Delivery(chat_id=entry.telegram_id, status=DeliveryStatus.BLOCKED),
    )
    DeliveryReports(DELIVERIES).handle([report])
    assert all("Мария Петрова" in text(url) for url in pages)
    assert "в городе Москва больше не будет" in text(pages[0]) and "data-copy" in text(pages[0])
    told = reverse("admin:scheduling_waitingentry_note_told", args=[entry.pk])
    assert desk.post(told, {}).status_code == 302
    assert not any("Мария Петрова" in text(url) for url in pages)
    assert "told by hand" in text(page)


def test_coordinators_see_who_waits(coordinator: Client, event: InterviewEvent, maria: Candidate) -> None:
    """R7."""
    joined = WaitingListJoined(
        message_id=uuid.uuid4(),
        correlation_id=uuid.uuid4().hex,
        occurred_at=clock.now(),
        user_telegram_id=maria.telegram_id,
        event_id=str(event.pk),
    )
    DialogCommands(DIALOGS).handle([joined])

    listed = coordinator.get(reverse(WAITING)).content.decode()
    assert "Мария Петрова" in listed
    entry = collection("waiting_list").find_one({})
    assert entry
    assert coordinator.get(reverse("admin:scheduling_waitingentry_change", args=[entry["_id"]])).status_code == 200
    assert "Мария Петрова" not in coordinator.get(f"{reverse(WAITING)}?state__exact=left").content.decode()
