"""Who comes, but late, by the rules alone (R8)."""

from datetime import timedelta

import pytest

from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.decisions import Decision
from scheduling.domain.model import State
from shared_contracts.attendance import OVER_15_MINUTES, Attendance, Coming, DelayMinutes
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus
from tests.rules import building as a
from tests.rules.test_attending import START, booked, offered, only, removed

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
LAST = START + 15 * MINUTE - SECOND


def after(state: State, *commands: AnyCommand, now: timedelta = timedelta()) -> tuple[list[Decision], State]:
    return decide(state, commands, a.NOW + now)


@pytest.mark.parametrize("minutes", [5, 10, 15, OVER_15_MINUTES])
@pytest.mark.parametrize("attendance", [None, Attendance.CONFIRMED, Attendance.RESCHEDULE_ASKED])
def test_a_delay_is_noted_and_all_else_stays(attendance: Attendance | None, minutes: DelayMinutes) -> None:
    """R8: "tells the recruiter and changes nothing"."""
    state = booked(attendance=attendance)
    (decision,), then = after(state, a.late(1, minutes), now=HOUR)
    booking = then.bookings["booking"]

    assert (decision.outcome, booking.version) == (Outcome.BOOKED, 2)
    assert booking.coming == Coming(attendance=attendance, delay_minutes=minutes, delay_at=a.NOW + HOUR)
    assert (booking.status, booking.slot_id, then.slots["s"].free) == (BookingStatus.BOOKED, "s", 0)


def test_it_can_be_said_until_15_minutes_after_the_start_and_not_from_then_on() -> None:
    """The other answers work until the start. Guard: ``DELAY_WITHIN``."""
    for at, expected in [
        (START - 2 * HOUR, Outcome.BOOKED),
        (START, Outcome.BOOKED),
        (LAST, Outcome.BOOKED),
        (LAST + SECOND, Outcome.TOO_LATE),
        (START + HOUR, Outcome.TOO_LATE),
    ]:
        decision = only(booked(), a.late(1), at)
        assert (decision.outcome, decision.changed) == (expected, expected is Outcome.BOOKED), at
    assert only(booked(), a.says(1, Attendance.CONFIRMED), START).outcome is Outcome.TOO_LATE


def test_the_same_twice_is_as_once_and_another_takes_its_place() -> None:
    decisions, then = after(
        booked(), a.late(1, 5), a.late(1, 5, key=a.key(2)), a.late(1, 15, key=a.key(3)), a.late(1, 10, key=a.key(4))
    )

    assert [(item.outcome, item.changed) for item in decisions] == [
        (Outcome.BOOKED, True),
        (Outcome.BOOKED, False),
        (Outcome.BOOKED, True),
        (Outcome.BOOKED, True),
    ]
    assert (then.bookings["booking"].coming.delay_minutes, then.bookings["booking"].version) == (10, 4)


@pytest.mark.parametrize("answer", [Attendance.CONFIRMED, Attendance.RESCHEDULE_ASKED])
def test_an_answer_on_coming_leaves_the_delay_and_a_kept_time_too(answer: Attendance) -> None:
    _decisions, then = after(booked(), a.late(1, 5), a.says(1, answer, key=a.key(2)))
    coming = then.bookings["booking"].coming
    assert (coming.attendance, coming.delay_minutes) == (answer, 5)

    _decisions, then = after(offered(), a.late(1, 5), a.answer_proposed_time(1, "t", False, key=a.key(2)))
    assert then.bookings["booking"].coming == Coming(delay_minutes=5, delay_at=a.NOW)


def test_a_delay_goes_with_the_time() -> None:
    """A move takes it away, and what is said of the old time is about nothing any more. Guard: ``in_slot``."""
    decisions, then = after(
        booked(), a.late(1), a.move(1, "t", expected_version=2, key=a.key(2)), a.late(1, 15, key=a.key(3))
    )

    assert [item.outcome for item in decisions] == [Outcome.BOOKED, Outcome.MOVED, Outcome.VERSION_CONFLICT]
    assert then.bookings["booking"].coming == Coming()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (BookingStatus.PENDING, Outcome.BOOKING_NOT_FOUND),
        (BookingStatus.OFFERED, Outcome.BOOKING_NOT_FOUND),
        (BookingStatus.CANCELLED, Outcome.CANCELLED),
        (BookingStatus.NO_SHOW, Outcome.TOO_LATE),
        (BookingStatus.UNMARKED, Outcome.TOO_LATE),
    ],
)
def test_who_has_no_interview_to_come_to_is_not_late(status: BookingStatus, expected: Outcome) -> None:
    """Guard: ``_past_answering``."""
    waits = {"expires_at": a.NOW + HOUR} if status in {BookingStatus.PENDING, BookingStatus.OFFERED} else {}
    decision = only(booked(status=status, **waits), a.late(1))

    assert (decision.outcome, decision.changed) == (expected, False)


def test_nobody_is_late_for_another_but_who_is_off_the_list_is_for_what_they_keep() -> None:
    """FR2. Guards: ``_may_touch``, ``who_is_off_the_list``."""
    for command in (a.late(2), a.late(1, actor=a.RECRUITER)):
        assert only(booked(), command).outcome is Outcome.BOOKING_NOT_FOUND
    assert only(removed(booked()), a.late(1)).outcome is Outcome.BOOKED
