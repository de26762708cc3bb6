"""Working ``admin.delivery.event``: what became of messages the bot sent. Nobody waits for an answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from common import clock
from common.mongo import Document, in_transaction
from messaging.receiving import ANY_SENDER, Receiver
from shared_contracts.broadcast import AnyDeliveryEvent, delivery_event
from shared_contracts.transport.envelope import decode
from shared_contracts.transport.topology import DELIVERY_EVENT

Storing = Callable[[Any, datetime], None]
"""Stores what a report tells its app, in the transaction under way, at a moment (aware UTC). Safe to repeat."""


class DeliveryReports:
    """The handler of ``admin.delivery.event``; ``handlers`` says who stores which report, in their order."""

    queue = DELIVERY_EVENT

    def __init__(self, handlers: Mapping[type, Sequence[Storing]], receiver: Receiver = ANY_SENDER) -> None:
        self._handlers, self._receiver = handlers, receiver

    def read(self, body: bytes) -> AnyDeliveryEvent:
        """The report."""
        return decode(delivery_event, self._receiver.open(body, self.queue))

    def handle(self, items: Sequence[AnyDeliveryEvent]) -> list[Document]:
        """Store the reports in one transaction."""
        in_transaction(lambda: self._store_all(items))
        return []

    def give_up(self, body: bytes, reason: str) -> None:
        """Nobody waits for it."""

    def _store_all(self, items: Sequence[AnyDeliveryEvent]) -> None:
        for item in items:
            now = clock.now()
            for store in self._handlers[type(item)]:
                store(item, now)
