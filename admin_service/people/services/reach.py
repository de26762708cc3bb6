"""Whether the bot can write to somebody, and why not; the way to write to them by hand.

To candidates and to recruiters alike: not before they have started it, whoever typed their Telegram id.
"""

from dataclasses import dataclass
from typing import Literal

from common.mongo import Document

ChatState = Literal["started", "none", "blocked"]


IN_REACH: Document = {"started_at": {"$ne": None}, "blocked_at": None}
"""The MongoDB condition of whom the bot can write to: they have started it and not blocked it."""


@dataclass(frozen=True, slots=True)
class PathToTell:
    """How a candidate is told something: by the bot, or by hand, through their own chat where there is a link to it."""

    state: ChatState
    link: str

    @property
    def by_bot(self) -> bool:
        """Whether the bot's word reaches them."""
        return self.state == "started"


def chat_state(person: Document) -> ChatState:
    """How a candidate or a recruiter and the bot stand, by their document.

    Who has never started it can't have blocked it.
    """
    if not person.get("started_at"):
        return "none"
    return "blocked" if person["blocked_at"] else "started"


def path_to_tell(person: Document) -> PathToTell:
    """How a candidate is told something, by their document."""
    username = person["username"]
    return PathToTell(chat_state(person), f"https://t.me/{username}" if username else "")
