"""Every outcome of R2, from the situation that causes it. No database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scheduling.domain.answering import Expire
from scheduling.domain.booking import Close
from scheduling.domain.commands import ActorKind, Shown
from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.decisions import Decision
from scheduling.domain.model import Slot, State
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus
from tests.rules import building as a

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def only(state: State, command: AnyCommand, now: Any = a.NOW) -> Decision:
    (decision,), _after = decide(state, [command], now)
    return decision


def end(state: State, command: AnyCommand, now: Any = a.NOW) -> Outcome | None:
    return only(state, command, now).outcome


# Booking


def test_a_free_seat_is_booked() -> None:
    decision = only(a.world(a.slot("s")), a.book(1, "s"))

    assert decision.outcome is Outcome.BOOKED
    assert decision.booking and (decision.booking.version, decision.booking.status) == (1, BookingStatus.BOOKED)


def test_the_last_seat_goes_to_whoever_asked_first() -> None:
    decisions, after = decide(a.world(a.slot("s", capacity=1)), [a.book(2, "s"), a.book(1, "s")], a.NOW)

    assert [decision.outcome for decision in decisions] == [Outcome.BOOKED, Outcome.SLOT_FULL]
    assert after.slots["s"].holders == {"person-2"}


def test_a_seat_given_up_earlier_in_the_batch_can_be_booked_later_in_it() -> None:
    state = a.with_booking(a.world(a.slot("s", capacity=1)), 1, "s")
    decisions, _after = decide(state, [a.cancel(1), a.book(2, "s")], a.NOW)

    assert [decision.outcome for decision in decisions] == [Outcome.CANCELLED, Outcome.BOOKED]


@pytest.mark.parametrize(
    ("slot", "command", "outcome"),
    [
        (a.slot("s"), a.book(9, "s"), Outcome.NOT_ALLOWED),
        (a.slot("s"), a.book(1, "gone"), Outcome.SLOT_NOT_FOUND),
        (a.slot("s", event_id="other"), a.book(1, "s"), Outcome.SLOT_NOT_FOUND),
        (a.slot("s", is_active=False), a.book(1, "s"), Outcome.SLOT_CLOSED),
        (a.slot("s", starts_in=2 * HOUR), a.book(1, "s"), Outcome.SLOT_CLOSED),
        (a.slot("s", starts_in=2 * HOUR + MINUTE), a.book(1, "s"), Outcome.BOOKED),
        (a.slot("s"), a.book(1, "s", shown=Shown(city_id="vladivostok")), Outcome.WRONG_CITY),
        (a.slot("s"), a.book(1, "s", shown=Shown(recruiter_id="pavel")), Outcome.WRONG_RECRUITER),
        (a.slot("s"), a.book(1, "s", shown=Shown(starts_at=a.NOW)), Outcome.SLOT_NOT_FOUND),
        (a.slot("s"), a.book(1, "s", shown=Shown(place="Office, 5")), Outcome.WRONG_PLACE),
    ],
)
def test_a_seat_that_cannot_be_had_is_refused_for_its_own_reason(
    slot: Slot, command: AnyCommand, outcome: Outcome
) -> None:
    decision = only(a.world(slot), command)

    assert decision.outcome is outcome
    assert decision.changed is (outcome is Outcome.BOOKED)


def test_a_removed_person_is_not_allowed() -> None:
    state = a.world(a.slot("s"))
    state.candidates[1001] = a.candidate(1, allowed=False)

    assert end(state, a.book(1, "s")) is Outcome.NOT_ALLOWED


def test_a_second_booking_in_the_event_is_refused_and_shows_the_first() -> None:
    """I3."""
    state = a.with_booking(a.world(a.slot("s"), a.slot("t", 3 * DAY)), 1, "s")
    decision = only(state, a.book(1, "t"))

    assert decision.outcome is Outcome.ALREADY_BOOKED
    assert decision.booking and decision.booking.slot_id == "s"


@pytest.mark.parametrize(
    ("apart", "outcome"),
    [(timedelta(), Outcome.ALREADY_BOOKED), (19 * MINUTE, Outcome.ALREADY_BOOKED), (20 * MINUTE, Outcome.BOOKED)],
)
def test_interviews_of_two_events_may_touch_but_not_overlap(apart: timedelta, outcome: Outcome) -> None:
    state = a.world(a.slot("s"), a.slot("elsewhere", 2 * DAY + apart, event_id="other"))
    state = a.with_booking(state, 1, "elsewhere")

    assert end(state, a.book(1, "s")) is outcome


def test_a_closed_event_takes_no_bookings_but_moves() -> None:
    """FR6, FR10: closing an event stops new bookings only. Guard: ``Book`` in ``_refuse_slot``."""
    closed = a.world(a.slot("s"), a.slot("t", 3 * DAY), is_open=False)
    assert end(closed, a.book(1, "s")) is Outcome.SLOT_CLOSED
    assert end(closed, a.offer(1, "s")) is Outcome.SLOT_CLOSED
    booked = a.with_booking(closed, 1, "s")
    assert end(booked, a.move(1, "t")) is Outcome.MOVED
    assert end(booked, a.move(1, "t", actor=a.STAFF)) is Outcome.MOVED
    asks = a.world(a.slot("s"), a.slot("t", 3 * DAY), is_open=False, approval_required=True)
    assert end(a.with_booking(asks, 1, "s"), a.move(1, "t")) is Outcome.PENDING_APPROVAL


# Approval


def test_a_request_waits_for_approval_with_its_seat_held() -> None:
    decisions, after = decide(a.world(a.slot("s"), approval_required=True), [a.book(1, "s")], a.NOW)

    assert decisions[0].outcome is Outcome.PENDING_APPROVAL
    assert after.slots["s"].free == 0


@pytest.mark.parametrize(("starts_in", "expires_in"), [(10 * DAY, DAY), (DAY, 23 * HOUR), (3 * HOUR, 2 * HOUR)])
def test_a_request_expires_after_a_day_or_an_hour_before_the_start(starts_in: timedelta, expires_in: timedelta) -> None:
    decision = only(a.world(a.slot("s", starts_in), approval_required=True), a.book(1, "s"))

    assert decision.booking and decision.booking.expires_at == a.NOW + expires_in


def pending(**fields: Any) -> State:
    state = a.world(a.slot("s"), a.slot("t", 3 * DAY), approval_required=True)
    return a.with_booking(state, 1, "s", status=BookingStatus.PENDING, expires_at=a.NOW + HOUR, **fields)


def test_an_approved_request_is_booked_and_a_second_press_says_the_same() -> None:
    decisions, after = decide(pending(), [a.approve(), a.approve(key=a.key(2))], a.NOW)

    assert [decision.outcome for decision in decisions] == [Outcome.BOOKED, Outcome.BOOKED]
    assert (after.bookings["booking"].version, after.bookings["booking"].expires_at) == (2, None)


def test_a_rejected_request_frees_its_seat_and_a_late_approve_says_rejected() -> None:
    decisions, after = decide(pending(), [a.reject(), a.approve(key=a.key(2))], a.NOW)

    assert [decision.outcome for decision in decisions] == [Outcome.REJECTED, Outcome.REJECTED]
    assert after.slots["s"].free == 1


def test_a_late_approve_is_answered_expired_and_frees_the_seat() -> None:
    decisions, after = decide(pending(), [a.approve()], a.NOW + HOUR)

    assert decisions[0].outcome is Outcome.EXPIRED
    assert after.slots["s"].free == 1


def test_another_recruiters_press_and_a_candidates_own_approve_do_nothing() -> None:
    stranger = replace(a.RECRUITER, ref="5002")
    candidate = replace(a.by(1), kind=ActorKind.CANDIDATE)

    assert end(pending(), a.approve(actor=stranger)) is Outcome.BOOKING_NOT_FOUND
    assert end(pending(), a.approve(actor=candidate)) is Outcome.BOOKING_NOT_FOUND


def test_a_card_older_than_the_request_changes_nothing() -> None:
    assert end(pending(version=2), a.approve()) is Outcome.VERSION_CONFLICT


def test_a_wanted_move_holds_both_seats_until_it_is_answered() -> None:
    state = a.with_booking(a.world(a.slot("s"), a.slot("t", 3 * DAY), approval_required=True), 1, "s")
    decisions, after = decide(state, [a.move(1, "t")], a.NOW)
    assert decisions[0].outcome is Outcome.PENDING_APPROVAL
    assert (after.slots["s"].free, after.slots["t"].free) == (0, 0)

    approved, moved = decide(after, [a.approve(expected_version=2)], a.NOW)
    assert approved[0].outcome is Outcome.MOVED
    assert (moved.slots["s"].free, moved.slots["t"].free, moved.bookings["booking"].slot_id) == (1, 0, "t")

    rejected, kept = decide(after, [a.reject(expected_version=2)], a.NOW)
    assert rejected[0].outcome is Outcome.REJECTED
    assert (kept.slots["s"].free, kept.slots["t"].free, kept.bookings["booking"].status) == (0, 1, BookingStatus.BOOKED)


def test_a_wanted_move_is_to_be_answered_before_the_earlier_of_both_interviews() -> None:
    """A booking's life: a move's time to wait. Guard: ``move_expiry``."""
    state = a.with_booking(a.world(a.slot("s", 5 * HOUR), a.slot("t", 3 * DAY), approval_required=True), 1, "s")
    (asked,), after = decide(state, [a.move(1, "t")], a.NOW)

    assert asked.outcome is Outcome.PENDING_APPROVAL
    assert after.bookings["booking"].expires_at == a.NOW + 4 * HOUR

    (soon,), _ = decide(replace_cutoff(state), [a.move(1, "t")], a.NOW + 4 * HOUR)
    assert soon.outcome is Outcome.TOO_LATE


def replace_cutoff(state: State) -> State:
    """The same where moves are allowed until the start."""
    for key, policy in state.policies.items():
        state.policies[key] = replace(policy, move_cutoff=timedelta())
    return state


def test_a_request_expires_only_when_its_time_has_come() -> None:
    expire = Expire(a.key(), replace(a.STAFF, kind=ActorKind.SYSTEM), "booking", None)

    assert not only(pending(), expire, a.NOW + HOUR - MINUTE).changed
    assert only(pending(), expire, a.NOW + HOUR).changed


# Moving


def booked(**policy: Any) -> State:
    return a.with_booking(a.world(a.slot("s"), a.slot("t", 3 * DAY), **policy), 1, "s")


def test_a_move_keeps_the_booking_and_changes_both_seats() -> None:
    decisions, after = decide(booked(), [a.move(1, "t")], a.NOW)

    assert decisions[0].outcome is Outcome.MOVED
    assert (after.slots["s"].free, after.slots["t"].free) == (1, 0)
    assert (after.bookings["booking"].version, after.bookings["booking"].moves) == (2, 1)


def test_a_move_into_a_full_slot_keeps_the_old_seat() -> None:
    """FR6."""
    state = a.with_booking(booked(), 2, "t", name="theirs")
    decisions, after = decide(state, [a.move(1, "t")], a.NOW)

    assert decisions[0].outcome is Outcome.SLOT_FULL
    assert after.slots["s"].holders == {"person-1"}


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        (a.move(2, "t"), Outcome.BOOKING_NOT_FOUND),
        (a.move(1, "t", booking_id="nothing"), Outcome.BOOKING_NOT_FOUND),
        (a.move(1, "t", expected_version=2), Outcome.VERSION_CONFLICT),
        (a.move(1, "s"), Outcome.ALREADY_BOOKED),
        (a.move(1, "gone"), Outcome.SLOT_NOT_FOUND),
        (a.move(1, "t", shown=Shown(recruiter_id="pavel")), Outcome.WRONG_RECRUITER),
    ],
)
def test_a_move_that_cannot_be_is_refused_for_its_own_reason(command: AnyCommand, outcome: Outcome) -> None:
    decision = only(booked(), command)

    assert decision.outcome is outcome
    assert not decision.changed


def test_a_move_is_too_late_from_two_hours_before_the_start() -> None:
    start = a.NOW + 2 * DAY

    assert end(booked(), a.move(1, "t"), start - 2 * HOUR - MINUTE) is Outcome.MOVED
    assert end(booked(), a.move(1, "t"), start - 2 * HOUR) is Outcome.TOO_LATE


def test_moves_are_limited_where_the_event_says_so_and_staff_moves_do_not_count() -> None:
    staff_move = a.move(1, "t", actor=a.STAFF, key=a.key(7))
    _decisions, after = decide(booked(move_limit=1), [staff_move], a.NOW)
    assert end(after, a.move(1, "s", expected_version=2)) is Outcome.MOVED

    _decisions, after = decide(booked(move_limit=1), [a.move(1, "t")], a.NOW)
    assert end(after, a.move(1, "s", expected_version=2)) is Outcome.MOVE_LIMIT


# Cancelling


def test_a_cancel_frees_the_seat_and_a_second_press_says_the_same() -> None:
    decisions, after = decide(booked(), [a.cancel(1), a.cancel(1, key=a.key(2))], a.NOW)

    assert [decision.outcome for decision in decisions] == [Outcome.CANCELLED, Outcome.CANCELLED]
    assert [decision.changed for decision in decisions] == [True, False]
    assert after.slots["s"].free == 1


def test_a_booking_can_be_cancelled_until_its_start() -> None:
    start = a.NOW + 2 * DAY

    assert end(booked(), a.cancel(1), start - MINUTE) is Outcome.CANCELLED
    assert end(booked(), a.cancel(1), start) is Outcome.TOO_LATE


def test_a_removed_person_may_cancel_a_kept_booking_but_not_move_it() -> None:
    """FR2."""
    state = booked()
    state.candidates[1001] = a.candidate(1, allowed=False)

    assert end(state, a.move(1, "t")) is Outcome.NOT_ALLOWED
    assert end(state, a.cancel(1)) is Outcome.CANCELLED


# Staff and jobs


def test_staff_act_past_cut_offs_but_never_past_capacity() -> None:
    """FR10."""
    late = a.NOW + 2 * DAY - MINUTE
    by_staff: dict[str, Any] = {"actor": a.STAFF, "beyond_limits": True}

    assert end(a.world(a.slot("s")), a.book(1, "s", **by_staff), late) is Outcome.BOOKED
    assert end(booked(), a.move(1, "t", **by_staff), late) is Outcome.MOVED
    full = a.with_booking(a.world(a.slot("s")), 2, "s", name="theirs")
    assert end(full, a.book(1, "s", **by_staff)) is Outcome.SLOT_FULL


def test_staff_without_the_word_keep_to_the_limits() -> None:
    assert end(booked(), a.move(1, "t", actor=a.STAFF), a.NOW + 2 * DAY - MINUTE) is Outcome.TOO_LATE


def test_a_booking_is_closed_once_its_slot_is_over_and_not_before() -> None:
    close = Close(a.key(), replace(a.STAFF, kind=ActorKind.SYSTEM), "booking", None)
    over = a.NOW + 2 * DAY + 20 * MINUTE

    assert not only(booked(), close, over - MINUTE).changed
    closed = only(booked(), close, over).booking
    assert closed and (closed.status, closed.live) == (BookingStatus.UNMARKED, False)
