"""A recruiter moves an approved interview, or calls it off: what everybody is told."""

from datetime import timedelta

from people.models import Candidate, Recruiter
from scheduling.models import InterviewEvent
from shared_contracts.booking import Outcome
from shared_contracts.notification import NotificationKind
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import news, result_of


def test_a_recruiter_moves_an_interview_and_calls_it_off(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Both are told to the candidate at once, with the calendar's entry; the recruiter's card is the answer."""
    other = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))

    moved = result_of(asking.in_batch(asking.move_interview(olga, asking.the_booking(maria), other)))
    assert (moved.outcome, moved.calendar_entry) == (Outcome.MOVED, None)
    assert moved.card and moved.card.booking.slot.id == str(other.pk)
    told = news()[-1]
    assert (told.kind, told.booking.slot.id) == (NotificationKind.BOOKING_MOVED, str(other.pk))
    assert told.calendar_entry and told.calendar_entry.method == "PUBLISH"

    off = result_of(asking.in_batch(asking.cancel_interview(olga, asking.the_booking(maria), "Рекрутер заболел")))
    assert off.card and (off.outcome, off.card.reason) == (Outcome.CANCELLED, "Рекрутер заболел")
    assert off.card.decided_by and off.card.decided_by.name == "Ольга Смирнова"
    told = news()[-1]
    assert (told.kind, told.reason) == (NotificationKind.BOOKING_CANCELLED, "Рекрутер заболел")
    assert told.calendar_entry and told.calendar_entry.method == "CANCEL"
    asking.assert_sound()
