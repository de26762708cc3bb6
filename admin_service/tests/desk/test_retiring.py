"""Deactivating a recruiter, closing a city or an office: staff say what becomes of what depends on them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from messaging.models import OutboxMessage
from people.models import Candidate, City, Office, Recruiter
from scheduling.api.bookings import SlotsQuery
from scheduling.api.bookings import offered as slots_offered
from scheduling.models import Booking, InterviewEvent, InterviewSlot, WaitingEntry
from scheduling.services.editing.retiring import Way, dependents_of, retire
from scheduling.services.staff_commands import book_for
from scheduling.services.store.slots import find_slots
from shared_contracts.digest import DigestCommand, Farewell
from shared_contracts.notification import NotificationCommand, NotificationKind
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.conftest import Text
from tests.helpers import asking
from tests.helpers.card_tools import cards, news
from tests.helpers.staff_client import StaffClient

WORDS = "Ольга больше не проводит собеседования"


@pytest.fixture
def vera(moscow: City) -> Recruiter:
    """Another recruiter in Moscow."""
    return Recruiter.objects.create(
        name="Вера Ким", city=moscow, telegram_id=5002, started_at=clock.now(), contact_url="https://t.me/vera_kim"
    )


@pytest.fixture
def booked(make_slot: MakeSlot, olga: Recruiter, maria: Candidate) -> Booking:
    """Maria, booked with Olga, who has a free slot besides."""
    make_slot(timedelta(days=3), recruiter=olga)
    book_for(maria.telegram_id, str(make_slot(recruiter=olga).pk), actor="anna", reason="")
    collection("outbox").delete_many({})
    return Booking.objects.get()


def told(kind: NotificationKind) -> list[NotificationCommand]:
    """What candidates were told, of that kind."""
    return [item for item in news() if item.kind is kind]


def asked_at(entry: Any) -> str:
    """The page that asks."""
    return reverse(f"admin:people_{entry._meta.model_name}_retire", args=[entry.pk])


def answer(desk: StaffClient, entry: Any, **fields: Any) -> str:
    """Look at the page that asks and answer it; what is shown then."""
    page = desk.get(asked_at(entry)).content.decode()
    order = {"_confirm": "1", "reason": "", **fields}
    for name in ("_once", "_sealed"):
        order[name] = re.findall(rf'name="{name}" value="([^"]*)"', page)[0]
    answered = desk.post(asked_at(entry), order, follow=True)
    if 'name="_foreseen"' in answered.content.decode():
        answered = desk.answer(asked_at(entry), answered, reason=order["reason"])
        answered = desk.get(answered.headers["Location"])
    return str(answered.content.decode())


def offered(event: InterviewEvent, **query: str) -> list[str]:
    """Ids of the slots that the bot offers."""
    wanted = SlotsQuery.model_validate({"event": str(event.pk), **query})
    return [str(row["_id"]) for row in find_slots(slots_offered(wanted, [event.pk], clock.now()))]


def farewells() -> list[tuple[int, Farewell | None]]:
    """What recruiters were told who are none any more."""
    rows = collection("outbox").find({"queue": "bot.digest.command"})
    sent = [DigestCommand.model_validate_json(row["body"]) for row in rows]
    return [(item.chat_id, item.farewell) for item in sent]


def is_active(entry: Any) -> bool:
    """As stored."""
    return bool(type(entry).objects.get(pk=entry.pk).is_active)


def test_the_page_names_what_depends_on_the_recruiter_and_changes_nothing(
    text: Text, booked: Booking, olga: Recruiter, vera: Recruiter
) -> None:
    Recruiter.objects.filter(pk=vera.pk).update(deputy_id=olga.pk)
    page = text(asked_at(olga))
    for fact in ("Coming slots without bookings: <b>1</b>", "Bookings: <b>1</b>", "Мария Петрова", "<b>Вера Ким</b>"):
        assert fact in page
    assert is_active(olga)


def test_saving_the_form_as_inactive_leads_to_the_page_and_saves_the_rest(
    desk: StaffClient, booked: Booking, olga: Recruiter
) -> None:
    """Guard: ``asks_first``."""
    fields = {"name": "Ольга Иванова", "city": str(olga.city_id), "telegram_id": "5001"}
    response = desk.post(reverse("admin:people_recruiter_change", args=[olga.pk]), fields)
    assert response.headers["Location"] == asked_at(olga)
    olga.refresh_from_db()
    assert (olga.name, olga.is_active) == ("Ольга Иванова", True)


def test_a_recruiter_on_whom_nothing_depends_is_deactivated_by_the_form(desk: StaffClient, olga: Recruiter) -> None:
    """And told, once. Guard: ``_deactivate``."""
    fields = {"name": olga.name, "city": str(olga.city_id), "telegram_id": "5001"}
    for _again in range(2):
        desk.post(reverse("admin:people_recruiter_change", args=[olga.pk]), fields)
    assert not is_active(olga)
    [(chat_id, farewell)] = farewells()
    assert farewell and (chat_id, farewell.interviews) == (5001, 0)


@pytest.mark.parametrize(("way", "who"), [("hand_over", "Вера Ким"), ("cancel", "Вера Ким"), ("keep", "Вера Ким")])
def test_who_is_deactivated_is_told_once_what_becomes_of_their_interviews(
    desk: StaffClient, booked: Booking, olga: Recruiter, vera: Recruiter, way: str, who: str
) -> None:
    """Guard: ``_say_goodbye``."""
    Recruiter.objects.filter(pk=olga.pk).update(deputy_id=vera.pk)
    answer(desk, olga, way=way, reason=WORDS, **({"successor": str(vera.pk)} if way == "hand_over" else {}))
    [(chat_id, farewell)] = farewells()
    became = {"hand_over": "handed_over", "cancel": "cancelled", "keep": "kept"}[way]
    assert farewell and (chat_id, farewell.became, farewell.interviews) == (5001, became, 1)
    assert farewell.successor == who


def test_handed_over_the_slots_follow_and_the_candidate_is_told_with_whom(
    desk: StaffClient, booked: Booking, olga: Recruiter, vera: Recruiter, moscow: City
) -> None:
    pyotr = Recruiter.objects.create(name="Пётр", city=moscow, deputy=olga)
    answer(desk, olga, way="hand_over", successor=str(vera.pk))
    assert not is_active(olga)
    assert {slot.recruiter_id for slot in InterviewSlot.objects.all()} == {vera.pk}
    [notice] = told(NotificationKind.BOOKING_CHANGED)
    assert notice.booking.slot.recruiter and notice.booking.slot.recruiter.name == "Вера Ким"
    booked.refresh_from_db()
    assert (booked.status, booked.recruiter_id) == ("booked", vera.pk)
    pyotr.refresh_from_db()
    assert pyotr.deputy_id == vera.pk
    timeline = desk.get(reverse("admin:people_candidate_change", args=[booked.user_id])).content.decode()
    assert f"recruiter: {olga.name} → Вера Ким" in timeline


@pytest.mark.usefixtures("by_day")
def test_a_request_that_is_handed_over_goes_to_the_other_recruiter(
    desk: StaffClient,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
    vera: Recruiter,
) -> None:
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    collection("outbox").delete_many({})
    answer(desk, olga, way="hand_over", successor=str(vera.pk))
    assert {card.recruiter_telegram_id for card in cards()} == {5001, 5002}
    assert [holder.telegram_id for holder in Booking.objects.get().card_holders] == [5002]


def test_cancelled_with_words_the_candidate_reads_them_and_nobody_can_book(
    desk: StaffClient, booked: Booking, olga: Recruiter
) -> None:
    answer(desk, olga, way="cancel", reason=WORDS)
    booked.refresh_from_db()
    assert (booked.status, booked.reason) == ("cancelled", WORDS)
    assert [item.reason for item in told(NotificationKind.BOOKING_CANCELLED)] == [WORDS]
    assert not InterviewSlot.objects.filter(is_active=True).exists()
    entry = AuditEntry.objects.filter(subject="recruiter").get()
    assert (entry.reason, entry.after["is_active"]) == (WORDS, False)


@pytest.mark.parametrize(
    ("is_open", "kind"), [(True, NotificationKind.TIME_REJECTED), (False, NotificationKind.BOOKING_REJECTED)]
)
def test_who_had_only_asked_reads_of_a_request_not_of_an_interview(
    desk: StaffClient,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
    is_open: bool,
    kind: NotificationKind,
) -> None:
    """Guard: ``_of_ended_request``: who can't ask again is not asked to choose another time."""
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    InterviewEvent.objects.update(is_open=is_open)
    answer(desk, olga, way="cancel", reason=WORDS)
    assert [(item.kind, item.reason) for item in news()] == [(kind, WORDS)]


def test_a_move_wanted_into_a_cancelled_slot_is_refused_and_the_booking_stands(
    desk: StaffClient,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
    vera: Recruiter,
) -> None:
    stands = make_slot(of=approval_event, recruiter=vera)
    book_for(maria.telegram_id, str(stands.pk), actor="anna", reason="")
    there = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    asking.outcome(asking.move(maria, asking.the_booking(maria), there))
    assert Booking.objects.get().requested_slot_id
    answer(desk, olga, way="cancel", reason=WORDS)
    left = Booking.objects.get()
    assert (left.status, left.slot_id, left.requested_slot_id) == ("booked", stands.pk, None)
    assert len(told(NotificationKind.MOVE_REJECTED)) == 1


@pytest.mark.usefixtures("by_day")
@pytest.mark.parametrize("deputised", [True, False])
def test_kept_requests_go_to_the_deputy_or_come_up_in_the_desk(
    desk: StaffClient,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
    vera: Recruiter,
    deputised: bool,
) -> None:
    """R4: nothing is left that nobody can answer. Guard: ``_tell_cards``."""
    Recruiter.objects.filter(pk=olga.pk).update(deputy_id=vera.pk if deputised else None)
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    answer(desk, olga, way="keep", reason=WORDS)
    kept = Booking.objects.get()
    assert (kept.status, kept.recruiter_by_hand) == ("pending", not deputised)
    assert [holder.telegram_id for holder in kept.card_holders] == ([5002] if deputised else [])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "This field is required"),
        ({"way": "cancel"}, "Give a reason"),
        ({"way": "keep"}, "Give a reason"),
        ({"way": "hand_over"}, "Choose who or what takes over"),
        ({"way": "hand_over", "successor": "6b0210a10ebbd9947507d2a0"}, "Select a valid choice"),
    ],
)
def test_without_an_answer_nothing_is_done(
    desk: StaffClient, booked: Booking, olga: Recruiter, vera: Recruiter, fields: dict[str, str], message: str
) -> None:
    assert message in answer(desk, olga, **fields)
    assert is_active(olga)
    assert not OutboxMessage.objects.exists()


def test_what_has_changed_since_the_page_was_shown_is_said_and_nothing_is_done(
    booked: Booking, olga: Recruiter, make_candidate: MakeCandidate
) -> None:
    """Guard: ``agreed``, compared in the transaction."""
    agreed = dependents_of(olga).agreed
    free = InterviewSlot.objects.exclude(pk=booked.slot_id).get()
    book_for(make_candidate().telegram_id, str(free.pk), actor="boris", reason="")
    with pytest.raises(Exception, match="Somebody has just changed"):
        retire(olga, Way.CANCEL, agreed=agreed, actor="anna", reason=WORDS)
    assert is_active(olga)
    assert Booking.objects.filter(status="booked").count() == 2


def test_many_slots_are_cancelled_together(
    desk: StaffClient, make_slot: MakeSlot, make_candidate: MakeCandidate, olga: Recruiter
) -> None:
    """However many they are: they are one batch."""
    for _number in range(60):
        book_for(make_candidate().telegram_id, str(make_slot(recruiter=olga).pk), actor="anna", reason="")
    answer(desk, olga, way="cancel", reason=WORDS)
    assert Booking.objects.filter(status="cancelled").count() == 60
    assert not InterviewSlot.objects.exclude(is_active=False, booked_users=[]).exists()


def test_a_closed_city_is_offered_to_nobody_until_it_is_opened_again(
    desk: StaffClient, booked: Booking, moscow: City, event: InterviewEvent
) -> None:
    assert offered(event)
    answer(desk, moscow, way="keep", reason="Ремонт")
    assert not offered(event)
    assert not offered(event, city=str(moscow.pk))
    assert Booking.objects.get().status == "booked"
    page = desk.get(reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])).content.decode()
    assert "Москва" not in page.split("<form", 1)[1]
    url = reverse("admin:people_city_reopen", args=[moscow.pk])
    sealed = re.findall(r'name="_(once|sealed)" value="([^"]*)"', desk.get(url).content.decode())
    desk.post(url, {"_confirm": "1", **{f"_{name}": value for name, value in sealed}})
    assert offered(event)


def test_closing_a_city_says_how_many_wait_for_a_seat_there(moscow: City, event: InterviewEvent, text: Text) -> None:
    """Guard: ``_waiting_for``: those who left the list, and who wait for any city, are not among them."""
    waits = {"event_id": event.pk, "joined_at": clock.now(), "telegram_id": 1, "name": "Мария"}
    for city_id, state in ((moscow.pk, "waiting"), (moscow.pk, "left"), (None, "waiting")):
        WaitingEntry.objects.create(user_id=ObjectId(), city_id=city_id, state=state, **waits)
    page = text(reverse("admin:people_city_retire", args=[moscow.pk]))
    assert "Waiting list: <b>1</b>" in page
    assert "is taken off the waiting list and told so" in page


def test_a_closed_office_hands_its_slots_to_another_and_is_not_offered_for_new_ones(
    desk: StaffClient, make_slot: MakeSlot, maria: Candidate, moscow: City, event: InterviewEvent
) -> None:
    old, new = (Office.objects.create(city=moscow, name=name, address=f"{name} ул., 7") for name in ("Старый", "Новый"))
    slot = make_slot(office=str(old.pk), location=old.location)
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    answer(desk, old, way="hand_over", successor=str(new.pk))
    slot = InterviewSlot.objects.get()
    assert (slot.office, slot.location, slot.room) == (str(new.pk), new.location, "")
    assert len(told(NotificationKind.BOOKING_CHANGED)) == 1
    page = desk.get(reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])).content.decode()
    assert new.location in page and old.location not in page


def test_where_nobody_can_take_over_the_page_says_why_and_what_it_takes(
    desk: StaffClient, text: Text, booked: Booking, olga: Recruiter, moscow: City
) -> None:
    """Guard: ``_why_not_handed_over``."""
    page = text(asked_at(olga))
    assert "needs another active recruiter for Москва, and there is none." in page and 'value="hand_over"' not in page
    assert 'href="/admin/people/recruiter/add/"' in page.partition("and there is none.")[2][:120]
    assert "some slots are held at a place" in text(asked_at(moscow))
    InterviewSlot.objects.update(location="", room="", video_link="https://meet.example/1")
    assert "needs another open city" in text(asked_at(moscow))
    office = Office.objects.create(city=moscow, name="Арбат", address="Арбат, 1")
    InterviewSlot.objects.update(office=str(office.pk), video_link="", location=office.location)
    assert "needs another open office in Москва" in text(asked_at(office))
    Recruiter.objects.create(name="Вера Ким", city=moscow)
    page = text(asked_at(olga))
    assert 'value="hand_over"' in page and "there is none" not in page
