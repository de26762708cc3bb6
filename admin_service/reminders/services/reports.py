"""What became of automatic messages (``admin.delivery.event``). Joins the transaction that stores the report.

A report is about one attempt: repeated, or about an earlier one, it changes nothing.
"""

from datetime import datetime

from bson import Int64, ObjectId

from common.mongo import Document, collection, current_session
from reminders.domain.judging import outdated_reason
from reminders.domain.kinds import ReminderKind
from reminders.domain.states import MessageState
from reminders.services.message_context import load_message_context
from reminders.services.message_writes import suppression
from shared_contracts.broadcast import (
    CardDelivered,
    Delivery,
    DeliveryStatus,
    DigestDelivered,
    NotificationDelivered,
)

_STATES = {
    DeliveryStatus.SENT: MessageState.SENT,
    DeliveryStatus.UNCERTAIN: MessageState.SENT,
    DeliveryStatus.BLOCKED: MessageState.FAILED,
    DeliveryStatus.FAILED: MessageState.FAILED,
}


def store(item: NotificationDelivered | CardDelivered | DigestDelivered, now: datetime) -> None:
    """Note the end of the automatic message that a report is about, if it is about one; ``now`` is aware UTC."""
    query = _attempt(item)
    if query is None:
        return
    row = collection("auto_messages").find_one(query, session=current_session())
    if row:
        state = _STATES.get(item.delivery.status)
        update = _ended(state, item.delivery, item.occurred_at, now) if state else _unsent(row, item.delivery, now)
        collection("auto_messages").update_one(query, update, session=current_session())


def _attempt(item: NotificationDelivered | CardDelivered | DigestDelivered) -> Document | None:
    """The MongoDB condition of the message under way that a report is about.

    A card names no attempt. It goes to the deputy, too: that one of them did not get it does not count if one did.
    """
    if isinstance(item, CardDelivered):
        if item.auto_message_id is None:
            return None
        arrived = item.delivery.status is DeliveryStatus.SENT
        states = [MessageState.QUEUED.value, *([MessageState.FAILED.value] if arrived else [])]
        return {"_id": ObjectId(item.auto_message_id), "state": {"$in": states}}
    message_id = item.notification_id if isinstance(item, NotificationDelivered) else item.digest_id
    return {"_id": ObjectId(message_id), "state": MessageState.QUEUED.value, "attempts": item.attempt}


def _unsent(row: Document, delivery: Delivery, now: datetime) -> Document:
    """Not sent: suppressed for what the booking shows; else (it was too late, or true again) it is judged anew."""
    reason = None
    if delivery.status is DeliveryStatus.SUPPRESSED:
        reason = outdated_reason(
            ReminderKind(row["kind"]), row["starts_at"], load_message_context([row]).booking_facts(row)
        )
    if reason:
        return suppression(reason, now)
    return {"$set": {"state": MessageState.SCHEDULED.value, "due_at": now, "updated_at": now}}


def _ended(state: MessageState, delivery: Delivery, sent_at: datetime, now: datetime) -> Document:
    arrived = delivery.status is DeliveryStatus.SENT
    message_id = delivery.telegram_message_id
    fields = {
        "state": state.value,
        "sent_at": sent_at if arrived else None,
        "text": delivery.text or "",
        "telegram_message_id": Int64(message_id) if message_id else None,
        "error": delivery.error or "",
        "uncertain_tries": Int64(delivery.uncertain_tries),
        "updated_at": now,
    }
    return {"$set": fields}
