"""Interviews whose outcome is to be marked: today's that have begun, and earlier ones that nobody has marked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.mongo import Document, collection
from scheduling.services.reading.days import bookings_on, bookings_on_many
from shared_contracts.booking import INTERVIEW_STATUSES
from shared_contracts.directory import BookingStatus

WITHIN_DAYS = 14
"""How long an interview that nobody has marked is asked about."""
MOST = 200


@dataclass(frozen=True, slots=True)
class ToMark:
    """Bookings by start, as documents. ``left_out``: there are more of the days before."""

    today: list[Document]
    before: list[Document]
    left_out: bool


def to_mark(own: Document, today: date, now: datetime) -> ToMark:
    """What there is to mark among the bookings that match ``own``; of the days before the newest, ``MOST`` at most."""
    of_today = _bookings({**own, **begun(today, now)}, 1)
    before = _bookings({**own, **unmarked(today - timedelta(days=WITHIN_DAYS - 1), today - timedelta(days=1))}, -1)
    return ToMark(of_today, before[:MOST][::-1], len(before) > MOST)


def next_to_come(own: Document, now: datetime) -> Document | None:
    """The next interview among the bookings that match ``own``, as a document; None where none is booked."""
    coming = {**own, "status": BookingStatus.BOOKED.value, "starts_at": {"$gt": now}}
    return collection("bookings").find_one(coming, sort=[("starts_at", 1), ("_id", 1)])


def begun(today: date, now: datetime) -> Document:
    """The MongoDB condition of today's interviews that have begun, marked or not."""
    day = bookings_on(today)
    statuses = {"$in": sorted(status.value for status in INTERVIEW_STATUSES)}
    return {"status": statuses, **day, "starts_at": {"$gte": day["starts_at"]["$gte"], "$lte": now}}


def unmarked(first: date, last: date) -> Document:
    """The MongoDB condition of interviews of these days that are over and that nobody has marked."""
    return {"status": BookingStatus.UNMARKED.value, **bookings_on(first, last)}


def unmarked_in_parts(first: date, last: date) -> list[Document]:
    """The same in parts, of which an interview matches one; counted by ``bookings_status``."""
    return [{"status": BookingStatus.UNMARKED.value, **days} for days in bookings_on_many(first, last)]


def _bookings(condition: Document, direction: int) -> list[Document]:
    order = [("starts_at", direction), ("_id", direction)]
    return list(collection("bookings").find(condition).sort(order).limit(MOST + 1))
