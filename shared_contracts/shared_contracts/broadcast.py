"""Broadcasts: the command (``bot.broadcast.command``) and what came of it (``admin.delivery.event``)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from shared_contracts.fields import (
    Count,
    EntityId,
    Language,
    LongText,
    ShortText,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
    WireModel,
)
from shared_contracts.transport.envelope import Message


class ChatTopic(WireModel):
    """The topic of a group in which it is written: Telegram's ``message_thread_id``."""

    chat_id: TelegramChatId
    thread_id: TelegramMessageId


class BroadcastState(StrEnum):
    """What a broadcast is to do: go out, wait until it is told to go on, or end without writing to anybody else."""

    SENDING = "sending"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class BroadcastCommand(Message):
    """Post an announcement with a Sign up button (FR1).

    It goes to ``chat_ids``, or, with ``audience``, to the people that ``GET /api/broadcasts/{id}/recipients`` pages.
    ``topics``: of those chats that name one. ``texts``: in the reader's language, where there is one;
    ``message_text`` is for groups and everybody else. ``language``: of the button, where it is not the reader's: in
    a test that of those who will read it.

    The same command comes again to pause, resume or cancel: ``state`` says which, and the highest ``revision`` counts,
    in whatever order they come. A receiver that does not know them takes the repeat for one, and sends on.
    """

    action: Literal["post_broadcast"] = "post_broadcast"
    broadcast_id: EntityId
    event_id: EntityId
    message_text: Annotated[LongText, Field(min_length=1)]
    chat_ids: Annotated[list[TelegramChatId], Field(max_length=100)] = []
    topics: Annotated[list[ChatTopic], Field(max_length=100)] = []
    audience: Literal["all", "city"] | None = None
    texts: dict[Language, Annotated[LongText, Field(min_length=1)]] = {}
    state: BroadcastState = BroadcastState.SENDING
    revision: Count = 0
    language: Language | None = None

    @model_validator(mode="after")
    def _somewhere_to_go(self) -> "BroadcastCommand":
        if not self.chat_ids and self.audience is None:
            raise ValueError("name chat_ids or an audience")
        return self


broadcast_command: TypeAdapter[BroadcastCommand] = TypeAdapter(BroadcastCommand)
"""Reads a body of ``bot.broadcast.command``."""


class DeliveryStatus(StrEnum):
    """What became of one message. ``uncertain``: Telegram did not answer, it may have arrived.

    Of automatic messages alone: ``suppressed`` (right before sending it was not due any more) and ``too_late`` (its
    ``not_after`` had passed); both were not sent.
    """

    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    SUPPRESSED = "suppressed"
    TOO_LATE = "too_late"


class ChatTrouble(StrEnum):
    """Why a group can't be written to any more."""

    KICKED = "kicked"
    """The bot was removed, or left."""
    NO_RIGHTS = "no_rights"
    TOPIC_CLOSED = "topic_closed"
    TOPIC_GONE = "topic_gone"
    GONE = "gone"
    """The group was deleted, or was never there."""


TOPIC_TROUBLES = frozenset({ChatTrouble.TOPIC_CLOSED, ChatTrouble.TOPIC_GONE})


class Delivery(WireModel):
    """One recipient's message. ``error`` is Telegram's own text.

    Of groups: ``moved_from`` is the id that the chat had before Telegram made a supergroup of it; ``trouble`` says why
    it can't be written to; ``thread_id`` is the topic that it was for. ``moved_to``: this one was not sent, since the
    chat has that id now, under which it gets the message anyway.

    ``text`` is what was sent, as plain text, of what goes to one person as a message of its own.
    ``uncertain_tries``: so often Telegram did not answer, or the bot died before it wrote the answer down; each may
    have cost a duplicate.
    """

    chat_id: TelegramChatId
    status: DeliveryStatus
    telegram_message_id: TelegramMessageId | None = None
    error: ShortText | None = None
    text: LongText | None = None
    uncertain_tries: Count = 0
    moved_from: TelegramChatId | None = None
    trouble: ChatTrouble | None = None
    thread_id: TelegramMessageId | None = None
    moved_to: TelegramChatId | None = None


class BroadcastDelivered(Message):
    """Some of a broadcast's messages are done; ``finished`` with the last of them.

    ``pressed``: people who have pressed the button under theirs, each at least once; a repeat says nothing new.
    """

    event_type: Literal["broadcast.delivered"] = "broadcast.delivered"
    broadcast_id: EntityId
    deliveries: Annotated[list[Delivery], Field(max_length=100)]
    finished: bool = False
    pressed: Annotated[list[TelegramUserId], Field(max_length=100)] = []


class NotificationDelivered(Message):
    """A ``bot.notification.command`` is done. ``attempt`` is the command's."""

    event_type: Literal["notification.delivered"] = "notification.delivered"
    notification_id: EntityId
    user_telegram_id: TelegramUserId
    delivery: Delivery
    attempt: Count = 0


class CardDelivered(Message):
    """A recruiter's card (``bot.card.command``) came as a message of its own, or could not.

    ``auto_message_id`` is the command's.
    """

    event_type: Literal["card.delivered"] = "card.delivered"
    booking_id: EntityId
    recruiter_telegram_id: TelegramUserId
    delivery: Delivery
    auto_message_id: EntityId | None = None


class DigestDelivered(Message):
    """A ``bot.digest.command`` is done. ``attempt`` is the command's."""

    event_type: Literal["digest.delivered"] = "digest.delivered"
    digest_id: EntityId
    delivery: Delivery
    attempt: Count = 0


AnyDeliveryEvent = BroadcastDelivered | NotificationDelivered | CardDelivered | DigestDelivered

delivery_event: TypeAdapter[AnyDeliveryEvent] = TypeAdapter(
    Annotated[AnyDeliveryEvent, Field(discriminator="event_type")]
)
"""Reads a body of ``admin.delivery.event``."""
