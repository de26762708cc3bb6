"""Calendar files on their way to people: stored with what they go with, sent by ``calendar_sender`` when there is room.

A row is ``waiting`` until it has one of the delivery's final statuses; a newer file of a booking takes its place.
"""

import asyncio
from datetime import timedelta
from typing import Literal

from bson import Int64
from pydantic import BaseModel
from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from interview_bot.common import clock, logs
from interview_bot.common.database import Database, due
from shared_contracts.broadcast import DeliveryStatus
from shared_contracts.calendars import CalendarFile

WAITING = "waiting"
LEASE = timedelta(seconds=30)
"""How long a file stays with the one who sends it; after a crash it is sent again then."""


class WaitingFile(BaseModel):
    """A file that is being sent. ``attempts`` includes this one."""

    key: str
    chat_id: int
    sequence: int
    method: Literal["PUBLISH", "CANCEL"]
    content: str
    attempts: int
    correlation_id: str


class CalendarFiles:
    """The collection ``calendar_files``, one row per chat and interview."""

    def __init__(self, database: Database) -> None:
        self._rows = database["calendar_files"]
        self.added = asyncio.Event()

    async def put(self, chat_id: int, file: CalendarFile) -> None:
        """Have the file sent, unless it, or a newer one of the same interview, is known already.

        One conditional update decides: a redelivered message brings no second file, a late one no older.
        """
        key = f"{chat_id}:{file.uid}"
        values = {
            "chat_id": Int64(chat_id),
            "sequence": file.sequence,
            "method": file.method,
            "content": file.content,
            "state": WAITING,
            "attempts": 0,
            "correlation_id": logs.correlation_id(),
            "due_at": clock.now(),
            "put_off_at": clock.now(),
            "at": clock.now(),
        }
        try:
            await self._rows.update_one({"_id": key, "sequence": {"$lt": file.sequence}}, {"$set": values}, upsert=True)
        except DuplicateKeyError:
            return
        self.added.set()

    async def claim(self) -> WaitingFile | None:
        """The file that has waited longest, for ``LEASE``; None when none is due."""
        now = clock.now()
        row = await self._rows.find_one_and_update(
            {"state": WAITING, **due("due_at", "put_off_at", now)},
            {"$set": {"due_at": now + LEASE, "put_off_at": now}, "$inc": {"attempts": 1}},
            sort=[("due_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return WaitingFile(key=row["_id"], **{k: v for k, v in row.items() if k != "_id"}) if row else None

    async def postpone(self, file: WaitingFile, pause: timedelta, *, tried: bool = True) -> None:
        """Let it be claimed again after ``pause``, not before. ``tried``: Telegram was asked to take it."""
        now = clock.now()
        update = {"$set": {"due_at": now + pause, "put_off_at": now}, "$inc": {"attempts": 0 if tried else -1}}
        await self._rows.update_one(_this(file), update)

    async def settle(self, file: WaitingFile, status: DeliveryStatus) -> None:
        """Record what became of it and delete its content."""
        values = {"state": status.value, "at": clock.now()}
        await self._rows.update_one(_this(file), {"$set": values, "$unset": {"content": ""}})


def _this(file: WaitingFile) -> dict[str, object]:
    """This very file: a newer one may have taken its place meanwhile."""
    return {"_id": file.key, "sequence": file.sequence, "state": WAITING}
