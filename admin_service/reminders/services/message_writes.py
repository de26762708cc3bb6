"""What changes in the ledger for one booking: its plan compared with what stands there already.

Doing it again changes nothing, and a message that was sent stays sent whatever becomes of the booking (I4).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bson import Int64, ObjectId
from pymongo import UpdateOne

from common.mongo import Document
from common.quiet_hours import next_allowed_time
from reminders.domain.kinds import PLANNED, REMINDERS, SECOND_CHANCES, SPECS, TO_CANDIDATES, ReminderKind
from reminders.domain.planning import OF_USE, Interview, PlannedMessage, plan
from reminders.domain.states import MessageState, SuppressionReason
from reminders.domain.timing import Timing
from reminders.services.timings import Timings
from scheduling.domain.model import Booking, Candidate, Slot
from shared_contracts.directory import BookingStatus

LedgerWrite = Document | UpdateOne
"""A new message, or a change of one that must be as it was read."""

STANDS = frozenset({BookingStatus.BOOKED, BookingStatus.UNMARKED})
"""A booking that takes place, or did: its messages stay until they are sent or of no use."""
ON_THEIR_WAY = frozenset({MessageState.QUEUED.value, MessageState.SENT.value, MessageState.FAILED.value})
_LEFT = frozenset({SuppressionReason.MOVED.value, SuppressionReason.ENDED.value})


class BookingChange(NamedTuple):
    """A booking as it was (None: new) and is, with the slot it is in (None: deleted since).

    ``since``: when it came to stand at its time, where the ledger does not know.
    """

    before: Booking | None
    after: Booking
    candidate: Candidate
    slot: Slot | None
    since: datetime | None = None


class PlanningContext(NamedTuple):
    """What planning goes by."""

    timings: Timings
    now: datetime


def writes_for(change: BookingChange, rows: Sequence[Document], context: PlanningContext) -> list[LedgerWrite]:
    """The writes that bring a booking's messages in line with it; none where all is as it should be."""
    if change.slot is None:
        return []
    planning = _Planning(change, change.slot, rows, context)
    return [*planning.planned(), *planning.second_chances()]


def suppression(reason: SuppressionReason, now: datetime) -> Document:
    """The update that ends a message unsent."""
    return {"$set": {"state": MessageState.SUPPRESSED.value, "why": reason.value, "updated_at": now}}


def new_row(booking: Booking, fields: Document, now: datetime) -> Document:
    """A message about a booking as the ledger keeps it; ``fields`` say which and when."""
    booking_id = ObjectId(booking.id)
    return {
        "_id": ObjectId(),
        "subject_id": booking_id,
        "booking_id": booking_id,
        "starts_at": booking.starts_at,
        "turn": Int64(0),
        "occasion": "",
        "attempts": Int64(0),
        "uncertain_tries": Int64(0),
        "queued_at": None,
        "sent_at": None,
        "text": "",
        "telegram_message_id": None,
        "error": "",
        "created_at": now,
        "updated_at": now,
        **fields,
    }


def plan_fields(planned: PlannedMessage, target_chat_id: int | None, booked_at: datetime) -> Document:
    """The fields of a message that its plan decides."""
    return {
        "kind": planned.kind.value,
        "target_chat_id": Int64(target_chat_id) if target_chat_id else None,
        "due_at": planned.due_at,
        "stale_at": planned.stale_at,
        "booked_at": booked_at,
        "asks_attendance": planned.asks_attendance,
        "state": (MessageState.SUPPRESSED if planned.reason else MessageState.SCHEDULED).value,
        "why": planned.reason.value if planned.reason else "",
    }


class _Planning:
    def __init__(self, change: BookingChange, slot: Slot, rows: Sequence[Document], context: PlanningContext) -> None:
        self._change, self._slot, self._now = change, slot, context.now
        self._booking, self._rows = change.after, rows
        self._zone = slot.recruiter_timezone
        self._timing: Timing = context.timings.of(self._booking.event_id, slot.city_id)
        self._here = {ReminderKind(row["kind"]): row for row in rows if row["starts_at"] == self._booking.starts_at}

    def planned(self) -> list[LedgerWrite]:
        """Of the messages that follow from the booking's time."""
        if self._booking.status not in STANDS:
            return self._suppress_all_but(frozenset())
        booked_at = self._booked_at()
        interview = Interview(
            self._booking.id,
            self._booking.starts_at,
            self._booking.ends_at,
            self._slot.place.timezone,
            self._change.candidate.timezone_for(self._slot),
            self._zone,
            booked_at,
        )
        every = [self._without_answered_question(item) for item in plan(interview, self._timing)]
        writes = [write for item in every for write in self._upsert(item, booked_at)]
        return [*writes, *self._suppress_all_but(frozenset(item.kind for item in every))]

    def second_chances(self) -> list[LedgerWrite]:
        """Another time, after a no-show or the recruiter's absence; not once the mark is taken back."""
        writes: list[LedgerWrite] = []
        before = self._change.before.status if self._change.before else None
        for kind in SECOND_CHANCES:
            mark = SPECS[kind].after
            if self._booking.status is mark is not before:
                writes += self._second_chance(kind)
            elif before is mark is not self._booking.status and kind in self._here:
                writes += self._suppress(self._here[kind], SuppressionReason.TAKEN_BACK)
        return writes

    def _second_chance(self, kind: ReminderKind) -> list[LedgerWrite]:
        wait = self._timing.span(kind)
        if wait is None:
            return []
        due_at = next_allowed_time(self._now + wait, self._change.candidate.timezone_for(self._slot))
        return self._upsert(PlannedMessage(kind, due_at, due_at + OF_USE), self._now)

    def _upsert(self, planned: PlannedMessage, booked_at: datetime) -> list[LedgerWrite]:
        row = self._here.get(planned.kind)
        if row and row["state"] in ON_THEIR_WAY:
            return []
        if row and row["state"] == MessageState.SCHEDULED.value:
            # What is held until later stays so.
            held = planned.due_at <= self._now < row["due_at"]
            planned = replace(planned, due_at=row["due_at"]) if held else planned
        else:
            planned = self._scheduled_if_useful(planned, row)
        telegram_id = self._booking.telegram_id
        target = telegram_id if planned.kind in TO_CANDIDATES else self._slot.recruiter_telegram_id
        fields = plan_fields(planned, target, booked_at)
        if row is None:
            return [new_row(self._booking, fields, self._now)]
        closed = row["state"] == MessageState.SUPPRESSED.value and planned.reason and row["why"] not in _LEFT
        if closed or all(row[name] == value for name, value in fields.items()):
            return []
        guard = {"_id": row["_id"], "state": row["state"]}
        return [UpdateOne(guard, {"$set": {**fields, "updated_at": self._now}})]

    def _scheduled_if_useful(self, planned: PlannedMessage, row: Document | None) -> PlannedMessage:
        """A message that does not wait comes to wait only if its time is yet to come, and nothing has said it."""
        if planned.reason:
            return planned
        if planned.due_at <= self._now:
            return replace(planned, reason=SuppressionReason.STALE)
        told_already = row and row["why"] == SuppressionReason.MERGED.value and self._stood_here() and self._was_asked()
        return replace(planned, reason=SuppressionReason.MERGED) if told_already else planned

    def _without_answered_question(self, planned: PlannedMessage) -> PlannedMessage:
        """Who has said whether they come is not asked again."""
        if not self._booking.coming.is_answered:
            return planned
        needless = SPECS[planned.kind].needless_once_answered and not planned.reason
        return replace(
            planned, asks_attendance=False, reason=SuppressionReason.ANSWERED if needless else planned.reason
        )

    def _booked_at(self) -> datetime:
        """When the booking came to stand at its time: a plan made anew judges lateness by that."""
        known: list[datetime] = [
            row["booked_at"] for row in self._here.values() if ReminderKind(row["kind"]) in PLANNED
        ]
        if self._stood_here() and known:
            return min(known)
        return self._change.since or self._now

    def _stood_here(self) -> bool:
        before = self._change.before
        return before is not None and before.status in STANDS and before.starts_at == self._booking.starts_at

    def _was_asked(self) -> bool:
        return any(
            row["asks_attendance"] and row["state"] in ON_THEIR_WAY
            for kind, row in self._here.items()
            if kind in REMINDERS
        )

    def _suppress_all_but(self, kinds: frozenset[ReminderKind]) -> list[LedgerWrite]:
        """What waits and is not to come any more."""
        writes: list[LedgerWrite] = []
        for row in self._rows:
            kind = ReminderKind(row["kind"])
            if kind in PLANNED and not (kind in kinds and row["starts_at"] == self._booking.starts_at):
                writes += self._suppress(row, self._suppression_reason(kind, row["starts_at"]))
        return writes

    def _suppress(self, row: Document, reason: SuppressionReason) -> list[LedgerWrite]:
        if row["state"] != MessageState.SCHEDULED.value:
            return []
        return [UpdateOne({"_id": row["_id"], "state": MessageState.SCHEDULED.value}, suppression(reason, self._now))]

    def _suppression_reason(self, kind: ReminderKind, starts_at: datetime) -> SuppressionReason:
        if self._booking.status not in STANDS:
            marked = kind is ReminderKind.OUTCOME_DUE and self._booking.marked_at
            return SuppressionReason.ANSWERED if marked else SuppressionReason.ENDED
        if starts_at != self._booking.starts_at:
            return SuppressionReason.MOVED
        if self._timing.of(kind) is None:
            return SuppressionReason.SWITCHED_OFF
        if kind in REMINDERS:
            return SuppressionReason.MERGED
        return SuppressionReason.NOT_ASKED if self._zone else SuppressionReason.NO_CHAT
