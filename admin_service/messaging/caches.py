"""Telling the bot that what it has cached is out of date (R6)."""

import uuid

from common import clock, correlation
from messaging import outbox
from messaging.outbox import Outgoing
from shared_contracts.notification import CacheInvalidate, CacheName
from shared_contracts.transport.topology import CACHE_INVALIDATE


def invalidation(*caches: CacheName, correlation_id: str) -> Outgoing:
    """The message that makes the bot read these caches again."""
    message = CacheInvalidate(
        message_id=uuid.uuid4(), correlation_id=correlation_id, occurred_at=clock.now(), caches=list(caches)
    )
    return Outgoing(CACHE_INVALIDATE, message)


def invalidate(*caches: CacheName) -> None:
    """Write that message to the outbox, in the transaction under way."""
    outbox.add([invalidation(*caches, correlation_id=correlation.current())])
