"""Reading and replaying dead letters, with the operator's rights."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel

from shared_contracts.transport.topology import REASON_HEADER, Queue


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up. ``reason`` is RabbitMQ's own word where no consumer wrote one."""

    message_id: str
    reason: str
    body: bytes


def printable(text: str) -> str:
    """The text for a terminal: what could steer it, or forge a line, is written as its escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def read(url: str, queue: Queue, most: int = 100) -> list[DeadLetter]:
    """Look at dead letters; they stay where they are."""
    with _channel(url) as channel:
        return [letter for _tag, letter, _properties in _take(channel, queue, most)]


def replay(url: str, queue: Queue, message_id: str | None, most: int = 1_000) -> int:
    """Put dead letters back into their queue, one or all.

    Returns:
        How many. One is taken off only after the broker has confirmed it in its queue.
    """
    with _channel(url) as channel:
        channel.confirm_delivery()
        replayed = 0
        for tag, letter, properties in list(_take(channel, queue, most)):
            if message_id not in (None, letter.message_id):
                continue
            properties.headers = {}
            channel.basic_publish(queue.exchange, queue.name, letter.body, properties, mandatory=True)
            channel.basic_ack(tag)
            replayed += 1
        return replayed


@contextmanager
def _channel(url: str) -> Iterator[BlockingChannel]:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        yield connection.channel()


def _take(channel: BlockingChannel, queue: Queue, most: int) -> Iterator[tuple[int, DeadLetter, pika.BasicProperties]]:
    """Take letters without acknowledging: what is not acknowledged goes back when the channel closes."""
    for _ in range(most):
        method, properties, body = channel.basic_get(queue.dead_name)
        if method is None or properties is None or body is None:
            return
        letter = DeadLetter(properties.message_id or "", _reason(properties.headers or {}), body)
        yield method.delivery_tag, letter, properties


def _reason(headers: Mapping[str, Any]) -> str:
    """Whatever stands in the headers: a sender may have put anything there."""
    if own := headers.get(REASON_HEADER):
        return str(own)
    deaths = headers.get("x-death")
    first = deaths[0] if isinstance(deaths, list) and deaths else None
    return f"RabbitMQ: {first.get('reason', 'unknown') if isinstance(first, dict) else 'unknown'}"
