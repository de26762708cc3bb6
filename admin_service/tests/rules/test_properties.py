"""What holds for any commands in any order, by the pure rules alone (I1, I3). No database."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.changes import seats
from scheduling.domain.decide import decide
from scheduling.domain.model import AnyCommand, State
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus
from tests.rules import building as a

SLOTS = ("s1", "s2", "s3", "o1", "o2")
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
    hours = [draw(st.integers(0, 72)) for _ in SLOTS]
    made = [
        a.slot(
            name,
            timedelta(hours=hour),
            draw(st.integers(1, 3)),
            event_id="event" if name.startswith("s") else "other",
            is_active=draw(st.sampled_from([True, True, False])),
        )
        for name, hour in zip(SLOTS, hours, strict=True)
    ]
    return a.world(*made, people=4, approval_required=draw(st.booleans()), move_limit=draw(st.sampled_from([None, 1])))


@st.composite
def commands(draw: st.DrawFn) -> AnyCommand:
    number, slot = draw(st.integers(1, 5)), draw(st.sampled_from(SLOTS))
    event = "event" if slot.startswith("s") else "other"
    owner = draw(st.integers(1, 4))
    target = {"booking_id": f"{draw(st.sampled_from(['event', 'other']))}-{owner}", "expected_version": None}
    key = {"key": a.key(draw(st.integers(0, 10**9)))}
    staff = draw(st.sampled_from([{}, {"actor": a.STAFF, "beyond_limits": True}]))
    made: list[AnyCommand] = [
        a.book(number, slot, event_id=event, new_booking_id=f"{event}-{number}", **key, **staff),
        a.move(owner, slot, **target, **key, **staff),
        a.cancel(owner, **target, **key, **staff),
        a.approve(**target, **key),
        a.reject(**target, **key),
        a.ask_reschedule(**target, **key),
        a.offer(number, slot, event_id=event, new_booking_id=f"{event}-{number}", **key),
        a.take(owner, **target, **key),
        a.pass_on(owner, **target, **key),
    ]
    return draw(st.sampled_from(made))


def assert_approval_is_consistent(state: State) -> None:
    for booking in state.bookings.values():
        waits = booking.awaits_approval or booking.status is BookingStatus.OFFERED
        assert waits == (booking.expires_at is not None)
        assert booking.awaits_approval or not booking.reschedule_asked


def assert_sound(state: State) -> None:
    held = Counter((slot_id, item.candidate_id) for item in state.bookings.values() for slot_id in seats(item))
    stored = Counter((slot.id, holder) for slot in state.slots.values() for holder in slot.holders)
    assert held == stored
    assert all(len(slot.holders) <= slot.capacity for slot in state.slots.values())
    live = Counter((item.candidate_id, item.event_id) for item in state.bookings.values() if item.live)
    assert all(count == 1 for count in live.values())


@settings(max_examples=400, deadline=None)
@given(worlds(), st.lists(commands(), max_size=25))
def test_no_order_of_commands_breaks_capacity_agreement_or_one_booking_each(
    state: State, asked: list[AnyCommand]
) -> None:
    decisions, after = decide(state, asked, a.NOW)

    assert_sound(after)
    assert_approval_is_consistent(after)
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
    decisions, _after = decide(state, asked, a.NOW)

    for decision in decisions:
        if decision.outcome in REFUSALS:
            assert not decision.changed
        if decision.changed:
            assert decision.after and decision.after.version == (decision.before.version if decision.before else 0) + 1


@settings(max_examples=100, deadline=None)
@given(worlds(), st.lists(commands(), max_size=10))
def test_deciding_leaves_the_state_it_was_given_as_it_was(state: State, asked: list[AnyCommand]) -> None:
    before = state.copy()
    decide(state, asked, a.NOW)

    assert state == before
