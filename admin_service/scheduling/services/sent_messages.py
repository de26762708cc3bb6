"""What the bot has written to candidates, kept as it was sent, for their timelines."""

from datetime import datetime

from bson import Int64, ObjectId

from common import clock
from common.mongo import collection, current_session
from shared_contracts.broadcast import DeliveryStatus, NotificationDelivered


def keep_sent(item: NotificationDelivered, now: datetime) -> None:
    """Keep what was sent to somebody and what became of it; safe to repeat. Joins the transaction of the report.

    Automatic messages have a ledger of their own.
    """
    told, key = item.delivery, ObjectId(item.notification_id)
    ended = {"status": told.status.value, "error": told.error or "", "updated_at": now}
    messages = collection("person_messages")
    if messages.update_one({"_id": key}, {"$set": ended}, session=current_session()).matched_count:
        return
    if item.attempt or told.status not in (DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN) or not told.text:
        return
    booking = collection("bookings").find_one({"notification_ids": key}, {"_id": 1}, session=current_session())
    row = {
        "_id": key,
        "telegram_id": Int64(item.user_telegram_id),
        "booking_id": booking["_id"] if booking else None,
        "author": "",
        "text": told.text,
        "written_at": clock.reported(item.occurred_at, now),
        "created_at": now,
        **ended,
    }
    messages.insert_one(row, session=current_session())
