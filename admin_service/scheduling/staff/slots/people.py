"""Who is in a slot."""

from collections.abc import Iterable
from typing import Any

from bson import ObjectId

from common.mongo import collection
from common.texts.names import name_in
from scheduling.staff.outcomes import status_label


def people_in(slot_id: ObjectId) -> list[dict[str, Any]]:
    """Who holds a seat in a slot, or waits for one there."""
    rows = collection("bookings").find({"live": True, "$or": [{"slot_id": slot_id}, {"requested_slot_id": slot_id}]})
    return [
        {
            "id": str(row["_id"]),
            "name": name_in(row["user"]),
            "username": row["user"]["username"],
            "telegram_id": row["telegram_id"],
            "status": status_label(row["status"]),
            "moving_here": row["slot_id"] != slot_id,
        }
        for row in rows.sort("created_at", 1)
    ]


def is_proposed(slot_ids: Iterable[ObjectId]) -> bool:
    """Whether one of the slots is proposed to somebody."""
    query = {"live": True, "offered_slot_id": {"$in": list(slot_ids)}}
    return collection("bookings").find_one(query, {"_id": 1}) is not None
