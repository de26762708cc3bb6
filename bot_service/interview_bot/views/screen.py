"""What a message shows, and whom it is made for."""

from dataclasses import dataclass, replace

from telegram import InlineKeyboardMarkup

from interview_bot.views.texts import Texts
from shared_contracts.directory import BookingView


@dataclass(frozen=True)
class Screen:
    """A message: HTML text and the keyboard under it.

    ``tells_of``: the bookings that it shows; it is put right when one of them is otherwise than it says.
    """

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    tells_of: tuple[BookingView, ...] = ()

    def with_lead(self, lead: str | None) -> "Screen":
        """The same screen below a first paragraph, if there is one."""
        return self if not lead else replace(self, text=f"{lead}\n\n{self.text}")


@dataclass(frozen=True)
class Reader:
    """Whom a screen is made for: their language, own time zone if any, and the link to who helps them (FR7)."""

    texts: Texts
    zone: str | None
    contact_url: str | None
