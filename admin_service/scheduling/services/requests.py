"""What is asked for, and how its asker is answered."""

from dataclasses import dataclass

from scheduling.domain.commands import BookingCommand
from scheduling.domain.decide import AnyCommand
from shared_contracts.requests import ReplyTo


@dataclass(frozen=True, slots=True)
class InChat:
    """Who asked in chat, by which request, and the message that shows the answer."""

    event_type: str
    user_telegram_id: int
    reply: ReplyTo | None


@dataclass(frozen=True, slots=True)
class Request:
    """A command and how its asker is answered.

    Attributes:
        via: ``chat``, ``api``, ``desk`` or ``job``; goes into the audit trail.
        chat: set where a ``bot.booking.result`` is to go out.
        fingerprint: of the request's content, for keys that clients choose.
    """

    command: AnyCommand
    via: str
    correlation_id: str
    chat: InChat | None = None
    fingerprint: str = ""

    def reason_about(self, booking_id: str) -> str:
        """Why the booking changed: "" where it was said of another booking, whose candidate alone it concerns."""
        command = self.command
        of_another = isinstance(command, BookingCommand) and command.booking_id != booking_id
        return "" if of_another else command.reason
