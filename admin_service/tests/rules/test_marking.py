"""How interviews went, by the rules alone (R8)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduling.domain.booking import Close
from scheduling.domain.commands import Actor, ActorKind
from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.decisions import Decision
from scheduling.domain.marking import may_mark, may_undo
from scheduling.domain.model import State
from shared_contracts.booking import MARKS, Outcome
from shared_contracts.directory import BookingStatus
from tests.rules import building as a

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = a.NOW + 2 * DAY
OVER = START + HOUR
STRANGER = Actor(ActorKind.RECRUITER, "5002")
DEPUTY = Actor(ActorKind.RECRUITER, str(a.DEPUTY))
CAME, LATE, AWAY = BookingStatus.ATTENDED, BookingStatus.LATE, BookingStatus.NO_SHOW


def only(state: State, command: AnyCommand, now: datetime = OVER) -> Decision:
    (decision,), _after = decide(state, [command], now)
    return decision


def end(state: State, command: AnyCommand, now: datetime = OVER) -> Outcome | None:
    return only(state, command, now).outcome


def booked(**fields: Any) -> State:
    return a.with_booking(a.world(a.slot("s")), 1, "s", **fields)


def marked(status: BookingStatus = CAME, at: datetime = OVER) -> State:
    return booked(status=status, marked_at=at)


@pytest.mark.parametrize("actor", [a.RECRUITER, DEPUTY, a.STAFF])
@pytest.mark.parametrize("status", MARKS)
def test_an_outcome_is_marked_with_one_press_and_ends_the_booking(status: BookingStatus, actor: Actor) -> None:
    decisions, after = decide(booked(), [a.mark(status, actor=actor)], OVER)
    booking = after.bookings["booking"]

    assert decisions[0].outcome is Outcome.BOOKED
    assert (booking.status, booking.marked_at, booking.version) == (status, OVER, 2)
    assert (booking.live, booking.ended_by, after.slots["s"].free) == (False, str(actor), 1)


def test_what_is_over_and_not_marked_can_be_marked_whenever() -> None:
    assert end(booked(status=BookingStatus.UNMARKED), a.mark(CAME), START + 30 * DAY) is Outcome.BOOKED


def test_nothing_is_marked_before_the_start() -> None:
    """Guard: ``starts_at``."""
    for actor in (a.RECRUITER, a.STAFF):
        assert end(booked(), a.mark(CAME, actor=actor), START - timedelta(seconds=1)) is Outcome.TOO_LATE
    assert end(booked(), a.mark(CAME), START) is Outcome.BOOKED


def test_neither_another_recruiter_nor_the_candidate_marks() -> None:
    """Guard: ``_may_touch``."""
    for actor in (STRANGER, a.by(1), a.by(2)):
        decision = only(booked(), a.mark(CAME, actor=actor))
        assert (decision.outcome, decision.booking) == (Outcome.BOOKING_NOT_FOUND, None)


def test_the_same_mark_twice_is_as_once_and_another_from_an_old_card_is_refused() -> None:
    """Guard: the version."""
    decisions, after = decide(booked(), [a.mark(AWAY), a.mark(AWAY, key=a.key(2)), a.mark(CAME, key=a.key(3))], OVER)

    assert [item.outcome for item in decisions] == [Outcome.BOOKED, Outcome.BOOKED, Outcome.VERSION_CONFLICT]
    assert [item.changed for item in decisions] == [True, False, False]
    assert after.bookings["booking"].status is AWAY


def test_a_mark_counts_though_the_job_has_closed_the_booking_since_the_card_was_shown() -> None:
    """Both happen when the interview ends; the recruiter is not asked to press again."""
    decisions, after = decide(booked(), [Close(a.key(1), a.SYSTEM, "booking", None), a.mark(CAME, key=a.key(2))], OVER)

    assert decisions[0].changed
    assert decisions[1].outcome is Outcome.BOOKED
    assert after.bookings["booking"].status is CAME


def test_a_mark_is_changed_or_taken_back_for_a_day() -> None:
    in_time, too_late = OVER + DAY - timedelta(seconds=1), OVER + DAY
    changed, back = only(marked(), a.mark(LATE), in_time), only(marked(), a.mark(None), in_time)

    assert changed.booking and (changed.booking.status, changed.booking.marked_at) == (LATE, in_time)
    assert back.booking and (back.booking.status, back.booking.marked_at) == (BookingStatus.UNMARKED, None)
    assert [item.outcome for item in (changed, back)] == [Outcome.BOOKED] * 2
    for command in (a.mark(LATE), a.mark(None)):
        assert end(marked(), command, too_late) is Outcome.TOO_LATE


def test_staff_change_or_take_back_a_mark_at_any_time() -> None:
    for command in (a.mark(LATE, actor=a.STAFF), a.mark(None, actor=a.STAFF)):
        decision = only(marked(), command, OVER + 9 * DAY)
        assert (decision.outcome, decision.changed) == (Outcome.BOOKED, True)


def test_a_mark_that_is_not_there_is_taken_back_without_a_change() -> None:
    for status in (BookingStatus.BOOKED, BookingStatus.UNMARKED):
        decision = only(booked(status=status), a.mark(None))
        assert (decision.outcome, decision.changed) == (Outcome.BOOKED, False)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (BookingStatus.CANCELLED, Outcome.CANCELLED),
        (BookingStatus.EXPIRED, Outcome.EXPIRED),
        (BookingStatus.REJECTED, Outcome.REJECTED),
        (BookingStatus.PENDING, Outcome.BOOKING_NOT_FOUND),
        (BookingStatus.OFFERED, Outcome.BOOKING_NOT_FOUND),
    ],
)
def test_what_did_not_take_place_is_not_marked(status: BookingStatus, outcome: Outcome) -> None:
    decision = only(booked(status=status), a.mark(CAME))
    assert (decision.outcome, decision.changed) == (outcome, False)


def test_an_interview_whose_slot_was_deleted_is_not_marked() -> None:
    state = booked(status=BookingStatus.UNMARKED)
    del state.slots["s"]

    for actor in (a.RECRUITER, a.STAFF):
        assert not only(state, a.mark(CAME, actor=actor)).changed


def test_a_marked_booking_is_not_closed_again() -> None:
    decision = only(marked(), Close(a.key(), a.SYSTEM, "booking", None))
    assert not decision.changed


def test_a_mark_gives_up_a_move_that_still_waited_and_frees_its_seat() -> None:
    state = a.world(a.slot("s"), a.slot("t", 5 * DAY), approval_required=True)
    state = a.with_booking(state, 1, "s", requested_slot_id="t", expires_at=OVER + HOUR, proposed_slot_id="t")
    decisions, after = decide(state, [a.mark(CAME)], OVER)
    booking = after.bookings["booking"]

    assert decisions[0].outcome is Outcome.BOOKED
    assert (booking.requested_slot_id, booking.expires_at, booking.proposed_slot_id) == (None, None, None)
    assert after.slots["t"].free == 1


def test_the_card_asks_from_the_start_on_until_it_is_marked_and_takes_back_for_a_day() -> None:
    booking, done = booked().bookings["booking"], marked().bookings["booking"]

    assert [may_mark(booking, START - timedelta(seconds=1)), may_mark(booking, START)] == [False, True]
    assert not may_mark(done, OVER)
    assert [may_undo(done, OVER + DAY - timedelta(seconds=1)), may_undo(done, OVER + DAY)] == [True, False]
    assert not may_undo(booking, OVER)
