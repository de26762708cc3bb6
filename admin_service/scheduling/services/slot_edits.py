"""Changing a future slot (FR10): its bookings follow, and their candidates are told what changed for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import Int64, ObjectId
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common import clock, correlation
from common.audit import record_staff
from common.models import check_value
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from messaging import caches, outbox
from reminders.services import ledger
from reminders.services.message_writes import BookingChange
from scheduling.domain.changes import in_slot, next_version
from scheduling.domain.model import Actor, ActorKind, Booking, Candidate, Slot, State
from scheduling.domain.requesting import kept_within
from scheduling.models import InterviewSlot
from scheduling.services import candidate_news, cards, loading
from scheduling.services.audit import booking_facts
from scheduling.services.batch import offer_seats
from scheduling.services.calendar_entries import calendar_entry
from scheduling.services.saving import booking_document
from scheduling.services.serializing import booking_view
from scheduling.services.slots import end_of
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import CacheName, NotificationKind
from shared_contracts.venue import VENUE_FIELDS


@dataclass(frozen=True, slots=True)
class SlotChanges:
    """New values for a slot; None leaves a field as it is, ``recruiter_id`` "" takes the recruiter away.

    ``venue``: some of ``VENUE_FIELDS`` with their new values.
    """

    starts_at: datetime | None = None
    duration_minutes: int | None = None
    max_users: int | None = None
    venue: Mapping[str, str] = field(default_factory=dict)
    recruiter_id: str | None = None
    city_id: str | None = None
    is_active: bool | None = None


def edit_slot(slot_id: str, changes: SlotChanges, *, actor: str, reason: str = "") -> None:
    """BookingChange a future slot. Bookings in it follow, and their candidates are told what changed for them.

    Raises:
        RefusedError: naming the field, e.g. a capacity below the number booked. Nothing was changed.
    """

    def work() -> None:
        slots = loading.load_slots({"_id": ObjectId(slot_id)})
        if not slots:
            raise RefusedError({"": _("This slot does not exist any more.")})
        _apply(slots[0], changes, actor, reason)

    in_transaction(work)


def _apply(slot: Slot, changes: SlotChanges, actor: str, reason: str) -> None:
    now = clock.now()
    if slot.ends_at <= now:
        raise RefusedError({"": _("This slot is over and can't be changed.")})
    if changes.starts_at and changes.starts_at != slot.starts_at and changes.starts_at <= now:
        raise RefusedError({"starts_at": _("Give a time in the future.")})
    values = _new_values(slot, changes)
    if not values:
        return
    _check_values(slot, values)
    size = {"$lte": [{"$size": "$booked_users"}, values.get("max_users", slot.capacity)]}
    matched = collection("interview_slots").update_one(
        {"_id": ObjectId(slot.id), "$expr": size},
        [
            {"$set": {**values, "updated_at": now}},
            {"$set": {"has_room": {"$lt": [{"$size": "$booked_users"}, "$max_users"]}}},
        ],
        session=current_session(),
    )
    if not matched.matched_count:
        booked = len(slot.holders)
        raise RefusedError({"max_users": _("%(booked)s already booked: give at least that many.") % {"booked": booked}})
    (after,) = loading.load_slots({"_id": ObjectId(slot.id)})
    record_staff("slot", slot.id, "changed", actor, _slot_facts(slot), _slot_facts(after), reason)
    caches.invalidate(CacheName.SLOTS)
    if replace(after, capacity=slot.capacity, is_active=slot.is_active) != slot:
        _carry_bookings(after, actor, reason, now)
    offer_seats([slot.id], correlation.current())


def _new_values(slot: Slot, changes: SlotChanges) -> Document:
    """The stored fields that change, with those that follow from them."""
    values: Document = {
        name: value
        for name in (field.name for field in fields(changes) if field.name != "venue")
        if (value := getattr(changes, name)) is not None
    }
    values |= changes.venue
    if "recruiter_id" in values:
        values["recruiter_id"] = ObjectId(values["recruiter_id"]) if values["recruiter_id"] else None
    if "city_id" in values:
        values["city_id"] = ObjectId(values["city_id"])
    if "starts_at" in values or "duration_minutes" in values:
        starts_at = values.get("starts_at", slot.starts_at)
        minutes = values.get("duration_minutes", slot.duration_minutes)
        values["ends_at"] = end_of(starts_at, minutes)
        values["closes_at"] = starts_at - (slot.starts_at - slot.closes_at)
    return values


def _check_values(slot: Slot, values: Document) -> None:
    """The model's own limits, which an update does not ask; of the venue as a whole, too."""
    errors: dict[str, str] = {}
    for name, value in values.items():
        try:
            field: Any = InterviewSlot._meta.get_field(name.removesuffix("_id"))
            field.clean(value, None)
            check_value(field, value)
        except ValidationError as error:
            errors[name] = " ".join(error.messages)
    venue = {name: values.get(name, getattr(slot.place.venue, name)) for name in VENUE_FIELDS}
    try:
        InterviewSlot(**venue).clean()
    except ValidationError as error:
        errors = {**{name: " ".join(texts) for name, texts in error.message_dict.items()}, **errors}
    if errors:
        raise RefusedError(errors)


def _carry_bookings(slot: Slot, actor: str, reason: str, now: datetime) -> None:
    """Bring the slot's live bookings in line with it, one version up, and tell their candidates."""
    rows = list(collection("bookings").find({"slot_id": ObjectId(slot.id), "live": True}, session=current_session()))
    people = {row["_id"]: row for row in loading.people_by_id([row["user_id"] for row in rows])}
    carried: list[BookingChange] = []
    for row in rows:
        before = loading.booking_from(row)
        moved = slot.starts_at != before.starts_at
        after = next_version(in_slot(before, slot) if moved else replace(before, ends_at=slot.ends_at))
        if not after.requested_slot_id:
            after = kept_within(after, slot)
        candidate = loading.candidate_from(people[row["user_id"]])
        collection("bookings").update_one(
            {"_id": row["_id"], "version": before.version},
            {"$set": {**booking_document(after, slot, candidate, now), **_awaited_until(row, after)}},
            session=current_session(),
        )
        record_staff("booking", after.id, "slot_changed", actor, booking_facts(before), booking_facts(after), reason)
        _tell(after, slot, candidate, reason)
        carried.append(BookingChange(before, after, slot))
    ledger.plan_messages(carried, now)
    told = [item.after for item in carried if item.after.status is BookingStatus.BOOKED]
    news_to_recruiters = [
        ledger.RecruiterNotice(item, slot, CardOccasion.CHANGED) for item in told if not item.awaits_approval
    ]
    ledger.tell_recruiters(news_to_recruiters, now)
    _hasten_moves_into(slot, actor, reason, now)
    wherever = {"live": True, "$or": [{"slot_id": ObjectId(slot.id)}, {"requested_slot_id": ObjectId(slot.id)}]}
    act = cards.Act(Actor(ActorKind.STAFF, actor), reason, correlation.current())
    announced = {
        str(row["_id"]) for row in rows if row["status"] == BookingStatus.BOOKED and not row["awaits_approval"]
    }
    outbox.add(cards.show_again(wherever, act, now, announced=announced))


def _hasten_moves_into(slot: Slot, actor: str, reason: str, now: datetime) -> None:
    """A wanted move into the slot is answered in time for its new start, too."""
    wanted = {"live": True, "requested_slot_id": ObjectId(slot.id)}
    for row in list(collection("bookings").find(wanted, session=current_session())):
        before = loading.booking_from(row)
        after = kept_within(before, slot)
        if after == before:
            continue
        after = next_version(after)
        collection("bookings").update_one(
            {"_id": row["_id"], "version": before.version},
            {"$set": {**_awaited_until(row, after), "version": Int64(after.version), "updated_at": now}},
            session=current_session(),
        )
        record_staff("booking", after.id, "slot_changed", actor, booking_facts(before), booking_facts(after), reason)


def _awaited_until(row: Document, after: Booking) -> Document:
    """When an answer is due, and the reminder as long before it as it was."""
    sooner = row["expires_at"] - after.expires_at if row["expires_at"] and after.expires_at else timedelta()
    return {"expires_at": after.expires_at, "remind_at": row["remind_at"] and row["remind_at"] - sooner}


def _tell(booking: Booking, slot: Slot, candidate: Candidate, reason: str) -> None:
    view = booking_view(booking, State(slots={slot.id: slot}))
    if view:
        kind, correlation_id = NotificationKind.BOOKING_CHANGED, correlation.current()
        calendar = calendar_entry(booking, slot)
        message = candidate_news.notification(str(uuid4()), kind, candidate, view, reason, correlation_id, calendar)
        candidate_news.remember([message])
        outbox.add([message])


def _slot_facts(slot: Slot) -> dict[str, Any]:
    return {
        "starts_at": slot.starts_at.isoformat(),
        "duration_minutes": slot.duration_minutes,
        "max_users": slot.capacity,
        **slot.place.venue.model_dump(),
        "recruiter_id": slot.recruiter_id,
        "city_id": slot.city_id,
        "is_active": slot.is_active,
    }
