"""How far people come on their way: invited, started, answered, requested, approved, confirmed, came.

The people are those put on the list in the last 30 days, today among them; each counts once in a step, whenever they
reached it:

- invited: on the list; started: they have written to the bot; answered: to a questionnaire;
- requested: they have, or had, a booking or a request; approved: one that is booked, or took place;
- confirmed: of an approved one they said that they will come; came: it is marked so, in time or late.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bson import ObjectId

from common.mongo import Document, collection
from common.zones import MOSCOW, day_start, local
from shared_contracts.attendance import Attendance
from shared_contracts.directory import BookingStatus

LOOK_BACK_DAYS = 30
STEPS = ("invited", "started", "answered", "requested", "approved", "confirmed", "came")
OF_BOOKINGS = STEPS[3:]
"""The steps that are some recruiter's, too."""
_NEVER_APPROVED = frozenset(
    {
        BookingStatus.PENDING,
        BookingStatus.OFFERED,
        BookingStatus.REJECTED,
        BookingStatus.EXPIRED,
        BookingStatus.CANCELLED,
    }
)
_CAME = frozenset({BookingStatus.ATTENDED, BookingStatus.LATE})


def _nobody() -> dict[str, set[bytes]]:
    return {step: set() for step in STEPS}


@dataclass(slots=True)
class Ways:
    """Who came to each step, in all and with each recruiter, and who is of which city: people's ids, as bytes."""

    steps: dict[str, set[bytes]] = field(default_factory=_nobody)
    with_recruiter: dict[ObjectId, dict[str, set[bytes]]] = field(default_factory=lambda: defaultdict(_nobody))
    cities: dict[ObjectId | None, set[bytes]] = field(default_factory=lambda: defaultdict(set))


def since(now: datetime) -> datetime:
    """The first moment, in Moscow, of the days that are looked at."""
    return day_start(local(now, MOSCOW).date() - timedelta(days=LOOK_BACK_DAYS - 1))


def ways(own: Document, now: datetime) -> Ways:
    """The way of the people of the last 30 days who match ``own``.

    An entry that another has taken over is nobody. Neither people nor bookings are read, of which there may be tens of
    thousands: MongoDB puts them together by what it finds in ``users_added`` and ``bookings_ways``.
    """
    found = Ways()
    for row in _people(own, now):
        ids = {item.binary for item in row["ids"]}
        found.cities[row["_id"]["city"]] |= ids
        for step in ("invited", "started") if row["_id"]["started"] else ("invited",):
            found.steps[step] |= ids
    whose = [ObjectId(item) for item in found.steps["invited"]]
    found.steps["answered"] = {item.binary for item in _answered(whose)}
    _follow(found, {"user_id": {"$in": whose}})
    return found


def ways_to_recruiter(own: Document, now: datetime) -> Ways:
    """The same for a recruiter: of people who got a booking in the last 30 days, of the bookings that match ``own``.

    By ``bookings_recruiter_ways``.
    """
    found = Ways()
    _follow(found, {**own, "created_at": {"$gte": since(now)}})
    return found


def reached(step: str, now: datetime, recruiter_id: ObjectId | None = None) -> list[ObjectId]:
    """Who of all has come to a step after "started", in all or with a recruiter; of a step that there is not nobody."""
    whose = [item for row in _people({}, now) for item in row["ids"]]
    if step in OF_BOOKINGS:
        theirs = {"recruiter_id": recruiter_id} if recruiter_id else {}
        return list(
            collection("bookings").distinct("user_id", {"user_id": {"$in": whose}, **_brought_to(step), **theirs})
        )
    return _answered(whose) if step == "answered" and recruiter_id is None else []


def people_of(own: Document, now: datetime) -> list[Document]:
    """The pipeline of the people, put together by city and by whether they have started."""
    key = {"city": "$city_id", "started": {"$gt": ["$started_at", None]}, "gone": {"$gt": ["$merged_into", None]}}
    match = {**own, "created_at": {"$gte": since(now)}}
    return [{"$match": match}, {"$group": {"_id": key, "ids": {"$push": "$_id"}}}]


def bookings_of(query: Document) -> list[Document]:
    """The pipeline of bookings, put together by what says how far they have brought whom, and to which recruiter."""
    key = {name: f"${name}" for name in ("status", "attendance", "recruiter_id")}
    return [{"$match": query}, {"$group": {"_id": key, "ids": {"$addToSet": "$user_id"}}}]


def _people(own: Document, now: datetime) -> list[Document]:
    return [row for row in collection("users").aggregate(people_of(own, now)) if not row["_id"]["gone"]]


def _answered(whose: list[ObjectId]) -> list[ObjectId]:
    return list(collection("questionnaire_answers").distinct("candidate_id", {"candidate_id": {"$in": whose}}))


def _follow(found: Ways, query: Document) -> None:
    for row in collection("bookings").aggregate(bookings_of(query)):
        ids, key = [item.binary for item in row["ids"]], row["_id"]
        for step in _steps_of(key["status"], key["attendance"]):
            found.steps[step].update(ids)
            if key["recruiter_id"]:
                found.with_recruiter[key["recruiter_id"]][step].update(ids)


def _brought_to(step: str) -> Document:
    """The MongoDB condition of bookings that have brought somebody so far."""
    confirmed = Attendance.CONFIRMED.value
    statuses = [status.value for status in BookingStatus if step in _steps_of(status.value, confirmed)]
    said = {"attendance": confirmed} if step == "confirmed" else {}
    return {"status": {"$in": statuses}, **said}


def _steps_of(status: str, attendance: str) -> frozenset[str]:
    """Of a booking."""
    steps = {"requested"}
    if status not in _NEVER_APPROVED:
        steps.add("approved")
        if attendance == Attendance.CONFIRMED.value:
            steps.add("confirmed")
    return frozenset(steps | {"came"} if status in _CAME else steps)
