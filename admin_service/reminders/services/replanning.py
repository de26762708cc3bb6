"""Planning again: after a rule has changed, and every hour whatever was missed or depends on what changed since."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from common.mongo import Document, collection, current_session, in_transaction
from reminders.domain.kinds import PLANNED
from reminders.services import ledger
from reminders.services.message_writes import BookingChange
from scheduling.services.store import loading
from shared_contracts.directory import BookingStatus

CHUNK = 100


def replan_changed_rules(now: datetime) -> int:
    """Plan again what rules that staff changed concern; the answer is how many bookings were gone through.

    A rule that is changed again meanwhile stays marked.
    """
    gone_through = 0
    for rule in list(collection("reminder_rules").find({"replan": True})):
        if rule["kind"] in {kind.value for kind in PLANNED}:
            where = {name: rule[name] for name in ("event_id", "city_id") if rule[name]}
            gone_through += replan(where, now)
        collection("reminder_rules").update_one(
            {"_id": rule["_id"], "updated_at": rule["updated_at"]}, {"$set": {"replan": False, "updated_at": now}}
        )
    return gone_through


def replan(where: Document, now: datetime) -> int:
    """Plan the messages of booked interviews that are not over again, a part in each transaction; how many there were.

    ``where``: a further MongoDB condition on bookings.
    """
    return sum(in_transaction(partial(_replan, ids, now)) for ids in _chunks({**where, **coming(now)}))


def coming(now: datetime) -> Document:
    """The MongoDB condition of bookings that are not over; served by ``bookings_over``."""
    return {"live": True, "ends_at": {"$gt": now}}


def _replan(ids: list[Document], now: datetime) -> int:
    query = {"_id": {"$in": ids}, "status": BookingStatus.BOOKED.value}
    rows = list(collection("bookings").find(query, session=current_session()))
    state, changes = loading.load_around(rows).state, []
    for row in rows:
        booking = state.bookings[str(row["_id"])]
        person, slot = state.candidates.get(booking.telegram_id), state.slots.get(booking.slot_id)
        if person:
            changes.append(BookingChange(booking, booking, person, slot, row["created_at"]))
    ledger.write(ledger.ledger_writes(changes, [], now))
    return len(rows)


def _chunks(query: Document) -> Iterator[list[Document]]:
    rows = collection("bookings").find(query, {"_id": 1}).sort("ends_at", 1)
    ids = [row["_id"] for row in rows]
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
