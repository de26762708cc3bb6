"""The one connection to RabbitMQ: publishing with confirms, opening queues that a set-up step has declared."""

import asyncio

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractQueue, AbstractRobustConnection
from aio_pika.exceptions import AMQPException, ChannelNotFoundEntity
from structlog.stdlib import get_logger

from interview_bot.common.metrics import QUEUE_DEPTH
from shared_contracts.transport.topology import BOT_QUEUES, REASON_HEADER

PUBLISH_TIMEOUT = 1.0
"""Seconds. On a stalled broker a publish hangs, and the person waits for our answer."""
TOPOLOGY_PATIENCE = 30.0
"""Seconds that missing queues are waited for: on a first start the set-up step may still be running."""
_REASON_BYTES = 1_000
_ID_BYTES = 255
"""How many bytes an AMQP short string has room for."""

FAILURES = (AMQPException, ConnectionError, TimeoutError, RuntimeError, OSError)
_log = get_logger(__name__)


class PublishFailedError(Exception):
    """The broker did not confirm the message in time; it may have taken it nevertheless."""


class MissingTopologyError(Exception):
    """A queue does not exist; the text names it."""


def cut(text: str, length: int) -> str:
    """The beginning that fits into ``length`` bytes of UTF-8; half a character, of either kind, is replaced or left."""
    return text.encode(errors="replace")[:length].decode(errors="ignore")


class Broker:
    """Connects in the background and reconnects by itself."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractRobustConnection | None = None
        self._publishing: AbstractChannel | None = None

    @property
    def is_connected(self) -> bool:
        """Whether messages flow now."""
        return self._connection is not None and self._connection.connected.is_set()

    async def connect(self) -> None:
        """Return once connected, trying for as long as it takes."""
        pause = 0.5
        while self._connection is None:
            try:
                connection = await aio_pika.connect_robust(
                    self._url, timeout=5, client_properties={"connection_name": "slotdesk-bot"}, reconnect_interval=1
                )
            except FAILURES as error:
                _log.warning("broker_unreachable", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
            else:
                self._publishing = await connection.channel(publisher_confirms=True, on_return_raises=True)
                self._connection = connection

    async def close(self) -> None:
        """Close the connection; nothing may be in flight."""
        if self._connection is not None:
            await self._connection.close()

    async def publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        *,
        message_id: str | None,
        correlation_id: str | None,
        reason: str | None = None,
    ) -> None:
        """Publish one persistent message and wait until the broker has it in a queue.

        Args:
            reason: of a dead letter: why it is one. It is shortened.

        Raises:
            PublishFailedError: no confirmation within a second, or no queue is bound to the routing key.
        """
        if self._publishing is None or not self.is_connected:
            raise PublishFailedError("not connected")
        message = _message(body, message_id, correlation_id, reason)
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                target = await self._publishing.get_exchange(exchange, ensure=False)
                await target.publish(message, routing_key, mandatory=True)
        except FAILURES as error:
            raise PublishFailedError(f"{type(error).__name__}: {error}") from error

    async def open_channel(self, prefetch: int) -> AbstractChannel:
        """A channel of its own for one consumer; after ``connect``."""
        if self._connection is None:
            raise RuntimeError("connect first")
        channel = await self._connection.channel()
        await channel.set_qos(prefetch_count=prefetch)
        return channel

    async def wait_for_queues(self) -> None:
        """Return when all of the bot's queues exist.

        Raises:
            MissingTopologyError: one is still missing after half a minute.
        """
        deadline = asyncio.get_running_loop().time() + TOPOLOGY_PATIENCE
        while missing := await self._missing_queue():
            if asyncio.get_running_loop().time() > deadline:
                raise MissingTopologyError(
                    f"RabbitMQ has no queue {missing}: run the admin service's `python manage.py declare_topology`"
                )
            await asyncio.sleep(1)

    async def measure(self) -> None:
        """Put the number of messages waiting in each of the bot's queues into the metrics."""
        if self.is_connected:
            await self._missing_queue()

    async def _missing_queue(self) -> str | None:
        for queue in BOT_QUEUES:
            try:
                QUEUE_DEPTH.labels(queue.name).set(await self._depth(queue.name))
            except ChannelNotFoundEntity:
                return queue.name
            except FAILURES:
                return None  # the connection is down; robust consumers wait for it
        return None

    async def _depth(self, name: str) -> int:
        if self._connection is None:
            raise ConnectionError("not connected")
        # A missing queue closes the channel, so each look takes its own.
        async with asyncio.timeout(5), self._connection.channel() as channel:
            queue: AbstractQueue = await channel.declare_queue(name, passive=True)
            return int(queue.declaration_result.message_count or 0)


def _message(body: bytes, message_id: str | None, correlation_id: str | None, reason: str | None) -> aio_pika.Message:
    """A persistent message with the reason as its only header.

    An AMQP message's headers and properties share one frame; the broker answers one that is too large by closing the
    connection, with all consumers on it.
    """
    return aio_pika.Message(
        body,
        headers=None if reason is None else {REASON_HEADER: cut(reason, _REASON_BYTES)},
        message_id=message_id and cut(message_id, _ID_BYTES),
        correlation_id=correlation_id and cut(correlation_id, _ID_BYTES),
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
