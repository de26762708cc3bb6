"""Writing decisions with their guards. Runs inside the transaction that loaded what they rest on."""

from collections.abc import Sequence
from datetime import datetime

from bson import Int64, ObjectId
from pymongo import InsertOne, UpdateOne

from common.mongo import Document, collection, current_session
from scheduling.domain.changes import seats
from scheduling.domain.model import ActorKind, AnswerTime, AnyCommand, Booking, Candidate, Decision, Offer, Slot, State

CARDLESS: Document = {
    "card_revision": Int64(0),
    "card_holders": [],
    "card_readers": [],
    "last_act": None,
    "remind_at": None,
    "recruiter_by_hand": False,
    "candidate_by_hand": False,
    "notification_ids": [],
    "left_slot_ids": [],
}
"""A new booking's fields that its changes leave alone: cards (``scheduling.services.cards``), news, slots left."""


class GuardFailedError(Exception):
    """A conditional update met no document: what was decided on has changed. Nothing was written; decide again."""


def write_decisions(before: State, after: State, decisions: Sequence[Decision], now: datetime) -> None:
    """Store what the decisions changed: seats, bookings, and a mark on each person concerned.

    Raises:
        GuardFailedError: a seat, a slot or a booking is not as it was when decided.
        pymongo.errors.DuplicateKeyError: the second wall (one live booking per person and event) stood.
    """
    changed = [decision for decision in decisions if decision.changed]
    if not changed:
        return
    lock_people({decision.after.candidate_id for decision in changed if decision.after}, now)
    _write_seats(before, after, changed, now)
    _write_bookings(before, after, changed, now)


def seats_update(added: Sequence[ObjectId], removed: Sequence[ObjectId], now: datetime) -> list[Document]:
    """The one update that changes who sits in a slot; keeps ``has_room`` true to it."""
    kept = {"$filter": {"input": "$booked_users", "cond": {"$not": {"$in": ["$$this", list(removed)]}}}}
    return [
        {"$set": {"booked_users": {"$concatArrays": [kept, list(added)]}, "updated_at": now}},
        {"$set": {"has_room": {"$lt": [{"$size": "$booked_users"}, "$max_users"]}}},
    ]


def lock_people(candidate_ids: set[str], now: datetime) -> None:
    """Mark people in the transaction under way.

    Two transactions about one person must conflict: what they hold in other events is read, not written.
    """
    collection("users").update_many(
        {"_id": {"$in": [ObjectId(item) for item in candidate_ids]}},
        {"$inc": {"decisions": Int64(1)}, "$set": {"updated_at": now}},
        session=current_session(),
    )


def _write_seats(before: State, after: State, changed: Sequence[Decision], now: datetime) -> None:
    touched = {slot_id for item in changed for slot_id in seats(item.before) | seats(item.after)}
    within_limits = {
        slot_id
        for item in changed
        if _within_limits(item.command)
        for slot_id in seats(item.after) - seats(item.before)
    }
    updates = []
    for slot_id in sorted(touched):
        added = sorted(after.slots[slot_id].holders - before.slots[slot_id].holders)
        removed = sorted(before.slots[slot_id].holders - after.slots[slot_id].holders)
        if added or removed:
            guard = seat_guard(slot_id, added, removed, now if slot_id in within_limits else None)
            ids = [ObjectId(item) for item in added], [ObjectId(item) for item in removed]
            updates.append(UpdateOne(guard, seats_update(*ids, now)))
    if updates:
        _all_matched("interview_slots", updates)


def seat_guard(slot_id: str, added: Sequence[str], removed: Sequence[str], open_at: datetime | None) -> Document:
    """The condition under which seats may change: room for all, nobody twice, everybody who leaves is there.

    With ``open_at`` the slot must also be active and open for booking at that moment.
    """
    entering, leaving = [ObjectId(item) for item in added], [ObjectId(item) for item in removed]
    guard: Document = {"_id": ObjectId(slot_id), "$and": []}
    if entering:
        room_for_all = {"$lte": [{"$add": [{"$size": "$booked_users"}, len(added) - len(removed)]}, "$max_users"]}
        guard["$and"] += [{"$expr": room_for_all}, {"booked_users": {"$nin": entering}}]
        if open_at:
            guard["$and"] += [{"is_active": True}, {"closes_at": {"$gt": open_at}}]
    if leaving:
        guard["$and"].append({"booked_users": {"$all": leaving}})
    return guard


def _within_limits(command: AnyCommand) -> bool:
    asks_for_itself = command.actor.kind is ActorKind.CANDIDATE or isinstance(command, Offer)
    # A recruiter may offer another time up to its start.
    return not command.beyond_limits and asks_for_itself and not isinstance(command, AnswerTime)


def _write_bookings(before: State, after: State, changed: Sequence[Decision], now: datetime) -> None:
    people = {candidate.id: candidate for candidate in after.candidates.values()}
    inserts: list[UpdateOne | InsertOne[Document]] = []
    updates: list[UpdateOne | InsertOne[Document]] = []
    for booking_id in sorted({decision.after.id for decision in changed if decision.after}):
        booking, stored = after.bookings[booking_id], before.bookings.get(booking_id)
        document = booking_document(booking, after.slots[booking.slot_id], people[booking.candidate_id], now)
        if stored is None:
            inserts.append(InsertOne({"_id": ObjectId(booking_id), **document, **CARDLESS, "created_at": now}))
        else:
            guard = {"_id": ObjectId(booking_id), "version": stored.version, "live": stored.live}
            left = [ObjectId(slot_id) for slot_id in seats(stored) - seats(booking)]
            updates.append(UpdateOne(guard, {"$set": document, "$addToSet": {"left_slot_ids": {"$each": left}}}))
    # Updates first: in one batch a person may give one booking up and make the next in the same event.
    if updates:
        _all_matched("bookings", updates)
    if inserts:
        collection("bookings").bulk_write(inserts, session=current_session())


def _all_matched(name: str, updates: Sequence[UpdateOne | InsertOne[Document]]) -> None:
    result = collection(name).bulk_write(list(updates), session=current_session())
    if result.matched_count != len(updates):
        raise GuardFailedError(f"{name}: {len(updates) - result.matched_count} of {len(updates)} changed meanwhile")


def booking_document(booking: Booking, slot: Slot, candidate: Candidate, now: datetime) -> Document:
    """A booking's stored fields, with the snapshots that lists, search and export read instead of joining."""
    place = slot.place
    return {
        "user_id": ObjectId(booking.candidate_id),
        "telegram_id": Int64(booking.telegram_id),
        "event_id": ObjectId(booking.event_id),
        "slot_id": ObjectId(booking.slot_id),
        "requested_slot_id": ObjectId(booking.requested_slot_id) if booking.requested_slot_id else None,
        "city_id": ObjectId(slot.city_id),
        "recruiter_id": ObjectId(slot.recruiter_id) if slot.recruiter_id else None,
        "status": booking.status.value,
        "live": booking.live,
        "awaits_approval": booking.awaits_approval,
        "reschedule_asked": booking.reschedule_asked,
        "version": Int64(booking.version),
        "moves": Int64(booking.moves),
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "location": place.venue.location,
        "expires_at": booking.expires_at,
        "attendance": booking.attendance.value if booking.attendance else "",
        "attendance_at": booking.attendance_at,
        "offered_slot_id": ObjectId(booking.offered_slot_id) if booking.offered_slot_id else None,
        "marked_at": booking.marked_at,
        "ended_by": booking.ended_by,
        "reason": booking.reason,
        "user": {
            "telegram_id": Int64(candidate.telegram_id),
            "username": candidate.username,
            "first_name": candidate.first_name,
            "last_name": candidate.last_name,
        },
        "slot": {
            "duration_minutes": slot.duration_minutes,
            **place.venue.model_dump(exclude={"location"}),
            "city": place.city,
            "timezone": place.timezone,
            "recruiter": place.recruiter or "",
            "event": place.event,
        },
        "search": " ".join(
            (str(candidate.telegram_id), candidate.username, candidate.first_name, candidate.last_name)
        ).lower(),
        "updated_at": now,
    }
