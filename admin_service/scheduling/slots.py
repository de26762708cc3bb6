"""What staff do to slots: make, edit, deactivate, delete (FR10). Every change is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common import audit, clock, correlation
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from messaging import caches, outbox
from scheduling import loading, news
from scheduling.audit import booking_facts
from scheduling.domain.model import Booking, Slot, State
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.views import booking_view
from scheduling.writing import booking_document
from shared_contracts.notification import CacheName, NotificationKind


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """A slot to be made. ``starts_at`` is aware; ids are 24 hex digits."""

    starts_at: datetime
    duration_minutes: int
    max_users: int
    location: str
    room: str
    recruiter_id: str | None
    city_id: str


@dataclass(frozen=True, slots=True)
class SlotChanges:
    """New values for a slot; None leaves a field as it is, ``recruiter_id`` "" takes the recruiter away."""

    starts_at: datetime | None = None
    duration_minutes: int | None = None
    max_users: int | None = None
    location: str | None = None
    room: str | None = None
    recruiter_id: str | None = None
    city_id: str | None = None
    is_active: bool | None = None


class SlotHasBookingsError(Exception):
    """People hold seats in the slot. ``bookings``: name, username, telegram_id, booking_id, status of each."""

    def __init__(self, bookings: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(bookings)} bookings")
        self.bookings = bookings


def save_event(event: InterviewEvent, *, actor: str) -> None:
    """Save an interview event; its slots close by the new cut-off at once."""

    def work() -> None:
        created = event._state.adding
        event.save()
        close = {
            "$dateSubtract": {
                "startDate": "$starts_at",
                "unit": "minute",
                "amount": event.booking_cutoff_minutes,
            }
        }
        collection("interview_slots").update_many(
            {"event_id": event.pk},
            [{"$set": {"closes_at": close, "updated_at": clock.now()}}],
            session=current_session(),
        )
        _record("event", str(event.pk), "created" if created else "changed", actor, None, _event_facts(event))
        _stale(CacheName.EVENTS, CacheName.SLOTS)

    in_transaction(work)


def create_slots(event_id: str, drafts: Sequence[SlotDraft], *, actor: str) -> list[str]:
    """Make slots for an event.

    Returns:
        Their ids, in the order of ``drafts``.

    Raises:
        RefusedError: naming the first draft's wrong fields; none is made.
    """
    event = InterviewEvent.objects.get(pk=ObjectId(event_id))
    slots = [_new_slot(event, draft) for draft in drafts]

    def work() -> list[str]:
        made = InterviewSlot.objects.bulk_create(slots)
        for slot in made:
            _record("slot", str(slot.pk), "created", actor, None, {"starts_at": slot.starts_at.isoformat()})
        _stale(CacheName.SLOTS)
        return [str(slot.pk) for slot in made]

    return in_transaction(work)


def edit_slot(slot_id: str, changes: SlotChanges, *, actor: str, reason: str = "") -> None:
    """Change a future slot. Bookings in it follow, and their candidates are told what changed for them.

    Raises:
        RefusedError: naming the field, e.g. a capacity below the number booked. Nothing was changed.
    """

    def work() -> None:
        slots = loading.load_slots({"_id": ObjectId(slot_id)})
        if not slots:
            raise RefusedError({"": _("This slot does not exist any more.")})
        _apply(slots[0], changes, actor, reason)

    in_transaction(work)


def delete_slot(slot_id: str, *, actor: str) -> None:
    """Delete a slot nobody holds a seat in.

    Raises:
        SlotHasBookingsError: naming the people; nothing was changed.
    """

    def work() -> None:
        people = _people_in(slot_id)
        # The condition, not the look before it, decides: a booking may be under way.
        deleted = collection("interview_slots").delete_one(
            {"_id": ObjectId(slot_id), "booked_users": []}, session=current_session()
        )
        if people or not deleted.deleted_count:
            raise SlotHasBookingsError(people)
        _record("slot", slot_id, "deleted", actor, None, None)
        _stale(CacheName.SLOTS)

    in_transaction(work)


def _new_slot(event: InterviewEvent, draft: SlotDraft) -> InterviewSlot:
    slot = InterviewSlot(
        event=event,
        city_id=ObjectId(draft.city_id),
        recruiter_id=ObjectId(draft.recruiter_id) if draft.recruiter_id else None,
        starts_at=draft.starts_at,
        duration_minutes=draft.duration_minutes,
        ends_at=draft.starts_at + timedelta(minutes=draft.duration_minutes),
        closes_at=draft.starts_at - timedelta(minutes=event.booking_cutoff_minutes),
        max_users=draft.max_users,
        location=draft.location,
        room=draft.room,
    )
    try:
        slot.clean_fields(exclude=["booked_users"])
    except ValidationError as error:
        raise RefusedError({name: " ".join(texts) for name, texts in error.message_dict.items()}) from None
    if draft.starts_at <= clock.now():
        raise RefusedError({"starts_at": _("Give a time in the future.")})
    return slot


def _apply(slot: Slot, changes: SlotChanges, actor: str, reason: str) -> None:
    now = clock.now()
    if slot.ends_at <= now:
        raise RefusedError({"": _("This slot is over and can't be changed.")})
    if changes.starts_at and changes.starts_at != slot.starts_at and changes.starts_at <= now:
        raise RefusedError({"starts_at": _("Give a time in the future.")})
    values = _new_values(slot, changes)
    if not values:
        return
    _check_values(values)
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
    _record("slot", slot.id, "changed", actor, _slot_facts(slot), _slot_facts(after), reason)
    _stale(CacheName.SLOTS)
    if replace(after, capacity=slot.capacity, is_active=slot.is_active) != slot:
        _carry_bookings(after, actor, reason, now)


def _new_values(slot: Slot, changes: SlotChanges) -> Document:
    """The stored fields that change, with those that follow from them."""
    values: Document = {
        field.name: value for field in fields(changes) if (value := getattr(changes, field.name)) is not None
    }
    if "recruiter_id" in values:
        values["recruiter_id"] = ObjectId(values["recruiter_id"]) if values["recruiter_id"] else None
    if "city_id" in values:
        values["city_id"] = ObjectId(values["city_id"])
    if "starts_at" in values or "duration_minutes" in values:
        starts_at = values.get("starts_at", slot.starts_at)
        minutes = values.get("duration_minutes", slot.duration_minutes)
        values["ends_at"] = starts_at + timedelta(minutes=minutes)
        values["closes_at"] = starts_at - (slot.starts_at - slot.closes_at)
    return values


def _check_values(values: Document) -> None:
    """The model's own limits, which an update does not ask."""
    errors: dict[str, str] = {}
    for name, value in values.items():
        try:
            InterviewSlot._meta.get_field(name.removesuffix("_id")).run_validators(value)  # type: ignore[union-attr]
        except ValidationError as error:
            errors[name] = " ".join(error.messages)
    if errors:
        raise RefusedError(errors)


def _carry_bookings(slot: Slot, actor: str, reason: str, now: datetime) -> None:
    """Bring the slot's live bookings in line with it, one version up, and tell their candidates."""
    rows = list(collection("bookings").find({"slot_id": ObjectId(slot.id), "live": True}, session=current_session()))
    people = {row["_id"]: row for row in loading.people_by_id([row["user_id"] for row in rows])}
    for row in rows:
        before = loading.booking_from(row)
        after = replace(before, starts_at=slot.starts_at, ends_at=slot.ends_at, version=before.version + 1)
        candidate = loading.candidate_from(people[row["user_id"]])
        collection("bookings").update_one(
            {"_id": row["_id"], "version": before.version},
            {"$set": booking_document(after, slot, candidate, now)},
            session=current_session(),
        )
        _record("booking", after.id, "slot_changed", actor, booking_facts(before), booking_facts(after), reason)
        _tell(after, slot, reason)


def _tell(booking: Booking, slot: Slot, reason: str) -> None:
    view = booking_view(booking, State(slots={slot.id: slot}))
    if view:
        kind, correlation_id = NotificationKind.BOOKING_CHANGED, correlation.current()
        outbox.add([news.notification(str(uuid4()), kind, booking.telegram_id, view, reason, correlation_id)])


def _people_in(slot_id: str) -> list[dict[str, Any]]:
    slot = ObjectId(slot_id)
    rows = collection("bookings").find(
        {"live": True, "$or": [{"slot_id": slot}, {"requested_slot_id": slot}]}, session=current_session()
    )
    return [
        {
            "name": f"{row['user']['first_name']} {row['user']['last_name']}".strip(),
            "username": row["user"]["username"],
            "telegram_id": row["telegram_id"],
            "booking_id": str(row["_id"]),
            "status": row["status"],
        }
        for row in rows
    ]


def _slot_facts(slot: Slot) -> dict[str, Any]:
    return {
        "starts_at": slot.starts_at.isoformat(),
        "duration_minutes": slot.duration_minutes,
        "max_users": slot.capacity,
        "location": slot.place.location,
        "room": slot.place.room,
        "recruiter_id": slot.recruiter_id,
        "city_id": slot.city_id,
        "is_active": slot.is_active,
    }


def _event_facts(event: InterviewEvent) -> dict[str, Any]:
    names = (
        "title",
        "is_open",
        "approval_required",
        "booking_cutoff_minutes",
        "move_cutoff_minutes",
        "move_limit",
    )
    return {name: getattr(event, name) for name in names}


def _record(
    subject: str,
    subject_id: str,
    action: str,
    actor: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str = "",
) -> None:
    entry = audit.entry(
        subject,
        subject_id,
        action,
        actor=f"staff:{actor}",
        via="desk",
        now=clock.now(),
        correlation_id=correlation.current(),
        before=before,
        after=after,
        reason=reason,
    )
    audit.add([entry])


def _stale(*names: CacheName) -> None:
    outbox.add([caches.stale(*names, correlation_id=correlation.current())])
