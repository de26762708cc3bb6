"""``dead_letters list | show | replay``: what an on-call engineer does with messages that were given up (I6)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from shared_contracts.transport.topology import BOT_QUEUES, BY_NAME, REASON_HEADER, Queue

LIMIT = 1_000


@dataclass(frozen=True)
class DeadLetter:
    """One message given up, and where it came from."""

    queue: Queue
    raw: AbstractIncomingMessage

    @property
    def id(self) -> str:
        """The message id; its place in the queue where it has none."""
        return printable(self.raw.message_id or f"#{self.raw.delivery_tag}")

    @property
    def reason(self) -> str:
        """Why it was given up."""
        given = self.raw.headers.get(REASON_HEADER)
        return printable(str(given or "set aside by the broker after too many deliveries"))

    @property
    def body(self) -> str:
        """The message's body, which may hold personal data."""
        return printable(self.raw.body.decode(errors="replace"))

    @property
    def line(self) -> str:
        """One line without the body: it may hold personal data."""
        return f"{self.queue.name}  {self.id}  {len(self.raw.body)} bytes  {self.reason}"


def printable(text: str) -> str:
    """The text with every character that a terminal would obey, or not show, written as its code."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


@asynccontextmanager
async def read(url: str, queue_name: str | None = None) -> AsyncIterator[list[DeadLetter]]:
    """The dead letters, at most ``LIMIT`` a queue; all that is not acknowledged inside stays where it is."""
    connection = await aio_pika.connect(url, timeout=5)
    async with connection, connection.channel() as channel:
        letters: list[DeadLetter] = []
        for queue in [BY_NAME[queue_name]] if queue_name else BOT_QUEUES:
            source = await channel.declare_queue(queue.dead_name, passive=True)
            while len(letters) < LIMIT and (raw := await source.get(fail=False)) is not None:
                letters.append(DeadLetter(queue, raw))
        yield letters


async def replay(operator_url: str, wanted: str | None, queue_name: str | None = None) -> int:
    """Put letters back into the queue they came from, the one with id ``wanted`` or all; returns how many.

    Each is acknowledged only once the broker has confirmed its copy, so a crash repeats rather than loses it.
    """
    connection = await aio_pika.connect(operator_url, timeout=5)
    async with (
        connection,
        connection.channel(on_return_raises=True) as channel,
        read(operator_url, queue_name) as letters,
    ):
        chosen = [letter for letter in letters if wanted is None or letter.id == wanted]
        for letter in chosen:
            exchange = await channel.get_exchange(letter.queue.exchange, ensure=False)
            await exchange.publish(_copy(letter.raw), letter.queue.name, mandatory=True, timeout=5)
            await letter.raw.ack()
    return len(chosen)


def _copy(raw: AbstractIncomingMessage) -> aio_pika.Message:
    return aio_pika.Message(
        raw.body,
        message_id=raw.message_id,
        correlation_id=raw.correlation_id,
        content_type=raw.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
