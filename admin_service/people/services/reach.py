"""Whether the bot can write to somebody, and why not."""

from typing import Literal

from common.mongo import Document

ChatState = Literal["started", "none", "blocked"]


def chat_state(person: Document) -> ChatState:
    """How a candidate and the bot stand, by their document; who has never started it can't have blocked it."""
    if not person["started_at"]:
        return "none"
    return "blocked" if person["blocked_at"] else "started"
