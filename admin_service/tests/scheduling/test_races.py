"""Races on real MongoDB. Each has a naive variant that proves the race exists."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from common.mongo import collection
from common.refusals import RefusedError
from people.models import Candidate
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.editing.deleting import SlotHasBookingsError, delete_slot
from scheduling.services.editing.slot_edits import edit_slot
from shared_contracts.booking import Outcome
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking

T = TypeVar("T")

WORKERS = 16


def together(*jobs: Callable[[], T]) -> list[T]:
    """Run jobs at the same time, started by one signal; their results in order."""
    start = threading.Barrier(min(len(jobs), WORKERS))

    def run(position: int, job: Callable[[], T]) -> T:
        if position < WORKERS:
            start.wait(timeout=60)
        return job()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(len(jobs)), jobs))


def seat_of(person: Candidate, slot: InterviewSlot) -> Callable[[], Outcome]:
    request = asking.book(person, slot)
    return lambda: asking.outcome(request)


def test_200_people_at_once_get_exactly_5_seats(make_slot: MakeSlot, make_candidate: MakeCandidate) -> None:
    """I1, FR5. Guards: decisions are read and written in one transaction, the seat update is conditional."""
    slot = make_slot(capacity=5)
    people = [make_candidate() for _ in range(200)]

    outcomes = Counter(together(*(seat_of(person, slot) for person in people)))

    assert outcomes == {Outcome.BOOKED: 5, Outcome.SLOT_FULL: 195}
    asking.assert_sound()


def test_check_then_save_overbooks_so_the_race_is_real(make_slot: MakeSlot, make_candidate: MakeCandidate) -> None:
    """The unguarded variant of the test above: it must go wrong, or that test proves nothing."""
    slot = make_slot(capacity=5)
    people = [make_candidate() for _ in range(40)]
    slots, looked = collection("interview_slots"), threading.Barrier(WORKERS)

    def naive(person: Candidate) -> None:
        row = slots.find_one({"_id": slot.pk})
        looked.wait(timeout=60)
        if row and len(row["booked_users"]) < row["max_users"]:
            slots.update_one({"_id": slot.pk}, {"$push": {"booked_users": person.pk}})

    together(*(partial(naive, person) for person in people[:WORKERS]))

    assert len(asking.slot_now(slot)["booked_users"]) > 5


def test_one_person_pressing_50_times_gets_one_booking(make_slot: MakeSlot, maria: Candidate) -> None:
    """I3. Guards: the mark on the person makes the transactions conflict; the unique index stands behind it."""
    slots = [make_slot(timedelta(days=2, hours=hour), capacity=9) for hour in range(5)]

    outcomes = Counter(together(*(seat_of(maria, slots[number % 5]) for number in range(50))))

    assert outcomes == {Outcome.BOOKED: 1, Outcome.ALREADY_BOOKED: 49}
    asking.assert_sound()


def test_one_request_delivered_20_times_at_once_books_once(make_slot: MakeSlot, maria: Candidate) -> None:
    """I2. Guard: the inbox row is inserted in the transaction of its effect."""
    request = asking.book(maria, make_slot(capacity=9))

    answers = together(*(partial(asking.decided, request) for _ in range(20)))

    assert len({str(answer) for answer in answers}) == 1
    assert collection("bookings").count_documents({}) == 1
    assert collection("outbox").count_documents({"queue": "bot.booking.result"}) == 1


def test_overlapping_interviews_of_two_events_are_not_both_booked(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: ``lock_people``. The two bookings share no other document, so snapshot isolation alone lets both in."""
    for _ in range(10):
        other = InterviewEvent.objects.create(title="Собеседование дизайнеров")
        first, second = make_slot(timedelta(days=2)), make_slot(timedelta(days=2, minutes=5), of=other)

        outcomes = Counter(together(seat_of(maria, first), seat_of(maria, second)))

        assert outcomes == {Outcome.BOOKED: 1, Outcome.ALREADY_BOOKED: 1}
        asking.outcome(asking.cancel(maria, asking.the_booking(maria)))
    asking.assert_sound()


def test_a_move_into_a_slot_that_fills_meanwhile_keeps_the_old_seat(
    make_slot: MakeSlot, make_candidate: MakeCandidate, maria: Candidate
) -> None:
    """FR6, I1: whoever loses keeps what they had."""
    for day in range(2, 7):
        old, wanted = make_slot(timedelta(days=day)), make_slot(timedelta(days=day, hours=3))
        asking.outcome(asking.book(maria, old))
        change = asking.move(maria, asking.the_booking(maria), wanted)

        moved, taken = together(partial(asking.outcome, change), seat_of(make_candidate(), wanted))

        assert (moved, taken) in {(Outcome.MOVED, Outcome.SLOT_FULL), (Outcome.SLOT_FULL, Outcome.BOOKED)}
        asking.assert_sound()
        asking.outcome(asking.cancel(maria, asking.the_booking(maria)))


def test_capacity_cannot_fall_below_who_books_meanwhile(make_slot: MakeSlot, make_candidate: MakeCandidate) -> None:
    """FR10, I1. Guard: the capacity edit is conditional on the number booked."""

    def shrink(slot: InterviewSlot) -> str:
        try:
            edit_slot(str(slot.pk), SlotChanges(max_users=1), actor="coordinator")
        except RefusedError:
            return "refused"
        return "shrunk"

    for hour in range(6):
        slot = make_slot(timedelta(days=2, hours=hour), capacity=8)
        together(*(seat_of(make_candidate(), slot) for _ in range(8)), partial(shrink, slot))
        asking.assert_sound()


def test_a_slot_is_deleted_or_booked_but_never_both(make_slot: MakeSlot, make_candidate: MakeCandidate) -> None:
    """FR10. Guard: the delete is conditional on nobody sitting there."""

    def delete(slot: InterviewSlot) -> str:
        try:
            delete_slot(str(slot.pk), actor="coordinator")
        except SlotHasBookingsError:
            return "refused"
        return "deleted"

    for hour in range(8):
        slot = make_slot(timedelta(days=2, hours=hour))
        ends = together(seat_of(make_candidate(), slot), partial(delete, slot))
        assert ends in ([Outcome.BOOKED, "refused"], [Outcome.SLOT_NOT_FOUND, "deleted"])
    asking.assert_sound()


def test_cancel_move_deactivate_and_capacity_edits_interleave_soundly(
    make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    """I1, I3, I7 after everything at once."""
    slots = [make_slot(timedelta(days=2, hours=hour), capacity=3) for hour in range(4)]
    people = [make_candidate() for _ in range(12)]

    def wander(person: Candidate, number: int) -> None:
        asking.outcome(asking.book(person, slots[number % 4]))
        if collection("bookings").count_documents({"user_id": person.pk}):
            asking.outcome(asking.move(person, asking.the_booking(person), slots[(number + 1) % 4]))
            if number % 3 == 0:
                asking.outcome(asking.cancel(person, asking.the_booking(person)))

    def fiddle(slot: InterviewSlot) -> None:
        for changes in (
            SlotChanges(is_active=False),
            SlotChanges(is_active=True, max_users=2),
            SlotChanges(venue={"room": "B"}),
        ):
            try:
                edit_slot(str(slot.pk), changes, actor="coordinator")
            except RefusedError:
                continue

    jobs: Sequence[Callable[[], object]] = [
        *(partial(wander, person, number) for number, person in enumerate(people)),
        *(partial(fiddle, slot) for slot in slots),
    ]
    together(*jobs)

    asking.assert_sound()


def test_the_unique_index_refuses_a_second_live_booking_by_itself(make_slot: MakeSlot, maria: Candidate) -> None:
    """I3's second wall: ``bookings_one_live``."""
    asking.outcome(asking.book(maria, make_slot()))
    copy = {**asking.the_booking(maria), "_id": ObjectId()}

    with pytest.raises(DuplicateKeyError, match="bookings_one_live"):
        collection("bookings").insert_one(copy)
