"""Who comes today, and how interviews went: numbers for the front page, each with a link to just those bookings."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.mongo import Document, collection
from reminders.services.summary import OVER, by_outcome
from scheduling.services.reading.days import bookings_on, bookings_on_many
from scheduling.staff.filters import NO_ANSWER
from scheduling.staff.outcomes import status_label
from shared_contracts.attendance import Attendance
from shared_contracts.directory import BookingStatus
from staffkit.clocks import today

LOOK_BACK_DAYS = 30


def coming_today(own: Document) -> list[dict[str, Any]]:
    """Today's booked interviews, of those that match ``own``, by what their candidates said; days are their cities'."""
    counts = _counts(own, [by_answer(bookings_on(today()))])
    words = [
        (Attendance.CONFIRMED.value, _("Confirmed, will come"), counts.get(Attendance.CONFIRMED.value, 0)),
        (NO_ANSWER, _("No answer yet"), counts.get("", 0)),
        (
            Attendance.RESCHEDULE_ASKED.value,
            _("Asking for another time"),
            counts.get(Attendance.RESCHEDULE_ASKED.value, 0),
        ),
    ]
    booked = {"status__exact": BookingStatus.BOOKED.value}
    return [
        {"id": answer, "label": label, "count": count, "link": _bookings(today(), attendance=answer, **booked)}
        for answer, label, count in words
    ]


def outcomes_lately(own: Document) -> list[dict[str, Any]]:
    """Outcomes of the last 30 days, today's with them, and their shares, of the bookings that match ``own``."""
    first = today() - timedelta(days=LOOK_BACK_DAYS - 1)
    counts = _counts(own, map(by_outcome, bookings_on_many(first, today())))
    every = sum(counts.values())
    return [
        {
            "id": status.value,
            "label": capfirst(status_label(status.value)),
            "count": counts.get(status.value, 0),
            "share": f"{counts.get(status.value, 0) / every:.0%}" if every else "—",
            "link": _bookings(first, status__exact=status.value),
        }
        for status in OVER
    ]


def by_answer(days: Document) -> list[Document]:
    """The pipeline that counts booked interviews, of some ``days``, by answer; served by ``bookings_status``."""
    match = {"status": BookingStatus.BOOKED.value, **days}
    return [{"$match": match}, {"$group": {"_id": "$attendance", "count": {"$sum": 1}}}]


def days(field: str, first: date) -> str:
    """The query of a list from a day to today, as its filter by days reads it."""
    return urlencode({f"{field}_from": f"{first:%Y-%m-%d}", f"{field}_to": f"{today():%Y-%m-%d}"})


def _bookings(first: date, **query: str) -> str:
    return f"{reverse('admin:scheduling_booking_changelist')}?{urlencode(query)}&{days('starts_at', first)}"


def _counts(own: Document, pipelines: Iterable[list[Document]]) -> Counter[str]:
    counts = Counter[str]()
    for pipeline in pipelines:
        rows = collection("bookings").aggregate([{"$match": own}, *pipeline])
        counts.update({row["_id"]: row["count"] for row in rows})
    return counts
