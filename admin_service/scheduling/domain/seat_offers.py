"""Seats offered to people on the waiting list: held for 15 minutes, taken, passed on, or let go."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from common.quiet_hours import is_quiet
from common.texts.translation import to_translate as _
from scheduling.domain.answering import refuse_ended
from scheduling.domain.changes import ended, next_version
from scheduling.domain.commands import Book, BookingCommand
from scheduling.domain.decisions import Decision, changed
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import Booking, Candidate, Slot, State
from scheduling.domain.requesting import expiry
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus

HELD_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OfferSeat(Book):
    """A seat held for a while for someone on the waiting list."""


@dataclass(frozen=True, slots=True)
class TakeSeatOffer(BookingCommand):
    """Yes to an offered seat."""


@dataclass(frozen=True, slots=True)
class PassSeatOffer(BookingCommand):
    """No to an offered seat."""


@dataclass(frozen=True, slots=True)
class SeatOffered(BookingEvent):
    """A freed seat is held for somebody on the waiting list."""

    action = "offered"
    label = _("offered to the waiting list")


@dataclass(frozen=True, slots=True)
class SeatOfferTaken(BookingEvent):
    """They want it: it is booked, or asked for where a recruiter approves."""

    action = "offer_taken"
    label = _("the offered seat taken")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.BOOKED if self.after.status is BookingStatus.BOOKED else None


@dataclass(frozen=True, slots=True)
class SeatOfferPassed(BookingEvent):
    """They don't want it."""

    action = "offer_passed"
    label = _("the offered seat passed on")


SeatOfferEvent = SeatOffered | SeatOfferTaken | SeatOfferPassed


def offer(command: OfferSeat, candidate: Candidate, booking: Booking, slot: Slot, now: datetime) -> Decision:
    """The seat held for someone, where the hour and the slot allow it."""
    if is_quiet(now, candidate.timezone_for(slot)):
        return Decision(command, Outcome.SLOT_CLOSED)
    held = replace(booking, status=BookingStatus.OFFERED, expires_at=min(now + HELD_FOR, slot.closes_at))
    return changed(command, Outcome.BOOKED, SeatOffered, None, held)


def take(state: State, command: TakeSeatOffer, booking: Booking, now: datetime) -> Decision:
    """The offered seat becomes a booking, or a request where approval is needed. Twice is as once."""
    if booking.live and booking.status is not BookingStatus.OFFERED:
        pending = booking.status is BookingStatus.PENDING
        return Decision(command, Outcome.PENDING_APPROVAL if pending else Outcome.BOOKED, booking)
    if refusal := _refuse(command, booking, now):
        return Decision(command, refusal, booking)
    candidate, policy = state.candidates.get(booking.telegram_id), state.policies.get(booking.event_id)
    slot = state.slots[booking.slot_id]
    if candidate is None or not candidate.allowed or policy is None:
        return Decision(command, Outcome.NOT_ALLOWED, booking)
    if not policy.approval_required:
        taken = replace(booking, status=BookingStatus.BOOKED, expires_at=None)
        return changed(command, Outcome.BOOKED, SeatOfferTaken, booking, next_version(taken))
    expires_at = expiry(slot, policy, now)
    if expires_at <= now:
        return Decision(command, Outcome.SLOT_CLOSED, booking)
    asked = replace(booking, status=BookingStatus.PENDING, expires_at=expires_at)
    return changed(command, Outcome.PENDING_APPROVAL, SeatOfferTaken, booking, next_version(asked))


def pass_on(state: State, command: PassSeatOffer, booking: Booking, now: datetime) -> Decision:
    """The seat goes to the next. Twice is as once; a booking that was made of the offer stays."""
    if booking.live and booking.status is not BookingStatus.OFFERED:
        return Decision(command, Outcome.VERSION_CONFLICT, booking)
    if refusal := _refuse(command, booking, now):
        return Decision(command, refusal, booking)
    passed = ended(booking, BookingStatus.CANCELLED, command)
    return changed(command, Outcome.CANCELLED, SeatOfferPassed, booking, passed)


def _refuse(command: TakeSeatOffer | PassSeatOffer, booking: Booking, now: datetime) -> Outcome | None:
    if refusal := refuse_ended(command, booking):
        return refusal
    return Outcome.EXPIRED if booking.expires_at is not None and now >= booking.expires_at else None
