"""Who has a booking waits no longer; who still waits is offered the seats that come free (R7)."""

from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from common import audit
from common.mongo import Document
from scheduling.domain.booking import BookingMade, BookingRequested
from scheduling.domain.changes import seats
from scheduling.domain.events import BookingEvent, SeatFreed, SlotEdited
from scheduling.domain.seat_offers import SeatOfferTaken
from scheduling.models import WaitingState
from scheduling.services.reacting import Batch, Effects
from scheduling.services.requests import Request
from scheduling.services.waiting_list import offers_of, waiting_entries


def follow_waiting_list(batch: Batch) -> Effects:
    """Entries that end, and seat offers before anybody else can see a seat free."""
    effects = Effects()
    served = list(batch.events(BookingMade, BookingRequested, SeatOfferTaken))
    pairs = {(event.after.candidate_id, event.after.event_id): request for request, event in served}
    for row in waiting_entries({person for person, _event in pairs}) if pairs else ():
        if request := pairs.get((str(row["user_id"]), str(row["event_id"]))):
            waits = {"_id": row["_id"], "state": WaitingState.WAITING.value}
            ended = {"$set": {"state": WaitingState.SERVED.value, "updated_at": batch.now}}
            effects.updates["waiting_list"].append(UpdateOne(waits, ended))
            effects.inserts["audit_entries"].append(_served(row["_id"], request, batch))
    effects.follow_ups += _offers(batch)
    return effects


def _served(entry_id: ObjectId, request: Request, batch: Batch) -> Document:
    facts: dict[str, Any] = {"actor": str(request.command.actor), "via": request.via, "now": batch.now}
    return audit.entry("waiting", str(entry_id), "waiting_served", **facts, correlation_id=request.correlation_id)


def _offers(batch: Batch) -> list[Request]:
    """A seat that is given up, and what an edit makes free, goes to who waits for it."""
    freed = {event.after.id: request.correlation_id for request, event in batch.events(SeatFreed, SlotEdited)}
    if not freed:
        return []
    left = {
        (event.after.candidate_id, slot_id)
        for _request, event in batch.events(BookingEvent)
        for slot_id in seats(event.before) - seats(event.after)
    }
    slots = [batch.after.slots[slot_id] for slot_id in freed]
    offers = offers_of(slots, batch.now, state=batch.after, left=left)
    return [Request(offer, "job", freed[offer.slot_id]) for offer in offers]
