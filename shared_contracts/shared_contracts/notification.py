"""News nobody asked for (``bot.notification.command``), stale caches, what chat tells the desk."""

from enum import StrEnum
from typing import Annotated, Literal

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


class NotificationCommand(Message):
    """Tell a candidate about their booking. ``reason`` is what staff wrote for them."""

    notification_id: EntityId
    kind: NotificationKind
    user_telegram_id: TelegramUserId
    booking: BookingView
    reason: LongText | None = None


notification_command: TypeAdapter[NotificationCommand] = TypeAdapter(NotificationCommand)
"""Reads a body of ``bot.notification.command``."""


class CacheName(StrEnum):
    """The bot's caches, as the admin service names them."""

    ALLOWED_USERS = "allowed_users"
    SLOTS = "slots"
    EVENTS = "events"
    CITIES = "cities"
    RECRUITERS = "recruiters"


class CacheInvalidate(Message):
    """Something in these caches changed: read it again (``bot.cache.invalidate``, R6)."""

    caches: Annotated[list[CacheName], Field(min_length=1)]


cache_invalidate: TypeAdapter[CacheInvalidate] = TypeAdapter(CacheInvalidate)
"""Reads a body of ``bot.cache.invalidate``."""


class ChatStarted(Message):
    """A person pressed Start (or came back after blocking): the bot may write to them."""

    action: Literal["chat_started"] = "chat_started"
    user_telegram_id: TelegramUserId
    username: ShortText | None = None
    first_name: ShortText = ""
    last_name: ShortText | None = None
    language_code: ShortText | None = None


class ChatStopped(Message):
    """A person blocked the bot."""

    action: Literal["chat_stopped"] = "chat_stopped"
    user_telegram_id: TelegramUserId


AnyDialogCommand = ChatStarted | ChatStopped

dialog_command: TypeAdapter[AnyDialogCommand] = TypeAdapter(Annotated[AnyDialogCommand, Field(discriminator="action")])
"""Reads a body of ``admin.dialog.command``."""
