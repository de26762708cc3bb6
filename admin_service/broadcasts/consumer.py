"""What became of broadcasts (``admin.delivery.event``)."""

from collections import Counter
from datetime import datetime

from bson import Int64, ObjectId

from broadcasts.models import BroadcastStatus
from common import clock
from common.group_chats import follow_delivery, follow_group
from common.mongo import Document, collection, current_session
from people.consumer import mark_blocked
from shared_contracts.broadcast import (
    BroadcastDelivered,
    Delivery,
    DeliveryStatus,
)
from shared_contracts.dialog import GroupChanged

_ENDS = (DeliveryStatus.SENT, DeliveryStatus.BLOCKED, DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN)
"""How a broadcast's message can end."""


def store_broadcast_report(item: BroadcastDelivered, now: datetime) -> None:
    """Count what arrived; a repeated report counts once: one row per broadcast and chat."""
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
    for entry in new:
        follow_delivery("announcement_chats", "chat", entry, item.correlation_id, item.occurred_at, now)
        if entry.moved_from is not None:
            _rename_chat(entry.moved_from, entry.chat_id, now)
    mark_blocked(new, clock.reported(item.occurred_at, now), now)


def store_group(item: GroupChanged, now: datetime) -> None:
    """Keep what Telegram says of a group that announcements go to; broadcasts before name it by its new id, too."""
    follow_group("announcement_chats", "chat", item, now)
    if item.moved_from is not None:
        _rename_chat(item.moved_from, item.chat_id, now)


def _rename_chat(old: int, new: int, now: datetime) -> None:
    collection("broadcasts").update_many(
        {"chat_ids": old}, {"$set": {"chat_ids.$": Int64(new), "updated_at": now}}, session=current_session()
    )


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
