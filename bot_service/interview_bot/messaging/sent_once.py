"""Automatic messages, sent once each, also when the bot dies or Telegram does not answer (I4).

A try is written down before it is made. One of which no end is known may have arrived: it is made once more, so that
it costs at most one duplicate, and counted.
"""

from bson import Int64
from telegram.error import TelegramError

from interview_bot import clock
from interview_bot.conversation.cards import plain_text
from interview_bot.conversation.html_text import clipped
from interview_bot.conversation.screen import Bot, Screen, send
from interview_bot.database import Database
from interview_bot.errors import Trouble, sort
from interview_bot.messaging.notifications import end_of
from interview_bot.rate_limiter import Priority
from shared_contracts.broadcast import Delivery, DeliveryStatus
from shared_contracts.telegram_text import MAX_TEXT

MAX_TRIES = 2
"""Tries without a known end; one of them is the duplicate there may be."""


class SentOnce:
    """The collection ``automatic_messages``, one row per message. The caller holds a lock on the chat."""

    def __init__(self, bot: Bot, database: Database) -> None:
        self._bot = bot
        self._rows = database["automatic_messages"]

    async def ended(self, message_id: str) -> Delivery | None:
        """How the message ended; None when it was not sent yet, or when that is not known."""
        row = await self._rows.find_one({"_id": message_id, "delivery": {"$exists": True}})
        return None if row is None else Delivery.model_validate(row["delivery"], strict=False)

    async def send(self, message_id: str, chat_id: int, screen: Screen, priority: Priority) -> Delivery:
        """Make a try, if there is one left, and write down how it ended.

        Raises:
            TelegramError: it has not ended, another try may be made.
        """
        unclear = await self._unclear(message_id)
        if unclear >= MAX_TRIES:
            return await self._end(message_id, _unclear_end(chat_id, unclear))
        await self._rows.update_one(
            {"_id": message_id},
            {"$inc": {"unclear": 1}, "$set": {"chat_id": Int64(chat_id), "at": clock.now()}},
            upsert=True,
        )
        try:
            sent = await send(self._bot, chat_id, screen, priority)
        except TelegramError as error:
            return await self._failed(message_id, chat_id, unclear, error)
        end = Delivery(
            chat_id=chat_id,
            status=DeliveryStatus.SENT,
            telegram_message_id=sent,
            text=clipped(plain_text(screen.text), MAX_TEXT),
            uncertain_tries=unclear,
        )
        return await self._end(message_id, end)

    async def give_up(self, message_id: str, chat_id: int) -> Delivery:
        """Its time is over: ``too_late``, unless an earlier try may have arrived.

        Too late is no end: the admin service may have it sent at another time.
        """
        unclear = await self._unclear(message_id)
        if unclear:
            return await self._end(message_id, _unclear_end(chat_id, unclear))
        return Delivery(chat_id=chat_id, status=DeliveryStatus.TOO_LATE)

    async def _failed(self, message_id: str, chat_id: int, unclear: int, error: TelegramError) -> Delivery:
        if sort(error) is Trouble.UNCERTAIN:
            raise error  # the try stays counted; the next call makes the last one, or ends it
        status = end_of(error)
        if status is None:  # it did not arrive, which is known
            await self._rows.update_one({"_id": message_id}, {"$inc": {"unclear": -1}})
            raise error
        if status is DeliveryStatus.BLOCKED and chat_id < 0:  # a group blocks nobody; staff read what Telegram says
            status = DeliveryStatus.FAILED
        end = Delivery(chat_id=chat_id, status=status, error=error.message[:256], uncertain_tries=unclear)
        return await self._end(message_id, end)

    async def _unclear(self, message_id: str) -> int:
        row = await self._rows.find_one({"_id": message_id}, {"unclear": 1})
        return int(row["unclear"]) if row else 0

    async def _end(self, message_id: str, end: Delivery) -> Delivery:
        kept = end.model_dump(mode="json") | {"chat_id": Int64(end.chat_id)}
        await self._rows.update_one({"_id": message_id}, {"$set": {"delivery": kept, "at": clock.now()}})
        return end


def _unclear_end(chat_id: int, tries: int) -> Delivery:
    why = "Telegram did not answer, or the bot stopped while sending"
    return Delivery(chat_id=chat_id, status=DeliveryStatus.UNCERTAIN, error=why, uncertain_tries=tries)
