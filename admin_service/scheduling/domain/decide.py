"""Deciding a batch of commands: a pure function of what is stored, what is asked and the time.

The consumer, the API, the desk and the jobs all decide here. Order counts: an earlier command's seat is gone for a
later one in the same batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scheduling.domain.changes import advance, ended, expired, in_slot, next_version
from scheduling.domain.model import (
    ActorKind,
    AnyCommand,
    Approve,
    Book,
    Booking,
    BookingCommand,
    Cancel,
    Close,
    Command,
    Decision,
    Expire,
    Move,
    Policy,
    Reject,
    Shown,
    Slot,
    State,
)
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus

LAST_ANSWER_BEFORE_START = timedelta(hours=1)
"""A request expires no later than this before its start (spec, "A booking's life")."""

_REFUSED_BY_STATUS = {
    BookingStatus.CANCELLED: Outcome.CANCELLED,
    BookingStatus.EXPIRED: Outcome.EXPIRED,
    BookingStatus.REJECTED: Outcome.REJECTED,
}


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
        if _overlaps(state, existing, slot):
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
    if not _needs_approval(policy, command):
        return Decision(command, Outcome.BOOKED, None, booking)
    expires_at = _expiry(slot, policy, now)
    if expires_at <= now:
        return Decision(command, Outcome.SLOT_CLOSED)
    return Decision(
        command,
        Outcome.PENDING_APPROVAL,
        None,
        replace(booking, status=BookingStatus.PENDING, expires_at=expires_at),
    )


def _move(state: State, command: Move, booking: Booking, now: datetime) -> Decision:
    refusal = _refuse_ended(command, booking) or _refuse_move(state, command, booking, now)
    if refusal:
        return Decision(command, refusal, booking, booking)
    policy, slot = state.policies.get(booking.event_id), state.slots.get(command.slot_id)
    refusal = _refuse_slot(slot, policy, command, command.shown, booking.candidate_id, now)
    if refusal or slot is None or policy is None:
        return Decision(command, refusal or Outcome.SLOT_NOT_FOUND, booking, booking)
    others = [other for other in state.live_bookings_of(booking.candidate_id) if other.id != booking.id]
    if any(_overlaps(state, other, slot) for other in others):
        return Decision(command, Outcome.ALREADY_BOOKED, booking, booking)
    if not _needs_approval(policy, command):
        moved = replace(
            in_slot(booking, slot),
            status=BookingStatus.BOOKED,
            moves=booking.moves + (command.actor.kind is ActorKind.CANDIDATE),
            requested_slot_id=None,
            expires_at=None,
        )
        return Decision(command, Outcome.MOVED, booking, next_version(moved))
    expires_at = _expiry(slot, policy, now)
    if expires_at <= now:
        return Decision(command, Outcome.SLOT_CLOSED, booking, booking)
    if booking.status is BookingStatus.BOOKED:
        wanted = replace(booking, requested_slot_id=slot.id, expires_at=expires_at)
    else:
        wanted = replace(in_slot(booking, slot), moves=booking.moves + 1, expires_at=expires_at)
    return Decision(command, Outcome.PENDING_APPROVAL, booking, next_version(wanted))


def _cancel(state: State, command: Cancel, booking: Booking, now: datetime) -> Decision:
    refusal = _refuse_ended(command, booking)
    if refusal:
        return Decision(command, refusal, booking, booking)
    policy = state.policies.get(booking.event_id)
    cutoff = policy.cancel_cutoff if policy else timedelta()
    if not command.beyond_limits and now >= booking.starts_at - cutoff:
        return Decision(command, Outcome.TOO_LATE, booking, booking)
    return Decision(command, Outcome.CANCELLED, booking, ended(booking, BookingStatus.CANCELLED, command))


def _approve(state: State, command: Approve, booking: Booking, now: datetime) -> Decision:
    if past := _past_answering(command, booking, now):
        return past
    wanted = state.slots.get(booking.requested_slot_id) if booking.requested_slot_id else None
    approved = replace(booking, status=BookingStatus.BOOKED, expires_at=None, requested_slot_id=None)
    if wanted is None:
        return Decision(command, Outcome.BOOKED, booking, next_version(approved))
    moved = replace(in_slot(approved, wanted), moves=booking.moves + 1)
    return Decision(command, Outcome.MOVED, booking, next_version(moved))


def _reject(state: State, command: Reject, booking: Booking, now: datetime) -> Decision:
    if past := _past_answering(command, booking, now):
        return past
    if booking.requested_slot_id is None:
        return Decision(command, Outcome.REJECTED, booking, ended(booking, BookingStatus.REJECTED, command))
    kept = replace(booking, requested_slot_id=None, expires_at=None, reason=command.reason)
    return Decision(command, Outcome.REJECTED, booking, next_version(kept))


def _expire(state: State, command: Expire, booking: Booking, now: datetime) -> Decision:
    due = booking.awaits_approval and booking.expires_at is not None and now >= booking.expires_at
    return Decision(command, Outcome.EXPIRED, booking, expired(booking, command) if due else booking)


def _close(state: State, command: Close, booking: Booking, now: datetime) -> Decision:
    if not booking.live or now < booking.ends_at:
        return Decision(command, Outcome.TOO_LATE, booking, booking)
    status = BookingStatus.UNMARKED if booking.status is BookingStatus.BOOKED else BookingStatus.EXPIRED
    return Decision(command, Outcome.EXPIRED, booking, ended(booking, status, command))


_HANDLERS: dict[type[Command], Callable[[State, "BookingCommand", Booking, datetime], Decision]] = {
    Move: _move,  # type: ignore[dict-item]
    Cancel: _cancel,  # type: ignore[dict-item]
    Approve: _approve,  # type: ignore[dict-item]
    Reject: _reject,  # type: ignore[dict-item]
    Expire: _expire,  # type: ignore[dict-item]
    Close: _close,  # type: ignore[dict-item]
}


def _may_touch(state: State, command: BookingCommand, booking: Booking) -> bool:
    """Candidates their own bookings, recruiters their own cards; staff and jobs all."""
    if command.actor.kind is ActorKind.CANDIDATE:
        return isinstance(command, Move | Cancel) and command.actor.ref == str(booking.telegram_id)
    if command.actor.kind is ActorKind.RECRUITER:
        slot = state.slots.get(booking.requested_slot_id or booking.slot_id)
        return (
            isinstance(command, Approve | Reject)
            and slot is not None
            and command.actor.ref == str(slot.recruiter_telegram_id)
        )
    return True


def _refuse_ended(command: BookingCommand, booking: Booking) -> Outcome | None:
    if not booking.live:
        return _REFUSED_BY_STATUS.get(booking.status, Outcome.TOO_LATE)
    if command.expected_version not in (None, booking.version):
        return Outcome.VERSION_CONFLICT
    return None


def _refuse_move(state: State, command: Move, booking: Booking, now: datetime) -> Outcome | None:
    policy = state.policies.get(booking.event_id)
    candidate = state.candidates.get(booking.telegram_id)
    if policy is None or command.slot_id == booking.slot_id:
        return Outcome.SLOT_NOT_FOUND if policy is None else Outcome.ALREADY_BOOKED
    if command.beyond_limits:
        return None
    if candidate is None or not candidate.allowed:
        return Outcome.NOT_ALLOWED
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
    changed = _changed_since_shown(slot, shown)
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


def _changed_since_shown(slot: Slot, shown: Shown) -> Outcome | None:
    if shown.city_id is not None and shown.city_id != slot.city_id:
        return Outcome.WRONG_CITY
    if shown.recruiter_id is not None and shown.recruiter_id != slot.recruiter_id:
        return Outcome.WRONG_RECRUITER
    if shown.starts_at is not None and shown.starts_at != slot.starts_at:
        return Outcome.SLOT_NOT_FOUND
    return None


def _past_answering(command: Approve | Reject, booking: Booking, now: datetime) -> Decision | None:
    """Why a request can't be answered any more (or not as it was seen); None when it can."""
    if not booking.awaits_approval:  # a late or second press says what was decided
        outcome = Outcome.BOOKED if booking.live else _REFUSED_BY_STATUS.get(booking.status, Outcome.TOO_LATE)
        return Decision(command, outcome, booking, booking)
    if booking.expires_at is not None and now >= booking.expires_at:
        return Decision(command, Outcome.EXPIRED, booking, expired(booking, command))
    if command.expected_version not in (None, booking.version):
        return Decision(command, Outcome.VERSION_CONFLICT, booking, booking)
    return None


def _overlaps(state: State, booking: Booking, slot: Slot) -> bool:
    """Whether the slot meets the booking's time or that of the move it waits for."""
    times = [(booking.starts_at, booking.ends_at)]
    if wanted := state.slots.get(booking.requested_slot_id or ""):
        times.append((wanted.starts_at, wanted.ends_at))
    return any(starts_at < slot.ends_at and slot.starts_at < ends_at for starts_at, ends_at in times)


def _must_answer_first(state: State, policy: Policy | None, command: Book, candidate_id: str) -> bool:
    """Whether the event's questionnaire (R9) stands between the candidate and a seat; staff may book without."""
    if policy is None or not policy.questionnaire_required or command.actor.kind is not ActorKind.CANDIDATE:
        return False
    return (candidate_id, policy.id) not in state.screened


def _needs_approval(policy: Policy, command: Command) -> bool:
    return policy.approval_required and command.actor.kind is not ActorKind.STAFF


def _expiry(slot: Slot, policy: Policy, now: datetime) -> datetime:
    return min(now + policy.pending_for, slot.starts_at - LAST_ANSWER_BEFORE_START)
