"""On which clocks there are interviews."""

from collections.abc import Mapping

from bson import ObjectId

from common import wire
from common.mongo import collection, current_session


def zones_of_cities() -> Mapping[ObjectId, str]:
    """Each city's zone by its id; Moscow's where it can't be read."""
    rows = collection("cities").find({}, {"timezone": 1}, session=current_session())
    return {row["_id"]: wire.zone("cities", row, row["timezone"]) for row in rows}
