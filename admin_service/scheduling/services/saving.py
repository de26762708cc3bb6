"""Writing what was decided and what follows from it, once, with guards. Runs in the transaction that loaded it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bson import Int64, ObjectId
from pymongo import UpdateOne

from common.mongo import Document, GuardFailedError, collection, current_session, insert_all, update_all
from scheduling.domain.changes import seats
from scheduling.domain.commands import ActorKind, Command
from scheduling.domain.decisions import Decision
from scheduling.domain.events import BookingEvent, SlotEdited
from scheduling.domain.model import Booking, State
from scheduling.domain.proposals import AnswerProposedTime
from scheduling.domain.seat_offers import OfferSeat
from scheduling.services.reacting import Effects
from scheduling.services.store.booking_documents import booking_document
from scheduling.services.store.booking_notes import CARDLESS


def save(before: State, after: State, decisions: Sequence[Decision], effects: Effects, now: datetime) -> None:
    """Store what the decisions changed (seats, slots, bookings, a mark on each person concerned) and what follows.

    Args:
        before: as stored.
        after: as it is to be stored.
        decisions: all of the transaction.
        effects: what reactions want written; their messages are the caller's to send.
        now: aware UTC.

    Raises:
        GuardFailedError: a seat, a slot, a booking or what follows from it is not as it was when decided.
        pymongo.errors.DuplicateKeyError: the second wall (one live booking per person and event) stood.
    """
    changed = [event for decision in decisions for event in decision.events if isinstance(event, BookingEvent)]
    if changed:
        lock_people({event.after.candidate_id for event in changed}, now)
    _write_slots(before, after, decisions, now)
    _write_bookings(before, after, changed, effects, now)
    for name, updates in effects.updates.items():
        update_all(name, updates)
    for name, rows in effects.inserts.items():
        insert_all(name, rows)


def lock_people(candidate_ids: set[str], now: datetime) -> None:
    """Mark people in the transaction under way.

    Two transactions about one person must conflict: what they hold in other events is read, not written.
    """
    marked = collection("users").update_many(
        {"_id": {"$in": [ObjectId(item) for item in candidate_ids]}},
        {"$inc": {"decisions": Int64(1)}, "$set": {"updated_at": now}},
        session=current_session(),
    )
    if marked.matched_count != len(candidate_ids):
        raise GuardFailedError("users: somebody is gone")


def _write_slots(before: State, after: State, decisions: Sequence[Decision], now: datetime) -> None:
    edited: dict[str, Document] = {}
    for event in (event for item in decisions for event in item.events if isinstance(event, SlotEdited)):
        edited[event.after.id] = edited.get(event.after.id, {}) | _edited_values(event)
    entered_within_limits = {
        slot_id
        for item in decisions
        if _within_limits(item.command)
        for event in item.events
        if isinstance(event, BookingEvent)
        for slot_id in seats(event.after) - seats(event.before)
    }
    updates = []
    for slot_id in sorted(after.slots):
        was, slot = before.slots[slot_id], after.slots[slot_id]
        added, removed = sorted(slot.holders - was.holders), sorted(was.holders - slot.holders)
        values = edited.get(slot_id, {})
        if added or removed or values:
            guard = seat_guard(slot_id, added, removed, now if slot_id in entered_within_limits else None, values)
            if values:
                guard.setdefault("$and", []).append(_as_seen(was.holders))
            updates.append(UpdateOne(guard, _slot_update(added, removed, values, now)))
    update_all("interview_slots", updates)


def seat_guard(
    slot_id: str,
    added: Sequence[str],
    removed: Sequence[str],
    open_at: datetime | None,
    values: Mapping[str, object],
) -> Document:
    """The condition under which seats may change: room for all, nobody twice, everybody who leaves is there.

    With ``open_at`` the slot must also be active and open for booking at that moment. What the same update gives the
    slot (``values``) counts in place of what is stored.
    """
    entering, leaving = [ObjectId(item) for item in added], [ObjectId(item) for item in removed]
    guard: Document = {"_id": ObjectId(slot_id), "$and": []}
    if entering:
        capacity = values.get("max_users", "$max_users")
        room_for_all = {"$lte": [{"$add": [{"$size": "$booked_users"}, len(added) - len(removed)]}, capacity]}
        guard["$and"] += [{"$expr": room_for_all}, {"booked_users": {"$nin": entering}}]
        if open_at:
            open_for_booking = {"is_active": True, "closes_at": {"$gt": open_at}}
            guard["$and"] += [{name: value} for name, value in open_for_booking.items() if name not in values]
    if leaving:
        guard["$and"].append({"booked_users": {"$all": leaving}})
    if not guard["$and"]:
        del guard["$and"]
    return guard


def _as_seen(holders: Iterable[str]) -> Document:
    """Those who sit there are those whose bookings follow an edit: nobody has come or gone since."""
    return {"$expr": {"$setEquals": ["$booked_users", [ObjectId(item) for item in sorted(holders)]]}}


def _slot_update(
    added: Sequence[str], removed: Sequence[str], values: Mapping[str, object], now: datetime
) -> list[Document]:
    """The one update of a slot's document; keeps ``has_room`` true to who sits there."""
    fields: Document = {name: {"$literal": value} for name, value in values.items()}
    if added or removed:
        gone = [ObjectId(item) for item in removed]
        kept = {"$filter": {"input": "$booked_users", "cond": {"$not": {"$in": ["$$this", gone]}}}}
        fields["booked_users"] = {"$concatArrays": [kept, [ObjectId(item) for item in added]]}
    return [
        {"$set": {**fields, "updated_at": now}},
        {"$set": {"has_room": {"$lt": [{"$size": "$booked_users"}, "$max_users"]}}},
    ]


def _edited_values(edit: SlotEdited) -> Document:
    """The stored fields that an edit gives new values, with those that follow from them."""
    slot, changes = edit.after, edit.changes
    values: Document = {**changes.venue}
    if changes.starts_at is not None or changes.duration_minutes is not None:
        values |= {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "closes_at": slot.closes_at}
    if changes.duration_minutes is not None:
        values["duration_minutes"] = changes.duration_minutes
    if changes.max_users is not None:
        values["max_users"] = changes.max_users
    if changes.recruiter_id is not None:
        values["recruiter_id"] = ObjectId(slot.recruiter_id) if slot.recruiter_id else None
    if changes.city_id is not None:
        values["city_id"] = ObjectId(changes.city_id)
    if changes.is_active is not None:
        values["is_active"] = changes.is_active
    return values


def _within_limits(command: Command) -> bool:
    asks_for_itself = command.actor.kind is ActorKind.CANDIDATE or isinstance(command, OfferSeat)
    # A recruiter may propose another time up to its start.
    return not command.beyond_limits and asks_for_itself and not isinstance(command, AnswerProposedTime)


def _write_bookings(
    before: State, after: State, changed: Sequence[BookingEvent], effects: Effects, now: datetime
) -> None:
    """Each document once: what the rules own, what its cards show, which news there was, which slots it left."""
    rules = {event.after.id for event in changed}
    people = {candidate.id: candidate for candidate in after.candidates.values()}
    inserts: list[Document] = []
    updates: list[UpdateOne] = []
    for booking_id in sorted(rules | effects.fields.keys() | effects.notification_ids.keys()):
        booking, stored = after.bookings[booking_id], before.bookings.get(booking_id)
        fields: Document = {}
        if booking_id in rules:
            fields = booking_document(booking, after.slots[booking.slot_id], people[booking.candidate_id])
        fields |= effects.fields.get(booking_id, {})
        told = effects.notification_ids.get(booking_id, [])
        if stored is None:
            inserts.append(_new_document(booking, fields, told, now))
        else:
            updates.append(_update(stored, booking, fields, told, now))
    # Updates first: in one batch a person may give one booking up and make the next in the same event.
    update_all("bookings", updates)
    insert_all("bookings", inserts)


def _new_document(booking: Booking, fields: Document, told: Sequence[ObjectId], now: datetime) -> Document:
    beside = {**CARDLESS, "notification_ids": told, "left_slot_ids": []}
    return {"_id": ObjectId(booking.id), **beside, **fields, "created_at": now, "updated_at": now}


def _update(stored: Booking, booking: Booking, fields: Document, told: Sequence[ObjectId], now: datetime) -> UpdateOne:
    """Guarded: the booking is as it was when this was decided."""
    guard = {"_id": ObjectId(booking.id), "version": stored.version, "live": stored.live}
    update: Document = {"$set": {**fields, "updated_at": now}}
    if left := seats(stored) - seats(booking):
        update["$addToSet"] = {"left_slot_ids": {"$each": [ObjectId(slot_id) for slot_id in sorted(left)]}}
    if told:
        update["$push"] = {"notification_ids": {"$each": told}}
    return UpdateOne(guard, update)
