"""Writing down what is to be sent, in the transaction of what causes it: booking, moving, ending, editing a slot."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from bson import Int64, ObjectId
from pymongo import UpdateOne

from common.mongo import Document, collection, current_session, insert_all, update_all
from common.quiet_hours import next_allowed_time
from reminders.domain.kinds import CHANGES, KIND_THAT_TELLS, SPECS
from reminders.domain.planning import OF_USE, PlannedMessage
from reminders.domain.states import MessageState, SuppressionReason
from reminders.services.message_writes import (
    BookingChange,
    LedgerWrite,
    PlanningContext,
    new_row,
    plan_fields,
    suppression,
    writes_for,
)
from reminders.services.timings import Timings, read_timings
from scheduling.domain.model import Booking, Slot
from shared_contracts.card import CardOccasion


class RecruiterNotice(NamedTuple):
    """Something that a booking's recruiter is to hear. ``card_held``: a recruiter has the card of the booking."""

    booking: Booking
    slot: Slot
    occasion: CardOccasion
    card_held: bool = False


class LedgerWrites(NamedTuple):
    """New messages, and changes of messages that must be as they were read."""

    inserts: list[Document]
    updates: list[UpdateOne]


def ledger_writes(changes: Sequence[BookingChange], notices: Sequence[RecruiterNotice], now: datetime) -> LedgerWrites:
    """What brings the ledger in line with bookings, and lets recruiters hear of changes.

    Args:
        changes: their messages are planned, planned anew or suppressed; what is as it should be is left alone.
        notices: told now, or in the morning; of several to one booking, the last.
        now: aware UTC.
    """
    if not changes and not notices:
        return LedgerWrites([], [])
    timings = read_timings()
    known = {change.after.id for change in changes if change.before}
    rows = _rows_of(known | {notice.booking.id for notice in notices if notice.booking.version > 1})
    context = PlanningContext(timings, now)
    writes = [write for change in changes for write in writes_for(change, rows.planned[change.after.id], context)]
    for notice in {item.booking.id: item for item in notices}.values():
        writes += _notice(notice, rows.waiting[notice.booking.id], timings, now)
    inserts = [write for write in writes if not isinstance(write, UpdateOne)]
    return LedgerWrites(inserts, [write for write in writes if isinstance(write, UpdateOne)])


def write(writes: LedgerWrites) -> None:
    """Store them, in the transaction under way.

    Raises:
        GuardFailedError: a message is not as it was read.
    """
    update_all("auto_messages", writes.updates)
    insert_all("auto_messages", writes.inserts)


def _notice(notice: RecruiterNotice, older: Sequence[Document], timings: Timings, now: datetime) -> list[LedgerWrite]:
    """A recruiter hears of it, too, when their booking has gone where there is none."""
    booking, slot, kind = notice.booking, notice.slot, KIND_THAT_TELLS[notice.occasion]
    wait = timings.of(slot.event_id, slot.city_id).span(kind)
    if wait is None or not (slot.recruiter_timezone or notice.card_held):
        return []
    due_at = now + wait
    if not notice.card_held and SPECS[kind].waits_for_morning(booking.starts_at, due_at):
        # Of several readers some may be awake.
        morning = next_allowed_time(due_at, slot.recruiter_timezone or slot.place.timezone)
        due_at = SPECS[kind].latest_wait(booking.starts_at, morning) if morning > due_at else due_at
    fields = plan_fields(PlannedMessage(kind, due_at, due_at + OF_USE), slot.recruiter_telegram_id, now)
    row = new_row(booking, {**fields, "turn": Int64(booking.version), "occasion": notice.occasion.value}, now)
    merged = suppression(SuppressionReason.MERGED, now)
    waits = MessageState.SCHEDULED.value
    return [*(UpdateOne({"_id": item["_id"], "state": waits}, merged) for item in older), row]


class _Rows(NamedTuple):
    """Of bookings: the messages that are planned, and the changes that wait to be told."""

    planned: dict[str, list[Document]]
    waiting: dict[str, list[Document]]


def _rows_of(booking_ids: Iterable[str]) -> _Rows:
    ids, rows = [ObjectId(booking_id) for booking_id in booking_ids], _Rows(defaultdict(list), defaultdict(list))
    changes = [kind.value for kind in CHANGES]
    either = [{"kind": {"$nin": changes}}, {"state": MessageState.SCHEDULED.value}]
    query = {"booking_id": {"$in": ids}, "$or": either}
    for row in collection("auto_messages").find(query, session=current_session()) if ids else ():
        kind = rows.waiting if row["kind"] in changes else rows.planned
        kind[str(row["booking_id"])].append(row)
    return rows
