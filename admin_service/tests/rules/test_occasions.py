"""What recruiters are told of by a message of its own."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduling.domain.answering import Expire
from scheduling.domain.booking import Close
from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import State
from shared_contracts.attendance import Attendance
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus
from tests.rules import building as a

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = a.NOW + 2 * DAY
BOOKED, PENDING, OFFERED = BookingStatus.BOOKED, BookingStatus.PENDING, BookingStatus.OFFERED
WAITS: dict[str, Any] = {"expires_at": a.NOW + HOUR}
ASKS: dict[str, Any] = {"attendance": Attendance.RESCHEDULE_ASKED}
FOR_GOOD = Expire(a.key(), a.SYSTEM, "booking", None)


def empty(approval: bool = False) -> State:
    return a.world(a.slot("s"), a.slot("t", 3 * DAY), approval_required=approval)


def of(approval: bool = False, **fields: Any) -> State:
    return a.with_booking(empty(approval), 1, "s", **fields)


def told(state: State, command: AnyCommand, now: datetime = a.NOW) -> CardOccasion | None:
    (decision,), _after = decide(state, [command], now)
    return next((event.occasion for event in decision.events if isinstance(event, BookingEvent)), None)


@pytest.mark.parametrize(
    ("state", "command", "expected"),
    [
        (empty(), a.book(1, "s"), CardOccasion.BOOKED),
        (empty(approval=True), a.book(1, "s", actor=a.STAFF), CardOccasion.BOOKED),
        (of(status=OFFERED, **WAITS), a.take(1), CardOccasion.BOOKED),
        (of(approval=True, status=PENDING, **WAITS), a.approve(actor=a.STAFF), CardOccasion.BOOKED),
        (of(), a.move(1, "t"), CardOccasion.MOVED),
        (of(), a.move(1, "t", actor=a.STAFF), CardOccasion.MOVED),
        (of(proposed_slot_id="t", **ASKS), a.answer_proposed_time(1, "t", True), CardOccasion.MOVED),
        (of(), a.cancel(1), CardOccasion.CANCELLED),
        (of(), a.cancel(1, actor=a.STAFF), CardOccasion.CANCELLED),
        (of(), a.says(1, Attendance.DECLINED), CardOccasion.CANT_COME),
        (of(), a.says(1, Attendance.RESCHEDULE_ASKED), CardOccasion.RESCHEDULE_ASKED),
        (of(), a.late(1), CardOccasion.DELAY),
        (of(proposed_slot_id="t", **ASKS), a.answer_proposed_time(1, "t", False), CardOccasion.OFFER_DECLINED),
    ],
)
def test_what_became_of_a_booking_without_its_recruiter_is_told(
    state: State, command: AnyCommand, expected: CardOccasion
) -> None:
    assert told(state, command) is expected


def test_an_offered_time_that_was_gone_is_told_as_a_wish_for_another() -> None:
    state = a.with_booking(of(proposed_slot_id="t", **ASKS), 2, "t", name="quicker")
    assert told(state, a.answer_proposed_time(1, "t", True)) is CardOccasion.RESCHEDULE_ASKED


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (empty(approval=True), a.book(1, "s")),
        (of(approval=True, status=PENDING, **WAITS), a.cancel(1)),
        (of(approval=True), a.move(1, "t")),
        (of(approval=True, requested_slot_id="t", **WAITS), a.reject(actor=a.STAFF)),
        (of(status=OFFERED, **WAITS), a.pass_on(1)),
        (empty(), a.offer(1, "s")),
    ],
)
def test_requests_for_approval_and_offers_of_the_waiting_list_are_told_by_the_card_or_not_at_all(
    state: State, command: AnyCommand
) -> None:
    assert told(state, command) is None


@pytest.mark.parametrize("status", [PENDING, OFFERED])
def test_what_expires_was_never_booked(status: BookingStatus) -> None:
    assert told(of(approval=True, status=status, **WAITS), FOR_GOOD, a.NOW + HOUR) is None


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (of(approval=True, status=PENDING, **WAITS), a.approve()),
        (of(approval=True, requested_slot_id="t", **WAITS), a.approve()),
        (of(**ASKS), a.propose_time("t")),
        (of(**ASKS), a.propose_time("t", actor=a.STAFF)),
    ],
)
def test_what_the_recruiter_did_or_the_candidate_is_asked_is_no_news_to_the_recruiter(
    state: State, command: AnyCommand
) -> None:
    assert told(state, command) is None


def test_neither_a_yes_nor_a_mark_nor_the_end_is_told() -> None:
    assert told(of(), a.says(1, Attendance.CONFIRMED)) is None
    assert told(of(), a.mark(BookingStatus.NO_SHOW, actor=a.STAFF), START) is None
    assert told(of(), Close(a.key(), a.SYSTEM, "booking", None), START + HOUR) is None


def test_what_changed_nothing_is_not_told_again() -> None:
    assert told(of(**ASKS), a.says(1, Attendance.RESCHEDULE_ASKED)) is None
    assert told(of(), a.cancel(2)) is None
