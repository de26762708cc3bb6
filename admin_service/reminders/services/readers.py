"""In whose time zone recruiters read."""

from collections.abc import Iterable

from bson import ObjectId

from scheduling.domain.model import Slot
from scheduling.services import loading


def recruiter_zones(slots: Iterable[Slot]) -> dict[str, str]:
    """By slot id the zone of its recruiter's city, the slot's own where they have none; slots with a recruiter only."""
    held = {slot.id: slot for slot in slots if slot.recruiter_id}
    recruiters = loading.recruiters_by_id({ObjectId(slot.recruiter_id) for slot in held.values()})
    city_of = {str(row["_id"]): row["city_id"] for row in recruiters}
    zones = {row["_id"]: row["timezone"] for row in loading.cities_by_id(set(city_of.values()))}
    return {
        slot_id: zones.get(city_of.get(slot.recruiter_id or ""), slot.place.timezone) for slot_id, slot in held.items()
    }
