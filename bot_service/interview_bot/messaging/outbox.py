"""The outbox: what the bot tells the admin service is stored in its own MongoDB before it is sent.

The row is written first; then it is published at once, for speed, and the relay publishes what that left
behind. Both use the same message id, so the receiver drops the repeat.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

from pydantic import SecretStr
from pymongo import ASCENDING, WriteConcern
from pymongo.errors import DuplicateKeyError, PyMongoError
from structlog.stdlib import get_logger

from interview_bot.common import clock
from interview_bot.common.database import Database, Document
from interview_bot.common.metrics import OUTBOX_WAITING
from interview_bot.messaging.broker import Broker, PublishFailedError
from shared_contracts.transport.envelope import Message, encode
from shared_contracts.transport.signing import sign
from shared_contracts.transport.topology import BY_NAME, Queue

LEFT_TO_WRITER = timedelta(seconds=5)
"""Younger rows are being published by whoever wrote them, unless that has failed."""
_BATCH = 100
_UNHURRIED = WriteConcern(w=1)
"""For a mark that a crash may lose: the message is then repeated, and dropped by its id. No journal is waited for."""
_log = get_logger(__name__)


class Outbox:
    """Stores and publishes messages to the admin service, signed where there is a key."""

    def __init__(self, database: Database, broker: Broker, signing_key: SecretStr | None = None) -> None:
        self._signing_key = signing_key
        self._rows = database["outbox"]
        self._marks = self._rows.with_options(write_concern=_UNHURRIED)
        self._broker = broker

    async def store(self, queue: Queue, message: Message, request: Document | None = None) -> Document | None:
        """Make the message durable; its row. None when one with this id already was: it is the same request.

        ``request``: what is to be remembered of it, for showing the answer (``RequestRecord.as_document``).
        """
        row: Document = {
            "_id": str(message.message_id),
            "queue": queue.name,
            "body": self._signed_body(queue, message),
            "correlation_id": message.correlation_id,
            "created_at": clock.now(),
            "sent_at": None,
        }
        if request is not None:
            row["request"] = request
        try:
            await self._rows.insert_one(row)
        except DuplicateKeyError:
            return None
        return row

    def _signed_body(self, queue: Queue, message: Message) -> bytes:
        body = encode(message)
        return sign(body, queue, self._signing_key.get_secret_value()) if self._signing_key else body

    async def publish(self, row: Document) -> bool:
        """Publish a stored message now. False when it has to wait for the relay's next round."""
        try:
            await self._publish(row)
        except PublishFailedError as error:
            _log.warning("publish_left_to_relay", message_id=row["_id"], queue=row["queue"], error=str(error))
            await self._marks.update_one({"_id": row["_id"]}, {"$set": {"left": True}})
            return False
        return True

    async def send(self, queue: Queue, message: Message) -> None:
        """Store the message and publish it now or later."""
        row = await self.store(queue, message)
        if row is not None:
            await self.publish(row)

    async def contains(self, message_id: UUID) -> bool:
        """Whether a message with this id was stored before."""
        return await self._rows.find_one({"_id": str(message_id)}, {"_id": 1}) is not None

    async def relay(self) -> None:
        """Publish for ever what was left behind, oldest first, looking each second."""
        while True:
            try:
                await self.relay_once()
            except (PublishFailedError, PyMongoError) as error:
                _log.warning("relay_waits", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(1)

    async def relay_once(self) -> int:
        """One round of the relay; returns how many rows it published.

        Raises:
            PublishFailedError: the broker is away; the rest stays for the next round.
        """
        OUTBOX_WAITING.set(await self._rows.count_documents({"sent_at": None}, limit=10_000))
        now = clock.now()
        old_enough = {"created_at": {"$lt": now - LEFT_TO_WRITER}}
        of_another_time = {"created_at": {"$gt": now + LEFT_TO_WRITER}}  # its age is unknown: the clock was put back
        due = {"sent_at": None, "$or": [{"left": True}, old_enough, of_another_time]}
        rows = await self._rows.find(due).sort("created_at", ASCENDING).limit(_BATCH).to_list()
        for row in rows:
            await self._publish(row)
            _log.info("relayed", message_id=row["_id"], queue=row["queue"], correlation_id=row["correlation_id"])
        return len(rows)

    async def _publish(self, row: Document) -> None:
        queue = BY_NAME[row["queue"]]
        await self._broker.publish(
            queue.exchange,
            queue.name,
            bytes(row["body"]),
            message_id=row["_id"],
            correlation_id=row["correlation_id"],
        )
        await self._marks.update_one({"_id": row["_id"], "sent_at": None}, {"$set": {"sent_at": clock.now()}})
