"""What became of automatic messages (``admin.delivery.event``). Joins the transaction that stores the report."""

from datetime import datetime

from bson import Int64, ObjectId

from common.mongo import Document, collection, current_session
from reminders.domain.kinds import AutoState
from shared_contracts.broadcast import (
    CardDelivered,
    Delivery,
    DeliveryStatus,
    DigestDelivered,
    NotificationDelivered,
)

_STATES = {
    DeliveryStatus.SENT: AutoState.SENT,
    DeliveryStatus.UNCERTAIN: AutoState.SENT,
    DeliveryStatus.BLOCKED: AutoState.FAILED,
    DeliveryStatus.FAILED: AutoState.FAILED,
}


def store(item: NotificationDelivered | CardDelivered | DigestDelivered, now: datetime) -> None:
    """Note the end of the automatic message that a report is about, if it is about one; ``now`` is aware UTC."""
    if isinstance(item, NotificationDelivered):
        message_id: str | None = item.notification_id
    else:
        message_id = item.auto_message_id if isinstance(item, CardDelivered) else item.digest_id
    state = _STATES.get(item.delivery.status)
    if message_id and state:
        collection("auto_messages").update_one(
            {"_id": ObjectId(message_id), "state": AutoState.QUEUED.value},
            {"$set": {"state": state.value, **_end(item.delivery, item.occurred_at), "updated_at": now}},
            session=current_session(),
        )


def _end(delivery: Delivery, sent_at: datetime) -> Document:
    arrived = delivery.status is DeliveryStatus.SENT
    message_id = delivery.telegram_message_id
    return {
        "sent_at": sent_at if arrived else None,
        "text": delivery.text or "",
        "telegram_message_id": Int64(message_id) if message_id else None,
        "error": delivery.error or "",
        "uncertain_tries": Int64(delivery.uncertain_tries),
    }
