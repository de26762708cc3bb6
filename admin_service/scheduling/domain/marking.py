"""How interviews went, as their recruiters say it afterwards."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from common.texts.translation import to_translate as _
from scheduling.domain.answering import refuse_ended
from scheduling.domain.changes import ended
from scheduling.domain.commands import ActorKind, BookingCommand
from scheduling.domain.decisions import Decision, changed
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import Booking, State
from shared_contracts.booking import MARKS, Outcome
from shared_contracts.directory import BookingStatus

UNDO_FOR = timedelta(days=1)
UNMARKED = frozenset({BookingStatus.BOOKED, BookingStatus.UNMARKED})
"""Of these the outcome is yet to be told, once they have begun."""


@dataclass(frozen=True, slots=True)
class MarkOutcome(BookingCommand):
    """How the interview went; None takes the mark back."""

    mark: BookingStatus | None


@dataclass(frozen=True, slots=True)
class OutcomeMarked(BookingEvent):
    """How the interview went."""

    action = "outcome_marked"
    label = _("outcome marked")


@dataclass(frozen=True, slots=True)
class MarkTakenBack(BookingEvent):
    """Nobody has said how the interview went, after all."""

    action = "mark_taken_back"
    label = _("the mark was taken back")


MarkingEvent = OutcomeMarked | MarkTakenBack


def mark_outcome(state: State, command: MarkOutcome, booking: Booking, now: datetime) -> Decision:
    """The mark is noted, changed, or taken back within a day; staff may do so later. Twice is as once."""
    refusal = _refuse(state, command, booking, now)
    if refusal:
        return Decision(command, refusal, booking)
    unchanged = booking.status in UNMARKED if command.mark is None else command.mark is booking.status
    if unchanged:
        return Decision(command, Outcome.BOOKED, booking)
    changed_since = command.expected_version not in (None, booking.version)
    if changed_since and booking.status is not BookingStatus.UNMARKED:  # to that the clock alone has brought it
        return Decision(command, Outcome.VERSION_CONFLICT, booking)
    if not may_undo(booking, now) and booking.status in MARKS and command.actor.kind is not ActorKind.STAFF:
        return Decision(command, Outcome.TOO_LATE, booking)
    marked = ended(booking, command.mark or BookingStatus.UNMARKED, command)
    marked = replace(marked, marked_at=now if command.mark else None)
    return changed(command, Outcome.BOOKED, OutcomeMarked if command.mark else MarkTakenBack, booking, marked)


def may_mark(booking: Booking, now: datetime) -> bool:
    """Whether the interview has begun and nobody has said yet how it went."""
    return booking.status in UNMARKED and now >= booking.starts_at


def may_undo(booking: Booking, now: datetime) -> bool:
    """Whether a mark can still be taken back or changed."""
    return booking.status in MARKS and booking.marked_at is not None and now < booking.marked_at + UNDO_FOR


def _refuse(state: State, command: MarkOutcome, booking: Booking, now: datetime) -> Outcome | None:
    if booking.status not in UNMARKED and booking.status not in MARKS:
        return Outcome.BOOKING_NOT_FOUND if booking.live else refuse_ended(command, booking)
    if booking.slot_id not in state.slots:
        return Outcome.SLOT_NOT_FOUND
    return Outcome.TOO_LATE if now < booking.starts_at else None
