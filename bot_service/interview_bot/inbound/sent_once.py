"""Messages that a person is to see once (I4): each try is marked before it is made, and its end recorded after it.

A mark without an end is a try of which nobody knows whether it arrived: the process died, or Telegram did not answer.
It is tried once more, which may cost a duplicate; after a second such try the message is given up as uncertain.

The Bot API has no key by which it would know a message again, so one of the two remains: a message that may come twice,
or one that may never come. Only two things are left between Telegram's answer and its record: the process's death, and
MongoDB's. Whoever sends records the end before anything else, which Redis or Telegram may fail.
"""

from dataclasses import dataclass, field
from datetime import datetime

from bson import Int64
from telegram.error import ChatMigrated, TelegramError

from interview_bot.common import clock
from interview_bot.common.database import Database, Document
from interview_bot.telegram.errors import final_status, trouble_of_group
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.telegram.sending import Bot, send
from interview_bot.views.html_text import clip, plain_text
from interview_bot.views.screen import Screen
from shared_contracts.broadcast import Delivery, DeliveryStatus
from shared_contracts.telegram.text import MAX_TEXT

UNCERTAIN_TRIES = 2
"""After so many tries that may have arrived a message is given up."""
_MAY_HAVE_BEEN_SEEN = frozenset({DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN})
_NOBODY_KNOWS = "Telegram did not answer, or the bot stopped while sending"


@dataclass(frozen=True)
class OneTimeMessage:
    """A message to one chat, in a forum into the topic ``thread_id``.

    ``attempt`` is its command's, 0 where the admin service does not count them; ``silent``: without a sound.
    """

    id: str
    chat_id: int
    attempt: int = 0
    thread_id: int | None = None
    silent: bool = False


@dataclass(frozen=True)
class SendProgress:
    """How far a message is.

    Attributes:
        attempt: the message's attempt that was made last.
        tries: how often it was handed to Telegram; it changes with each, so that two can't begin at once.
        uncertain: tries that ended without anybody knowing how.
        text: as it was last handed to Telegram, plain; None before that.
        end: how ``attempt`` ended, None while it has not.
        at: when that was recorded; aware UTC.
    """

    attempt: int = 0
    tries: int = 0
    uncertain: int = 0
    text: str | None = None
    end: Delivery | None = None
    at: datetime = field(default_factory=clock.now)

    def end_for(self, attempt: int) -> Delivery | None:
        """How this attempt ended; whatever may have been seen has ended every other one too."""
        if self.end is None or not (self.attempt == attempt or self.end.status in _MAY_HAVE_BEEN_SEEN):
            return None
        seen = self.end.status in _MAY_HAVE_BEEN_SEEN
        return self.end.model_copy(update={"uncertain_tries": self.uncertain, "text": self.text if seen else None})

    def is_open_for(self, attempt: int) -> bool:
        """Whether this attempt is still to be made: it has not ended, and no later one has overtaken it."""
        return self.end_for(attempt) is None and attempt >= self.attempt

    def report(self, message: OneTimeMessage) -> Delivery:
        """How the message's attempt ended; suppressed if a later attempt has overtaken it."""
        overtaken = Delivery(chat_id=message.chat_id, status=DeliveryStatus.SUPPRESSED)
        return self.end_for(message.attempt) or overtaken

    def end_without_try(self, message: OneTimeMessage, status: DeliveryStatus) -> Delivery:
        """How it ends without another try: as ``status`` says, unless an earlier try may have arrived."""
        if not self.uncertain:
            return Delivery(chat_id=message.chat_id, status=status)
        return Delivery(
            chat_id=message.chat_id,
            status=DeliveryStatus.UNCERTAIN,
            error=_NOBODY_KNOWS,
            text=self.text,
            uncertain_tries=self.uncertain,
        )


class SentOnce:
    """A collection with one row per message.

    The caller holds the lock on the chat from ``progress_of`` to ``record_end``.
    """

    def __init__(self, bot: Bot, database: Database, collection: str) -> None:
        self._bot = bot
        self._rows = database[collection]

    async def progress_of(self, message: OneTimeMessage) -> SendProgress:
        """How far the message is; a try that is still marked as begun counts as uncertain."""
        row = await self._rows.find_one({"_id": message.id})
        return SendProgress() if row is None else _read(row)

    async def send(
        self,
        message: OneTimeMessage,
        seen: SendProgress,
        screen: Screen,
        priority: Priority,
    ) -> Delivery:
        """Make a try, if there is one left; the caller notes with ``record_end`` how it ended.

        Raises:
            TelegramError: it has not ended, another try may be made.
            DuplicateKeyError: somebody else has begun since ``seen``.
        """
        chat_id = message.chat_id
        if seen.uncertain >= UNCERTAIN_TRIES:
            return seen.end_without_try(message, DeliveryStatus.UNCERTAIN)
        await self._begin(message, seen, clip(plain_text(screen.text), MAX_TEXT))
        try:
            message_id, moved_to = await self._send(message, screen, priority)
        except TelegramError as error:
            status = final_status(error)
            if status is None:  # it is known that it did not arrive
                await self._rows.update_one({"_id": message.id}, {"$set": {"open": False}})
            if status is None or status is DeliveryStatus.UNCERTAIN:
                raise
            trouble = None
            if chat_id < 0:  # a group blocks nobody; staff read Telegram's words
                status, trouble = DeliveryStatus.FAILED, trouble_of_group(error)
            text, topic = error.message[:256], message.thread_id
            return Delivery(chat_id=chat_id, status=status, error=text, trouble=trouble, thread_id=topic)
        return Delivery(
            chat_id=moved_to or chat_id,
            status=DeliveryStatus.SENT,
            telegram_message_id=message_id,
            moved_from=chat_id if moved_to else None,
            thread_id=message.thread_id,
        )

    async def _send(self, message: OneTimeMessage, screen: Screen, priority: Priority) -> tuple[int, int | None]:
        """The message's id, and the chat's where that is another now."""
        topic, silent, moved_to = message.thread_id, message.silent, None
        try:
            message_id = await send(self._bot, message.chat_id, screen, priority, topic, silent=silent)
        except ChatMigrated as error:
            moved_to = error.new_chat_id
            message_id = await send(self._bot, moved_to, screen, priority, topic, silent=silent)
        return message_id, moved_to

    async def record_end(self, message: OneTimeMessage, seen: SendProgress, delivery: Delivery) -> SendProgress:
        """Record how it ended; returns how far it is now."""
        values = {
            "user_id": Int64(message.chat_id),
            "attempt": message.attempt,
            "uncertain": seen.uncertain,
            "open": False,
            "delivery": delivery.model_dump(mode="json") | {"chat_id": Int64(delivery.chat_id)},
            "at": clock.now(),
        }
        await self._rows.update_one({"_id": message.id}, {"$set": values}, upsert=True)
        return await self.progress_of(message)

    async def _begin(self, message: OneTimeMessage, seen: SendProgress, text: str) -> None:
        values = {
            "user_id": Int64(message.chat_id),
            "attempt": message.attempt,
            "tries": seen.tries + 1,
            "uncertain": seen.uncertain,
            "open": True,
            "text": text,
            "delivery": None,
            "at": clock.now(),
        }
        same = {"_id": message.id, "tries": seen.tries if seen.tries else {"$in": [None, 0]}}
        await self._rows.update_one(same, {"$set": values}, upsert=True)


def _read(row: Document) -> SendProgress:
    end = None if row.get("delivery") is None else Delivery.model_validate(row["delivery"], strict=False)
    if "uncertain" in row:
        uncertain = row["uncertain"] + bool(row.get("open"))
    else:  # written by an older version: ``unclear`` counts tries without a known end, and the end says all by itself
        uncertain = end.uncertain_tries if end else row.get("unclear", 0)
    return SendProgress(
        attempt=row.get("attempt", 0),
        tries=row.get("tries", 0),
        uncertain=uncertain,
        text=row.get("text") or (end.text if end else None),
        end=end,
        at=row["at"],
    )
