"""Deciding a batch of commands: a pure function of what is stored, what is asked and the time.

The consumer, the API, the desk and the jobs all decide here. Order counts: an earlier command's seat is gone for a
later one in the same batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scheduling.domain.answering import approve, ask_reschedule, expire, refuse_ended, reject
from scheduling.domain.attending import answer_attendance, answer_time, offer_time
from scheduling.domain.changes import advance, changed_since_shown, ended, in_slot, next_version, overlaps
from scheduling.domain.marking import mark_outcome
from scheduling.domain.model import (
    ActorKind,
    AnswerAttendance,
    AnswerTime,
    AnyCommand,
    Approve,
    AskReschedule,
    Book,
    Booking,
    BookingCommand,
    Cancel,
    Close,
    Command,
    Decision,
    Expire,
    MarkOutcome,
    Move,
    Offer,
    OfferTime,
    PassOffer,
    Policy,
    Reject,
    Shown,
    Slot,
    State,
    TakeOffer,
)
from scheduling.domain.offering import offered, pass_on, take
from scheduling.domain.requesting import expiry
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus


def decide(state: State, commands: Sequence[AnyCommand], now: datetime) -> tuple[list[Decision], State]:
    """Decide ``commands`` in order.

    Args:
        state: what they touch; left as it is.
        commands: at most one per key.
        now: the moment of decision, aware UTC.

    Returns:
        One decision per command, and the state after them all.
    """
    working = state.copy()
    decisions = []
    for command in commands:
        decision = _decide_one(working, command, now)
        if decision.changed:
            advance(working, decision)
        decisions.append(decision)
    return decisions, working


def _decide_one(state: State, command: AnyCommand, now: datetime) -> Decision:
    if isinstance(command, Book):
        return _book(state, command, now)
    booking = state.bookings.get(command.booking_id)
    if booking is None or not _may_touch(state, command, booking):
        return Decision(command, Outcome.BOOKING_NOT_FOUND)
    handler = _HANDLERS[type(command)]
    return handler(state, command, booking, now)


def _book(state: State, command: Book, now: datetime) -> Decision:
    candidate = state.candidates.get(command.telegram_id)
    if candidate is None or not candidate.allowed:
        return Decision(command, Outcome.NOT_ALLOWED)
    live = state.live_bookings_of(candidate.id)
    for existing in live:
        if existing.event_id == command.event_id:
            return Decision(command, Outcome.ALREADY_BOOKED, existing, existing)
    policy, slot = state.policies.get(command.event_id), state.slots.get(command.slot_id)
    if _must_answer_first(state, policy, command, candidate.id):
        return Decision(command, Outcome.NOT_ALLOWED)
    refusal = _refuse_slot(slot, policy, command, command.shown, candidate.id, now)
    if refusal or slot is None or policy is None:
        return Decision(command, refusal or Outcome.SLOT_NOT_FOUND)
    for existing in live:
        if overlaps(state, existing, slot):
            return Decision(command, Outcome.ALREADY_BOOKED, existing, existing)
    booking = Booking(
        id=command.new_booking_id,
        candidate_id=candidate.id,
        telegram_id=candidate.telegram_id,
        event_id=slot.event_id,
        slot_id=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=BookingStatus.BOOKED,
    )
    if isinstance(command, Offer):
        return offered(command, booking, slot, now)
    if not _needs_approval(policy, command):
        return Decision(command, Outcome.BOOKED, None, booking)
    expires_at = expiry(slot, policy, now)
    if expires_at <= now:
        return Decision(command, Outcome.SLOT_CLOSED)
    return Decision(
        command,
        Outcome.PENDING_APPROVAL,
        None,
        replace(booking, status=BookingStatus.PENDING, expires_at=expires_at),
    )


def _move(state: State, command: Move, booking: Booking, now: datetime) -> Decision:
    refusal = refuse_ended(command, booking) or _refuse_move(state, command, booking, now)
    if refusal:
        return Decision(command, refusal, booking, booking)
    policy, slot = state.policies.get(booking.event_id), state.slots.get(command.slot_id)
    refusal = _refuse_slot(slot, policy, command, command.shown, booking.candidate_id, now)
    if refusal or slot is None or policy is None:
        return Decision(command, refusal or Outcome.SLOT_NOT_FOUND, booking, booking)
    others = [other for other in state.live_bookings_of(booking.candidate_id) if other.id != booking.id]
    if any(overlaps(state, other, slot) for other in others):
        return Decision(command, Outcome.ALREADY_BOOKED, booking, booking)
    if not _needs_approval(policy, command):
        moved = replace(
            in_slot(booking, slot),
            status=BookingStatus.BOOKED,
            moves=booking.moves + (command.actor.kind is ActorKind.CANDIDATE),
            requested_slot_id=None,
            expires_at=None,
            reschedule_asked=False,
        )
        return Decision(command, Outcome.MOVED, booking, next_version(moved))
    expires_at = expiry(slot, policy, now)
    if expires_at <= now:
        return Decision(command, Outcome.SLOT_CLOSED, booking, booking)
    if booking.status is BookingStatus.BOOKED:
        wanted = replace(booking, requested_slot_id=slot.id, expires_at=expires_at, reschedule_asked=False)
    else:
        # What the recruiter asked for does not use up the candidate's moves.
        moves = booking.moves + (not booking.reschedule_asked)
        wanted = replace(in_slot(booking, slot), moves=moves, expires_at=expires_at, reschedule_asked=False)
    return Decision(command, Outcome.PENDING_APPROVAL, booking, next_version(wanted))


def _cancel(state: State, command: Cancel, booking: Booking, now: datetime) -> Decision:
    refusal = refuse_ended(command, booking)
    if refusal:
        return Decision(command, refusal, booking, booking)
    policy = state.policies.get(booking.event_id)
    cutoff = policy.cancel_cutoff if policy else timedelta()
    if not command.beyond_limits and now >= booking.starts_at - cutoff:
        return Decision(command, Outcome.TOO_LATE, booking, booking)
    return Decision(command, Outcome.CANCELLED, booking, ended(booking, BookingStatus.CANCELLED, command))


def _close(state: State, command: Close, booking: Booking, now: datetime) -> Decision:
    if not booking.live or now < booking.ends_at:
        return Decision(command, Outcome.TOO_LATE, booking, booking)
    status = BookingStatus.UNMARKED if booking.status is BookingStatus.BOOKED else BookingStatus.EXPIRED
    return Decision(command, Outcome.EXPIRED, booking, ended(booking, status, command))


_HANDLERS: dict[type[Command], Callable[[State, "BookingCommand", Booking, datetime], Decision]] = {
    Move: _move,  # type: ignore[dict-item]
    Cancel: _cancel,  # type: ignore[dict-item]
    Approve: approve,  # type: ignore[dict-item]
    Reject: reject,  # type: ignore[dict-item]
    AskReschedule: ask_reschedule,  # type: ignore[dict-item]
    TakeOffer: take,  # type: ignore[dict-item]
    PassOffer: pass_on,  # type: ignore[dict-item]
    Expire: expire,  # type: ignore[dict-item]
    Close: _close,  # type: ignore[dict-item]
    AnswerAttendance: answer_attendance,  # type: ignore[dict-item]
    OfferTime: offer_time,  # type: ignore[dict-item]
    AnswerTime: answer_time,  # type: ignore[dict-item]
    MarkOutcome: mark_outcome,  # type: ignore[dict-item]
}


def _may_touch(state: State, command: BookingCommand, booking: Booking) -> bool:
    """Candidates their own bookings, recruiters and who stands in for them their own cards; staff and jobs all."""
    if command.actor.kind is ActorKind.CANDIDATE:
        theirs = command.actor.ref == str(booking.telegram_id)
        return theirs and isinstance(command, Move | Cancel | TakeOffer | PassOffer | AnswerAttendance | AnswerTime)
    if command.actor.kind is ActorKind.RECRUITER:
        # A request is answered by whom it goes to; where the interview stands, by whose it is.
        answers = isinstance(command, Approve | Reject | AskReschedule)
        slot = state.slots.get((answers and booking.requested_slot_id) or booking.slot_id)
        return (
            (answers or isinstance(command, OfferTime | MarkOutcome))
            and slot is not None
            and command.actor.ref in {str(item) for item in slot.deciders}
        )
    return True


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
    if booking.reschedule_asked:  # the recruiter asked for it: no cut-off, no limit, until the request expires
        return Outcome.EXPIRED if booking.expires_at is not None and now >= booking.expires_at else None
    if now >= booking.starts_at - policy.move_cutoff:
        return Outcome.TOO_LATE
    if policy.move_limit is not None and booking.moves >= policy.move_limit:
        return Outcome.MOVE_LIMIT
    return None


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
    changed = changed_since_shown(slot, shown)
    if changed:
        return changed
    if not command.beyond_limits and not slot.recruiter_active:
        return Outcome.WRONG_RECRUITER
    if not command.beyond_limits and (not policy.is_open or not slot.is_active or now >= slot.closes_at):
        return Outcome.SLOT_CLOSED
    if now >= slot.ends_at:
        return Outcome.SLOT_CLOSED
    # A requested slot's seat is the candidate's own already.
    if slot.free == 0 and candidate_id not in slot.holders:
        return Outcome.SLOT_FULL
    return None


def _must_answer_first(state: State, policy: Policy | None, command: Book, candidate_id: str) -> bool:
    """Whether the event's questionnaire (R9) stands between the candidate and a seat; staff may book without."""
    if policy is None or not policy.questionnaire_required or command.actor.kind is not ActorKind.CANDIDATE:
        return False
    return (candidate_id, policy.id) not in state.screened


def _needs_approval(policy: Policy, command: Command) -> bool:
    return policy.approval_required and command.actor.kind is not ActorKind.STAFF
