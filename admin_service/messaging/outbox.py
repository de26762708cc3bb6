"""Messages written in the transaction of the change that causes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pymongo.errors import BulkWriteError

from common import clock
from common.mongo import Document, collection, current_session
from shared_contracts.transport.envelope import Message, encode
from shared_contracts.transport.topology import Queue

_DUPLICATE_KEY = 11000  # MongoDB's code
WAITING = "waiting"
"""The status of a row that is not to be sent before its time."""
OWN_HEAD_START = timedelta(seconds=5)
"""How long the relay leaves rows to the consumer that wrote them (it publishes right after its commit)."""

RETRY_AFTER = (1, 5, 15, 60)
"""Seconds until a row that could not be sent is tried again, by its number of attempts."""
STUCK_AFTER = timedelta(minutes=1)
"""A message that is still there after so long waits for the broker, or for the relay to run."""


class Outgoing(NamedTuple):
    """A message and where it goes. ``not_before``: the relay sends it then (aware UTC); None: at once."""

    queue: Queue
    message: Message
    not_before: datetime | None = None


def add(messages: Sequence[Outgoing], *, published_by_writer: bool = False) -> list[Document]:
    """Insert rows for ``messages``, in the transaction under way if there is one.

    Args:
        messages: to send once the change is committed.
        published_by_writer: the caller publishes them itself after the commit; the relay is its backstop.

    Returns:
        The rows, as stored, but for those that wait: they are the relay's.
    """
    now = clock.now()
    due_at = now + OWN_HEAD_START if published_by_writer else now
    rows = [
        {
            "_id": str(message.message_id),
            "queue": queue.name,
            "body": encode(message).decode(),
            "correlation_id": message.correlation_id,
            "status": WAITING if not_before and not_before > now else "pending",
            "due_at": max(not_before or due_at, due_at),
            "attempts": 0,
            "sent_at": None,
            "created_at": now,
            "updated_at": now,
        }
        for queue, message, not_before in messages
    ]
    if rows:
        collection("outbox").insert_many(rows, session=current_session())
    return [row for row in rows if row["status"] != WAITING]


def add_once(message: Outgoing) -> None:
    """Insert a row for ``message`` unless it has one: what was given up before may be given up again.

    Not in a transaction, which a refused insert would end.
    """
    try:
        add([message])
    except BulkWriteError as error:
        if any(item["code"] != _DUPLICATE_KEY for item in error.details["writeErrors"]):
            raise


def due(now: datetime) -> Document:
    """The MongoDB condition of rows to be sent by now; served by ``outbox_due``.

    A row that would be due later than any row is put off was written by a clock that has been set back since: it is
    due, too. So no step of the clock holds a row back for longer than it was to wait.
    """
    return {
        "$or": [
            {"status": {"$in": ["pending", WAITING]}, "due_at": {"$lte": now}},
            {"status": "pending", "due_at": {"$gt": now + OWN_HEAD_START}, "attempts": 0},
            {"status": "pending", "due_at": {"$gt": now + timedelta(seconds=RETRY_AFTER[-1])}},
        ],
    }


def stuck(now: datetime) -> Document:
    """The MongoDB condition of rows that should have gone out long ago; served by ``outbox_due``."""
    return {"status": "pending", "created_at": {"$lte": now - STUCK_AFTER}}


def mark_sent(ids: Sequence[str]) -> None:
    """The broker has confirmed these rows."""
    if not ids:
        return
    now = clock.now()
    collection("outbox").update_many(
        {"_id": {"$in": list(ids)}}, {"$set": {"status": "sent", "sent_at": now, "updated_at": now}}
    )
