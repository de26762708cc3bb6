"""News for candidates about their bookings, as messages."""

import uuid
from collections.abc import Iterable

from bson import ObjectId
from pymongo import UpdateOne

from common import clock
from common.mongo import collection, current_session
from messaging.outbox import Outgoing
from scheduling.domain.model import Candidate
from shared_contracts.calendars import CalendarEntry
from shared_contracts.directory import BookingView
from shared_contracts.notification import NotificationCommand, NotificationKind

_NAMESPACE = uuid.UUID("6f6a2f5e-52a1-4c8e-9f0e-0f1f0a6f5d11")


def derived_id(key: str, purpose: str) -> uuid.UUID:
    """The id of a message that follows from another: the same each time, so a repeat is recognised."""
    return uuid.uuid5(_NAMESPACE, f"{key}/{purpose}")


def notification(
    key: str,
    kind: NotificationKind,
    candidate: Candidate,
    booking: BookingView,
    reason: str,
    correlation_id: str,
    calendar: CalendarEntry | None = None,
) -> NotificationCommand:
    """News for a candidate about their booking; one per ``key`` and booking. Their calendar's entry follows."""
    return NotificationCommand(
        message_id=derived_id(key, f"notification/{booking.id}"),
        correlation_id=correlation_id,
        occurred_at=clock.now(),
        notification_id=str(ObjectId()),
        kind=kind,
        user_telegram_id=candidate.telegram_id,
        booking=booking,
        reason=reason or None,
        candidate_name=candidate.first_name,
        calendar_entry=calendar,
    )


def remember(messages: Iterable[Outgoing]) -> None:
    """Note on each booking the automatic messages about it, so that their delivery can be told from others'."""
    updates = [
        UpdateOne(
            {"_id": ObjectId(message.booking.id)},
            {"$push": {"notification_ids": ObjectId(message.notification_id)}, "$set": {"updated_at": clock.now()}},
        )
        for _queue, message in messages
        if isinstance(message, NotificationCommand)
    ]
    if updates:
        collection("bookings").bulk_write(updates, session=current_session())
