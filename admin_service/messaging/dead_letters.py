"""Dead letters: letting the desk know of them; reading and replaying them, with the operator's rights."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pika
from bson import Int64
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from common import clock
from common.mongo import collection
from shared_contracts.transport.topology import REASON_HEADER, Queue


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up. ``reason`` is RabbitMQ's own word where no consumer wrote one."""

    message_id: str
    reason: str
    body: bytes


_WHOM = re.compile(rb'telegram_id\\?"\s*:\s*(\d{1,17})\b')
_REASON_LENGTH = 300


def key_of(message_id: str | None, body: bytes) -> str:
    """What a message is known by: its id, or its body's digest where it has none."""
    return (message_id or sha256(body).hexdigest())[:64]


def person_in(body: bytes) -> int | None:
    """The Telegram id of whom a message is about, whatever else is wrong with it."""
    found = _WHOM.search(body)
    return int(found[1]) if found else None


def note(queue: Queue, message_id: str | None, body: bytes, reason: str) -> None:
    """Let the desk know of a letter; nothing of its body is kept but whom it is about."""
    now, whom = clock.now(), person_in(body)
    found = {"queue": queue.name, "telegram_id": None if whom is None else Int64(whom), "count": 1}
    collection("dead_letters").update_one(
        {"key": key_of(message_id, body)},
        {"$set": {"reason": reason[:_REASON_LENGTH], "updated_at": now}, "$setOnInsert": {**found, "created_at": now}},
        upsert=True,
    )


def note_depths(url: str, queues: Sequence[Queue]) -> None:
    """Let the desk know how many dead letters each of another service's queues holds; who may read none may ask that.

    Raises:
        pika.exceptions.AMQPError: no connection; the desk goes on showing what was known before.
    """
    for queue, depth in _depths(url, queues):
        now, row = clock.now(), {"key": queue.dead_name}
        if not depth:
            collection("dead_letters").delete_one(row)
            continue
        found = {"queue": queue.name, "telegram_id": None, "reason": "", "created_at": now}
        collection("dead_letters").update_one(
            row, {"$set": {"count": depth, "updated_at": now}, "$setOnInsert": found}, upsert=True
        )


def _depths(url: str, queues: Sequence[Queue]) -> Iterator[tuple[Queue, int]]:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        for queue in queues:
            channel = connection.channel()  # a queue that is missing closes it
            try:
                yield queue, channel.queue_declare(queue.dead_name, passive=True).method.message_count
                channel.close()
            except ChannelClosedByBroker:  # its set-up is still to be run
                continue


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
            properties.headers, begun = {}, clock.now()
            channel.basic_publish(queue.exchange, queue.name, letter.body, properties, mandatory=True)
            channel.basic_ack(tag)
            # Unless it has been given up again meanwhile.
            note_of_it = {"key": key_of(letter.message_id, letter.body), "updated_at": {"$lt": begun}}
            collection("dead_letters").delete_one(note_of_it)
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
