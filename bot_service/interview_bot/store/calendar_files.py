"""Calendar files on their way to people: stored with what they go with, sent by ``calendar_sender`` when there is room.

A row is ``waiting`` until it has one of the delivery's final statuses; a newer file of a booking takes its place. One
sender at a time has a row in hand, whichever file is in it by then: so no older file arrives after a newer one.
"""

import asyncio
from datetime import datetime, timedelta
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
"""How long a row stays with the one who sends it; after a crash its file is sent again then."""
_MAY_HAVE_ARRIVED = frozenset({DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN})


class WaitingFile(BaseModel):
    """A file that is being sent. ``attempts`` includes this one.

    ``told``: the calendar may have an older entry of the interview, which began at ``told_start``, if that is known.
    """

    key: str
    chat_id: int
    sequence: int
    method: Literal["PUBLISH", "CANCEL"]
    content: str
    attempts: int
    correlation_id: str
    starts_at: datetime | None = None
    told: bool = True
    told_start: datetime | None = None

    @property
    def is_needless(self) -> bool:
        """Whether it takes an entry out of a calendar that has none."""
        return self.method == "CANCEL" and not self.told


class CalendarFiles:
    """The collection ``calendar_files``, one row per chat and interview."""

    def __init__(self, database: Database) -> None:
        self._rows = database["calendar_files"]
        self.added = asyncio.Event()

    async def put_again(self, chat_id: int, file: CalendarFile, starts_at: datetime) -> None:
        """Have the file sent to somebody who asks for it, though they may have had it before; never an older one."""
        await self._put(chat_id, file, starts_at, {"$lte": file.sequence}, {"told": False})

    async def put(self, chat_id: int, file: CalendarFile, starts_at: datetime | None = None) -> None:
        """Have the file sent, unless it, or a newer one of the same interview, is known already.

        One conditional update decides: a redelivered message brings no second file, a late one no older. ``starts_at``:
        when the interview begins, where that is known.
        """
        await self._put(chat_id, file, starts_at, {"$lt": file.sequence}, {})

    async def _put(
        self,
        chat_id: int,
        file: CalendarFile,
        starts_at: datetime | None,
        known: dict[str, int],
        also: dict[str, object],
    ) -> None:
        key = f"{chat_id}:{file.uid}"
        values = {
            "chat_id": Int64(chat_id),
            "sequence": file.sequence,
            "method": file.method,
            "content": file.content,
            "starts_at": starts_at,
            "state": WAITING,
            "attempts": 0,
            "correlation_id": logs.correlation_id(),
            "due_at": clock.now(),
            "put_off_at": clock.now(),
            "at": clock.now(),
        }
        try:
            update = {"$set": values | also} | ({} if "told" in also else {"$setOnInsert": {"told": False}})
            await self._rows.update_one({"_id": key, "sequence": known}, update, upsert=True)
        except DuplicateKeyError:
            return
        self.added.set()

    async def claim(self) -> WaitingFile | None:
        """The file that has waited longest, in hand for ``LEASE``; None when none is due."""
        now = clock.now()
        in_no_hand = [{"held_until": None}, *due("held_until", "held_at", now)["$or"]]
        row = await self._rows.find_one_and_update(
            {"state": WAITING, "$and": [due("due_at", "put_off_at", now), {"$or": in_no_hand}]},
            {"$set": {"held_until": now + LEASE, "held_at": now}, "$inc": {"attempts": 1}},
            sort=[("due_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return WaitingFile(key=row["_id"], **{k: v for k, v in row.items() if k != "_id"}) if row else None

    async def keep(self, file: WaitingFile) -> None:
        """Keep the row in hand for another ``LEASE``."""
        now = clock.now()
        await self._rows.update_one({"_id": file.key}, {"$set": {"held_until": now + LEASE, "held_at": now}})

    async def begin(self, file: WaitingFile) -> bool:
        """Note that the file is handed to Telegram now; False where a newer one has taken its place, which goes then.

        From here on it may have arrived, whatever happens.
        """
        told = {"told": file.method == "PUBLISH", "told_start": file.starts_at}
        return (await self._rows.update_one(_this(file), {"$set": told})).matched_count == 1

    async def postpone(self, file: WaitingFile, pause: timedelta, *, tried: bool = True) -> None:
        """Let it be claimed again after ``pause``, not before: it did not arrive. ``tried``: Telegram was asked."""
        now = clock.now()
        update = {"$set": {"due_at": now + pause, "put_off_at": now}, "$inc": {"attempts": 0 if tried else -1}}
        await self._rows.update_one(_this(file), update)
        await self.release(file, arrived=False)

    async def settle(self, file: WaitingFile, status: DeliveryStatus) -> None:
        """Record what became of it and delete its content."""
        values = {"state": status.value, "at": clock.now()}
        await self._rows.update_one(_this(file), {"$set": values, "$unset": {"content": ""}})
        await self.release(file, arrived=status in _MAY_HAVE_ARRIVED)

    async def release(self, file: WaitingFile, *, arrived: bool) -> None:
        """Let go of the row, with the calendar as it was before where the file did not arrive."""
        before = {} if arrived else {"told": file.told, "told_start": file.told_start}
        await self._rows.update_one({"_id": file.key}, {"$set": {"held_until": None, **before}})
        self.added.set()


def _this(file: WaitingFile) -> dict[str, object]:
    """This very file: a newer one may have taken its place meanwhile."""
    return {"_id": file.key, "sequence": file.sequence, "state": WAITING}
