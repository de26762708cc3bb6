"""What the rules answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scheduling.domain.commands import Command
from scheduling.domain.events import BookingEvent, Event
from scheduling.domain.model import Booking
from shared_contracts.booking import Outcome


class EditRefusal(StrEnum):
    """Why a slot is not edited."""

    NO_SLOT = "no_slot"
    OVER = "over"
    PAST = "past"
    """Its new time lies in the past."""
    BELOW_BOOKED = "below_booked"
    """More people hold seats in it than it is to have."""


@dataclass(frozen=True, slots=True)
class EditRefused:
    """Why, and how many people hold seats in the slot."""

    reason: EditRefusal
    booked: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """One command's end. Something has changed exactly where there are events.

    Attributes:
        outcome: how a request about one booking ended; None for slot edits and removals.
        booking: the one that it was about, as it is now.
        refused: of a slot edit: why it was refused, by field ("" for all of it).
    """

    command: Command
    outcome: Outcome | None
    booking: Booking | None = None
    events: tuple[Event, ...] = ()
    refused: Mapping[str, EditRefused] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.events)


def changed(
    command: Command, outcome: Outcome, event: type[BookingEvent], before: Booking | None, after: Booking
) -> Decision:
    """The decision by which a booking changes."""
    return Decision(command, outcome, after, (event(command.actor, before, after),))
