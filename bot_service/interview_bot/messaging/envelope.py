"""The envelope of what the bot tells the admin service: the fields that every message has."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID, uuid4

from interview_bot.common import clock, logs


class Envelope(TypedDict):
    """Arguments of every message's model."""

    message_id: UUID
    correlation_id: str
    occurred_at: datetime


def envelope(message_id: UUID | None = None, occurred_at: datetime | None = None) -> Envelope:
    """A message's envelope, with the correlation id of the work in hand.

    Args:
        message_id: the same for what is the same message if it is made again; None for one that is made once.
        occurred_at: UTC; None for now.
    """
    return Envelope(
        message_id=message_id or uuid4(),
        correlation_id=logs.correlation_id(),
        occurred_at=occurred_at or clock.now(),
    )
