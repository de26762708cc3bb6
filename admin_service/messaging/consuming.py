"""Working a queue: batches, repeats, poison, and faults that pass.

A delivery is acknowledged after its effect is committed and what follows from it is published, or left to the relay.
What can't be read or handled goes to the dead letters with its reason, its neighbours are handled all the same. What
has had its effect is never given up.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar

import structlog
from pymongo import ReturnDocument
from pymongo.errors import AutoReconnect, ConnectionFailure, PyMongoError

from common import clock
from common.mongo import Document, collection, current_session, in_transaction
from messaging import dead_letters, inbox, outbox
from messaging.broker import Broker, Delivery, PublishError, ToPublish
from shared_contracts.fields import to_line
from shared_contracts.transport.envelope import BadMessageError
from shared_contracts.transport.topology import BY_NAME, REASON_HEADER, Queue

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
        """The message. Any error means that it can't be read; a ``BadMessageError`` says why."""

    def handle(self, items: Sequence[T]) -> list[Document]:
        """Commit the effect of ``items`` in one transaction; returns the outbox rows to publish at once.

        Any error other than the database being away means that nothing was written; several items are then tried
        one by one.
        """

    def give_up(self, body: bytes, reason: str) -> None:
        """The message goes to the dead letters: tell whoever waits for it, unless it was decided before."""


class Worker(Generic[T]):
    """Handles one queue in the calling thread until told to stop."""

    def __init__(self, broker: Broker, handler: Handler[T], stopping: threading.Event) -> None:
        self._broker, self._handler, self._stopping = broker, handler, stopping
        self._sender: ThreadPoolExecutor | None = None
        self._sending: Future[None] | None = None

    def run(self) -> None:
        """Work until ``stopping`` is set; the batch under way is finished.

        What a batch has written is published beside this thread, while the next one is handled: both mostly wait.
        """
        self._broker.start()
        try:
            with ThreadPoolExecutor(max_workers=1) as self._sender:
                while not self._stopping.is_set():
                    self.work(self._broker.take(BATCH, wait_seconds=0.5))
                    if self._sending and self._sending.done():
                        self._sending.result()  # its error ends the worker as one of handling does
        finally:
            self._broker.stop()

    def work(self, deliveries: Sequence[Delivery]) -> None:
        """Settle deliveries. A redelivered one may have crashed a consumer: it goes alone and is counted."""
        self._settle([delivery for delivery in deliveries if not delivery.redelivered])
        for delivery in deliveries:
            if delivery.redelivered:
                self._settle_again(delivery)

    def _settle(self, deliveries: Sequence[Delivery], counted: str | None = None) -> None:
        """``counted``: the key of the attempts that end with the effect of what is settled."""
        readable = [(delivery, item) for delivery in deliveries if (item := self._read(delivery)) is not None]
        if not readable:
            return
        try:
            rows = self._patiently(lambda: self._handle([item for _delivery, item in readable], counted))
        except _StoppedError:
            return  # unacknowledged: it comes again
        except Exception as error:
            self._after_error([delivery for delivery, _item in readable], error, counted)
            return
        self._send_in_turn(rows, [delivery for delivery, _item in readable])

    def _send_in_turn(self, rows: Sequence[Document], deliveries: Sequence[Delivery]) -> None:
        """Publish and acknowledge once the batch before is; at once where nobody else can do it meanwhile."""
        if self._sender is None:
            self._send(rows, deliveries)
            return
        if self._sending:
            self._sending.result()
        self._sending = self._sender.submit(self._send, rows, deliveries)

    def _send(self, rows: Sequence[Document], deliveries: Sequence[Delivery]) -> None:
        self._publish(rows)
        self._broker.acknowledge(deliveries)

    def _handle(self, items: Sequence[T], counted: str | None) -> list[Document]:
        """The effect, and in its transaction the end of its count: only tries without an effect add up."""

        def work() -> list[Document]:
            rows = self._handler.handle(items)
            collection("delivery_attempts").delete_one({"_id": counted}, session=current_session())
            return rows

        return self._handler.handle(items) if counted is None else in_transaction(work)

    def _after_error(self, deliveries: Sequence[Delivery], error: Exception, counted: str | None) -> None:
        if len(deliveries) > 1:
            log.warning("batch_split", size=len(deliveries), error=type(error).__name__)
            for delivery in deliveries:
                self._settle([delivery], counted)
            return
        log.error("message_failed", queue=self._handler.queue.name, exc_info=error)
        self._bury(deliveries[0], f"handling failed: {type(error).__name__}")

    def _read(self, delivery: Delivery) -> T | None:
        """The message; buried where it can't be read, whatever the error: it would be the same at the next try."""
        try:
            return self._handler.read(delivery.body)
        except BadMessageError as error:
            reason = str(error)
        except Exception as error:
            log.error("message_unreadable", queue=delivery.queue, exc_info=error)
            reason = f"reading failed: {type(error).__name__}"
        self._bury(delivery, reason)
        return None

    def _settle_again(self, delivery: Delivery) -> None:
        key = dead_letters.key_of(delivery.message_id, delivery.body)
        try:
            attempts = self._count_attempt(key)
            if attempts > MAX_ATTEMPTS and not self._patiently(lambda: self._is_decided(delivery)):
                reason = f"given up after {MAX_ATTEMPTS} redeliveries: each may have crashed a consumer"
                self._bury(delivery, reason)
                return
        except _StoppedError:
            return
        self._settle([delivery], key)

    def _count_attempt(self, key: str) -> int:
        try:
            return self._patiently(lambda: _count_attempt(key))
        except PyMongoError as error:  # a spoilt count stops no message; the broker's own limit is left
            log.error("attempt_not_counted", queue=self._handler.queue.name, exc_info=error)
            return 0

    def _is_decided(self, delivery: Delivery) -> bool:
        """Whether its effect is stored, so that it is answered from there, whatever its count."""
        try:
            item = self._handler.read(delivery.body)
        except Exception:
            return False
        return inbox.is_decided(getattr(item, "message_id", ""))

    def _bury(self, delivery: Delivery, reason: str) -> None:
        """To the dead letters with the reason; acknowledged once the broker has it there."""
        log.error("dead_letter", queue=delivery.queue, message_id=to_line(delivery.message_id or ""), reason=reason)
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
            self._patiently(lambda: self._give_up(delivery, reason))
            self._broker.publish([letter])
        except (_StoppedError, PublishError) as error:
            log.warning("dead_letter_postponed", queue=delivery.queue, error=str(error))
            return  # unacknowledged: it comes again
        self._broker.acknowledge([delivery])
        try:
            dead_letters.note(queue, delivery.message_id, delivery.body, reason)
        except PyMongoError as error:  # the desk does not show it; the letter itself is kept
            log.error("dead_letter_not_noted", queue=delivery.queue, exc_info=error)

    def _give_up(self, delivery: Delivery, reason: str) -> None:
        try:
            self._handler.give_up(delivery.body, reason)
        except ConnectionFailure:  # AutoReconnect is one, too
            raise
        except Exception as error:  # the letter is kept all the same
            log.error("giving_up_failed", queue=delivery.queue, exc_info=error)

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


def _count_attempt(key: str) -> int:
    """Record one more try of a redelivered message; the answer is how many there were without an effect."""
    now = clock.now()
    row = collection("delivery_attempts").find_one_and_update(
        {"_id": key},
        {"$inc": {"attempts": 1}, "$set": {"updated_at": now}, "$setOnInsert": {"created_at": now}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return int(row["attempts"]) if row else 1


class _StoppedError(Exception):
    """Told to stop while waiting for the database."""


def outgoing(row: Document) -> ToPublish:
    """An outbox row as the broker takes it."""
    queue = BY_NAME[row["queue"]]
    return ToPublish(queue.exchange, queue.name, row["body"].encode(), row["_id"], row["correlation_id"])
