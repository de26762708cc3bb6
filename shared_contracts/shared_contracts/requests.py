"""What all booking requests (``admin.booking.event``) have; each kind is in the module of its topic."""

from pydantic import model_validator

from shared_contracts.fields import (
    EntityId,
    Moment,
    ShortText,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
    WireModel,
)
from shared_contracts.transport.envelope import Message
from shared_contracts.venue import VenueLine


class ReplyTo(WireModel):
    """The chat message that shows the answer."""

    chat_id: TelegramChatId
    message_id: TelegramMessageId


class BriefPayload(WireModel):
    """Dates and times for readers of the brief's format: ``YYYY-MM-DD`` and ``HH:MM`` in the slot's city's zone."""

    old_date: ShortText | None = None
    old_time: ShortText | None = None
    new_date: ShortText | None = None
    new_time: ShortText | None = None
    location: ShortText | None = None


class ShownSlot(WireModel):
    """The slot as its asker saw it; a difference at commit gets its own outcome (R2)."""

    id: EntityId
    starts_at: Moment
    city_id: EntityId | None = None
    recruiter_id: EntityId | None = None
    place: VenueLine | None = None
    """Location and room, as in ``VenueView.line``."""


class BookingRequest(Message):
    """Fields all requests share. ``timestamp`` is the brief's name for ``occurred_at``."""

    user_telegram_id: TelegramUserId
    timestamp: Moment
    payload: BriefPayload = BriefPayload()
    reply: ReplyTo | None = None

    @model_validator(mode="after")
    def _one_moment(self) -> "BookingRequest":
        if self.timestamp != self.occurred_at:
            raise ValueError("timestamp and occurred_at must be the same moment")
        return self
