"""News nobody asked for (``bot.notification.command``), and stale caches (``bot.cache.invalidate``)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, TypeAdapter

from shared_contracts.directory import BookingView
from shared_contracts.envelope import Message
from shared_contracts.fields import EntityId, LongText, ShortText, TelegramUserId


class NotificationKind(StrEnum):
    """What a candidate is told without having asked."""

    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_MOVED = "booking_moved"
    BOOKING_CHANGED = "booking_changed"
    BOOKING_APPROVED = "booking_approved"
    BOOKING_REJECTED = "booking_rejected"
    BOOKING_EXPIRED = "booking_expired"
    RESCHEDULE_ASKED = "reschedule_asked"
    SLOT_OFFERED = "slot_offered"


class NotificationCommand(Message):
    """Tell a candidate about their booking. ``reason`` is what staff or the recruiter wrote for them."""

    notification_id: EntityId
    kind: NotificationKind
    user_telegram_id: TelegramUserId
    booking: BookingView
    reason: LongText | None = None
    candidate_name: ShortText = ""


notification_command: TypeAdapter[NotificationCommand] = TypeAdapter(NotificationCommand)
"""Reads a body of ``bot.notification.command``."""


class CacheName(StrEnum):
    """The bot's caches, as the admin service names them."""

    ALLOWED_USERS = "allowed_users"
    SLOTS = "slots"
    EVENTS = "events"
    CITIES = "cities"
    RECRUITERS = "recruiters"
    TEMPLATES = "templates"


class CacheInvalidate(Message):
    """Something in these caches changed: read it again (``bot.cache.invalidate``, R6)."""

    caches: Annotated[list[CacheName], Field(min_length=1)]


cache_invalidate: TypeAdapter[CacheInvalidate] = TypeAdapter(CacheInvalidate)
"""Reads a body of ``bot.cache.invalidate``."""
