"""Offers and what happens at the same moment (R7)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest

from common import clock
from common.mongo import Document, GuardFailedError, collection, current_session, in_transaction
from people.models import Candidate, City
from scheduling import tasks
from scheduling.domain.commands import SlotChanges
from scheduling.domain.decide import decide
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.batch import offer_seats
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.reacting import Effects
from scheduling.services.saving import save
from scheduling.services.store.loading import load
from scheduling.services.waiting_list import offers_for
from shared_contracts.booking import Outcome
from shared_contracts.dialog import DialogOutcome
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import news
from tests.helpers.waiting import joining, leaving, states, told
from tests.scheduling.test_races import together

T = TypeVar("T")


def test_four_scans_at_once_offer_each_seat_once(
    make_slot: MakeSlot, make_candidate: MakeCandidate, event: InterviewEvent, city: City
) -> None:
    """I1, I3. Guards: offers are chosen and written in one transaction, the seat update is conditional."""
    people = [make_candidate() for _ in range(6)]
    slots = [make_slot(timedelta(days=2 + number), capacity=2, city=city) for number in range(2)]
    for person in people:
        told(joining(person, event))

    together(*[tasks.offer_free_seats] * 4)

    assert collection("bookings").count_documents({"status": "offered"}) == 4
    assert len(news()) == 4
    assert all(len(asking.slot_now(item)["booked_users"]) == 2 for item in slots)
    asking.assert_sound()


def meanwhile(first: Callable[[], object], then: Callable[[], T]) -> T:
    """``then`` in a transaction whose snapshot is older than ``first``, which another thread commits."""
    looked: list[Document] = []

    def work() -> T:
        if not looked:
            looked.extend(collection("users").find({}, session=current_session()))
            with ThreadPoolExecutor(1) as other:
                other.submit(first).result(timeout=60)
        return then()

    return in_transaction(work)


def test_who_left_since_the_line_was_looked_at_is_not_offered_the_seat(
    slot: InterviewSlot, event: InterviewEvent, maria: Candidate
) -> None:
    """Guard: the mark on the person in ``leave``. The two write no other document in common."""
    told(joining(maria, event))

    assert meanwhile(partial(told, leaving(maria, event)), partial(offer_seats, [str(slot.pk)], "c" * 8)) == 0

    assert states() == ["left"]
    asking.assert_sound()


def test_who_books_while_joining_does_not_wait(slot: InterviewSlot, event: InterviewEvent, maria: Candidate) -> None:
    """Guard: the mark on the person in ``join``. The two write no other document in common."""
    booking = partial(asking.outcome, asking.book(maria, slot))

    assert meanwhile(booking, partial(told, joining(maria, event))) is DialogOutcome.ALREADY_BOOKED

    assert states() == []


def test_who_joins_while_booking_is_served_by_the_booking(
    slot: InterviewSlot, event: InterviewEvent, maria: Candidate
) -> None:
    """Guard: the same mark, the other way round."""
    joins = partial(told, joining(maria, event))

    assert meanwhile(joins, partial(asking.outcome, asking.book(maria, slot))) is Outcome.BOOKED

    assert states() == ["served"]


def test_a_slot_deactivated_since_is_not_offered(slot: InterviewSlot, maria: Candidate, event: InterviewEvent) -> None:
    """Guard: ``is_active`` and ``closes_at`` again in the update that takes the seat."""
    told(joining(maria, event))
    (offer,) = offers_for([str(slot.pk)], clock.now())
    before = load([offer]).state
    decisions, after = decide(before, [offer], clock.now())
    assert decisions[0].changed
    edit_slot(str(slot.pk), SlotChanges(is_active=False), actor="anna")

    with pytest.raises(GuardFailedError):
        save(before, after, decisions, Effects(), clock.now())
