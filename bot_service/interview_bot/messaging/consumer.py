"""Takes messages from one queue: each has its effect once, passing faults are retried, poison is set aside."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from aio_pika.abc import AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import AMQPException, ChannelInvalidStateError
from pydantic import TypeAdapter
from pymongo import ReturnDocument, WriteConcern
from pymongo.errors import PyMongoError
from redis.exceptions import LockError, RedisError
from structlog.stdlib import get_logger
from telegram.error import RetryAfter, TelegramError

from interview_bot.admin_client.api import AdminApiDownError
from interview_bot.common import clock, logs
from interview_bot.common.database import Database
from interview_bot.common.metrics import MESSAGES
from interview_bot.common.person_locks import PersonBusyError
from interview_bot.messaging.broker import FAILURES, Broker, PublishFailedError
from interview_bot.telegram.errors import Trouble, classify, seconds_to_wait
from shared_contracts.transport.envelope import BadMessageError, Message, decode
from shared_contracts.transport.topology import Queue

MAX_ATTEMPTS = 5
"""Redeliveries after which a message is given up, because it crashes the process; and tries after which it is given up
because of a fault that is not known to pass."""
BACKOFF: Sequence[float] = (0.5, 1, 2, 4, 8, 15, 30, 60)
"""Seconds between tries of one delivery; together well below RabbitMQ's acknowledgement time-out of 30 minutes."""
PATIENCE = 900.0
"""Seconds that one delivery waits at most, for the same reason."""
_LONGEST_LOOK = 5.0
"""Seconds after which a chat without room is looked at again; Telegram is not asked while it has told us to wait."""
_REASON_LENGTH = 500
_UNHURRIED = WriteConcern(w=1)
"""For the mark "done": if a crash loses it, the handler is called again, which it must bear."""

M = TypeVar("M", bound=Message)
_log = get_logger(__name__)


@dataclass(frozen=True)
class Subscription(Generic[M]):
    """What to do with a queue's messages. ``handle`` must bear being called again with the same message."""

    queue: Queue
    adapter: TypeAdapter[M]
    handle: Callable[[M], Awaitable[None]]
    prefetch: int
    """How many may be in hand, most of them waiting: one chat that has no room must not use it up."""
    at_once: int = 20


class Consumer(Generic[M]):
    """Consumes one queue until stopped."""

    def __init__(
        self,
        broker: Broker,
        database: Database,
        subscription: Subscription[M],
        backoff: Sequence[float] = BACKOFF,
    ) -> None:
        self._broker = broker
        self._inbox = database["inbox"]
        self._marks = self._inbox.with_options(write_concern=_UNHURRIED)
        self._subscription = subscription
        self._backoff = backoff
        self._one_at_a_time = asyncio.Lock()
        self._room = asyncio.Semaphore(subscription.at_once)
        self._in_hand: set[asyncio.Task[None]] = set()
        self._source: AbstractQueue | None = None
        self._tag: str | None = None

    async def start(self) -> None:
        """Begin to consume, however often the connection breaks meanwhile; later its recovery resumes it by itself."""
        while self._tag is None:
            try:
                channel = await self._broker.open_channel(self._subscription.prefetch)
                self._source = await channel.declare_queue(self._subscription.queue.name, passive=True)
                self._tag = await self._source.consume(self._receive)
            except FAILURES as error:
                _log.warning("consumer_not_started", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(1)

    async def stop(self, patience: float = 10) -> None:
        """Take no more, finish what is in hand; what outlasts ``patience`` seconds goes back to the queue."""
        if self._source is not None and self._tag is not None and self._broker.is_connected:
            await self._source.cancel(self._tag)
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand, timeout=patience)
            for task in late:
                task.cancel()

    async def _receive(self, raw: AbstractIncomingMessage) -> None:
        # A task of its own: cancelling the consumer must not cancel what it has in hand.
        task = asyncio.create_task(self._take(raw))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)

    async def _take(self, raw: AbstractIncomingMessage) -> None:
        name = self._subscription.queue.name
        logs.begin(raw.correlation_id, queue=name, message_id=raw.message_id)
        try:
            outcome = await self._settle(raw)
        except Exception as error:  # of any kind: without this the message would be held until the process ends
            outcome = "returned"
            _log.warning("message_returned", error=f"{type(error).__name__}: {error}")
            await self._give_back(raw)
        MESSAGES.labels(name, outcome).inc()

    async def _settle(self, raw: AbstractIncomingMessage) -> str:
        try:
            message = decode(self._subscription.adapter, raw.body)
        except BadMessageError as error:
            return await self._bury(raw, str(error))
        except Exception as error:  # no retry mends what can't be read
            return await self._bury(raw, f"unreadable: {type(error).__name__}")
        key = self._inbox_id(str(message.message_id))
        if await self._inbox.find_one({"_id": key, "done_at": {"$type": "date"}}, {"_id": 1}):
            await raw.ack()  # a message that had its effect is never poison, however often it comes
            return "repeated"
        return await self._process(raw, message, key)

    async def _process(self, raw: AbstractIncomingMessage, message: M, key: str) -> str:
        try:
            await self._handle_patiently(message, key, alone=bool(raw.redelivered))
        except _StillFailingError as error:
            _log.warning("message_postponed", error=str(error))
            if raw.redelivered:
                await self._count_attempt(key, 1)
            await raw.nack(requeue=True)
            return "postponed"
        except _GivenUpError as error:
            return await self._bury(raw, str(error))
        await self._mark(key, clock.now())
        await raw.ack()
        return "done"

    async def _handle_patiently(self, message: M, key: str, *, alone: bool) -> None:
        """Try until it is done. Between tries nothing is held that another message needs."""
        failures, waited = 0, 0.0
        while waited < PATIENCE:
            try:
                return await self._try(message, key, alone=alone)
            except RetryAfter as error:  # its chat is at its limit, which is no fault
                pause = min(seconds_to_wait(error), _LONGEST_LOOK)
                _log.debug("message_waits_for_its_chat", seconds=pause)
            except _GivenUpError:
                raise
            except Exception as error:
                failures += 1
                pause = self._pause_after(error, failures)
                _log.info("message_tried_again", error=type(error).__name__, seconds=pause)
            waited += pause
            await asyncio.sleep(pause)
        raise _StillFailingError("its chat has no room")

    def _pause_after(self, error: Exception, failures: int) -> float:
        """Seconds until the next try.

        Raises:
            _StillFailingError: a fault that passes has not passed for now.
            _GivenUpError: nothing says that it will.
        """
        told = f"{type(error).__name__}: {error}"
        if not is_passing(error):
            _log.error("message_failed", exc_info=error)
            if failures >= MAX_ATTEMPTS:
                raise _GivenUpError(f"{told} (after {MAX_ATTEMPTS} attempts)") from error
        elif failures > len(self._backoff):
            raise _StillFailingError(told) from error
        return self._backoff[min(failures, len(self._backoff)) - 1] if self._backoff else 0.0

    async def _try(self, message: M, key: str, *, alone: bool) -> None:
        """Try once. A redelivered message may have killed the process: it is tried alone and counted until it ends."""
        if not alone:
            async with self._room:
                return await self._subscription.handle(message)
        async with self._one_at_a_time:
            if await self._count_attempt(key, 1) > MAX_ATTEMPTS:
                raise _GivenUpError(f"gave up after {MAX_ATTEMPTS} attempts")
            try:
                await self._subscription.handle(message)
            except Exception:
                await self._count_attempt(key, -1)  # it did not kill the process
                raise

    async def _bury(self, raw: AbstractIncomingMessage, reason: str) -> str:
        """To the dead letters, with the reason and what a replay needs; its own headers stay behind (``publish``)."""
        queue = self._subscription.queue
        await self._broker.publish(
            queue.dead_exchange,
            queue.name,
            raw.body,
            message_id=raw.message_id,
            correlation_id=raw.correlation_id,
            reason=reason,
        )
        if raw.message_id:  # a replayed one starts anew
            await self._inbox.delete_one({"_id": self._inbox_id(raw.message_id), "done_at": None})
        await raw.ack()
        _log.error("message_dead_lettered", reason=reason[:_REASON_LENGTH])
        return "dead"

    async def _give_back(self, raw: AbstractIncomingMessage) -> None:
        await asyncio.sleep(1)
        try:
            await raw.nack(requeue=True)
        except (ChannelInvalidStateError, AMQPException, RuntimeError):
            _log.debug("channel_gone")  # the broker has taken it back already

    def _inbox_id(self, message_id: str) -> str:
        return f"{self._subscription.queue.name}:{message_id}"

    async def _count_attempt(self, key: str, count: int) -> int:
        row = await self._inbox.find_one_and_update(
            {"_id": key},
            {"$inc": {"attempts": count}, "$set": {"at": clock.now()}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return int(row["attempts"]) if row else 1

    async def _mark(self, key: str, moment: datetime) -> None:
        await self._marks.update_one({"_id": key}, {"$set": {"done_at": moment, "at": moment}}, upsert=True)


class _StillFailingError(Exception):
    """A passing fault has outlasted the patience for one delivery."""


class _GivenUpError(Exception):
    """The message goes to the dead letters; the text is the reason."""


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed later."""
    if isinstance(error, TelegramError):
        return classify(error) in {Trouble.RETRY_AFTER, Trouble.TRANSIENT, Trouble.UNCERTAIN}
    passing = (
        PyMongoError,
        RedisError,
        LockError,
        AdminApiDownError,
        PublishFailedError,
        PersonBusyError,
        TimeoutError,
    )
    return isinstance(error, passing)
