"""News for candidates about their bookings, as messages."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from bson import ObjectId

from common import clock
from common.quiet_hours import is_quiet, next_allowed_time
from messaging.outbox import Outgoing
from scheduling.domain.model import Candidate, Slot
from scheduling.services.store.booking_notes import note
from shared_contracts.calendars import CalendarEntry
from shared_contracts.directory import BookingView, SlotView
from shared_contracts.notification import NotificationCommand, NotificationKind, SeatOfferLapsed

_BEFORE_INTERVIEW = timedelta(hours=2)
_NAMESPACE = uuid.UUID("6f6a2f5e-52a1-4c8e-9f0e-0f1f0a6f5d11")


def derived_id(key: str, purpose: str) -> uuid.UUID:
    """The id of a message that follows from another: the same each time, so a repeat is recognised."""
    return uuid.uuid5(_NAMESPACE, f"{key}/{purpose}")


def comes_silently(person: Candidate, slot: Slot | None, starts: Iterable[datetime], now: datetime) -> bool:
    """Whether what others did in somebody's night comes to them without a sound: not what concerns the next morning.

    Args:
        person: the reader.
        slot: whose city decides where they have none.
        starts: when the interview begins, and began until now.
        now: aware UTC.
    """
    if slot is None or not is_quiet(now, person.timezone_for(slot)):
        return False
    return min(starts) >= next_allowed_time(now, person.timezone_for(slot)) + _BEFORE_INTERVIEW


def notification(
    key: str,
    kind: NotificationKind,
    candidate: Candidate,
    booking: BookingView,
    reason: str,
    correlation_id: str,
    calendar: CalendarEntry | None = None,
    slot_before: SlotView | None = None,
    booked_before: SlotView | None = None,
    *,
    silent: bool,
) -> NotificationCommand:
    """News for a candidate about their booking; one per ``key`` and booking. Their calendar's entry follows.

    ``slot_before``: its slot, or the one that is asked for, before staff changed it. ``booked_before``: its slot, where
    both were changed. ``silent``: by ``comes_silently``.
    """
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
        off_list=not candidate.allowed,
        calendar_entry=calendar,
        slot_before=slot_before,
        booked_before=booked_before,
        silent=silent,
    )


def offer_lapsed(key: str, telegram_id: int, booking: BookingView, correlation_id: str) -> SeatOfferLapsed:
    """That nobody answered a seat offer in time, for the messages that make it; one per ``key`` and booking."""
    return SeatOfferLapsed(
        message_id=derived_id(key, f"lapse/{booking.id}"),
        correlation_id=correlation_id,
        occurred_at=clock.now(),
        user_telegram_id=telegram_id,
        booking=booking,
    )


def remember(messages: Iterable[Outgoing]) -> None:
    """Note on each booking the messages about it: their delivery is known from others', and the last can be told by
    hand."""
    news = (item.message for item in messages if isinstance(item.message, NotificationCommand))
    note(
        (
            (
                {"_id": ObjectId(item.booking.id)},
                {
                    "$push": {"notification_ids": ObjectId(item.notification_id)},
                    "$set": {"last_news": item.model_dump_json()},
                },
            )
            for item in news
        ),
        clock.now(),
    )
