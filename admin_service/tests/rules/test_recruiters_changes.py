"""A recruiter moves an interview of theirs or calls it off, by the rules alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scheduling.domain.booking import BookingCancelled, BookingMoved, Cancel, Move
from scheduling.domain.commands import Actor, ActorKind, Shown
from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.events import Event, SeatFreed, SlotEdited
from scheduling.domain.model import State
from scheduling.domain.proposals import ProposedTimeWithdrawn
from shared_contracts.attendance import Attendance
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus
from tests.rules import building as a

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
START = a.NOW + 2 * DAY
STRANGER = Actor(ActorKind.RECRUITER, "5002")
DEPUTY = Actor(ActorKind.RECRUITER, str(a.DEPUTY))
MOVE = Move(a.key(), a.RECRUITER, "booking", 1, "t")
CANCEL = Cancel(a.key(), a.RECRUITER, "booking", 1, reason="Рекрутер заболел")
BOTH = pytest.mark.parametrize("command", [MOVE, CANCEL], ids=["move", "cancel"])


def booked(**fields: Any) -> State:
    """Candidate 1 in slot "s" in two days, moved as often as allowed; "t" is free a day later, "full" is not."""
    theirs: dict[str, Any] = {"recruiter_id": "pavel", "recruiter_telegram_id": 5002}
    slots = (
        a.slot("s"),
        a.slot("t", 3 * DAY),
        a.slot("full", 3 * DAY, capacity=0),
        a.slot("pavels", 3 * DAY, **theirs),
    )
    limits: dict[str, Any] = {"approval_required": True, "cancel_cutoff": DAY, "move_cutoff": DAY, "move_limit": 1}
    return a.with_booking(a.world(*slots, people=4, **limits), 1, "s", **({"moves": 1} | fields))


def end(state: State, command: AnyCommand, now: Any = a.NOW) -> Outcome | None:
    (decision,), _after = decide(state, [command], now)
    assert decision.changed is (decision.outcome in {Outcome.MOVED, Outcome.CANCELLED} and bool(decision.events))
    return decision.outcome


@pytest.mark.parametrize("actor", [a.RECRUITER, DEPUTY])
def test_an_interview_moves_at_once_until_it_begins(actor: Actor) -> None:
    """No approval, cut-off or limit holds, and the candidate's moves stay as they were."""
    move = Move(a.key(), actor, "booking", 1, "t")
    (decision,), after = decide(booked(), [move], START - MINUTE)
    booking = after.bookings["booking"]

    assert (decision.outcome, type(decision.events[0])) == (Outcome.MOVED, BookingMoved)
    assert (booking.slot_id, booking.status, booking.version, booking.moves) == ("t", BookingStatus.BOOKED, 2, 1)
    assert (after.slots["s"].free, after.slots["t"].free) == (1, 0)


def test_an_interview_is_called_off_with_a_reason() -> None:
    (decision,), after = decide(booked(), [CANCEL], START - MINUTE)
    booking = after.bookings["booking"]

    assert (decision.outcome, type(decision.events[0])) == (Outcome.CANCELLED, BookingCancelled)
    assert (booking.status, booking.reason) == (BookingStatus.CANCELLED, "Рекрутер заболел")
    assert (booking.ended_by, after.slots["s"].free) == (f"recruiter:{a.OLGA}", 1)


@pytest.mark.parametrize(
    ("asked", "others", "expected"),
    [
        (True, False, [SlotEdited, ProposedTimeWithdrawn, BookingCancelled, SeatFreed]),
        (True, True, [SlotEdited, ProposedTimeWithdrawn, BookingCancelled, SeatFreed]),
        (False, False, [BookingCancelled, SeatFreed]),
        (False, True, [BookingCancelled, SeatFreed]),
    ],
    ids=["alone", "others in it", "left to others", "left to others beside some"],
)
def test_the_time_of_an_interview_called_off_is_offered_as_the_recruiter_wants(
    asked: bool, others: bool, expected: list[type[Event]]
) -> None:
    """Taken off it takes nobody new, and who else is in it stays. Guards: ``cancellation``, ``withdrawal``."""
    state = booked()
    state.slots["s"] = replace(state.slots["s"], capacity=3)
    state = a.with_booking(state, 2, "t", "second", proposed_slot_id="s")
    state = a.with_booking(state, 3, "s", "third") if others else state
    (decision,), after = decide(state, [replace(CANCEL, withdraws_slot=asked)], START - MINUTE)

    assert [type(event) for event in decision.events] == expected
    assert after.slots["s"].is_active is (SlotEdited not in expected)
    assert after.slots["s"].holders == ({"person-3"} if others else set())
    if others:
        assert after.bookings["third"] == state.bookings["third"]
    (booked_by_another,), _after = decide(after, [a.book(4, "s")], a.NOW)
    assert booked_by_another.outcome is (Outcome.SLOT_CLOSED if asked else Outcome.PENDING_APPROVAL)


def test_a_time_that_is_off_already_is_not_taken_off_again() -> None:
    """Guard: ``is_active`` in ``cancellation``: its history would say so twice."""
    state = booked()
    state.slots["s"] = replace(state.slots["s"], is_active=False)
    (decision,), _after = decide(state, [replace(CANCEL, withdraws_slot=True)], a.NOW)
    assert SlotEdited not in {type(event) for event in decision.events}


def test_staff_move_somebody_back_to_a_time_that_was_called_off() -> None:
    """Guard: ``ActorKind.CANDIDATE`` beside ``_is_refused``: a no is to who asks; staff may have heard otherwise."""
    state = booked(rejected_slot_ids=frozenset({"t"}))
    assert end(state, Move(a.key(), a.STAFF, "booking", 1, "t", beyond_limits=True)) is Outcome.MOVED


@pytest.mark.parametrize("earlier", [True, False], ids=["in an earlier booking", "in this one"])
def test_who_was_called_off_does_not_ask_for_that_time_again(earlier: bool) -> None:
    """Whoever else may. Guards: ``rejected_slot_ids`` of who is called off; ``_is_refused`` for a later booking."""
    _decisions, after = decide(booked(), [CANCEL], START - MINUTE)
    assert after.bookings["booking"].rejected_slot_ids == {"s"}

    again = a.with_booking(a.world(a.slot("s"), a.slot("t", 3 * DAY)), 1, "t")
    if earlier:
        again.rejected.add(("person-1", "s"))
    else:
        again.bookings["booking"] = replace(again.bookings["booking"], rejected_slot_ids=frozenset({"s"}))
    (refused,), _after = decide(again, [a.move(1, "s")], a.NOW)
    assert refused.outcome is Outcome.REJECTED


@BOTH
def test_only_who_holds_the_interview_may(command: Move | Cancel) -> None:
    """Guard: ``_may_touch``."""
    assert end(booked(), replace(command, actor=STRANGER)) is Outcome.BOOKING_NOT_FOUND


@BOTH
def test_what_has_begun_has_changed_or_waits_for_an_answer_stays(command: Move | Cancel) -> None:
    """Guard: ``_refuse`` in ``recruiters_changes``: a request is answered, not moved."""
    assert end(booked(), command, START) is Outcome.TOO_LATE
    assert end(booked(version=2), command) is Outcome.VERSION_CONFLICT
    assert end(booked(status=BookingStatus.PENDING), command) is Outcome.VERSION_CONFLICT
    assert end(booked(requested_slot_id="t"), command) is Outcome.VERSION_CONFLICT
    assert end(booked(status=BookingStatus.CANCELLED), command) is Outcome.CANCELLED


@pytest.mark.parametrize(
    ("slot_id", "outcome"),
    [
        ("s", Outcome.SLOT_NOT_FOUND),
        ("pavels", Outcome.SLOT_NOT_FOUND),
        ("nowhere", Outcome.SLOT_NOT_FOUND),
        ("full", Outcome.SLOT_FULL),
    ],
)
def test_an_interview_moves_to_a_free_slot_of_the_same_recruiter_only(slot_id: str, outcome: Outcome) -> None:
    """Guards: ``_move``, ``refuse_seat``."""
    assert end(booked(), Move(a.key(), a.RECRUITER, "booking", 1, slot_id)) is outcome


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [
        (Shown(a.NOW + 3 * DAY, "moscow", "olga", a.slot("t").place.venue.shown().line), Outcome.MOVED),
        (Shown(starts_at=a.NOW + 3 * DAY - MINUTE), Outcome.SLOT_NOT_FOUND),
        (Shown(city_id="kazan"), Outcome.WRONG_CITY),
        (Shown(recruiter_id="pavel"), Outcome.WRONG_RECRUITER),
        (Shown(place="Office, 5"), Outcome.WRONG_PLACE),
    ],
)
def test_an_interview_moves_to_what_the_recruiter_saw_only(shown: Shown, outcome: Outcome) -> None:
    """R2. Guard: ``changed_since_shown``, where an interview is moved and where another time is proposed."""
    assert end(booked(), replace(MOVE, shown=shown)) is outcome
    asking = booked(attendance=Attendance.RESCHEDULE_ASKED, attendance_at=a.NOW)
    (proposed,), _after = decide(asking, [a.propose_time("t", shown=shown)], a.NOW)
    assert proposed.outcome is (Outcome.BOOKED if outcome is Outcome.MOVED else outcome)


def test_an_interview_does_not_move_onto_another_of_the_same_person() -> None:
    """Guard: ``overlaps``."""
    state = booked()
    state.slots["elsewhere"] = a.slot("elsewhere", 3 * DAY, event_id="other")
    assert end(a.with_booking(state, 1, "elsewhere", "second"), MOVE) is Outcome.ALREADY_BOOKED
