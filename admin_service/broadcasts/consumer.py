"""What became of messages the bot sent (``admin.delivery.event``)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bson import Int64, ObjectId

from broadcasts.models import BroadcastStatus
from common import clock
from common.mongo import Document, collection, current_session, in_transaction
from messaging.receiving import ANY_SENDER, Receiver
from reminders.services import reports
from scheduling.services.card_reports import store_delivery
from shared_contracts.broadcast import (
    AnyDeliveryEvent,
    BroadcastDelivered,
    Delivery,
    DeliveryStatus,
    DigestDelivered,
    delivery_event,
)
from shared_contracts.envelope import decode
from shared_contracts.topology import DELIVERY_EVENT

_ENDS = (DeliveryStatus.SENT, DeliveryStatus.BLOCKED, DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN)
"""How a broadcast's message can end."""


class DeliveryEvents:
    """The handler of ``admin.delivery.event``. A repeated report counts once: one row per broadcast and chat."""

    queue = DELIVERY_EVENT

    def __init__(self, receiver: Receiver = ANY_SENDER) -> None:
        self._receiver = receiver

    def read(self, body: bytes) -> AnyDeliveryEvent:
        """The report."""
        return decode(delivery_event, self._receiver.open(body, self.queue))

    def handle(self, items: Sequence[AnyDeliveryEvent]) -> list[Document]:
        """Store the reports in one transaction; nobody is answered."""
        in_transaction(lambda: _store_all(items))
        return []

    def give_up(self, body: bytes, reason: str) -> None:
        """Nobody waits for it."""


def _store_all(items: Sequence[AnyDeliveryEvent]) -> None:
    for item in items:
        _store(item)


def _store(item: AnyDeliveryEvent) -> None:
    now = clock.now()
    if not isinstance(item, BroadcastDelivered):
        _mark_blocked([item.delivery], clock.reported(item.occurred_at, now), now)
        reports.store(item, now)
        if not isinstance(item, DigestDelivered):
            store_delivery(item, now)
        return
    new = _insert_new(item, now)
    counts: Document = {status.value: Int64(0) for status in _ENDS}
    counts |= {status: Int64(count) for status, count in Counter(entry.status.value for entry in new).items()}
    status = BroadcastStatus.FINISHED if item.finished else BroadcastStatus.SENDING
    collection("broadcasts").update_one(
        {"_id": ObjectId(item.broadcast_id)},
        {"$inc": counts, "$set": {"updated_at": now}},
        session=current_session(),
    )
    # A late report of a part must not reopen what is finished.
    collection("broadcasts").update_one(
        {"_id": ObjectId(item.broadcast_id), "status": {"$ne": BroadcastStatus.FINISHED}},
        {"$set": {"status": status.value, "updated_at": now}},
        session=current_session(),
    )
    _mark_blocked(new, clock.reported(item.occurred_at, now), now)


def _insert_new(item: BroadcastDelivered, now: datetime) -> list[Delivery]:
    known = collection("broadcast_deliveries").find(
        {
            "broadcast_id": ObjectId(item.broadcast_id),
            "chat_id": {"$in": [entry.chat_id for entry in item.deliveries]},
        },
        {"chat_id": 1},
        session=current_session(),
    )
    seen = {row["chat_id"] for row in known}
    new = [entry for entry in item.deliveries if entry.chat_id not in seen]
    rows = [
        {
            "broadcast_id": ObjectId(item.broadcast_id),
            "chat_id": Int64(entry.chat_id),
            "status": entry.status.value,
            "telegram_message_id": Int64(entry.telegram_message_id) if entry.telegram_message_id else None,
            "error": entry.error or "",
            "created_at": now,
            "updated_at": now,
        }
        for entry in new
    ]
    if rows:
        collection("broadcast_deliveries").insert_many(rows, session=current_session())
    return new


def _mark_blocked(deliveries: Sequence[Delivery], occurred_at: datetime, now: datetime) -> None:
    blocked = [entry.chat_id for entry in deliveries if entry.status is DeliveryStatus.BLOCKED]
    if blocked:
        collection("users").update_many(
            {"telegram_id": {"$in": blocked}, "blocked_at": None},
            {"$set": {"blocked_at": occurred_at, "updated_at": now}},
            session=current_session(),
        )
