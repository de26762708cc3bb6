"""The other side of the queues: what the bot would send and receive, with the bot's and the operator's rights."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pika
from pika.adapters.blocking_connection import BlockingChannel

from messaging.broker import declare
from shared_contracts.transport.topology import ALL_QUEUES, TO_ADMIN, Queue

PATIENCE = 60
"""Seconds: far more than anything takes, for a machine that is busy."""


def operator_url() -> str:
    """Address with the operator's rights."""
    return os.environ["AMQP_URL_OPERATOR"]


@contextmanager
def channel(url: str | None = None) -> Iterator[BlockingChannel]:
    """A channel with the operator's rights unless told otherwise."""
    with pika.BlockingConnection(pika.URLParameters(url or operator_url())) as connection:
        yield connection.channel()


def empty_queues() -> None:
    """Declare all queues and empty them."""
    declare(operator_url(), ALL_QUEUES)
    with channel() as operator:
        for queue in ALL_QUEUES:
            operator.queue_purge(queue.name)
            operator.queue_purge(queue.dead_name)


def send(queue: Queue, *messages: tuple[str, bytes]) -> None:
    """Publish (message id, body) pairs with the bot's rights, as it does."""
    with channel(os.environ["AMQP_URL_BOT"]) as bot:
        bot.confirm_delivery()
        for message_id, body in messages:
            properties = pika.BasicProperties(delivery_mode=2, message_id=message_id)
            bot.basic_publish(TO_ADMIN, queue.name, body, properties, mandatory=True)


def receive(name: str, count: int, seconds: float = PATIENCE) -> list[bytes]:
    """The next ``count`` bodies of a queue, fewer when time is up."""
    bodies: list[bytes] = []
    ends = time.monotonic() + seconds
    with channel() as operator:
        while len(bodies) < count and time.monotonic() < ends:
            method, _properties, body = operator.basic_get(name, auto_ack=True)
            if method is None or body is None:
                time.sleep(0.02)
            else:
                bodies.append(body)
    return bodies


def depth(name: str) -> int:
    """How many messages wait in a queue (those being worked on do not count)."""
    with channel() as operator:
        return int(operator.queue_declare(name, passive=True).method.message_count)


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether the condition came true in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
