"""Which version of a booking a chat shows: an older one never overwrites a newer."""

from dataclasses import dataclass
from enum import Enum

from bson import Int64
from pymongo.errors import DuplicateKeyError

from interview_bot.common import clock
from interview_bot.common.database import Database


class Shown(Enum):
    """Whether a version may be shown in a message."""

    NEWEST = "newest"
    NEWER_HERE = "newer_here"
    """This message shows a newer version already."""
    NEWER_ELSEWHERE = "newer_elsewhere"
    """Another message of the chat shows a newer version."""


@dataclass(frozen=True)
class ShownBookings:
    """The collection ``shown_bookings``."""

    database: Database

    async def claim(self, chat_id: int, message_id: int | None, booking_id: str, version: int) -> Shown:
        """Record that ``version`` is about to be shown, unless a newer one is; one conditional update decides."""
        key = f"{chat_id}:{booking_id}"
        values = {"version": version, "message_id": Int64(message_id or 0), "at": clock.now()}
        rows = self.database["shown_bookings"]
        try:
            await rows.update_one({"_id": key, "version": {"$lte": version}}, {"$set": values}, upsert=True)
        except DuplicateKeyError:
            row = await rows.find_one({"_id": key}, {"message_id": 1})
            here = row is not None and row["message_id"] == message_id
            return Shown.NEWER_HERE if here else Shown.NEWER_ELSEWHERE
        return Shown.NEWEST
