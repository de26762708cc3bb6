"""What holds for any commands in any order, by the pure rules alone (I1, I3). No database."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.changes import seats
from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import State
from scheduling.domain.proposals import AnswerProposedTime
from shared_contracts.attendance import Attendance
from shared_contracts.booking import MARKS, Outcome
from shared_contracts.directory import BookingStatus
from tests.rules import building as a

SLOTS = ("s1", "s2", "s3", "o1", "o2")
STARTS = st.sampled_from([a.NOW + timedelta(hours=hours) for hours in (0, 3, 24, 48)])
REFUSALS = set(Outcome) - {
    Outcome.BOOKED,
    Outcome.PENDING_APPROVAL,
    Outcome.MOVED,
    Outcome.CANCELLED,
    Outcome.REJECTED,
    Outcome.EXPIRED,
}


@st.composite
def worlds(draw: st.DrawFn) -> State:
    made = [
        a.slot(
            name,
            draw(STARTS) - a.NOW,
            draw(st.integers(1, 3)),
            event_id="event" if name.startswith("s") else "other",
            is_active=draw(st.sampled_from([True, True, False])),
        )
        for name in SLOTS
    ]
    rules = {"approval_required": draw(st.booleans()), "move_limit": draw(st.sampled_from([None, 1]))}
    state = a.world(*made, people=4, **rules)
    # Someone who has said nothing yet, and someone who asks for another time and may have been offered one.
    state = a.with_booking(state, 2, "s3", name="event-2")
    asks = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": a.NOW}
    offered = draw(st.sampled_from([None, "s2", "s3"]))
    return a.with_booking(state, 1, "s1", name="event-1", proposed_slot_id=offered, **asks)


@st.composite
def commands(draw: st.DrawFn) -> AnyCommand:
    number, slot = draw(st.sampled_from([1, 1, 2, 2, 3, 4, 5])), draw(st.sampled_from(SLOTS))
    event = "event" if slot.startswith("s") else "other"
    target = {"booking_id": f"{event}-{number}", "expected_version": None}
    key = {"key": a.key(draw(st.integers(0, 10**9)))}
    staff = draw(st.sampled_from([{}, {"actor": a.STAFF, "beyond_limits": True}]))
    made: list[Callable[[], AnyCommand]] = [
        lambda: a.book(number, slot, event_id=event, new_booking_id=f"{event}-{number}", **key, **staff),
        lambda: a.move(number, slot, **target, **key, **staff),
        lambda: a.cancel(number, **target, **key, **staff),
        lambda: a.approve(**target, **key),
        lambda: a.reject(**target, **key),
        lambda: a.ask_reschedule(**target, **key),
        lambda: a.offer(number, slot, event_id=event, new_booking_id=f"{event}-{number}", **key),
        lambda: a.take(number, **target, **key),
        lambda: a.pass_on(number, **target, **key),
        lambda: a.says(number, draw(st.sampled_from(Attendance)), starts_at=draw(STARTS), **target, **key),
        lambda: a.late(number, draw(st.sampled_from([5, 20])), starts_at=draw(STARTS), **target, **key),
        lambda: a.propose_time(slot, **target, **key),
        lambda: a.answer_proposed_time(number, slot, draw(st.booleans()), **target, **key),
        lambda: a.mark(draw(st.sampled_from([None, *MARKS])), **target, **key),
    ]
    return draw(st.sampled_from(made))()


def assert_approval_is_consistent(state: State) -> None:
    for booking in state.bookings.values():
        waits = booking.awaits_approval or booking.status is BookingStatus.OFFERED
        assert waits == (booking.expires_at is not None)
        assert booking.awaits_approval or not booking.reschedule_asked


def assert_answers_are_consistent(state: State) -> None:
    for booking in state.bookings.values():
        assert (booking.attendance is None) == (booking.coming.attendance_at is None)
        assert (booking.coming.delay_minutes is None) == (booking.coming.delay_at is None)
        assert (booking.status in MARKS) == (booking.marked_at is not None)
        if booking.proposed_slot_id:
            assert (booking.status, booking.attendance) == (BookingStatus.BOOKED, Attendance.RESCHEDULE_ASKED)
            assert booking.proposed_slot_id != booking.slot_id


def assert_sound(state: State) -> None:
    held = Counter((slot_id, item.candidate_id) for item in state.bookings.values() for slot_id in seats(item))
    stored = Counter((slot.id, holder) for slot in state.slots.values() for holder in slot.holders)
    assert held == stored
    assert all(len(slot.holders) <= slot.capacity for slot in state.slots.values())
    live = Counter((item.candidate_id, item.event_id) for item in state.bookings.values() if item.live)
    assert all(count == 1 for count in live.values())


@settings(max_examples=400, deadline=None)
@given(worlds(), st.lists(commands(), min_size=8, max_size=25))
def test_no_order_of_commands_breaks_capacity_agreement_or_one_booking_each(
    state: State, asked: list[AnyCommand]
) -> None:
    decisions, after = decide(state, asked, a.NOW)

    assert_sound(after)
    assert_approval_is_consistent(after)
    assert_answers_are_consistent(after)
    assert [decision.command for decision in decisions] == asked


@settings(max_examples=200, deadline=None)
@given(worlds(), st.lists(commands(), max_size=15))
def test_a_batch_decides_as_its_commands_one_by_one_would(state: State, asked: list[AnyCommand]) -> None:
    together, _after = decide(state, asked, a.NOW)
    apart = []
    for command in asked:
        (decision,), state = decide(state, [command], a.NOW)
        apart.append(decision)

    assert together == apart


@settings(max_examples=200, deadline=None)
@given(worlds(), st.lists(commands(), max_size=15))
def test_a_refusal_changes_nothing_and_a_change_raises_the_version_by_one(
    state: State, asked: list[AnyCommand]
) -> None:
    """But for an offered time that is gone, which is no longer offered."""
    decisions, _after = decide(state, asked, a.NOW)

    for decision in decisions:
        if decision.outcome in REFUSALS and not isinstance(decision.command, AnswerProposedTime):
            assert not decision.changed
        if decision.changed:
            (event,) = (event for event in decision.events if isinstance(event, BookingEvent))
            assert event.after is decision.booking
            assert event.after.version == (event.before.version if event.before else 0) + 1


@settings(max_examples=100, deadline=None)
@given(worlds(), st.lists(commands(), max_size=10))
def test_deciding_leaves_the_state_it_was_given_as_it_was(state: State, asked: list[AnyCommand]) -> None:
    before = state.copy()
    decide(state, asked, a.NOW)

    assert state == before
