"""Working a queue: batches, repeats, poison, and faults that pass.

A delivery is acknowledged after its effect is committed. What can't be handled goes to the dead letters with its
reason, its neighbours are handled all the same.
"""

import threading
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Generic, Protocol, TypeVar

import structlog
from pymongo import ReturnDocument
from pymongo.errors import AutoReconnect, ConnectionFailure, PyMongoError

from common import clock
from common.mongo import Document, collection
from messaging import outbox
from messaging.broker import Broker, Delivery, PublishError, ToPublish
from shared_contracts.envelope import BadMessageError
from shared_contracts.topology import BY_NAME, REASON_HEADER, Queue

log = structlog.get_logger(__name__)

BATCH = 50
"""Measured optimum: a whole effect in batches of 50 is some 18 times faster than one by one (design)."""
MAX_ATTEMPTS = 5
"""A message that was redelivered more often than this is poison."""
BACKOFF_SECONDS = (0.1, 0.3, 1.0, 3.0, 5.0)

T = TypeVar("T")
R = TypeVar("R")


class Handler(Protocol[T]):
    """What a queue's messages do."""

    queue: Queue

    def read(self, body: bytes) -> T:
        """The message; raises ``BadMessageError``."""

    def handle(self, items: Sequence[T]) -> list[Document]:
        """Commit the effect of ``items`` in one transaction; returns the outbox rows to publish at once.

        Any error other than the database being away means that nothing was written; several items are then tried
        one by one.
        """

    def give_up(self, body: bytes, reason: str) -> None:
        """The message goes to the dead letters: tell whoever waits for it."""


class Worker(Generic[T]):
    """Handles one queue in the calling thread until told to stop."""

    def __init__(self, broker: Broker, handler: Handler[T], stopping: threading.Event) -> None:
        self._broker, self._handler, self._stopping = broker, handler, stopping

    def run(self) -> None:
        """Work until ``stopping`` is set; the batch under way is finished."""
        self._broker.start()
        while not self._stopping.is_set():
            self.work(self._broker.take(BATCH, wait_seconds=0.5))
        self._broker.stop()

    def work(self, deliveries: Sequence[Delivery]) -> None:
        """Settle deliveries. A redelivered one may have crashed a consumer: it goes alone and is counted."""
        fresh = [delivery for delivery in deliveries if not delivery.redelivered]
        self._settle(fresh)
        for delivery in deliveries:
            if delivery.redelivered and self._count_attempt(delivery):
                self._settle([delivery])

    def _settle(self, deliveries: Sequence[Delivery]) -> None:
        readable = [(delivery, item) for delivery in deliveries if (item := self._read(delivery)) is not None]
        if not readable:
            return
        try:
            rows = self._patiently(lambda: self._handler.handle([item for _delivery, item in readable]))
        except _StoppedError:
            return  # unacknowledged: it comes again
        except Exception as error:
            self._after_error([delivery for delivery, _item in readable], error)
            return
        self._publish(rows)
        self._broker.acknowledge([delivery for delivery, _item in readable])

    def _after_error(self, deliveries: Sequence[Delivery], error: Exception) -> None:
        if len(deliveries) > 1:
            log.warning("batch_split", size=len(deliveries), error=type(error).__name__)
            for delivery in deliveries:
                self._settle([delivery])
            return
        log.error("message_failed", queue=self._handler.queue.name, exc_info=error)
        self._bury(deliveries[0], f"handling failed: {type(error).__name__}")

    def _read(self, delivery: Delivery) -> T | None:
        try:
            return self._handler.read(delivery.body)
        except BadMessageError as error:
            self._bury(delivery, str(error))
            return None

    def _count_attempt(self, delivery: Delivery) -> bool:
        """Record one more attempt; False when there were too many and the message was given up."""
        key = delivery.message_id or sha256(delivery.body).hexdigest()
        now = clock.now()
        try:
            row = self._patiently(
                lambda: collection("delivery_attempts").find_one_and_update(
                    {"_id": key[:64]},
                    {
                        "$inc": {"attempts": 1},
                        "$set": {"updated_at": now},
                        "$setOnInsert": {"created_at": now},
                    },
                    upsert=True,
                    return_document=ReturnDocument.AFTER,
                )
            )
        except _StoppedError:
            return False
        attempts = row["attempts"] if row else 1
        if attempts <= MAX_ATTEMPTS:
            return True
        self._bury(delivery, f"given up after {MAX_ATTEMPTS} redeliveries: each may have crashed a consumer")
        return False

    def _bury(self, delivery: Delivery, reason: str) -> None:
        """To the dead letters with the reason; acknowledged once the broker has it there."""
        log.error("dead_letter", queue=delivery.queue, message_id=delivery.message_id, reason=reason)
        queue = BY_NAME[delivery.queue]
        letter = ToPublish(
            queue.dead_exchange,
            queue.name,
            delivery.body,
            delivery.message_id or "",
            "",
            {REASON_HEADER: reason[:1000]},
        )
        try:
            self._patiently(lambda: self._handler.give_up(delivery.body, reason))
            self._broker.publish([letter])
        except (_StoppedError, PublishError) as error:
            log.warning("dead_letter_postponed", queue=delivery.queue, error=str(error))
            return  # unacknowledged: it comes again
        self._broker.acknowledge([delivery])

    def _publish(self, rows: Sequence[Document]) -> None:
        """For speed only: what does not get through stays pending, and the relay sends it."""
        sent = [row["_id"] for row in rows]
        try:
            self._broker.publish([outgoing(row) for row in rows])
        except PublishError as error:
            log.warning("left_to_the_relay", rows=len(rows) - len(error.confirmed), error=str(error))
            sent = [sent[position] for position in sorted(error.confirmed)]
        try:
            outbox.mark_sent(sent)
        except PyMongoError as error:
            log.warning("not_marked_sent", error=type(error).__name__)  # sent twice: the bot drops repeats

    def _patiently(self, work: Callable[[], R]) -> R:
        """Repeat while the database is away: nothing was written, and the broker keeps the message."""
        tries = 0
        while True:
            try:
                return work()
            except (ConnectionFailure, AutoReconnect) as error:
                log.warning("database_away", error=type(error).__name__)
                if self._stopping.wait(BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS) - 1)]):
                    raise _StoppedError from error
                tries += 1


class _StoppedError(Exception):
    """Told to stop while waiting for the database."""


def outgoing(row: Document) -> ToPublish:
    """An outbox row as the broker takes it."""
    queue = BY_NAME[row["queue"]]
    return ToPublish(queue.exchange, queue.name, row["body"].encode(), row["_id"], row["correlation_id"])
