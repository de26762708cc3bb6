"""Booking a seat, moving to another, giving it up, and the end of a slot."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from common.texts.translation import to_translate as _
from scheduling.domain.answering import refuse_ended
from scheduling.domain.changes import (
    changed_since_shown,
    ended,
    in_slot,
    kept_without_wishes,
    next_version,
    overlaps,
    settled_in,
)
from scheduling.domain.commands import ActorKind, Book, BookingCommand, Command, Shown
from scheduling.domain.decisions import Decision, changed
from scheduling.domain.editing import withdrawal
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import Booking, Candidate, Policy, Slot, State
from scheduling.domain.requesting import expiry, move_expiry
from scheduling.domain.seat_offers import OfferSeat, offer
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus


@dataclass(frozen=True, slots=True)
class Move(BookingCommand):
    """The booking to another slot of its event."""

    slot_id: str
    shown: Shown = field(default_factory=Shown)


@dataclass(frozen=True, slots=True)
class Cancel(BookingCommand):
    """The seat back. ``withdraws_slot``: nor does its time take anybody new; who else is in it stays."""

    withdraws_slot: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Close(BookingCommand):
    """The slot is over: liveness ends; does nothing before its time."""


@dataclass(frozen=True, slots=True)
class RemoveCandidate(Command):
    """The person is off the allow list: all that they have booked ends, or stands without what else they asked for.

    ``kept``: ids of bookings that stand all the same.
    """

    candidate_id: str
    keeps_bookings: bool = field(default=False, kw_only=True)
    kept: Set[str] = field(default=frozenset(), kw_only=True)


@dataclass(frozen=True, slots=True)
class BookingMade(BookingEvent):
    """A seat is booked."""

    action = "created"

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.BOOKED


@dataclass(frozen=True, slots=True)
class BookingRequested(BookingEvent):
    """A seat is asked for, and held until a recruiter answers."""

    action = "created"


@dataclass(frozen=True, slots=True)
class BookingMoved(BookingEvent):
    """A booking has another slot, for which nobody had to be asked; staff may move a request, too, and so book it."""

    action = "moved"
    label = _("moved")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.MOVED if self.was_booked else CardOccasion.BOOKED


@dataclass(frozen=True, slots=True)
class MoveRequested(BookingEvent):
    """Another slot is asked for: a booking's seat is held in both, a request asks for the new one instead."""

    action = "pending_approval"
    label = _("asked for approval")


@dataclass(frozen=True, slots=True)
class BookingCancelled(BookingEvent):
    """A seat, or the wish for one, is given up."""

    action = "cancelled"
    label = _("cancelled")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.CANCELLED if self.was_booked else None


@dataclass(frozen=True, slots=True)
class BookingKept(BookingEvent):
    """Its candidate is off the allow list; it stands, and a move that was asked for is not made."""

    action = "kept"
    label = _("kept, though off the allow list")

    @property
    def gives_up_move(self) -> bool:
        """Whether another slot was asked for."""
        return self.before is not None and self.before.requested_slot_id is not None


@dataclass(frozen=True, slots=True)
class BookingClosed(BookingEvent):
    """Its slot is over."""

    action = "expired"
    label = _("ended by itself")


BookingChange = (
    BookingMade | BookingRequested | BookingMoved | MoveRequested | BookingCancelled | BookingKept | BookingClosed
)


def move_closes_at(booking: Booking, policy: Policy) -> datetime | None:
    """Until when its candidate may ask for another slot; None: no limit. Where the recruiter asked for another time
    there is no cut-off: until the request expires."""
    return booking.expires_at if booking.reschedule_asked else booking.starts_at - policy.move_cutoff


def has_moves_left(booking: Booking, policy: Policy) -> bool:
    """Whether its candidate may move it once more; what the recruiter asks for is not counted."""
    return booking.reschedule_asked or policy.move_limit is None or booking.moves < policy.move_limit


def cancel_closes_at(booking: Booking, policy: Policy) -> datetime:
    """Until when its candidate may give it up."""
    return booking.starts_at - policy.cancel_cutoff


def book(state: State, command: Book, now: datetime) -> Decision:
    """A seat is booked; or asked for, where a recruiter approves; or held for somebody on the waiting list."""
    candidate = state.candidates.get(command.telegram_id)
    if candidate is None or not candidate.allowed:
        return Decision(command, Outcome.NOT_ALLOWED)
    live = state.live_bookings_of(candidate.id)
    for existing in live:
        if existing.event_id == command.event_id:
            return Decision(command, Outcome.ALREADY_BOOKED, existing)
    policy, slot = state.policies.get(command.event_id), state.slots.get(command.slot_id)
    if _must_agree_first(state, command, candidate.id) or _must_answer_first(state, policy, command, candidate.id):
        return Decision(command, Outcome.NOT_ALLOWED)
    refusal = _refuse_slot(slot, policy, command, command.shown, candidate.id, now)
    if refusal or slot is None or policy is None:
        return Decision(command, refusal or Outcome.SLOT_NOT_FOUND)
    if _was_rejected(state, command, candidate.id):
        return Decision(command, Outcome.REJECTED)
    for existing in live:
        if overlaps(state, existing, slot):
            return Decision(command, Outcome.ALREADY_BOOKED, existing)
    booking = _booked(command, candidate, slot)
    if isinstance(command, OfferSeat):
        return offer(command, candidate, booking, slot, now)
    if not _needs_approval(policy, command):
        return changed(command, Outcome.BOOKED, BookingMade, None, booking)
    expires_at = expiry(slot, policy, now)
    if expires_at <= now:
        return Decision(command, Outcome.SLOT_CLOSED)
    request = replace(booking, status=BookingStatus.PENDING, expires_at=expires_at)
    return changed(command, Outcome.PENDING_APPROVAL, BookingRequested, None, request)


def _booked(command: Book, candidate: Candidate, slot: Slot) -> Booking:
    return Booking(
        id=command.new_booking_id,
        candidate_id=candidate.id,
        telegram_id=candidate.telegram_id,
        event_id=slot.event_id,
        slot_id=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=BookingStatus.BOOKED,
    )


def move(state: State, command: Move, booking: Booking, now: datetime) -> Decision:
    """The booking moves; or asks for the other slot, where a recruiter approves."""
    refusal = refuse_ended(command, booking) or _refuse_move(state, command, booking, now)
    if refusal:
        return Decision(command, refusal, booking)
    policy, slot = state.policies.get(booking.event_id), state.slots.get(command.slot_id)
    refusal = _refuse_slot(slot, policy, command, command.shown, booking.candidate_id, now)
    if refusal or slot is None or policy is None:
        return Decision(command, refusal or Outcome.SLOT_NOT_FOUND, booking)
    if command.actor.kind is ActorKind.CANDIDATE and _is_refused(state, booking, slot):
        return Decision(command, Outcome.REJECTED, booking)
    others = [other for other in state.live_bookings_of(booking.candidate_id) if other.id != booking.id]
    if any(overlaps(state, other, slot) for other in others):
        return Decision(command, Outcome.ALREADY_BOOKED, booking)
    if not _needs_approval(policy, command):
        moves = booking.moves + (command.actor.kind is ActorKind.CANDIDATE)
        moved = replace(settled_in(booking, slot), status=BookingStatus.BOOKED, moves=moves)
        return changed(command, Outcome.MOVED, BookingMoved, booking, next_version(moved))
    expires_at = expiry(slot, policy, now)
    if expires_at <= now:
        return Decision(command, Outcome.SLOT_CLOSED, booking)
    if booking.status is BookingStatus.BOOKED:
        expires_at = move_expiry(booking, slot, policy, now)
        if expires_at <= now:
            return Decision(command, Outcome.TOO_LATE, booking)
        wanted = replace(booking, requested_slot_id=slot.id, expires_at=expires_at, reschedule_asked=False)
    else:
        # What the recruiter asked for does not use up the candidate's moves.
        moves = booking.moves + (not booking.reschedule_asked)
        wanted = replace(in_slot(booking, slot), moves=moves, expires_at=expires_at, reschedule_asked=False)
    return changed(command, Outcome.PENDING_APPROVAL, MoveRequested, booking, next_version(wanted))


def cancel(state: State, command: Cancel, booking: Booking, now: datetime) -> Decision:
    """The seat is given up."""
    refusal = refuse_ended(command, booking)
    if refusal:
        return Decision(command, refusal, booking)
    policy = state.policies.get(booking.event_id)
    until = cancel_closes_at(booking, policy) if policy else booking.starts_at
    if not command.beyond_limits and now >= until:
        return Decision(command, Outcome.TOO_LATE, booking)
    return cancellation(state, command, booking, ended(booking, BookingStatus.CANCELLED, command))


def cancellation(state: State, command: Cancel, booking: Booking, after: Booking) -> Decision:
    """The decision by which the booking ends as ``after``, with what becomes of its slot."""
    decision, slot = changed(command, Outcome.CANCELLED, BookingCancelled, booking, after), state.slots[booking.slot_id]
    if not command.withdraws_slot or not slot.is_active:
        return decision
    return replace(decision, events=(*withdrawal(state, command, slot), *decision.events))


def close(state: State, command: Close, booking: Booking, now: datetime) -> Decision:
    """The slot is over: what was booked is to be marked, what still waited has expired."""
    if not booking.live or now < booking.ends_at:
        return Decision(command, Outcome.TOO_LATE, booking)
    status = BookingStatus.UNMARKED if booking.status is BookingStatus.BOOKED else BookingStatus.EXPIRED
    return changed(command, Outcome.EXPIRED, BookingClosed, booking, ended(booking, status, command))


def remove_candidate(state: State, command: RemoveCandidate) -> Decision:
    """All that they have booked ends, whatever the cut-offs, or stands; a seat only held for them goes to the next."""
    live = state.live_bookings_of(command.candidate_id)
    stands = [
        booking
        for booking in live
        if booking.status is not BookingStatus.OFFERED and (command.keeps_bookings or booking.id in command.kept)
    ]
    gone = [booking for booking in live if booking not in stands]
    kept = [BookingKept(command.actor, was, kept_without_wishes(was)) for was in stands]
    cancelled = [BookingCancelled(command.actor, was, ended(was, BookingStatus.CANCELLED, command)) for was in gone]
    return Decision(command, None, events=(*kept, *cancelled))


def _refuse_move(state: State, command: Move, booking: Booking, now: datetime) -> Outcome | None:
    policy = state.policies.get(booking.event_id)
    candidate = state.candidates.get(booking.telegram_id)
    if booking.status is BookingStatus.OFFERED:  # to be taken or passed first
        return Outcome.BOOKING_NOT_FOUND
    if policy is None or command.slot_id == booking.slot_id:
        return Outcome.SLOT_NOT_FOUND if policy is None else Outcome.ALREADY_BOOKED
    if booking.reschedule_asked and command.slot_id == booking.requested_slot_id:
        return Outcome.ALREADY_BOOKED
    if command.beyond_limits:
        return None
    if candidate is None or not candidate.allowed:
        return Outcome.NOT_ALLOWED
    until = move_closes_at(booking, policy)
    if until is not None and now >= until:
        return Outcome.EXPIRED if booking.reschedule_asked else Outcome.TOO_LATE
    return None if has_moves_left(booking, policy) else Outcome.MOVE_LIMIT


def _refuse_slot(
    slot: Slot | None,
    policy: Policy | None,
    command: Book | Move,
    shown: Shown,
    candidate_id: str,
    now: datetime,
) -> Outcome | None:
    """Why a seat in the slot can't be had, most telling reason first; None when it can."""
    if slot is None or policy is None or slot.event_id != policy.id:
        return Outcome.SLOT_NOT_FOUND
    if another := changed_since_shown(slot, shown):
        return another
    if not command.beyond_limits and not slot.recruiter_active:
        return Outcome.WRONG_RECRUITER
    if not command.beyond_limits and (not slot.is_offered or now >= slot.closes_at):
        return Outcome.SLOT_CLOSED
    # Who is booked may move all the same: that sign-up is over is about new bookings (FR6).
    if isinstance(command, Book) and not policy.is_open and not command.beyond_limits:
        return Outcome.SLOT_CLOSED
    if now >= slot.ends_at:
        return Outcome.SLOT_CLOSED
    # A requested slot's seat is the candidate's own already.
    if slot.free == 0 and candidate_id not in slot.holders:
        return Outcome.SLOT_FULL
    return None


def _must_agree_first(state: State, command: Book, candidate_id: str) -> bool:
    """Whether the privacy text stands between the candidate and a new seat; staff may book without."""
    return command.actor.kind is ActorKind.CANDIDATE and candidate_id in state.to_agree


def _must_answer_first(state: State, policy: Policy | None, command: Book, candidate_id: str) -> bool:
    """Whether the event's questionnaire (R9) stands between the candidate and a seat; staff may book without."""
    if policy is None or not policy.questionnaire_required or command.actor.kind is not ActorKind.CANDIDATE:
        return False
    return (candidate_id, policy.id) not in state.screened


def _is_refused(state: State, booking: Booking, slot: Slot) -> bool:
    """Whether a recruiter has said no to the slot, for this booking or one of before."""
    return slot.id in booking.rejected_slot_ids or (booking.candidate_id, slot.id) in state.rejected


def _was_rejected(state: State, command: Book, candidate_id: str) -> bool:
    """Whether a recruiter has said no to them, in this event or to this slot; staff may book all the same."""
    if command.actor.kind is ActorKind.STAFF:
        return False
    return not state.rejected.isdisjoint({(candidate_id, command.event_id), (candidate_id, command.slot_id)})


def _needs_approval(policy: Policy, command: Command) -> bool:
    return policy.approval_required and command.actor.kind is not ActorKind.STAFF
