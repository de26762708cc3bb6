"""Writing down what is to be sent, in the transaction of what causes it: booking, moving, ending, editing a slot."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from bson import Int64, ObjectId
from pymongo import InsertOne, UpdateMany

from common.mongo import Document, collection, current_session
from common.quiet_hours import next_allowed_time
from reminders.domain.kinds import SECOND_CHANCES, SPECS, ReminderKind
from reminders.domain.occasions import occasion
from reminders.domain.planning import OF_USE, PlannedMessage
from reminders.domain.states import MessageState, SuppressionReason
from reminders.services.message_writes import (
    STANDS,
    BookingChange,
    Operation,
    PlanningContext,
    new_row,
    plan_fields,
    suppression,
    writes_for,
)
from reminders.services.readers import recruiter_zones
from reminders.services.timings import read_timings
from scheduling.domain.model import Booking, Decision, Slot, State
from shared_contracts.card import CardOccasion


class RecruiterNotice(NamedTuple):
    """Something that a booking's recruiter is to hear."""

    booking: Booking
    slot: Slot
    occasion: CardOccasion


def follow(before: State, after: State, decisions: Sequence[Decision], now: datetime) -> None:
    """Bring the ledger in line with what a batch changed, and let recruiters hear of it."""
    ids = {decision.after.id for decision in decisions if decision.changed and decision.after}
    ended = (after.bookings[booking_id] for booking_id in ids)
    changes = [BookingChange(before.bookings.get(item.id), item, after.slots.get(item.slot_id)) for item in ended]
    plan_messages(
        [change for change in changes if _relevant_facts(change.before) != _relevant_facts(change.after)], now
    )
    told = [(decision.after.id, what) for decision in decisions if decision.after and (what := occasion(decision))]
    booked = [(after.bookings[booking_id], what) for booking_id, what in told]
    known = [(booking, what) for booking, what in booked if booking.slot_id in after.slots]
    tell_recruiters([RecruiterNotice(booking, after.slots[booking.slot_id], what) for booking, what in known], now)


def plan_messages(changes: Sequence[BookingChange], now: datetime) -> None:
    """Plan, plan anew or suppress the messages of bookings; those that are as they should be are left alone."""
    if not changes:
        return
    context = PlanningContext(read_timings(), recruiter_zones(change.slot for change in changes if change.slot), now)
    rows = _rows_of(change.after.id for change in changes if change.before)
    _bulk_write([write for change in changes for write in writes_for(change, rows[change.after.id], context)])


def tell_recruiters(news: Sequence[RecruiterNotice], now: datetime) -> None:
    """Let recruiters hear of changes: now, or in the morning; of several to one booking, of the last."""
    if not news:
        return
    timings, zones = read_timings(), recruiter_zones(item.slot for item in news)
    # A recruiter hears of it, too, when their booking has gone where there is none.
    held = _with_recruiter_card(item.booking.id for item in news if item.slot.id not in zones)
    writes: list[Operation] = []
    for booking, slot, what in {item.booking.id: item for item in news}.values():
        wait = timings.of(slot.event_id, slot.city_id).span(ReminderKind.CHANGE)
        if wait is None or not (slot.id in zones or booking.id in held):
            continue
        due_at = next_allowed_time(now + wait, zones.get(slot.id, slot.place.timezone))
        planned = PlannedMessage(ReminderKind.CHANGE, due_at, due_at + OF_USE)
        fields = plan_fields(planned, slot.recruiter_telegram_id, now)
        row = new_row(booking, {**fields, "turn": Int64(booking.version), "occasion": what.value}, now)
        if booking.version > 1:
            older = {"booking_id": ObjectId(booking.id), "kind": ReminderKind.CHANGE.value}
            writes.append(
                UpdateMany({**older, "state": MessageState.SCHEDULED.value}, suppression(SuppressionReason.MERGED, now))
            )
        writes.append(InsertOne(row))
    _bulk_write(writes)


def _relevant_facts(booking: Booking | None) -> tuple[object, ...] | None:
    """What a booking's messages depend on."""
    if booking is None:
        return None
    if booking.status not in STANDS:
        return (booking.status,) if booking.status in {SPECS[kind].after for kind in SECOND_CHANCES} else None
    return booking.slot_id, booking.starts_at, booking.ends_at, booking.attendance is None


def _with_recruiter_card(booking_ids: Iterable[str]) -> set[str]:
    """Which of the bookings a recruiter has the card of."""
    ids = [ObjectId(booking_id) for booking_id in booking_ids]
    query = {"_id": {"$in": ids}, "card_holders": {"$ne": []}}
    found = collection("bookings").find(query, {"_id": 1}, session=current_session()) if ids else ()
    return {str(row["_id"]) for row in found}


def _rows_of(booking_ids: Iterable[str]) -> dict[str, list[Document]]:
    ids = [ObjectId(booking_id) for booking_id in booking_ids]
    found: dict[str, list[Document]] = defaultdict(list)
    query = {"booking_id": {"$in": ids}, "kind": {"$ne": ReminderKind.CHANGE.value}}
    for row in collection("auto_messages").find(query, session=current_session()) if ids else ():
        found[str(row["booking_id"])].append(row)
    return found


def _bulk_write(writes: Sequence[Operation]) -> None:
    """In as few round trips as there are kinds of operation."""
    if writes:
        updates_first = sorted(writes, key=lambda write: isinstance(write, InsertOne))
        collection("auto_messages").bulk_write(updates_first, session=current_session())
