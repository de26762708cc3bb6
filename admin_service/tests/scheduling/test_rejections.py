"""What a recruiter's no is about: the time, or the person."""

from datetime import timedelta

import pytest
from django.test import Client

from common import clock
from common.mongo import Document, collection
from people.models import Candidate, Recruiter
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for
from shared_contracts.booking import Outcome
from shared_contracts.dialog import DialogOutcome
from shared_contracts.directory import BookingsPage, Rejection
from shared_contracts.notification import NotificationKind
from tests.api.conftest import BOT_TOKEN
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import news, result_of
from tests.helpers.waiting import joining
from tests.helpers.waiting import told as waits


@pytest.fixture
def slot(approval_event: InterviewEvent, make_slot: MakeSlot, olga: Recruiter) -> InterviewSlot:
    return make_slot(of=approval_event, recruiter=olga)


@pytest.fixture
def request_(slot: InterviewSlot, maria: Candidate) -> Document:
    """Maria's request, which waits for Olga."""
    assert asking.outcome(asking.book(maria, slot)) is Outcome.PENDING_APPROVAL
    return asking.the_booking(maria)


@pytest.fixture
def other(approval_event: InterviewEvent, make_slot: MakeSlot, olga: Recruiter) -> InterviewSlot:
    return make_slot(timedelta(days=3), of=approval_event, recruiter=olga)


def test_after_a_no_to_the_time_another_is_asked_for_and_this_one_not_again(
    request_: Document, slot: InterviewSlot, other: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Guards: ``_was_rejected``, and ``_kind`` for the words that invite to choose again."""
    asking.in_batch(asking.reject(olga, request_, "Отпуск", Rejection.TIME))
    assert (news()[-1].kind, news()[-1].reason) == (NotificationKind.TIME_REJECTED, "Отпуск")

    again = result_of(asking.in_batch(asking.book(maria, slot)))
    assert (again.outcome, [item.id for item in again.alternatives]) == (Outcome.REJECTED, [str(other.pk)])
    assert asking.outcome(asking.book(maria, other)) is Outcome.PENDING_APPROVAL
    asking.assert_sound()


def test_a_move_that_was_refused_is_not_asked_for_again(
    request_: Document, other: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Guard: ``rejected_slot_ids``."""
    asking.in_batch(asking.approve(olga, request_))
    asking.outcome(asking.move(maria, asking.the_booking(maria), other))
    asking.in_batch(asking.reject(olga, asking.the_booking(maria), "Отпуск"))
    assert asking.outcome(asking.move(maria, asking.the_booking(maria), other)) is Outcome.REJECTED


def test_what_was_refused_is_named_with_a_persons_bookings_until_it_is_over(
    request_: Document, slot: InterviewSlot, other: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    """So that nobody is shown it again. Guards: ``_refused_slot_ids``, and its bound on the start."""
    asking.in_batch(asking.approve(olga, request_))
    asking.outcome(asking.move(maria, asking.the_booking(maria), other))
    asking.in_batch(asking.reject(olga, asking.the_booking(maria), "Отпуск"))

    client = Client(headers={"Authorization": f"Bearer {BOT_TOKEN}"})

    def told() -> BookingsPage:
        return BookingsPage.model_validate_json(client.get(f"/api/bookings?telegram_id={maria.telegram_id}").content)

    page = told()
    assert page.refused_slot_ids == [str(other.pk)]
    assert page.results[0].move_closes_at == slot.starts_at - timedelta(hours=2)
    assert page.results[0].cancel_closes_at == slot.starts_at
    collection("interview_slots").update_one({"_id": other.pk}, {"$set": {"starts_at": clock.now()}})
    assert told().refused_slot_ids == []


def test_after_a_no_to_the_person_nothing_in_the_event_can_be_asked_for_but_staff_may_book(
    request_: Document, other: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    """No other times, no place on the waiting list. Guards: ``_was_rejected``, ``_refused_event_ids``, ``REFUSED``."""
    asking.in_batch(asking.reject(olga, request_, "", Rejection.PERSON))
    assert news()[-1].kind is NotificationKind.BOOKING_REJECTED

    again = result_of(asking.in_batch(asking.book(maria, other)))
    assert (again.outcome, again.alternatives) == (Outcome.REJECTED, [])
    client = Client(headers={"Authorization": f"Bearer {BOT_TOKEN}"})
    page = BookingsPage.model_validate_json(client.get(f"/api/bookings?telegram_id={maria.telegram_id}").content)
    assert page.refused_event_ids == [str(other.event_id)]
    assert waits(joining(maria, other.event)) is DialogOutcome.NOT_ALLOWED
    told = book_for(int(maria.telegram_id or 0), str(other.pk), actor="anna", reason="")
    assert told is Outcome.BOOKED
