"""What may become of a request for approval: yes, no, another time, or nothing in time (R3)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from common.texts.translation import to_translate as _
from scheduling.domain.changes import ended, expired, in_slot, next_version, without_move
from scheduling.domain.commands import BookingCommand
from scheduling.domain.decisions import Decision, changed
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import Booking, State
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus, Rejection

_REFUSED_BY_STATUS = {
    BookingStatus.CANCELLED: Outcome.CANCELLED,
    BookingStatus.EXPIRED: Outcome.EXPIRED,
    BookingStatus.REJECTED: Outcome.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Approve(BookingCommand):
    """Yes to a request."""


@dataclass(frozen=True, slots=True)
class Reject(BookingCommand):
    """No to a request. ``rejection``: what it is about, None where that was not said."""

    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class AskReschedule(BookingCommand):
    """Another time, please: the candidate is to choose again."""


@dataclass(frozen=True, slots=True)
class WithdrawMove(BookingCommand):
    """The candidate wants no other slot any more."""


@dataclass(frozen=True, slots=True)
class Expire(BookingCommand):
    """A request or an offer that nobody answered in time; does nothing before its time."""


ApprovalCommand = Approve | Reject | AskReschedule | WithdrawMove | Expire


@dataclass(frozen=True, slots=True)
class BookingApproved(BookingEvent):
    """A request is booked."""

    action = "booked"
    label = _("approved")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.BOOKED


@dataclass(frozen=True, slots=True)
class BookingRejected(BookingEvent):
    """A request ends with a no."""

    action = "rejected"
    label = _("rejected")


@dataclass(frozen=True, slots=True)
class MoveApproved(BookingEvent):
    """A wanted move is made."""

    action = "moved"
    label = _("moved")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.MOVED


@dataclass(frozen=True, slots=True)
class MoveRejected(BookingEvent):
    """A wanted move ends with a no; the booking stays as it was."""

    action = "rejected"
    label = _("rejected")


@dataclass(frozen=True, slots=True)
class MoveWithdrawn(BookingEvent):
    """A wanted move is taken back by whoever asked for it; the booking stays as it was."""

    action = "move_withdrawn"
    label = _("took the move back")


@dataclass(frozen=True, slots=True)
class RescheduleAsked(BookingEvent):
    """The recruiter wants the candidate to choose again."""

    action = "reschedule_asked"
    label = _("another time asked for")


@dataclass(frozen=True, slots=True)
class MoveExpired(BookingEvent):
    """Nobody answered a wanted move in time; the booking stays as it was."""

    action = "expired"
    label = _("ended by itself")


@dataclass(frozen=True, slots=True)
class RequestExpired(BookingEvent):
    """Nobody answered a request in time; found so by the scan or by a late press."""

    action = "expired"
    label = _("ended by itself")


@dataclass(frozen=True, slots=True)
class SeatOfferExpired(BookingEvent):
    """They did not answer in time."""

    action = "expired"
    label = _("ended by itself")


ApprovalEvent = (
    BookingApproved
    | BookingRejected
    | MoveApproved
    | MoveRejected
    | MoveWithdrawn
    | MoveExpired
    | RescheduleAsked
    | RequestExpired
    | SeatOfferExpired
)


def decide_approval(state: State, command: ApprovalCommand, booking: Booking, now: datetime) -> Decision:
    """What recruiters answer to requests and moves, and what becomes of those without an answer."""
    match command:
        case Approve():
            return approve(state, command, booking, now)
        case Reject():
            return reject(state, command, booking, now)
        case AskReschedule():
            return ask_reschedule(state, command, booking, now)
        case WithdrawMove():
            return withdraw_move(command, booking)
        case Expire():
            return expire(state, command, booking, now)
        case _:
            assert_never(command)


def approve(state: State, command: Approve, booking: Booking, now: datetime) -> Decision:
    """The request is booked; a wanted move is made."""
    if past := _past_answering(command, booking, now):
        return past
    wanted = state.slots.get(booking.requested_slot_id) if booking.requested_slot_id else None
    approved = replace(
        booking, status=BookingStatus.BOOKED, expires_at=None, requested_slot_id=None, reschedule_asked=False
    )
    if wanted is None:
        return changed(command, Outcome.BOOKED, BookingApproved, booking, next_version(approved))
    moved = replace(in_slot(approved, wanted), moves=booking.moves + 1)
    return changed(command, Outcome.MOVED, MoveApproved, booking, next_version(moved))


def reject(state: State, command: Reject, booking: Booking, now: datetime) -> Decision:
    """The request ends; a wanted move is given up and the booking stays as it was."""
    if past := _past_answering(command, booking, now):
        return past
    if booking.requested_slot_id is None:
        noted = replace(booking, rejection=command.rejection, rejected_slot_ids=frozenset({booking.slot_id}))
        rejected = ended(noted, BookingStatus.REJECTED, command)
        return changed(command, Outcome.REJECTED, BookingRejected, booking, rejected)
    refused = booking.rejected_slot_ids | {booking.requested_slot_id}
    kept = replace(booking, requested_slot_id=None, expires_at=None, reschedule_asked=False, rejected_slot_ids=refused)
    return changed(command, Outcome.REJECTED, MoveRejected, booking, next_version(kept))


def ask_reschedule(state: State, command: AskReschedule, booking: Booking, now: datetime) -> Decision:
    """The candidate is to choose again; the request keeps its seats and its time until they do. Twice is as once."""
    past = _past_answering(command, booking, now)
    if past and not (booking.reschedule_asked and past.outcome is Outcome.VERSION_CONFLICT):
        return past
    if booking.reschedule_asked:
        return Decision(command, Outcome.PENDING_APPROVAL, booking)
    asked = next_version(replace(booking, reschedule_asked=True))
    return changed(command, Outcome.PENDING_APPROVAL, RescheduleAsked, booking, asked)


def withdraw_move(command: WithdrawMove, booking: Booking) -> Decision:
    """A wanted move is given up by whoever asked for it, whatever the hour; the booking stays as it was."""
    if refusal := refuse_ended(command, booking):
        return Decision(command, refusal, booking)
    if booking.requested_slot_id is None:
        return Decision(command, Outcome.VERSION_CONFLICT, booking)
    return changed(command, Outcome.BOOKED, MoveWithdrawn, booking, without_move(booking))


def expire(state: State, command: Expire, booking: Booking, now: datetime) -> Decision:
    """A request nobody answered, or a seat offer nobody took, ends once its time has come."""
    waits = booking.awaits_approval or booking.status is BookingStatus.OFFERED
    if not waits or booking.expires_at is None or now < booking.expires_at:
        return Decision(command, Outcome.EXPIRED, booking)
    return changed(command, Outcome.EXPIRED, _expiry_of(booking), booking, expired(booking, command))


def refuse_ended(command: BookingCommand, booking: Booking) -> Outcome | None:
    """Why nothing can be done about an ended booking, or to one that has changed since it was seen."""
    if not booking.live:
        return _REFUSED_BY_STATUS.get(booking.status, Outcome.TOO_LATE)
    if command.expected_version not in (None, booking.version):
        return Outcome.VERSION_CONFLICT
    return None


def _past_answering(command: Approve | Reject | AskReschedule, booking: Booking, now: datetime) -> Decision | None:
    """Why a request can't be answered any more (or not as it was seen); None when it can."""
    if booking.status is BookingStatus.OFFERED:  # nobody has asked for anything yet
        return Decision(command, Outcome.BOOKING_NOT_FOUND)
    if not booking.awaits_approval:  # a late or second press says what was decided
        outcome = Outcome.BOOKED if booking.live else _REFUSED_BY_STATUS.get(booking.status, Outcome.TOO_LATE)
        return Decision(command, outcome, booking)
    if booking.expires_at is not None and now >= booking.expires_at:
        return changed(command, Outcome.EXPIRED, _expiry_of(booking), booking, expired(booking, command))
    if command.expected_version not in (None, booking.version):
        return Decision(command, Outcome.VERSION_CONFLICT, booking)
    return None


def _expiry_of(booking: Booking) -> type[BookingEvent]:
    if booking.status is BookingStatus.OFFERED:
        return SeatOfferExpired
    return RequestExpired if booking.requested_slot_id is None else MoveExpired
