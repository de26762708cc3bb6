"""Joining the waiting list and leaving it (R7)."""

from functools import partial

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from common.mongo import collection
from people.models import Candidate, City
from scheduling.models import InterviewEvent
from shared_contracts.dialog import DialogOutcome
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.waiting import joining, leaving, states, told
from tests.scheduling.test_races import together


def test_one_joins_once_and_may_change_the_city(event: InterviewEvent, maria: Candidate, moscow: City) -> None:
    assert told(joining(maria, event)) is DialogOutcome.JOINED
    assert told(joining(maria, event, moscow)) is DialogOutcome.ALREADY_JOINED

    (entry,) = collection("waiting_list").find()
    assert (entry["city_id"], entry["city"], entry["name"]) == (moscow.pk, "Москва", "Мария Петрова")


def test_joining_ten_times_at_once_makes_one_entry(event: InterviewEvent, maria: Candidate) -> None:
    """Guards: the mark on the person, on which the transactions conflict; the unique index stands behind it."""
    outcomes = together(*[partial(told, joining(maria, event)) for _ in range(10)])

    assert outcomes.count(DialogOutcome.JOINED) == 1
    assert states() == ["waiting"]
    (entry,) = collection("waiting_list").find({}, {"_id": 0})
    with pytest.raises(DuplicateKeyError, match="waiting_once"):
        collection("waiting_list").insert_one(entry)


def test_who_has_a_booking_or_is_not_allowed_does_not_join(
    event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    asking.outcome(asking.book(maria, make_slot()))
    assert told(joining(maria, event)) is DialogOutcome.ALREADY_BOOKED

    Candidate.objects.filter(pk=ivan.pk).update(is_allowed=False)
    assert told(joining(ivan, event)) is DialogOutcome.NOT_ALLOWED
    assert states() == []


def test_a_closed_event_and_an_unknown_city_have_no_list(event: InterviewEvent, maria: Candidate) -> None:
    nowhere = joining(maria, event).model_copy(update={"city_id": str(ObjectId())})
    assert told(nowhere) is DialogOutcome.NOT_ALLOWED

    InterviewEvent.objects.update(is_open=False)
    assert told(joining(maria, event)) is DialogOutcome.NOT_ALLOWED


def test_one_leaves_and_may_join_again(event: InterviewEvent, maria: Candidate) -> None:
    told(joining(maria, event))
    assert told(leaving(maria, event)) is DialogOutcome.LEFT
    assert told(leaving(maria, event)) is DialogOutcome.LEFT
    assert told(joining(maria, event)) is DialogOutcome.JOINED

    assert sorted(states()) == ["left", "waiting"]
    entries = collection("audit_entries").find({"subject": "waiting"})
    assert sorted(entry["action"] for entry in entries) == ["waiting_joined", "waiting_joined", "waiting_left"]
