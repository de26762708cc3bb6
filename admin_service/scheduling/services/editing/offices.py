"""Offices: saved once, and the coming slots held there follow."""

from bson import ObjectId

from common import clock
from common.audited import save_audited
from common.mongo import collection, current_session
from people.models import Office
from scheduling.domain.commands import SlotChanges
from scheduling.services.editing.slot_edits import edit_slots
from scheduling.services.impact import AS_IT_COMES, Choices

OFFICE_FACTS = ("name", "city_id", "address", "map_link", "directions")


def venue_at(office: Office) -> dict[str, str]:
    """What slots held in the office have of it, by ``VENUE_FIELDS``."""
    return {
        "office": str(office.pk),
        "location": office.location,
        "map_link": office.map_link,
        "directions": office.directions,
    }


def save_office(office: Office, *, actor: str, reason: str = "", choices: Choices = AS_IT_COMES) -> None:
    """Save an office. The coming slots there change with it, and those who are booked are told, as of any edit."""
    save_audited(office, "office", OFFICE_FACTS, actor, then=lambda _now: _carry_slots(office, actor, reason, choices))


def coming_at(office: Office) -> list[ObjectId]:
    """Ids of the coming slots there."""
    coming = {"office": str(office.pk), "starts_at": {"$gt": clock.now()}}
    return collection("interview_slots").distinct("_id", coming, session=current_session())


def _carry_slots(office: Office, actor: str, reason: str, choices: Choices) -> None:
    venue = venue_at(office)
    coming = {"office": str(office.pk), "starts_at": {"$gt": clock.now()}}
    edits = []
    for slot in collection("interview_slots").find(coming, session=current_session()):
        changed = {name: value for name, value in venue.items() if slot.get(name) != value}
        if changed:
            edits.append((str(slot["_id"]), SlotChanges(venue=changed)))
    if edits:
        edit_slots(edits, actor=actor, reason=reason, choices=choices)
