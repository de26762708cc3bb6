"""Corrections of earlier messages that are still to be made, whatever keeps Telegram from them at first.

A row stands from before the first try until every message is put right, so that neither a full chat nor a crash leaves
one that says what is no longer so.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from bson import Int64
from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from interview_bot.common import clock, logs
from interview_bot.common.database import Database, Document, due
from shared_contracts.directory import BookingView

LEASE = timedelta(seconds=30)
"""How long a row stays with the one who works on it; after a crash somebody else takes it then."""


@dataclass(frozen=True)
class Correction:
    """A booking as its earlier messages in a chat are to say it. ``attempts`` includes this one.

    ``newest``: the message that tells in full how it stands. ``every``: also what is so still is to be corrected.
    """

    chat_id: int
    booking: BookingView
    newest: int
    every: bool
    attempts: int = 0
    correlation_id: str = ""


class Corrections:
    """The collection ``corrections``, one row per chat and booking."""

    def __init__(self, database: Database) -> None:
        self._rows = database["corrections"]
        self.added = asyncio.Event()

    async def put(self, correction: Correction) -> None:
        """Have it made by whoever puts it; by the background once the lease is over. A newer one stays."""
        now, booking = clock.now(), correction.booking
        values = {
            "chat_id": Int64(correction.chat_id),
            "booking": booking.model_dump_json(),
            "version": booking.version,
            "newest": Int64(correction.newest),
            "every": correction.every,
            "attempts": 0,
            "correlation_id": logs.correlation_id(),
            "due_at": now + LEASE,
            "put_off_at": now,
            "at": now,
        }
        older = {"_id": _key(correction), "version": {"$lte": booking.version}}
        try:
            await self._rows.update_one(older, {"$set": values}, upsert=True)
        except DuplicateKeyError:
            return

    async def claim(self) -> Correction | None:
        """The one that is due first, in hand for ``LEASE``; None when none is due."""
        now = clock.now()
        row = await self._rows.find_one_and_update(
            due("due_at", "put_off_at", now),
            {"$set": {"due_at": now + LEASE, "put_off_at": now}, "$inc": {"attempts": 1}},
            sort=[("due_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return _read(row) if row else None

    async def postpone(self, correction: Correction, pause: timedelta, *, tried: bool = True) -> None:
        """Let it be claimed after ``pause``, not before. ``tried``: a message could not be put right."""
        now = clock.now()
        values = {"due_at": now + pause, "put_off_at": now}
        update = {"$set": values, "$inc": {"attempts": 0 if tried else -1}}
        await self._rows.update_one(_this(correction), update)
        asyncio.get_running_loop().call_later(pause.total_seconds(), self.added.set)

    async def settle(self, correction: Correction) -> None:
        """Nothing of it is left to be done."""
        await self._rows.delete_one(_this(correction))


def _key(correction: Correction) -> str:
    return f"{correction.chat_id}:{correction.booking.id}"


def _this(correction: Correction) -> Document:
    """This very one: a newer one may have taken its place meanwhile."""
    return {"_id": _key(correction), "version": correction.booking.version}


def _read(row: Document) -> Correction:
    return Correction(
        chat_id=row["chat_id"],
        booking=BookingView.model_validate_json(row["booking"]),
        newest=row["newest"],
        every=row["every"],
        attempts=row["attempts"],
        correlation_id=row["correlation_id"],
    )
