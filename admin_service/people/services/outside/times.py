"""When recruiters are busy, as their outside calendars were last read."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bson import ObjectId

from common.mongo import Document, collection, current_session
from people.domain.busy_times import BusyTime


def busy_between(
    recruiter_ids: Iterable[ObjectId], begins: datetime, ends: datetime
) -> Mapping[ObjectId, list[BusyTime]]:
    """Busy times that overlap a span, of those recruiters who have any, each by start."""
    overlaps = {"$and": [{"$lt": ["$$one.starts_at", ends]}, {"$gt": ["$$one.ends_at", begins]}]}
    busy = {"$filter": {"input": "$busy", "as": "one", "cond": overlaps}}
    found = collection("outside_calendars").aggregate(
        [{"$match": {"_id": {"$in": list(recruiter_ids)}}}, {"$project": {"busy": busy}}], session=current_session()
    )
    times = {row["_id"]: [BusyTime(one["starts_at"], one["ends_at"]) for one in row["busy"]] for row in found}
    return {recruiter_id: every for recruiter_id, every in times.items() if every}


def failing_among(recruiter_ids: Iterable[ObjectId]) -> list[Document]:
    """What is kept of the calendars, of these recruiters, that can't be read; without their times and addresses."""
    failing = {"_id": {"$in": list(recruiter_ids)}, "failure": {"$ne": ""}}
    return list(collection("outside_calendars").find(failing, {"failing_since": 1, "read_at": 1}))
