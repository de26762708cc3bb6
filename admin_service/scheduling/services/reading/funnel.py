"""How far people come on their way: invited, started, answered, requested, approved, confirmed, came.

The people are those put on the list in the last 30 days, today among them; each counts once in a step, whenever they
reached it:

- invited: on the list; started: they have written to the bot; answered: to a questionnaire;
- requested: they have, or had, a booking or a request; approved: one that is booked, or took place;
- confirmed: of an approved one they said that they will come; came: it is marked so, in time or late.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from bson import ObjectId

from common.mongo import Document, collection
from common.zones import MOSCOW, day_start, local
from shared_contracts.attendance import Attendance
from shared_contracts.directory import BookingStatus

LOOK_BACK_DAYS = 30
STEPS = ("invited", "started", "answered", "requested", "approved", "confirmed", "came")
OF_BOOKINGS = STEPS[3:]
"""The steps that are some recruiter's, too."""
SHOWN = {"_id": 0, "user_id": 1, "status": 1, "attendance": 1, "recruiter_id": 1}
"""Of bookings: no more than ``bookings_ways`` has, so that none of them is read."""
PEOPLE_SHOWN = {"city_id": 1, "started_at": 1, "merged_into": 1}
"""Of people: no more than ``users_added`` has. Entries that another has taken over are told apart by what is read: a
condition for null would have MongoDB open each."""
_NEVER_APPROVED = frozenset(
    {
        BookingStatus.PENDING,
        BookingStatus.OFFERED,
        BookingStatus.REJECTED,
        BookingStatus.EXPIRED,
        BookingStatus.CANCELLED,
    }
)
_NONE = frozenset[str]()
_CAME = frozenset({BookingStatus.ATTENDED, BookingStatus.LATE})


@dataclass(slots=True)
class Way:
    """How far one person came: in all, and with each recruiter."""

    person_id: ObjectId
    city_id: ObjectId | None
    steps: frozenset[str] = _NONE
    with_recruiter: dict[ObjectId, frozenset[str]] = field(default_factory=dict)


def since(now: datetime) -> datetime:
    """The first moment, in Moscow, of the days that are looked at."""
    return day_start(local(now, MOSCOW).date() - timedelta(days=LOOK_BACK_DAYS - 1))


def ways(own: Document, now: datetime) -> list[Way]:
    """The way of each person of the last 30 days, of those that match ``own``.

    An entry that another has taken over is nobody. By ``users_added`` and ``bookings_ways``: neither people nor
    bookings are read, of which there may be many.
    """
    people = collection("users").find({**own, "created_at": {"$gte": since(now)}}, PEOPLE_SHOWN)
    found = {row["_id"]: _begun(row) for row in people if not row.get("merged_into")}
    whose = {"$in": list(found)}
    for person_id in collection("questionnaire_answers").distinct("candidate_id", {"candidate_id": whose}):
        found[person_id].steps |= {"answered"}
    _follow(found, {"user_id": whose})
    return list(found.values())


def ways_to_recruiter(own: Document, now: datetime) -> list[Way]:
    """The same for a recruiter: of people who got a booking in the last 30 days, of the bookings that match ``own``.

    By ``bookings_recruiter_ways``.
    """
    found: dict[ObjectId, Way] = {}
    _follow(found, {**own, "created_at": {"$gte": since(now)}})
    return list(found.values())


def reached(every: Iterable[Way], step: str, recruiter_id: ObjectId | None = None) -> list[ObjectId]:
    """Who has come to a step, in all or with a recruiter."""
    if recruiter_id is None:
        return [way.person_id for way in every if step in way.steps]
    return [way.person_id for way in every if step in way.with_recruiter.get(recruiter_id, ())]


def _begun(row: Document) -> Way:
    return Way(row["_id"], row["city_id"], frozenset({"invited", "started"} if row["started_at"] else {"invited"}))


def _follow(found: dict[ObjectId, Way], query: Document) -> None:
    for row in collection("bookings").find(query, SHOWN):
        person_id, recruiter_id = row["user_id"], row["recruiter_id"]
        way, steps = found.get(person_id), _steps_of(row["status"], row["attendance"])
        if way is None:
            way = found[person_id] = Way(person_id, None)
        way.steps |= steps
        if recruiter_id:
            way.with_recruiter[recruiter_id] = way.with_recruiter.get(recruiter_id, _NONE) | steps


@cache
def _steps_of(status: str, attendance: str) -> frozenset[str]:
    """Of a booking; there are some dozens of different ones, and tens of thousands of bookings."""
    steps = {"requested"}
    if status not in _NEVER_APPROVED:
        steps.add("approved")
        if attendance == Attendance.CONFIRMED.value:
            steps.add("confirmed")
    return frozenset(steps | {"came"} if status in _CAME else steps)
