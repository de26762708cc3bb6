"""The staff's day in numbers. All of it is read at one moment, in the transaction under way if there is one."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from common.mongo import Document, collection, current_session
from common.zones import day_start, local
from reminders.domain.states import MessageState
from scheduling.services.reading.days import bookings_on
from scheduling.services.recruiter_cards.request_reminders import AWAITING_APPROVAL, to_tell_by_hand
from scheduling.services.waiting_told import UNTOLD
from shared_contracts.attendance import Attendance
from shared_contracts.booking import MARKS
from shared_contracts.digest import DaySummary, SummaryLine
from shared_contracts.directory import BookingStatus

MOST_LINES = 50
OVER = (*MARKS, BookingStatus.UNMARKED)
"""What an interview that took its time can have come to."""


def midnight(moment: datetime, timezone: str, *, days: int = 0) -> datetime:
    """The first moment, in UTC, of the day that ``moment`` falls in on a zone's clocks, or of a later one."""
    return day_start(local(moment, timezone).date() + timedelta(days=days), timezone)


def booked_on(day: date) -> Document:
    """The MongoDB condition of interviews booked on a day of their cities; served by ``bookings_status``."""
    return {"status": BookingStatus.BOOKED.value, **bookings_on(day)}


def day_summary(day: datetime, timezone: str, now: datetime) -> DaySummary:
    """How a day went, what waits for staff now, and what the next day brings; interviews' days are their cities'.

    Args:
        day: its first moment in ``timezone``; aware UTC.
        timezone: IANA.
        now: aware UTC.
    """
    today = local(day, timezone).date()
    outcomes = {row["_id"]: row["count"] for row in _aggregate(by_outcome(bookings_on(today)))}
    return DaySummary(
        **{status.value: outcomes.get(status.value, 0) for status in OVER},
        pending=_count("bookings", AWAITING_APPROVAL),
        reschedule_asked=_count("bookings", wishes(now)),
        by_hand=_count("bookings", to_tell_by_hand(now)) + _count("waiting_list", UNTOLD),
        failed=_count("auto_messages", undelivered(day, midnight(day, timezone, days=1))),
        tomorrow=_lines(today + timedelta(days=1)),
    )


def by_outcome(days: Document) -> list[Document]:
    """The pipeline that counts interviews that are over, of ``days``, by outcome; served by ``bookings_status``."""
    match = {"status": {"$in": [status.value for status in OVER]}, **days}
    return [{"$match": match}, {"$group": {"_id": "$status", "count": {"$sum": 1}}}]


def lines_of(day: date) -> list[Document]:
    """The pipeline that counts a day's interviews by event and city; served by ``bookings_status``."""
    confirmed = {"$cond": [{"$eq": ["$attendance", Attendance.CONFIRMED.value]}, 1, 0]}
    group = {
        "_id": {"event": "$slot.event", "city": "$slot.city"},
        "interviews": {"$sum": 1},
        "confirmed": {"$sum": confirmed},
    }
    sort = {"_id.event": 1, "_id.city": 1}
    return [{"$match": booked_on(day)}, {"$group": group}, {"$sort": sort}, {"$limit": MOST_LINES}]


def wishes(now: datetime) -> Document:
    """The MongoDB condition of who asks for another time; served by ``bookings_attendance``."""
    asked = {"attendance": Attendance.RESCHEDULE_ASKED.value, "starts_at": {"$gt": now}}
    return {**asked, "status": BookingStatus.BOOKED.value}


def undelivered(since: datetime, until: datetime) -> Document:
    """The MongoDB condition of messages that did not arrive; served by ``auto_due``."""
    return {"state": MessageState.FAILED.value, "due_at": {"$gte": since, "$lt": until}}


def _lines(day: date) -> list[SummaryLine]:
    rows = _aggregate(lines_of(day))
    return [SummaryLine(**row["_id"], interviews=row["interviews"], confirmed=row["confirmed"]) for row in rows]


def _aggregate(pipeline: Sequence[Document]) -> list[Document]:
    return list(collection("bookings").aggregate(pipeline, session=current_session()))


def _count(name: str, query: Document) -> int:
    return collection(name).count_documents(query, session=current_session())
