"""One RabbitMQ connection in a thread of its own: deliveries come in, confirmed publishes go out.

Pika's connection lives in that thread and keeps its heartbeat however long a handler takes; everything else talks to
it through ``add_callback_threadsafe``. It reconnects by itself. Deliveries of a lost connection are forgotten: the
broker sends them again.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import pika
import structlog
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel

from shared_contracts.transport.topology import ALL_EXCHANGES, EXCHANGE_TYPE, Queue

log = structlog.get_logger(__name__)

RECONNECT_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


class PublishError(Exception):
    """The broker did not confirm all messages; ``confirmed`` holds the positions it did."""

    def __init__(self, reason: str, confirmed: frozenset[int] = frozenset()) -> None:
        super().__init__(reason)
        self.confirmed = confirmed


class ToPublish(NamedTuple):
    """A message on its way out."""

    exchange: str
    routing_key: str
    body: bytes
    message_id: str
    correlation_id: str
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it came in. ``era`` tells the connection it came by."""

    era: int
    tag: int
    queue: str
    body: bytes
    redelivered: bool
    message_id: str | None
    headers: Mapping[str, Any]


@dataclass(slots=True)
class _Batch:
    """Publishes that await their confirms."""

    size: int
    done: threading.Event = field(default_factory=threading.Event)
    confirmed: set[int] = field(default_factory=set)
    error: str = ""


class Broker:
    """See the module. ``queue`` None: publishes only."""

    def __init__(self, url: str, name: str, queue: Queue | None = None, prefetch: int = 200) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.client_properties = {"connection_name": name}
        self._queue, self._prefetch = queue, prefetch
        self._connection: SelectConnection | None = None
        self._channel: Channel | None = None
        self._deliveries: SimpleQueue[Delivery] = SimpleQueue()
        self._ready, self._stopping = threading.Event(), threading.Event()
        self._connected = False
        self._era = self._sent = 0
        self._waiting: dict[int, tuple[_Batch, int]] = {}
        self._thread = threading.Thread(target=self._run, name=f"broker-{name}", daemon=True)

    # -- for the worker's thread ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect, and stay connected until ``stop``."""
        self._thread.start()

    def stop(self) -> None:
        """Close the connection; unacknowledged deliveries go back to the queue."""
        self._stopping.set()
        connection = self._connection
        if connection and connection.is_open:
            connection.ioloop.add_callback_threadsafe(connection.close)
        self._thread.join(timeout=10)

    @property
    def ready(self) -> bool:
        """Whether the channel is open, and consuming if there is a queue."""
        return self._ready.is_set()

    def take(self, most: int, wait_seconds: float) -> list[Delivery]:
        """Deliveries that are here, at most ``most``; waits for the first only, so a lone one is not held back."""
        taken: list[Delivery] = []
        with suppress(Empty):
            taken.append(self._deliveries.get(timeout=wait_seconds))
            while len(taken) < most:
                taken.append(self._deliveries.get_nowait())
        return [delivery for delivery in taken if delivery.era == self._era]

    def publish(self, messages: Sequence[ToPublish], timeout_seconds: float = 5.0) -> None:
        """Publish in one go and wait until the broker has confirmed every message.

        Raises:
            PublishError: not connected, time is up, or a message was refused or could not be routed.
        """
        if not messages:
            return
        connection, batch = self._connection, _Batch(len(messages))
        if connection is None or not self._ready.is_set():
            raise PublishError("not connected")
        connection.ioloop.add_callback_threadsafe(lambda: self._send(batch, messages))
        in_time = batch.done.wait(timeout_seconds)
        if not in_time or batch.error:
            raise PublishError(batch.error or "not confirmed in time", frozenset(batch.confirmed))

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Take deliveries off the queue. Those of a lost connection are left: they come again."""
        connection = self._connection
        tags = [delivery.tag for delivery in deliveries if delivery.era == self._era]
        if connection is not None and tags:
            connection.ioloop.add_callback_threadsafe(lambda: self._acknowledge(tags))

    # -- in the connection's thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._connection = SelectConnection(
                self._parameters,
                on_open_callback=self._opened,
                on_open_error_callback=self._lost,
                on_close_callback=self._lost,
            )
            self._connected = False
            self._connection.ioloop.start()
            failures = 0 if self._connected else failures + 1
            if not self._stopping.is_set():
                time.sleep(RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)])

    def _opened(self, connection: SelectConnection) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Channel) -> None:
        self._channel, self._connected = channel, True
        channel.add_on_close_callback(self._channel_closed)
        channel.add_on_return_callback(self._was_returned)
        self._era, self._sent = self._era + 1, 0
        channel.confirm_delivery(self._confirmed, callback=lambda _frame: self._begin(channel))

    def _begin(self, channel: Channel) -> None:
        if self._queue is None:
            self._ready.set()
            return
        era, name = self._era, self._queue.name
        channel.basic_qos(prefetch_count=self._prefetch)
        channel.basic_consume(
            name,
            lambda _channel, method, properties, body: self._deliveries.put(
                Delivery(
                    era,
                    method.delivery_tag,
                    name,
                    body,
                    method.redelivered,
                    properties.message_id,
                    properties.headers or {},
                )
            ),
            callback=lambda _frame: self._ready.set(),
        )

    def _send(self, batch: _Batch, messages: Sequence[ToPublish]) -> None:
        channel = self._channel
        if channel is None or not channel.is_open:
            self._fail(batch, "the connection was lost")
            return
        for position, message in enumerate(messages):
            self._sent += 1
            self._waiting[self._sent] = (batch, position)
            properties = pika.BasicProperties(
                content_type="application/json",
                delivery_mode=2,
                message_id=message.message_id,
                correlation_id=message.correlation_id,
                headers=dict(message.headers or {}),
            )
            # Without mandatory a message that no queue takes would be confirmed all the same.
            channel.basic_publish(message.exchange, message.routing_key, message.body, properties, mandatory=True)

    def _confirmed(self, frame: Any) -> None:
        method = frame.method
        last = method.delivery_tag
        tags = [tag for tag in self._waiting if tag <= last] if method.multiple else [last]
        refused = isinstance(method, pika.spec.Basic.Nack)
        for tag in tags:
            batch, position = self._waiting.pop(tag, (None, 0))
            if batch is None:
                continue
            if refused:
                self._fail(batch, "the broker refused a message")
            else:
                batch.confirmed.add(position)
                if len(batch.confirmed) == batch.size:
                    batch.done.set()

    def _was_returned(self, _channel: Channel, method: Any, properties: Any, _body: bytes) -> None:
        """RabbitMQ returns an unroutable message just before it confirms it."""
        for batch, _position in self._waiting.values():
            self._fail(batch, f"no queue takes {method.routing_key}")
        log.error("message_returned", queue=method.routing_key, message_id=properties.message_id)

    def _acknowledge(self, tags: Sequence[int]) -> None:
        channel = self._channel
        if channel is not None and channel.is_open:
            for tag in tags:
                channel.basic_ack(tag)

    def _channel_closed(self, _channel: Channel, reason: BaseException) -> None:
        if not self._stopping.is_set():
            log.warning("broker_channel_closed", reason=str(reason))
        if self._connection and self._connection.is_open:
            self._connection.close()

    def _lost(self, connection: SelectConnection, reason: BaseException | str) -> None:
        self._ready.clear()
        self._channel = None
        self._era += 1
        for batch, _position in list(self._waiting.values()):
            self._fail(batch, "the connection was lost")
        self._waiting.clear()
        if not self._stopping.is_set():
            log.warning("broker_connection_lost", reason=str(reason) or type(reason).__name__)
        connection.ioloop.stop()

    @staticmethod
    def _fail(batch: _Batch, reason: str) -> None:
        batch.error = reason
        batch.done.set()


def declare(url: str, queues: Sequence[Queue]) -> None:
    """Declare the exchanges and ``queues`` with their dead-letter queues; needs the operator's rights.

    Raises:
        pika.exceptions.AMQPError: no connection, no right, or a queue exists with other arguments.
    """
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        for exchange in ALL_EXCHANGES:
            channel.exchange_declare(exchange, EXCHANGE_TYPE, durable=True)
        for queue in queues:
            channel.queue_declare(queue.dead_name, durable=True, arguments=queue.dead_arguments)
            channel.queue_bind(queue.dead_name, queue.dead_exchange, queue.name)
            channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)
            channel.queue_bind(queue.name, queue.exchange, queue.name)
