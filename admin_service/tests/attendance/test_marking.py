"""Outcomes, as they are stored and shown (R8)."""

from datetime import timedelta
from functools import partial

from common import clock
from common.mongo import Document, collection
from people.models import Candidate, Recruiter
from scheduling import tasks
from scheduling.services import staff_commands
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus
from tests.attendance.tools import actions, answered, tell
from tests.helpers import asking
from tests.helpers.card_tools import kinds
from tests.scheduling.test_races import together

OLGA, PAVEL, DINA = 5001, 5002, 5003
DAY = timedelta(days=1)


def test_an_outcome_is_marked_changed_taken_back_and_marked_by_staff(
    booking: Document, olga: Recruiter, maria: Candidate
) -> None:
    row = asking.let_begin(booking)
    card = answered(asking.mark(olga, row, BookingStatus.NO_SHOW))
    stored = asking.the_booking(maria)

    assert (stored["status"], stored["live"], stored["ended_by"]) == ("no_show", False, "recruiter:5001")
    assert card.undo_until == stored["marked_at"] + DAY
    assert not card.may_mark

    assert answered(asking.mark(olga, stored, None)).may_mark
    assert asking.the_booking(maria)["status"] == "unmarked"
    mark = partial(staff_commands.mark_outcome, str(booking["_id"]), expected_version=None, actor="anna", reason="")
    assert mark(BookingStatus.LATE) is Outcome.BOOKED
    collection("bookings").update_one({}, {"$set": {"marked_at": clock.now() - 2 * DAY}})
    assert asking.outcome(asking.mark(olga, asking.the_booking(maria), None)) is Outcome.TOO_LATE
    assert mark(BookingStatus.ATTENDED) is Outcome.BOOKED
    assert actions() == ["created", "outcome_marked", "mark_taken_back", "outcome_marked", "outcome_marked"]
    assert kinds() == []  # what the candidate is told comes later, in time to take the mark back
    asking.assert_sound()


def test_an_interview_that_was_closed_can_still_be_marked_and_a_marked_one_is_not_closed(
    booking: Document, olga: Recruiter, maria: Candidate
) -> None:
    """Guard: ``live`` in ``_write_bookings`` is the stored one's."""
    asking.let_begin(booking, timedelta(hours=1))
    assert tasks.close_finished() == 1
    assert asking.the_booking(maria)["status"] == "unmarked"

    assert asking.outcome(asking.mark(olga, asking.the_booking(maria), BookingStatus.ATTENDED)) is Outcome.BOOKED
    assert (tasks.close_finished(), asking.the_booking(maria)["status"]) == (0, "attended")
    asking.assert_sound()


def test_recruiter_and_deputy_who_mark_at_once_leave_one_mark(
    booking: Document, olga: Recruiter, dina: Recruiter, maria: Candidate
) -> None:
    """Guard: the version."""
    row = asking.let_begin(booking)
    presses = [asking.mark(olga, row, BookingStatus.ATTENDED), asking.mark(dina, row, BookingStatus.NO_SHOW)]

    ends = together(*(partial(asking.outcome, press) for press in presses))

    assert sorted(ends) == [Outcome.BOOKED, Outcome.VERSION_CONFLICT]
    winner = "attended" if ends[0] is Outcome.BOOKED else "no_show"
    assert (asking.the_booking(maria)["status"], asking.the_booking(maria)["version"]) == (winner, 2)
    asking.assert_sound()


def test_two_of_staff_who_mark_at_once_leave_one_mark(booking: Document, olga: Recruiter, maria: Candidate) -> None:
    """Guard: the version that the page showed goes with a mark made in the desk, too."""
    row = asking.let_begin(booking)
    mark = partial(staff_commands.mark_outcome, str(row["_id"]), expected_version=row["version"], reason="")

    ends = together(partial(mark, BookingStatus.LATE, actor="anna"), partial(mark, BookingStatus.NO_SHOW, actor="kim"))

    assert sorted(ends) == [Outcome.BOOKED, Outcome.VERSION_CONFLICT]
    assert asking.the_booking(maria)["status"] == ("late" if ends[0] is Outcome.BOOKED else "no_show")
    assert actions() == ["created", "outcome_marked"]
    asking.assert_sound()


def test_one_mark_delivered_three_times_is_one(booking: Document, olga: Recruiter) -> None:
    request = asking.mark(olga, asking.let_begin(booking), BookingStatus.LATE)

    assert {asking.outcome(request) for _delivery in range(3)} == {Outcome.BOOKED}
    assert actions() == ["created", "outcome_marked"]


def test_the_card_offers_to_mark_from_the_start_on(booking: Document) -> None:
    (before,) = tell(CardOccasion.BOOKED, booking)
    asking.let_begin(booking)
    (after,) = tell(CardOccasion.OUTCOME_DUE, booking)

    assert (before.card.may_mark, after.card.may_mark) == (False, True)


def test_a_mark_on_a_slot_that_was_deleted_meanwhile_is_refused(booking: Document, maria: Candidate) -> None:
    asking.let_begin(booking, timedelta(hours=1))
    tasks.close_finished()
    collection("interview_slots").delete_one({"_id": booking["slot_id"]})

    end = staff_commands.mark_outcome(str(booking["_id"]), BookingStatus.LATE, expected_version=None, actor="anna")
    assert end is Outcome.SLOT_NOT_FOUND
    assert asking.the_booking(maria)["status"] == "unmarked"
