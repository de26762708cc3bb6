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
    """Count what arrived and who pressed; a repeated report counts once: one row per broadcast and chat."""
    new = _insert_new(item.broadcast_id, item.deliveries, now)
    arrived = [Delivery(chat_id=person, status=DeliveryStatus.SENT) for person in dict.fromkeys(item.pressed)]
    came_first = _insert_new(item.broadcast_id, arrived, now)  # a press proves it, whenever the delivery is reported
    counts: Document = {status.value: Int64(0) for status in _ENDS} | {"pressed": Int64(_mark_pressed(item, now))}
    found = Counter(entry.status.value for entry in (*new, *came_first))
    counts |= {status: Int64(count) for status, count in found.items()}
    collection("broadcasts").update_one(
        {"_id": ObjectId(item.broadcast_id)},
        {"$inc": counts, "$set": {"updated_at": now}},
        session=current_session(),
    )
    if item.finished or item.deliveries:
        _follow(item, now)
    for entry in new:
        follow_delivery("announcement_chats", "chat", entry, item.correlation_id, item.occurred_at, now)
        if entry.moved_from is not None:
            _rename_chat(entry.moved_from, entry.chat_id, now)
        if entry.moved_to is not None:
            _rename_chat(entry.chat_id, entry.moved_to, now)
    mark_blocked(new, clock.reported(item.occurred_at, now), now)


def _follow(item: BroadcastDelivered, now: datetime) -> None:
    """How far it is. A late report of a part neither reopens what is finished nor undoes what staff have asked."""
    of = [BroadcastStatus.QUEUED.value, BroadcastStatus.SENDING.value]
    status = BroadcastStatus.SENDING
    if item.finished:
        of, status = [*of, BroadcastStatus.PAUSED.value], BroadcastStatus.FINISHED
    collection("broadcasts").update_one(
        {"_id": ObjectId(item.broadcast_id), "status": {"$in": of}},
        {"$set": {"status": status.value, "updated_at": now}},
        session=current_session(),
    )


def _mark_pressed(item: BroadcastDelivered, now: datetime) -> int:
    """Of those who have pressed, how many had not before."""
    unpressed = {"broadcast_id": ObjectId(item.broadcast_id), "chat_id": {"$in": item.pressed}, "pressed_at": None}
    change = {"$set": {"pressed_at": clock.reported(item.occurred_at, now), "updated_at": now}}
    changed = collection("broadcast_deliveries").update_many(unpressed, change, session=current_session())
    return changed.modified_count


def store_group(item: GroupChanged, now: datetime) -> None:
    """Keep what Telegram says of a group that announcements go to; broadcasts before name it by its new id, too."""
    follow_group("announcement_chats", "chat", item, now)
    if item.moved_from is not None:
        _rename_chat(item.moved_from, item.chat_id, now)


def _rename_chat(old: int, new: int, now: datetime) -> None:
    """Broadcasts name the group by its new id, once: some name it by both."""
    named, both = {"$set": {"updated_at": now}}, {"chat_ids": {"$all": [old, new]}}
    collection("broadcasts").update_many(both, {"$pull": {"chat_ids": old}, **named}, session=current_session())
    collection("broadcasts").update_many(
        {"chat_ids": old}, {"$set": {"chat_ids.$": Int64(new), "updated_at": now}}, session=current_session()
    )


def _insert_new(broadcast_id: str, deliveries: list[Delivery], now: datetime) -> list[Delivery]:
    known = collection("broadcast_deliveries").find(
        {"broadcast_id": ObjectId(broadcast_id), "chat_id": {"$in": [entry.chat_id for entry in deliveries]}},
        {"chat_id": 1},
        session=current_session(),
    )
    seen = {row["chat_id"] for row in known}
    new = [entry for entry in deliveries if entry.chat_id not in seen]
    rows = [
        {
            "broadcast_id": ObjectId(broadcast_id),
            "chat_id": Int64(entry.chat_id),
            "status": entry.status.value,
            "telegram_message_id": Int64(entry.telegram_message_id) if entry.telegram_message_id else None,
            "error": entry.error or "",
            "pressed_at": None,
            "created_at": now,
            "updated_at": now,
        }
        for entry in new
    ]
    if rows:
        collection("broadcast_deliveries").insert_many(rows, session=current_session())
    return new
