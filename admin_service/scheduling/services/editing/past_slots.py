"""Slots that had begun by the wrong clocks when a city's zone is put right: what stands of them is right from then on.

Nobody is told: it is past. What is still to come on the right clocks is edited as any other slot.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId

from common import audit, clock, correlation
from common.mongo import Document, collection, current_session
from scheduling.services.audit import ZONE


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much what is written down of a slot is wrong."""

    slot_id: ObjectId
    late_by: timedelta


@dataclass(frozen=True, slots=True)
class Correction:
    """Who puts a city's zone right, and why; ``was`` is what it was until now."""

    was: str
    zone: str
    actor: str
    reason: str


def put_past_right(past: Sequence[Shift], correction: Correction) -> None:
    """Write the right times and clocks to slots that are past, and to all that was booked in them.

    In the transaction under way; each change is in the audit trail.
    """
    for late_by, ids in _by_shift(past).items():
        _put_right("interview_slots", {"_id": {"$in": ids}}, late_by, correction)
        _put_right("bookings", {"slot_id": {"$in": ids}}, late_by, correction)


def put_ended_right(edited: Sequence[Shift], correction: Correction, without: Iterable[str] = ()) -> None:
    """The same to what has ended in slots that are still to come, which no edit of theirs concerns.

    ``without``: ids of bookings that the edits did concern, before they ended again.
    """
    others = {"$nin": [ObjectId(item) for item in without]}
    for late_by, ids in _by_shift(edited).items():
        _put_right("bookings", {"_id": others, "slot_id": {"$in": ids}, "live": False}, late_by, correction)


def _by_shift(shifts: Iterable[Shift]) -> dict[timedelta, list[ObjectId]]:
    found: dict[timedelta, list[ObjectId]] = defaultdict(list)
    for shift in shifts:
        found[shift.late_by].append(shift.slot_id)
    return found


def _put_right(name: str, query: Document, late_by: timedelta, correction: Correction) -> None:
    rows = list(collection(name).find(query, {"starts_at": 1}, session=current_session()))
    if not rows:
        return
    booked = name == "bookings"
    times = ("starts_at", "ends_at") if booked else ("starts_at", "ends_at", "closes_at")
    milliseconds = int(late_by.total_seconds() * 1000)
    values: Document = {field: {"$add": [f"${field}", milliseconds]} for field in times}
    values |= {"slot.timezone": correction.zone} if booked else {}
    change = [{"$set": {**values, "updated_at": clock.now()}}]
    collection(name).update_many({"_id": {"$in": [row["_id"] for row in rows]}}, change, session=current_session())
    audit.add([_entry(row, late_by, correction, booked=booked) for row in rows])


def _entry(row: Document, late_by: timedelta, correction: Correction, *, booked: bool) -> Document:
    def told(starts_at: datetime, zone: str) -> dict[str, str]:
        return {"starts_at": starts_at.isoformat(), ZONE: zone}

    subject, action = ("booking", "slot_changed") if booked else ("slot", "changed")
    return audit.entry(
        subject,
        str(row["_id"]),
        action,
        actor=f"staff:{correction.actor}",
        via="desk",
        now=clock.now(),
        correlation_id=correlation.current(),
        before=told(row["starts_at"], correction.was),
        after=told(row["starts_at"] + late_by, correction.zone),
        reason=correction.reason,
    )
