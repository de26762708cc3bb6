"""News about a booking that its candidate did not ask for (``bot.notification.command``), sent once each."""

from uuid import NAMESPACE_OID, uuid5

from bson import Int64
from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError

from interview_bot import clock, logs
from interview_bot.conversation import keyboards
from interview_bot.conversation.notice_texts import notice_text
from interview_bot.conversation.screen import Screen, send
from interview_bot.conversation.talk import Tools
from interview_bot.conversation.texts import Texts, texts_for
from interview_bot.database import Database, Document
from interview_bot.errors import Trouble, sort
from interview_bot.rate_limiter import Priority
from interview_bot.shown_bookings import ShownBookings
from interview_bot.update_processor import PersonLocks
from shared_contracts.broadcast import Delivery, DeliveryStatus, NotificationDelivered
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.topology import DELIVERY_EVENT

_SEAT_LOST = frozenset(
    {NotificationKind.BOOKING_CANCELLED, NotificationKind.BOOKING_REJECTED, NotificationKind.BOOKING_EXPIRED}
)
_FINAL = {
    Trouble.BLOCKED: DeliveryStatus.BLOCKED,
    Trouble.UNCERTAIN: DeliveryStatus.UNCERTAIN,
    Trouble.REFUSED: DeliveryStatus.FAILED,
    Trouble.GONE: DeliveryStatus.FAILED,
    Trouble.UNCHANGED: DeliveryStatus.FAILED,
}
"""Troubles that end a delivery. The others are raised, so that it is tried again."""


def end_of(error: TelegramError) -> DeliveryStatus | None:
    """The status a failed send ends with, None when it should be tried again."""
    return _FINAL.get(sort(error))


class Notifications:
    """Sends notices and reports what became of them."""

    def __init__(self, tools: Tools, database: Database, shown: ShownBookings, locks: PersonLocks) -> None:
        self._tools = tools
        self._locks = locks
        self._rows = database["notifications"]
        self._shown = shown

    async def deliver(self, command: NotificationCommand) -> None:
        """Send the notice unless it was sent before, then report it.

        After a crash between sending and noting it, it is sent again: a cancellation read twice does less harm than one
        never read.

        Raises:
            TelegramError, AdminApiDownError: not delivered, worth another try.
        """
        async with self._locks.hold(command.user_telegram_id):  # two copies may be in hand at once
            row = await self._rows.find_one({"_id": command.notification_id})
            if row is None:
                row = await self._note(command, await self._send(command))
        if row["delivery"]["status"] == DeliveryStatus.BLOCKED.value:
            await self._tools.chats.unreachable(command.user_telegram_id)
        event = NotificationDelivered(
            message_id=uuid5(NAMESPACE_OID, f"notification:{command.notification_id}"),
            correlation_id=logs.correlation_id(),
            occurred_at=row["at"],
            notification_id=command.notification_id,
            user_telegram_id=command.user_telegram_id,
            delivery=Delivery.model_validate(row["delivery"], strict=False),
        )
        await self._tools.outbox.send(DELIVERY_EVENT, event)

    async def _send(self, command: NotificationCommand) -> Delivery:
        chat_id = command.user_telegram_id
        texts = texts_for(await self._tools.chats.language(chat_id))
        screen = await self._screen(command, texts)
        try:
            message_id = await send(self._tools.bot, chat_id, screen, Priority.NOTICE)
        except TelegramError as error:
            status = end_of(error)
            if status is None:
                raise
            return Delivery(chat_id=chat_id, status=status, error=error.message[:256])
        await self._shown.claim(chat_id, message_id, command.booking.id, command.booking.version)
        return Delivery(chat_id=chat_id, status=DeliveryStatus.SENT, telegram_message_id=message_id)

    async def _screen(self, command: NotificationCommand, texts: Texts) -> Screen:
        text = await notice_text(
            self._tools,
            command.kind,
            command.booking,
            candidate_id=command.user_telegram_id,
            name=command.candidate_name,
            reason=command.reason,
            texts=texts,
        )
        return Screen(text, _keyboard(command, texts))

    async def _note(self, command: NotificationCommand, delivery: Delivery) -> Document:
        row = {
            "_id": command.notification_id,
            "user_id": Int64(command.user_telegram_id),
            "delivery": delivery.model_dump(mode="json") | {"chat_id": Int64(delivery.chat_id)},
            "at": clock.now(),
        }
        await self._rows.insert_one(row)
        return row


def _keyboard(command: NotificationCommand, texts: Texts) -> InlineKeyboardMarkup:
    """What the candidate can do now."""
    if command.kind in _SEAT_LOST:
        return keyboards.sign_up(command.booking.slot.event.id, texts)
    if command.kind is NotificationKind.SLOT_OFFERED:
        return InlineKeyboardMarkup([keyboards.offer_buttons(command.booking, texts)])
    return keyboards.change_booking(command.booking, texts, asked=command.kind is NotificationKind.RESCHEDULE_ASKED)
