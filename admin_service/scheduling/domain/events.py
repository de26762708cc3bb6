"""What has happened to bookings and slots: plain data, from which everything else follows.

A booking changes by exactly one event for each version; each kind is with the rule that it comes from. Who reacts to
what is listed in ``config.reactions``.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from scheduling.domain.commands import Actor, ActorKind, SlotChanges
from scheduling.domain.model import Booking, Slot
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus


@dataclass(frozen=True, slots=True)
class BookingEvent:
    """A booking as it was (None: new) and as it is from then on.

    ``action``: its name in the audit trail; it is stored, so it stays. ``label``: what staff read for it, in English;
    "" where every app's word for the action fits.
    """

    action: ClassVar[str]
    label: ClassVar[str] = ""

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

    @property
    def hands_over(self) -> bool:
        """Whether another recruiter has it now."""
        return self.after.recruiter_id not in (None, self.before.recruiter_id)


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
