"""Which events a decision consists of, and that whoever has to react to each of them knows it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from scheduling.domain.answering import (
    BookingApproved,
    BookingRejected,
    Expire,
    MoveApproved,
    MoveExpired,
    MoveRejected,
    MoveWithdrawn,
    RequestExpired,
    RescheduleAsked,
    SeatOfferExpired,
)
from scheduling.domain.attendance import AttendanceConfirmed, AttendanceDeclined, DelayAnnounced, OtherTimeWanted
from scheduling.domain.booking import (
    BookingCancelled,
    BookingClosed,
    BookingKept,
    BookingMade,
    BookingMoved,
    BookingRequested,
    Close,
    MoveRequested,
    RemoveCandidate,
)
from scheduling.domain.commands import SlotChanges
from scheduling.domain.decide import AnyBookingEvent, AnyCommand, decide
from scheduling.domain.editing import BookingFollowedSlot, EditSlot, WantedSlotEdited
from scheduling.domain.events import (
    BookingEvent,
    Event,
    SeatFreed,
    SlotEdited,
    SlotFilled,
    SlotReopened,
)
from scheduling.domain.marking import MarkTakenBack, OutcomeMarked
from scheduling.domain.model import State
from scheduling.domain.proposals import (
    ProposedSlotEdited,
    ProposedTimeDeclined,
    ProposedTimeLost,
    ProposedTimeTaken,
    ProposedTimeWithdrawn,
    TimeProposed,
    WithdrawProposedTime,
)
from scheduling.domain.seat_offers import SeatOffered, SeatOfferPassed, SeatOfferTaken
from shared_contracts.attendance import Attendance
from shared_contracts.directory import BookingStatus
from tests.rules import building as a

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SOON = a.NOW + HOUR
WAITS: dict[str, Any] = {"expires_at": SOON}
PENDING: dict[str, Any] = {"status": BookingStatus.PENDING, **WAITS}
OFFERED: dict[str, Any] = {"status": BookingStatus.OFFERED, **WAITS}
WANTS: dict[str, Any] = {"requested_slot_id": "t", **WAITS}
PROPOSED: dict[str, Any] = {"attendance": Attendance.RESCHEDULE_ASKED, "proposed_slot_id": "t"}
MARKED: dict[str, Any] = {"status": BookingStatus.NO_SHOW, "marked_at": a.NOW + 2 * DAY}
EXPIRE = Expire(a.key(), a.SYSTEM, "booking", None)


def empty(approval: bool = False, seats: int = 2) -> State:
    """Slots ``s`` in two days and ``t`` in three."""
    return a.world(a.slot("s", capacity=seats), a.slot("t", 3 * DAY, capacity=2), approval_required=approval)


def of(approval: bool = False, seats: int = 2, **fields: Any) -> State:
    """Candidate 1 has ``booking`` in ``s``."""
    return a.with_booking(empty(approval, seats), 1, "s", **fields)


def edit(**changes: Any) -> EditSlot:
    return EditSlot(a.key(), a.STAFF, "s", SlotChanges(**changes))


def gone_meanwhile() -> State:
    state = of(**PROPOSED)
    state.slots["t"] = replace(state.slots["t"], is_active=False)
    return state


def wanted_into_s() -> State:
    """Candidate 1 has ``booking`` in ``t`` and wants to move into ``s``."""
    return a.with_booking(empty(approval=True), 1, "t", requested_slot_id="s", expires_at=a.NOW + DAY)


def proposed_s(**fields: Any) -> State:
    """Candidate 1 has ``booking`` in ``t`` and is proposed ``s``."""
    asks: dict[str, Any] = PROPOSED | {"attendance_at": a.NOW, "proposed_slot_id": "s"}
    return a.with_booking(empty(approval=True), 1, "t", **asks, **fields)


TABLE: list[tuple[State, AnyCommand, timedelta, list[type[Event]]]] = [
    (empty(), a.book(1, "s"), HOUR, [BookingMade]),
    (empty(seats=1), a.book(1, "s"), HOUR, [BookingMade, SlotFilled]),
    (empty(approval=True), a.book(1, "s"), HOUR, [BookingRequested]),
    (empty(), a.offer(1, "s"), HOUR, [SeatOffered]),
    (of(**OFFERED), a.take(1), timedelta(), [SeatOfferTaken]),
    (of(approval=True, **OFFERED), a.take(1), timedelta(), [SeatOfferTaken]),
    (of(**OFFERED), a.pass_on(1), timedelta(), [SeatOfferPassed, SeatFreed]),
    (of(**OFFERED), EXPIRE, HOUR, [SeatOfferExpired, SeatFreed]),
    (of(), a.move(1, "t"), HOUR, [BookingMoved, SeatFreed]),
    (of(approval=True), a.move(1, "t"), HOUR, [MoveRequested]),
    (of(approval=True, **PENDING), a.move(1, "t"), timedelta(), [MoveRequested, SeatFreed]),
    (of(approval=True, **PENDING), a.approve(), timedelta(), [BookingApproved]),
    (of(approval=True, **WANTS), a.approve(), timedelta(), [MoveApproved, SeatFreed]),
    (of(approval=True, seats=1, **PENDING), a.reject(), timedelta(), [BookingRejected, SeatFreed, SlotReopened]),
    (of(approval=True, **WANTS), a.reject(), timedelta(), [MoveRejected, SeatFreed]),
    (of(approval=True, **WANTS), a.withdraw_move(1), DAY, [MoveWithdrawn, SeatFreed]),
    (of(approval=True, **WANTS), a.withdraw_move(2), timedelta(), []),
    (of(approval=True, **WANTS), a.withdraw_move(1, expected_version=2), timedelta(), []),
    (of(approval=True, **PENDING), a.withdraw_move(1), timedelta(), []),
    (of(approval=True, **PENDING), a.ask_reschedule(), timedelta(), [RescheduleAsked]),
    (of(approval=True, **PENDING), EXPIRE, HOUR, [RequestExpired, SeatFreed]),
    (of(approval=True, **WANTS), EXPIRE, HOUR, [MoveExpired, SeatFreed]),
    (of(approval=True, **WANTS), a.approve(), HOUR, [MoveExpired, SeatFreed]),
    (of(approval=True, **PENDING), a.approve(), HOUR, [RequestExpired, SeatFreed]),
    (of(), a.cancel(1), HOUR, [BookingCancelled, SeatFreed]),
    (of(), Close(a.key(), a.SYSTEM, "booking", None), 3 * DAY, [BookingClosed, SeatFreed]),
    (of(), a.says(1, Attendance.CONFIRMED), HOUR, [AttendanceConfirmed]),
    (of(), a.says(1, Attendance.DECLINED), HOUR, [AttendanceDeclined, SeatFreed]),
    (of(), a.says(1, Attendance.RESCHEDULE_ASKED), HOUR, [OtherTimeWanted]),
    (of(), a.late(1), HOUR, [DelayAnnounced]),
    (of(attendance=Attendance.RESCHEDULE_ASKED), a.propose_time("t"), HOUR, [TimeProposed]),
    (of(**PROPOSED), a.answer_proposed_time(1, "t", True), HOUR, [ProposedTimeTaken, SeatFreed]),
    (of(**PROPOSED), a.answer_proposed_time(1, "t", False), HOUR, [ProposedTimeDeclined]),
    (gone_meanwhile(), a.answer_proposed_time(1, "t", True), HOUR, [ProposedTimeLost]),
    (of(), a.mark(BookingStatus.NO_SHOW), 2 * DAY, [OutcomeMarked, SeatFreed]),
    (of(**MARKED), a.mark(None), 2 * DAY, [MarkTakenBack]),
    (of(), edit(venue={"room": "9"}), HOUR, [SlotEdited, BookingFollowedSlot]),
    (wanted_into_s(), edit(venue={"room": "9"}), HOUR, [SlotEdited, WantedSlotEdited]),
    (wanted_into_s(), edit(is_active=False), HOUR, [SlotEdited]),
    (of(), edit(is_active=False), HOUR, [SlotEdited]),
    (proposed_s(), edit(venue={"room": "9"}), HOUR, [SlotEdited, ProposedSlotEdited]),
    (proposed_s(), edit(is_active=False, venue={"room": "9"}), HOUR, [SlotEdited, ProposedTimeWithdrawn]),
    (proposed_s(requested_slot_id="s", **WAITS), edit(venue={"room": "9"}), HOUR, [SlotEdited, WantedSlotEdited]),
    (of(**PROPOSED), WithdrawProposedTime(a.key(), a.STAFF, "booking", None, "t"), HOUR, [ProposedTimeWithdrawn]),
    (of(**PROPOSED), WithdrawProposedTime(a.key(), a.STAFF, "booking", None, "s"), HOUR, []),
    (of(), edit(max_users=1), HOUR, [SlotEdited, SlotFilled]),
    (of(seats=1), edit(max_users=2), HOUR, [SlotEdited, SlotReopened]),
    (of(), RemoveCandidate(a.key(), a.STAFF, "person-1"), HOUR, [BookingCancelled, SeatFreed]),
    (of(), RemoveCandidate(a.key(), a.STAFF, "person-1", keeps_bookings=True), HOUR, [BookingKept]),
    (
        of(**OFFERED),
        RemoveCandidate(a.key(), a.STAFF, "person-1", keeps_bookings=True),
        HOUR,
        [BookingCancelled, SeatFreed],
    ),
    (
        of(approval=True, **WANTS),
        RemoveCandidate(a.key(), a.STAFF, "person-1", keeps_bookings=True),
        timedelta(),
        [BookingKept, SeatFreed],
    ),
    (of(), a.book(1, "s"), HOUR, []),
    (of(), a.cancel(2), HOUR, []),
    (of(), edit(max_users=0), HOUR, []),
    (empty(), RemoveCandidate(a.key(), a.STAFF, "person-1"), HOUR, []),
]


def happened(state: State, command: AnyCommand, after: timedelta) -> list[Event]:
    (decision,), _after = decide(state, [command], a.NOW + after)
    return list(decision.events)


@pytest.mark.parametrize(("state", "command", "after", "expected"), TABLE)
def test_a_command_comes_to_these_events(
    state: State, command: AnyCommand, after: timedelta, expected: list[type[Event]]
) -> None:
    assert [type(event) for event in happened(state, command, after)] == expected


def test_a_move_wanted_into_a_slot_that_begins_sooner_is_to_be_answered_sooner() -> None:
    sooner = replace(edit(starts_at=a.NOW + 5 * HOUR), actor=a.STAFF)

    edited, hastened = happened(wanted_into_s(), sooner, timedelta())

    assert (type(edited), type(hastened)) == (SlotEdited, WantedSlotEdited)
    assert isinstance(hastened, BookingEvent) and hastened.after.expires_at == a.NOW + 4 * HOUR
    assert hastened.after.version == 2


def test_an_event_carries_the_booking_before_and_after() -> None:
    (event, _seat) = happened(of(), a.move(1, "t"), HOUR)

    assert isinstance(event, BookingMoved) and event.before
    assert (event.before.slot_id, event.after.slot_id, event.actor) == ("s", "t", a.by(1))


def test_every_kind_of_event_is_what_some_command_comes_to() -> None:
    made = {kind for *_row, expected in TABLE for kind in expected}
    assert made == {*get_args(AnyBookingEvent), SlotEdited, SeatFreed, SlotFilled, SlotReopened}


def test_the_audit_trail_has_a_name_for_every_change_of_a_booking() -> None:
    """I7. Two kinds of one name have one label, too. Guard: ``BookingEvent.action``."""
    named = {(kind.action, kind.label) for kind in get_args(AnyBookingEvent)}
    assert len(named) == len({action for action, _label in named})
    assert {action for action, label in named if not label} == {"created"}
