"""Which seats of slots are taken: one rule for the first page, the calendar and what is counted ahead.

Taken is what a live booking holds, in its slot or where it is to move (``booked_users``); and once an interview has
begun, what those had whose booking has ended with it: that frees the seat.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from bson import ObjectId

from common.mongo import Document, collection
from shared_contracts.booking import INTERVIEW_STATUSES
from shared_contracts.directory import LIVE_STATUSES

_OVER = {"live": False, "status": {"$in": sorted(INTERVIEW_STATUSES - LIVE_STATUSES)}}
"""Interviews that took place, or were to."""
_WHOSE = {"slot_id": 1, "requested_slot_id": 1, "user": 1}


def taken_seats(rows: Iterable[Document], now: datetime) -> Counter[ObjectId]:
    """How many seats of each slot are taken, by the slots' documents; ``now``: aware UTC. By ``bookings_slot``."""
    taken = Counter[ObjectId]()
    over = []
    for row in rows:
        taken[row["_id"]] = len(row["booked_users"])
        if row["starts_at"] <= now:  # it can be marked before it is over
            over.append(row["_id"])
    if over:
        group = {"_id": "$slot_id", "count": {"$sum": 1}}
        match = {"slot_id": {"$in": over}, **_OVER}
        for row in collection("bookings").aggregate([{"$match": match}, {"$group": group}]):
            taken[row["_id"]] += row["count"]
    return taken


def holders_in(slot_ids: Sequence[ObjectId], own: Document) -> list[tuple[ObjectId, Document, bool]]:
    """Whose the taken seats are, of the bookings that match ``own``: the slot, the booking, and whether it is to move
    there only. By ``bookings_slot`` and ``bookings_requested``."""
    bookings, ids = collection("bookings"), {"$in": list(slot_ids)}
    theirs: list[Document] = [{"slot_id": ids, "live": True}, {"slot_id": ids, **_OVER}]
    there = [row for condition in theirs for row in bookings.find({**own, **condition}, _WHOSE)]
    moving = bookings.find({**own, "requested_slot_id": ids, "live": True}, _WHOSE)
    return [
        *((row["slot_id"], row, False) for row in there),
        *((row["requested_slot_id"], row, True) for row in moving),
    ]
