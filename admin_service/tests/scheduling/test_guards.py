"""The walls behind the transaction: a decision that rests on an old look is not written.

In daily work MongoDB's snapshot already makes such transactions conflict. These tests load, let the world change, and
then write outside any transaction, so that the condition of each update alone must hold.
"""

import uuid
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo import UpdateOne

from common import clock
from common.mongo import GuardFailedError, collection, in_transaction
from people.models import Candidate, Recruiter
from scheduling.consumer import request_of
from scheduling.domain.booking import Cancel
from scheduling.domain.commands import Actor, ActorKind, Book, SlotChanges
from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.decisions import Decision
from scheduling.domain.editing import EditSlot
from scheduling.domain.model import State
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.editing.deleting import SlotHasBookingsError, delete_slot
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.reacting import Effects
from scheduling.services.saving import save
from scheduling.services.store import loading
from scheduling.services.store.booking_notes import note
from shared_contracts.attendance import Attendance
from shared_contracts.booking import AnyBookingRequest
from shared_contracts.directory import BookingStatus
from tests.conftest import MakeSlot
from tests.helpers import asking

Looked = tuple[State, State, list[Decision]]


def look(command: AnyCommand) -> Looked:
    before = loading.load([command]).state
    decisions, after = decide(before, [command], clock.now())
    assert decisions[0].changed, decisions[0].outcome
    return before, after, decisions


def wanting(person: Candidate, slot: InterviewSlot) -> Book:
    actor = Actor(ActorKind.CANDIDATE, str(person.telegram_id))
    event_id, booking_id = str(slot.event_id), str(ObjectId())
    return Book(str(uuid.uuid4()), actor, person.telegram_id, event_id, str(slot.pk), booking_id)


def command_of(request: AnyBookingRequest) -> AnyCommand:
    return request_of(request).command


def assert_refused(looked: Looked) -> None:
    before, after, decisions = looked
    with pytest.raises(GuardFailedError):
        save(before, after, decisions, Effects(), clock.now())


def test_a_seat_taken_since_is_not_given_twice(make_slot: MakeSlot, maria: Candidate, ivan: Candidate) -> None:
    """Guard: ``booked_users`` shorter than ``max_users``."""
    slot = make_slot(capacity=1)
    looked = look(wanting(maria, slot))
    asking.outcome(asking.book(ivan, slot))

    assert_refused(looked)
    assert asking.slot_now(slot)["booked_users"] == [ivan.pk]


def test_a_person_who_sits_there_already_is_not_seated_twice(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: the candidate is not in ``booked_users``."""
    slot = make_slot(capacity=5)
    looked = look(wanting(maria, slot))
    asking.outcome(asking.book(maria, slot))

    assert_refused(looked)
    assert asking.slot_now(slot)["booked_users"] == [maria.pk]


def test_a_slot_deactivated_since_takes_nobody(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: ``is_active``."""
    slot = make_slot()
    looked = look(wanting(maria, slot))
    edit_slot(str(slot.pk), SlotChanges(is_active=False), actor="coordinator")

    assert_refused(looked)


def test_a_slot_closed_since_takes_nobody(make_slot: MakeSlot, maria: Candidate) -> None:
    """FR9, again at commit. Guard: ``closes_at``."""
    slot = make_slot()
    looked = look(wanting(maria, slot))
    closed = {"$set": {"closes_at": clock.now() - timedelta(seconds=1)}}
    collection("interview_slots").update_one({"_id": slot.pk}, closed)

    assert_refused(looked)


def test_a_booking_changed_since_is_not_overwritten(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: the booking's ``version``."""
    asking.outcome(asking.book(maria, make_slot()))
    booking = asking.the_booking(maria)
    actor = Actor(ActorKind.CANDIDATE, str(maria.telegram_id))
    looked = look(Cancel(str(uuid.uuid4()), actor, str(booking["_id"]), None))
    collection("bookings").update_one({"_id": booking["_id"]}, {"$inc": {"version": 1}})

    assert_refused(looked)
    assert asking.the_booking(maria)["live"]


def test_a_seat_given_up_since_is_not_taken_back_from_someone_else(
    make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """Guard: whoever leaves must be in ``booked_users``, by itself."""
    slot = make_slot(capacity=1)
    asking.outcome(asking.book(maria, slot))
    actor = Actor(ActorKind.CANDIDATE, str(maria.telegram_id))
    looked = look(Cancel(str(uuid.uuid4()), actor, str(asking.the_booking(maria)["_id"]), None))
    collection("interview_slots").update_one({"_id": slot.pk}, {"$set": {"booked_users": [ivan.pk]}})

    assert_refused(looked)
    assert asking.slot_now(slot)["booked_users"] == [ivan.pk]


def test_an_offered_seat_taken_since_is_not_given_twice(
    make_slot: MakeSlot, olga: Recruiter, maria: Candidate, ivan: Candidate
) -> None:
    """R8, I1. Guard: ``booked_users`` shorter than ``max_users``, for offered times too."""
    wanted = make_slot(timedelta(days=3), recruiter=olga)
    asking.outcome(asking.book(maria, make_slot(recruiter=olga)))
    asking.outcome(asking.says(maria, asking.the_booking(maria), Attendance.RESCHEDULE_ASKED))
    asking.outcome(asking.offer_time(olga, asking.the_booking(maria), wanted))
    looked = look(command_of(asking.answer_time(maria, asking.the_booking(maria), wanted, take=True)))
    asking.outcome(asking.book(ivan, wanted))

    assert_refused(looked)
    assert asking.slot_now(wanted)["booked_users"] == [ivan.pk]


def test_a_mark_on_a_booking_that_ended_since_is_decided_anew(
    make_slot: MakeSlot, olga: Recruiter, maria: Candidate
) -> None:
    """Guard: ``live`` as it was, by itself."""
    asking.outcome(asking.book(maria, make_slot(recruiter=olga)))
    row = asking.let_begin(asking.the_booking(maria))
    looked = look(command_of(asking.mark(olga, row, BookingStatus.NO_SHOW)))
    collection("bookings").update_one({"_id": row["_id"]}, {"$set": {"live": False, "status": "unmarked"}})

    assert_refused(looked)
    assert asking.the_booking(maria)["status"] == "unmarked"


def edit(slot: InterviewSlot, **changes: Any) -> EditSlot:
    actor = Actor(ActorKind.STAFF, "coordinator")
    return EditSlot(str(uuid.uuid4()), actor, str(slot.pk), SlotChanges(**changes))


def test_an_edit_is_decided_anew_where_somebody_has_sat_down_since(make_slot: MakeSlot, maria: Candidate) -> None:
    """FR10: their booking has to follow. Guard: ``_as_seen``."""
    slot = make_slot(capacity=2)
    looked = look(edit(slot, starts_at=slot.starts_at + timedelta(hours=1)))
    asking.outcome(asking.book(maria, slot))

    assert_refused(looked)
    assert asking.slot_now(slot)["starts_at"] == asking.the_booking(maria)["starts_at"]


def test_an_edit_is_decided_anew_where_a_booking_in_the_slot_has_changed_since(
    make_slot: MakeSlot, maria: Candidate
) -> None:
    """Guard: the booking's ``version``, when it follows its slot."""
    slot = make_slot()
    asking.outcome(asking.book(maria, slot))
    looked = look(edit(slot, venue={"room": "9"}))
    collection("bookings").update_one({}, {"$inc": {"version": 1}})

    assert_refused(looked)
    assert asking.the_booking(maria)["slot"]["room"] == "3.14"


def test_an_edit_is_decided_anew_where_a_move_wanted_into_the_slot_has_changed_since(
    approval_event: InterviewEvent, make_slot: MakeSlot, olga: Recruiter, maria: Candidate
) -> None:
    """Guard: the booking's ``version``, when its request is hastened."""
    own, wanted = (make_slot(timedelta(days=day), of=approval_event, recruiter=olga) for day in (5, 4))
    asking.outcome(asking.book(maria, own))
    asking.outcome(asking.approve(olga, asking.the_booking(maria)))
    asking.outcome(asking.move(maria, asking.the_booking(maria), wanted))
    before = asking.the_booking(maria)
    looked = look(edit(wanted, starts_at=clock.now() + timedelta(hours=9)))
    collection("bookings").update_one({}, {"$inc": {"version": 1}})

    assert_refused(looked)
    assert asking.the_booking(maria)["expires_at"] == before["expires_at"]


def test_nothing_is_written_where_what_a_reaction_would_change_has_changed_since(
    make_slot: MakeSlot, maria: Candidate
) -> None:
    """Guard: ``update_all``, of what reactions want changed."""
    slot = make_slot()
    before, after, decisions = look(wanting(maria, slot))
    served = UpdateOne({"_id": ObjectId(), "state": "waiting"}, {"$set": {"state": "served"}})
    effects = Effects(updates=defaultdict(list, waiting_list=[served]))

    with pytest.raises(GuardFailedError):
        in_transaction(lambda: save(before, after, decisions, effects, clock.now()))

    assert asking.slot_now(slot)["booked_users"] == []


def test_what_the_rules_own_is_not_noted_on_a_booking(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: ``NOTES``."""
    asking.outcome(asking.book(maria, make_slot()))
    before = asking.the_booking(maria)

    with pytest.raises(ValueError, match="status changes by a command only"):
        note([({}, {"$set": {"remind_at": None}}), ({}, {"$set": {"status": "cancelled"}})], clock.now())

    assert asking.the_booking(maria) == before


def test_a_slot_someone_sits_in_is_not_deleted_even_when_no_booking_is_found(
    make_slot: MakeSlot, nobody: ObjectId
) -> None:
    """Guard: the delete is conditional on ``booked_users`` being empty; the look before it may be too early."""
    slot = make_slot()
    collection("interview_slots").update_one({"_id": slot.pk}, {"$set": {"booked_users": [nobody]}})

    with pytest.raises(SlotHasBookingsError):
        delete_slot(str(slot.pk), actor="coordinator")

    assert asking.slot_now(slot)["booked_users"] == [nobody]
