"""Hot lists are served by indexes (R1): a collection scan fails here."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from common import clock
from common.http.reads import Position
from common.mongo import collection
from people.api.lists import BY_CHANGE, allowed_after, changed_since
from people.services.calendar_links import recruiter_by_token
from scheduling.api.bookings import SlotsQuery, current_bookings, offered, refusals
from scheduling.api.calendar_feed import interviews_of
from scheduling.services.reading.event_cities import held
from scheduling.services.store.slots import OFFERED
from tests.conftest import MakeCandidate, MakeSlot

BY_START = [("starts_at", 1), ("_id", 1)]
SOME_ID = "6b0210a10ebbd9947507d2a0"


def stages(plan: Any) -> Iterator[str]:
    """Names of all stages of a plan, and of the indexes it walks."""
    if isinstance(plan, dict):
        yield from (str(plan[key]) for key in ("stage", "indexName") if key in plan)
        for value in plan.values():
            yield from stages(value)
    elif isinstance(plan, list):
        for item in plan:
            yield from stages(item)


def planned(name: str, query: dict[str, Any], sort: list[tuple[str, int]], hint: str | None = None) -> set[str]:
    explained = collection(name).find(query, sort=sort or None, hint=hint).explain()
    return set(stages(explained["queryPlanner"]["winningPlan"]))


@pytest.fixture(autouse=True)
def _something_to_read(make_slot: MakeSlot, make_candidate: MakeCandidate) -> None:
    for number in range(30):
        make_slot(timedelta(days=number - 10))
        make_candidate(is_allowed=number % 3 > 0)


def test_a_scan_would_be_noticed() -> None:
    assert "COLLSCAN" in planned("users", {"note": "x"}, [("note", 1)])


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"city": SOME_ID},
        {"recruiter": SOME_ID},
        {"from": "2026-03-01T09:00:00Z"},
        {"cursor": f"1900000000000.{SOME_ID}"},
    ],
)
@pytest.mark.parametrize("events", [1, 3])
def test_available_slots_walk_their_index_in_order(parameters: dict[str, str], events: int) -> None:
    """Of several events, each in its order, and then together: nothing is sorted in memory."""
    ids = [ObjectId() for _ in range(events)]
    query = offered(SlotsQuery.model_validate(parameters), ids, clock.now())
    plan = planned("interview_slots", query, BY_START, hint=OFFERED)
    assert OFFERED in plan
    assert not plan & {"COLLSCAN", "SORT"}


def test_the_cities_of_an_event_are_found_by_its_slots() -> None:
    [match, _group] = held([ObjectId()], clock.now())
    assert "COLLSCAN" not in planned("interview_slots", match["$match"], [])


def test_changes_of_the_allow_list_walk_their_index_in_order() -> None:
    plan = planned("users", changed_since(Position(clock.now(), SOME_ID)), BY_CHANGE)
    assert "users_listed" in plan
    assert not plan & {"COLLSCAN", "SORT"}


def test_the_latest_change_is_read_from_an_index() -> None:
    assert not planned("users", {}, [("listed_at", -1)]) & {"COLLSCAN", "SORT"}


@pytest.mark.parametrize("last_id", [None, SOME_ID])
def test_the_whole_allow_list_walks_an_index(last_id: str | None) -> None:
    assert "COLLSCAN" not in planned("users", allowed_after(last_id), [("_id", 1)])


def test_one_entry_of_the_allow_list_is_looked_up() -> None:
    plan = planned("users", {"telegram_id": 1001, "is_allowed": True}, [("_id", 1)])
    assert plan & {"users_telegram", "users_on_list"}
    assert not plan & {"COLLSCAN", "SORT"}


def test_a_persons_bookings_walk_their_index_in_order() -> None:
    plan = planned("bookings", current_bookings(1001, clock.now()), [("starts_at", 1)])
    assert "bookings_person" in plan
    assert not plan & {"COLLSCAN", "SORT"}


def test_a_persons_refusals_are_looked_up() -> None:
    assert "COLLSCAN" not in planned("bookings", refusals(1001), [])


@pytest.mark.parametrize("field", ["slot_id", "requested_slot_id"])
def test_who_is_in_a_slot_is_looked_up(field: str) -> None:
    assert "COLLSCAN" not in planned("bookings", {"live": True, field: ObjectId(SOME_ID)}, [("created_at", 1)])


def test_a_recruiters_calendar_is_looked_up_by_its_token() -> None:
    assert "recruiter_calendar" in planned("recruiters", recruiter_by_token("x" * 43), [])


def test_a_recruiters_interviews_walk_their_index_in_order() -> None:
    others = [{"recruiter_id": ObjectId(), "starts_at": clock.now(), "status": "booked"} for _ in range(50)]
    collection("bookings").insert_many(others)
    plan = planned("bookings", interviews_of(ObjectId(SOME_ID), clock.now()), [("starts_at", 1)])
    assert "bookings_recruiter" in plan
    assert not plan & {"COLLSCAN", "SORT"}


def test_the_bookings_of_todays_slots_are_not_looked_for_among_all_that_is_live() -> None:
    """They are the soonest of these, which is what MongoDB would try first. Guard: ``bookings_over``."""
    now, slots = clock.now(), [ObjectId() for _number in range(600)]
    rows = [
        {
            "slot_id": slots[2 * number] if number < 300 else ObjectId(),
            "user_id": ObjectId(),
            "event_id": ObjectId(),
            "live": True,
            "ends_at": now + timedelta(minutes=number),
        }
        for number in range(2_000)
    ]
    ended = [{"slot_id": slot, "user_id": ObjectId(), "event_id": ObjectId(), "live": False} for slot in slots[1::2]]
    collection("bookings").insert_many([*rows, *ended])
    among = {"$in": slots}
    query = {"live": True, "$or": [{"slot_id": among}, {"requested_slot_id": among}]}
    done = collection("bookings").find(query).explain()["executionStats"]
    assert done["totalDocsExamined"] == done["nReturned"] == 300
