"""Messages that are to be seen once (I4): a mark before each try to send one, and how it ended after it.

A mark without an end is a try of which nobody knows whether it arrived: the process died, or Telegram did not answer.
It is tried once more, which may cost a duplicate; after a second such try the message is given up as uncertain.
"""

from dataclasses import dataclass, field
from datetime import datetime

from bson import Int64

from interview_bot import clock
from interview_bot.database import Database, Document
from shared_contracts.broadcast import Delivery, DeliveryStatus

UNCERTAIN_TRIES = 2
"""As often a message may have arrived before it is given up."""
_MAY_HAVE_BEEN_SEEN = frozenset({DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN})


@dataclass(frozen=True)
class Send:
    """How far a message is.

    Attributes:
        attempt: the command's that was last in hand.
        tries: how often it was handed to Telegram; it changes with each, so that two can't begin at once.
        uncertain: tries that ended without anybody knowing how.
        text: as it was last handed to Telegram, plain; None where that is not kept.
        end: how ``attempt`` ended, None while it has not.
        at: when that was noted; aware UTC.
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


class Sends:
    """The collection ``notifications``."""

    def __init__(self, database: Database) -> None:
        self._rows = database["notifications"]

    async def look(self, message_id: str) -> Send:
        """How far the message is; a try that is still marked as begun counts as uncertain."""
        row = await self._rows.find_one({"_id": message_id})
        return Send() if row is None else _read(row)

    async def begin(self, message_id: str, chat_id: int, attempt: int, seen: Send, text: str | None) -> None:
        """Mark that it is handed to Telegram now.

        Raises:
            DuplicateKeyError: somebody else has begun since ``seen``.
        """
        values = {
            "user_id": Int64(chat_id),
            "attempt": attempt,
            "tries": seen.tries + 1,
            "uncertain": seen.uncertain,
            "open": True,
            "text": text,
            "delivery": None,
            "at": clock.now(),
        }
        same = {"_id": message_id, "tries": seen.tries if seen.tries else {"$in": [None, 0]}}
        await self._rows.update_one(same, {"$set": values}, upsert=True)

    async def not_sent(self, message_id: str) -> None:
        """The try came to nothing, for sure."""
        await self._rows.update_one({"_id": message_id}, {"$set": {"open": False}})

    async def end(self, message_id: str, attempt: int, seen: Send, delivery: Delivery) -> Send:
        """Note how it ended; returns how far it is now."""
        values = {
            "user_id": Int64(delivery.chat_id),
            "attempt": attempt,
            "uncertain": seen.uncertain,
            "open": False,
            "delivery": delivery.model_dump(mode="json") | {"chat_id": Int64(delivery.chat_id)},
            "at": clock.now(),
        }
        await self._rows.update_one({"_id": message_id}, {"$set": values}, upsert=True)
        return await self.look(message_id)


def _read(row: Document) -> Send:
    end = row.get("delivery")
    return Send(
        attempt=row.get("attempt", 0),
        tries=row.get("tries", 0),
        uncertain=row.get("uncertain", 0) + bool(row.get("open")),
        text=row.get("text"),
        end=None if end is None else Delivery.model_validate(end, strict=False),
        at=row["at"],
    )
