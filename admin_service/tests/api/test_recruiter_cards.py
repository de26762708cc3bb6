"""``GET /api/recruiter-cards``: what waits for a recruiter (R3, R8)."""

from datetime import timedelta

import pytest
from django.test import Client

from common import clock
from common.mongo import Document, collection
from people.models import Candidate, City, Recruiter
from scheduling import tasks
from scheduling.api.recruiter_cards import CardsQuery, waiting
from scheduling.models import InterviewEvent
from scheduling.services.recruiter_cards.cards import notice
from scheduling.services.recruiter_cards.deck import free_times
from scheduling.services.recruiter_cards.request_reminders import due_reminders
from scheduling.services.store.slots import load_slots
from scheduling.services.waiting_list import line_for
from shared_contracts.attendance import Attendance
from shared_contracts.card import CardOccasion, RecruiterCard
from shared_contracts.directory import BookingStatus, Page
from tests.api.test_indexes import BY_START, SOME_ID, planned
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking


def listed(bot: Client, query: str) -> Page[RecruiterCard]:
    response = bot.get(query if query.startswith("/") else f"/api/recruiter-cards?{query}")
    assert response.status_code == 200, response.content
    return Page[RecruiterCard].model_validate_json(response.content)


@pytest.fixture
def _requests(
    approval_event: InterviewEvent, make_slot: MakeSlot, make_candidate: MakeCandidate, olga: Recruiter
) -> None:
    for days in (4, 2, 3):
        asking.outcome(
            asking.book(make_candidate(), make_slot(timedelta(days=days), of=approval_event, recruiter=olga))
        )


@pytest.mark.usefixtures("_requests")
def test_a_recruiter_gets_their_waiting_by_start_in_pages(bot: Client) -> None:
    first = listed(bot, "telegram_id=5001&limit=2")
    assert first.next
    rest = listed(bot, first.next)

    starts = [card.booking.slot.starts_at for card in (*first.results, *rest.results)]
    assert (len(starts), starts, rest.next) == (3, sorted(starts), None)
    assert all(card.awaits_answer for card in first.results)
    assert listed(bot, "telegram_id=5002").results == []


@pytest.mark.usefixtures("_requests")
def test_answered_and_expired_requests_are_not_listed(bot: Client, olga: Recruiter) -> None:
    rows = list(collection("bookings").find().sort("starts_at", 1))
    asking.in_batch(asking.approve(olga, rows[0]))
    collection("bookings").update_one({"_id": rows[1]["_id"]}, {"$set": {"expires_at": clock.now()}})

    assert [card.booking.id for card in listed(bot, "telegram_id=5001").results] == [str(rows[2]["_id"])]


@pytest.mark.usefixtures("_requests")
def test_a_recruiters_interviews_are_theirs_and_those_they_stand_in_for(
    bot: Client, olga: Recruiter, moscow: City
) -> None:
    """Booked ones by start, in pages; not what only waits, nor a stranger's. Guard: ``_stood_in_for``."""
    rows = list(collection("bookings").find().sort("starts_at", 1))
    for row in rows[:2]:
        asking.in_batch(asking.approve(olga, row))
    olga.deputy = Recruiter.objects.create(name="Дина", city=moscow, telegram_id=5003, started_at=clock.now())
    olga.save()
    Recruiter.objects.create(name="Павел", city=moscow, telegram_id=5002, started_at=clock.now())

    for reader, for_deputy in ((5001, False), (5003, True)):
        first = listed(bot, f"/api/recruiter-interviews?telegram_id={reader}&limit=1")
        assert first.next
        cards = [*first.results, *listed(bot, first.next).results]
        assert [card.booking.id for card in cards] == [str(row["_id"]) for row in rows[:2]]
        assert {card.for_deputy for card in cards} == {for_deputy}
    assert listed(bot, "/api/recruiter-interviews?telegram_id=5002").results == []
    olga.is_active = False
    olga.save()
    assert listed(bot, "/api/recruiter-interviews?telegram_id=5001").results == []


@pytest.mark.usefixtures("by_day", "_requests")
def test_a_deputy_gets_what_was_handed_to_them(bot: Client, olga: Recruiter, moscow: City) -> None:
    olga.deputy = Recruiter.objects.create(name="Дина", city=moscow, telegram_id=5003, started_at=clock.now())
    olga.save()
    assert listed(bot, "telegram_id=5003").results == []

    collection("bookings").update_many({}, {"$set": {"remind_at": clock.now()}})
    assert tasks.remind_recruiters() == 3
    assert {card.for_deputy for card in listed(bot, "telegram_id=5003").results} == {True}


@pytest.mark.usefixtures("_requests")
def test_requests_of_a_recruiter_who_left_are_no_longer_theirs(bot: Client, olga: Recruiter) -> None:
    """Guard: ``yours``."""
    olga.is_active = False
    olga.save()

    assert listed(bot, "telegram_id=5001").results == []


@pytest.fixture
def booked(make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Document:
    """Maria's booking in an event without approval, of which Olga was told."""
    asking.outcome(asking.book(maria, make_slot(recruiter=olga)))
    booking = asking.the_booking(maria)
    notice(str(booking["_id"]), CardOccasion.BOOKED, SOME_ID, "c" * 8, clock.now(), waits=False)
    return booking


def test_a_wish_for_another_time_waits_for_the_recruiter_until_one_is_offered(
    bot: Client, booked: Document, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """R8."""
    assert listed(bot, "telegram_id=5001").results == []
    other = make_slot(timedelta(days=3), recruiter=olga)
    asking.outcome(asking.says(maria, booked, Attendance.RESCHEDULE_ASKED))

    (card,) = listed(bot, "telegram_id=5001").results
    assert [item.id for item in card.free_slots] == [str(other.pk)]

    asking.outcome(asking.offer_time(olga, asking.the_booking(maria), other))
    assert listed(bot, "telegram_id=5001").results == []


def test_an_outcome_waits_to_be_marked_from_the_start_on_for_three_days(
    bot: Client, booked: Document, maria: Candidate, olga: Recruiter
) -> None:
    """R8."""
    asking.let_begin(booked)
    (card,) = listed(bot, "telegram_id=5001").results
    assert card.may_mark

    row = asking.let_begin(booked, timedelta(hours=70))
    tasks.close_finished()
    (card,) = listed(bot, "telegram_id=5001").results
    assert card.booking.status is BookingStatus.UNMARKED

    asking.outcome(asking.mark(olga, asking.the_booking(maria), BookingStatus.NO_SHOW))
    assert listed(bot, "telegram_id=5001").results == []
    asking.outcome(asking.mark(olga, asking.the_booking(maria), None))
    asking.let_begin(row, timedelta(hours=73))
    assert listed(bot, "telegram_id=5001").results == []


def test_all_that_waits_comes_in_pages_by_start(
    bot: Client, booked: Document, approval_event: InterviewEvent, make_slot: MakeSlot, ivan: Candidate, olga: Recruiter
) -> None:
    asking.let_begin(booked)
    asking.outcome(asking.book(ivan, make_slot(of=approval_event, recruiter=olga)))
    first = listed(bot, "telegram_id=5001&limit=1")
    assert first.next
    rest = listed(bot, first.next)

    assert [card.may_mark for card in (*first.results, *rest.results)] == [True, False]
    assert rest.next is None


def test_the_free_slots_of_a_recruiter_walk_their_index_in_order(make_slot: MakeSlot, olga: Recruiter) -> None:
    """R1."""
    (slot,) = load_slots({"_id": make_slot(recruiter=olga).pk})
    plan = planned("interview_slots", free_times(slot, clock.now()), BY_START)
    assert "IXSCAN" in plan
    assert not plan & {"COLLSCAN"}


@pytest.mark.usefixtures("_requests")
@pytest.mark.parametrize("more", [{}, {"cursor": f"1900000000000.{SOME_ID}"}])
def test_waiting_walk_their_index_in_order(more: dict[str, str]) -> None:
    """R1."""
    query = CardsQuery.model_validate({"telegram_id": 5001, **more})
    plan = planned("bookings", waiting(query, clock.now()), BY_START)
    assert "bookings_cards" in plan
    assert not plan & {"COLLSCAN", "SORT"}


@pytest.mark.usefixtures("_requests")
def test_due_reminders_and_the_booking_of_a_delivery_are_looked_up() -> None:
    assert "bookings_reminding" in planned("bookings", due_reminders(clock.now()), [("remind_at", 1)])
    assert "bookings_notified" in planned("bookings", {"notification_ids": "x"}, [])


def test_the_line_for_a_slot_walks_its_index(make_slot: MakeSlot) -> None:
    (slot,) = load_slots({"_id": make_slot().pk})
    plan = planned("waiting_list", line_for(slot), [("joined_at", 1), ("_id", 1)])
    assert "waiting_order" in plan
    assert not plan & {"COLLSCAN", "SORT"}
