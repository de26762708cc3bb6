"""What has happened to bookings and slots: plain data, from which everything else follows.

A booking changes by exactly one event for each version. Who reacts to what is listed in ``config.reactions``.
"""

from dataclasses import dataclass, replace

from scheduling.domain.commands import Actor, ActorKind, SlotChanges
from scheduling.domain.model import Booking, Slot
from shared_contracts.attendance import Attendance
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus


@dataclass(frozen=True, slots=True)
class BookingEvent:
    """A booking as it was (None: new) and as it is from then on."""

    actor: Actor
    before: Booking | None
    after: Booking

    @property
    def was_booked(self) -> bool:
        """Whether the candidate had an interview to come to."""
        return self.before is not None and self.before.status is BookingStatus.BOOKED

    @property
    def occasion(self) -> CardOccasion | None:
        """What it is to the recruiter whose booking it is, or becomes, by a message of its own.

        None where nothing changed for them, where they or their deputy did it themselves, and where the card of a
        request for approval tells it anyway.
        """
        return None if self.actor.kind is ActorKind.RECRUITER else self._occasion()

    def _occasion(self) -> CardOccasion | None:
        return None


@dataclass(frozen=True, slots=True)
class BookingMade(BookingEvent):
    """A seat is booked."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.BOOKED


@dataclass(frozen=True, slots=True)
class BookingRequested(BookingEvent):
    """A seat is asked for, and held until a recruiter answers."""


@dataclass(frozen=True, slots=True)
class BookingApproved(BookingEvent):
    """A request is booked."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.BOOKED


@dataclass(frozen=True, slots=True)
class BookingRejected(BookingEvent):
    """A request ends with a no."""


@dataclass(frozen=True, slots=True)
class BookingMoved(BookingEvent):
    """A booking has another slot, for which nobody had to be asked; staff may move a request, too, and so book it."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.MOVED if self.was_booked else CardOccasion.BOOKED


@dataclass(frozen=True, slots=True)
class MoveRequested(BookingEvent):
    """Another slot is asked for: a booking's seat is held in both, a request asks for the new one instead."""


@dataclass(frozen=True, slots=True)
class MoveApproved(BookingEvent):
    """A wanted move is made."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.MOVED


@dataclass(frozen=True, slots=True)
class MoveRejected(BookingEvent):
    """A wanted move ends with a no; the booking stays as it was."""


@dataclass(frozen=True, slots=True)
class RescheduleAsked(BookingEvent):
    """The recruiter wants the candidate to choose again."""


@dataclass(frozen=True, slots=True)
class RequestExpired(BookingEvent):
    """Nobody answered a request, or a wanted move, in time; found so by the scan or by a late press."""


@dataclass(frozen=True, slots=True)
class WantedSlotEdited(BookingEvent):
    """Staff have changed the slot that a move is wanted into: it is answered as it is now, and in time for it."""


@dataclass(frozen=True, slots=True)
class BookingCancelled(BookingEvent):
    """A seat, or the wish for one, is given up."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.CANCELLED if self.was_booked else None


@dataclass(frozen=True, slots=True)
class BookingClosed(BookingEvent):
    """Its slot is over."""


@dataclass(frozen=True, slots=True)
class BookingFollowedSlot(BookingEvent):
    """Staff have changed the slot that the booking is in."""

    def _occasion(self) -> CardOccasion | None:
        stands = self.after.status is BookingStatus.BOOKED and not self.after.awaits_approval
        return CardOccasion.CHANGED if stands else None


@dataclass(frozen=True, slots=True)
class SeatOffered(BookingEvent):
    """A freed seat is held for somebody on the waiting list."""


@dataclass(frozen=True, slots=True)
class SeatOfferTaken(BookingEvent):
    """They want it: it is booked, or asked for where a recruiter approves."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.BOOKED if self.after.status is BookingStatus.BOOKED else None


@dataclass(frozen=True, slots=True)
class SeatOfferPassed(BookingEvent):
    """They don't want it."""


@dataclass(frozen=True, slots=True)
class SeatOfferExpired(BookingEvent):
    """They did not answer in time."""


@dataclass(frozen=True, slots=True)
class AttendanceAnswered(BookingEvent):
    """The candidate has said whether they come; a no has ended the booking."""

    @property
    def answer(self) -> Attendance:
        """What they said."""
        assert self.after.attendance is not None
        return self.after.attendance

    def _occasion(self) -> CardOccasion | None:
        return _OCCASION_OF_ANSWER.get(self.answer)


@dataclass(frozen=True, slots=True)
class DelayAnnounced(BookingEvent):
    """The candidate comes, but late."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.DELAY


@dataclass(frozen=True, slots=True)
class TimeProposed(BookingEvent):
    """The recruiter proposes another time."""


@dataclass(frozen=True, slots=True)
class ProposedTimeTaken(BookingEvent):
    """The booking has moved there."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.MOVED


@dataclass(frozen=True, slots=True)
class ProposedTimeDeclined(BookingEvent):
    """The candidate comes at the old time after all."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.OFFER_DECLINED


@dataclass(frozen=True, slots=True)
class ProposedTimeLost(BookingEvent):
    """The candidate said yes, but the seat was gone; they want another time still."""

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.RESCHEDULE_ASKED


@dataclass(frozen=True, slots=True)
class OutcomeMarked(BookingEvent):
    """How the interview went."""


@dataclass(frozen=True, slots=True)
class MarkTakenBack(BookingEvent):
    """Nobody has said how the interview went, after all."""


@dataclass(frozen=True, slots=True)
class SlotEvent:
    """A slot as it was and as it is from then on."""

    before: Slot
    after: Slot


@dataclass(frozen=True, slots=True)
class SlotEdited(SlotEvent):
    """Staff have given it other values. Its bookings follow by events of their own."""

    changes: SlotChanges

    @property
    def shows(self) -> bool:
        """Whether it is another interview to who comes: how many may come, and who still can, is not for them."""
        return replace(self.after, capacity=self.before.capacity, is_active=self.before.is_active) != self.before


@dataclass(frozen=True, slots=True)
class SeatFreed(SlotEvent):
    """Somebody has left it, and nobody has taken the seat in the same step."""


@dataclass(frozen=True, slots=True)
class SlotFilled(SlotEvent):
    """Its last free seat is taken."""


@dataclass(frozen=True, slots=True)
class SlotReopened(SlotEvent):
    """It was full and has a free seat again."""


Event = BookingEvent | SlotEvent

_OCCASION_OF_ANSWER = {
    Attendance.DECLINED: CardOccasion.CANT_COME,
    Attendance.RESCHEDULE_ASKED: CardOccasion.RESCHEDULE_ASKED,
}
