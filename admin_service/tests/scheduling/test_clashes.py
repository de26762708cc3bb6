"""Clashes are looked for by one query, which walks indexes (FR10, R1)."""

from datetime import timedelta

import pytest
from bson import ObjectId
from pymongo import monitoring

from common import clock
from common.mongo import collection
from people.models import City, Recruiter
from scheduling.domain.clashes import Engagement, busy_with, needs_of
from scheduling.models import InterviewSlot
from scheduling.services.clashes import clashes_in, clashes_of, near, of_draft, overlapping
from tests.api.test_indexes import planned, stages
from tests.conftest import MakeSlot
from tests.helpers.spying import CommandSpy, watched_by
from tests.scheduling.test_slots import draft

LINK = "https://meet.example/room-5"
NEEDS = {
    "recruiter": {"recruiter": "a" * 24},
    "room": {"room": "7"},
    "video call": {"location": "", "video_link": LINK},
    "place": {},
    "all": {"recruiter": "a" * 24, "room": "7"},
}


class Reads(CommandSpy):
    """The collections that are read, an entry for each query."""

    def __init__(self) -> None:
        self.of: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Note it."""
        if event.command_name in {"find", "aggregate", "getMore"}:
            self.of.append(event.command[event.command_name])


def proposed(
    city: str, recruiter: str = "", location: str = "Офис", room: str = "", video_link: str = ""
) -> Engagement:
    starts_at = clock.now() + timedelta(days=1)
    needs = needs_of(recruiter, city, location, room, video_link, begins=("e" * 24, starts_at))
    return Engagement(None, starts_at, starts_at + timedelta(minutes=20), needs, "e" * 24, city)


@pytest.mark.parametrize("need", NEEDS)
def test_what_could_clash_is_found_by_indexes(make_slot: MakeSlot, moscow: City, need: str) -> None:
    """Guard: ``slots_video_link``, and each branch of ``near``."""
    template = vars(make_slot(timedelta(days=40)))
    row = {name: template[name] for name in ("starts_at", "ends_at", "room", "is_active", "booked_users")}
    others = [{**row, "recruiter_id": ObjectId(), "city_id": ObjectId(), "video_link": f"{n}"} for n in range(300)]
    collection("interview_slots").insert_many(others)
    query = near([proposed(str(moscow.pk), **NEEDS[need])])
    assert "COLLSCAN" not in planned("interview_slots", query, [])
    done = collection("interview_slots").find(query).explain()["executionStats"]
    assert done["totalDocsExamined"] <= 1, set(stages(done))


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [(-5, 0, False), (-5, 1, True), (19, 21, True), (30, 60, False), (59, 61, True), (80, 90, False), (-9, 99, True)],
)
def test_of_slots_that_are_near_only_those_at_the_same_times_are_looked_at(
    begins: int, ends: int, expected: bool
) -> None:
    """Guard: ``overlapping``. Minutes; taken are 0 to 30, by two of which one begins in the other, and 60 to 80."""
    first, minute = clock.now(), timedelta(minutes=1)
    spans = [(60, 80), (10, 30), (0, 20)]
    given = [busy_with("a" * 24, first + minute * start, first + minute * end) for start, end in spans]
    assert overlapping(given)(first + minute * begins, first + minute * ends) is expected


def test_many_proposed_slots_take_two_queries(make_slot: MakeSlot, moscow: City, olga: Recruiter) -> None:
    taken = make_slot(timedelta(days=1), recruiter=olga, room="")
    drafts = [
        draft(moscow, recruiter_id=str(olga.pk), starts_at=taken.starts_at + timedelta(days=number))
        for number in range(50)
    ]
    reads = Reads()
    with watched_by(reads):
        clashes = clashes_of([of_draft("e" * 24, one) for one in drafts])
    assert reads.of == ["interview_slots", "outside_calendars"]
    assert [clash.other.slot_id for clash in clashes] == [str(taken.pk)]


def test_a_day_long_slot_of_the_day_before_is_found(make_slot: MakeSlot, moscow: City, olga: Recruiter) -> None:
    """Guard: ``LONGEST_MINUTES`` in ``near``."""
    starts_at = clock.now() + timedelta(days=1)
    ends_at = starts_at + timedelta(minutes=24 * 60)
    make_slot(timedelta(days=1), recruiter=olga, duration_minutes=24 * 60, ends_at=ends_at)
    late = draft(moscow, recruiter_id=str(olga.pk), starts_at=ends_at - timedelta(minutes=1))
    assert len(clashes_of([of_draft("e" * 24, late)])) == 1


def test_what_is_closed_and_empty_takes_up_nothing(make_slot: MakeSlot, olga: Recruiter) -> None:
    """Guard: ``counts`` in ``of_slot``."""
    one, other = (make_slot(timedelta(days=1), recruiter=olga) for _ in range(2))
    assert len(clashes_in([one.pk])) == 1
    InterviewSlot.objects.filter(pk=other.pk).update(is_active=False)
    assert clashes_in([one.pk]) == clashes_in([other.pk]) == []
    InterviewSlot.objects.filter(pk=other.pk).update(booked_users=[ObjectId()])
    assert len(clashes_in([one.pk])) == 1
