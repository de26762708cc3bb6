"""What a message shows, and whom it is made for."""

from dataclasses import dataclass

from telegram import InlineKeyboardMarkup

from interview_bot.views.texts import Texts


@dataclass(frozen=True)
class Screen:
    """A message: HTML text and the keyboard under it."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None

    def with_lead(self, lead: str | None) -> "Screen":
        """The same screen below a first paragraph, if there is one."""
        return self if not lead else Screen(f"{lead}\n\n{self.text}", self.keyboard)


@dataclass(frozen=True)
class Reader:
    """Whom a screen is made for: their language, own time zone if any, and the link to who helps them (FR7)."""

    texts: Texts
    zone: str | None
    contact_url: str | None
