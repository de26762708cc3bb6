"""In which cities an interview event is held: also where no seat is free at the moment, since people wait for one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bson import ObjectId

from common import wire
from common.mongo import Document, collection
from scheduling.services.store.slots import cities_by_id
from shared_contracts.directory import CityRef

LATELY = timedelta(days=30)
"""A city stays an event's for so long after its last slot there: the next ones may not be made yet."""


def cities_of_events(event_ids: Sequence[ObjectId], now: datetime) -> Mapping[ObjectId, Sequence[CityRef]]:
    """The open cities of these events' active slots by event, of those that are to come or were held lately."""
    pairs = [row["_id"] for row in collection("interview_slots").aggregate(held(event_ids, now))]
    rows = [row for row in cities_by_id({pair["city"] for pair in pairs}) if row.get("is_active", True)]
    cities = {ObjectId(city.id): city for city in wire.views("cities", rows, lambda rows: list(map(_city, rows)))}
    found = defaultdict(list)
    for pair in pairs:
        if pair["city"] in cities:
            found[pair["event"]].append(cities[pair["city"]])
    return {event: sorted(named, key=lambda city: (city.name, city.id)) for event, named in found.items()}


def held(event_ids: Sequence[ObjectId], now: datetime) -> list[Document]:
    """The MongoDB pipeline to the pairs of event and city; served by ``slots_event``."""
    wanted = {"event_id": {"$in": list(event_ids)}, "starts_at": {"$gte": now - LATELY}, "is_active": True}
    return [{"$match": wanted}, {"$group": {"_id": {"event": "$event_id", "city": "$city_id"}}}]


def _city(row: Document) -> CityRef:
    return CityRef(id=str(row["_id"]), name=wire.line(row["name"]), timezone=row["timezone"])
