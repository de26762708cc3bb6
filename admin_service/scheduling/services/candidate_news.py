"""Which messages a decision causes: the answer to who asked, news to whom it concerns."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bson import ObjectId
from pymongo import UpdateOne

from common import clock
from common.mongo import collection, current_session
from messaging.outbox import Outgoing
from scheduling.domain.model import (
    ActorKind,
    Approve,
    AskReschedule,
    Book,
    Booking,
    Candidate,
    Decision,
    Expire,
    Move,
    Offer,
    OfferTime,
    Reject,
    State,
)
from scheduling.services.calendar_entries import calendar_change
from scheduling.services.serializing import booking_view
from shared_contracts.booking import BookingResult, ConfirmBookingAnswer, Outcome
from shared_contracts.calendars import CalendarEntry
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import BookingStatus, BookingView
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.topology import BOOKING_RESULT, NOTIFICATION_COMMAND

if TYPE_CHECKING:
    from scheduling.services.batch import Asked, InChat

_NAMESPACE = uuid.UUID("6f6a2f5e-52a1-4c8e-9f0e-0f1f0a6f5d11")


def derived_id(key: str, purpose: str) -> uuid.UUID:
    """The id of a message that follows from another: the same each time, so a repeat is recognised."""
    return uuid.uuid5(_NAMESPACE, f"{key}/{purpose}")


def about(
    item: "Asked", decision: Decision, answer: ConfirmBookingAnswer, after: State, card: RecruiterCard | None
) -> list[Outgoing]:
    """The messages of one decision; ``card`` goes with the answer to a recruiter."""
    in_chat = item.chat is not None and item.command.actor.kind is ActorKind.CANDIDATE
    calendar = calendar_change(decision, after)
    messages = [_result(item, item.chat, answer, card, calendar if in_chat else None)] if item.chat else []
    booking = decision.after
    if not decision.changed or booking is None or in_chat:
        return messages  # candidates see in the answer what they do themselves
    kind, view = _kind(decision, booking), booking_view(booking, after)
    if kind and view:
        key, reason = item.command.key, item.command.reason
        person = after.candidates[booking.telegram_id]
        messages.append(notification(key, kind, person, view, reason, item.correlation_id, calendar))
    return messages


def _result(
    item: "Asked",
    chat: "InChat",
    answer: ConfirmBookingAnswer,
    card: RecruiterCard | None,
    calendar: CalendarEntry | None,
) -> Outgoing:
    message = BookingResult(
        message_id=derived_id(item.command.key, "result"),
        correlation_id=item.correlation_id,
        occurred_at=answer.decided_at,
        request_id=answer.request_id,
        event_type=chat.event_type,
        outcome=answer.outcome,
        decided_at=answer.decided_at,
        user_telegram_id=chat.user_telegram_id,
        reply=chat.reply,
        booking=answer.booking,
        alternatives=answer.alternatives,
        card=card,
        calendar_entry=calendar,
    )
    return Outgoing(BOOKING_RESULT, message)


def _kind(decision: Decision, booking: Booking) -> NotificationKind | None:
    command = decision.command
    if isinstance(command, Approve) and decision.outcome in {Outcome.BOOKED, Outcome.MOVED}:
        return NotificationKind.BOOKING_APPROVED
    if isinstance(command, Reject) and decision.outcome is Outcome.REJECTED:
        return NotificationKind.BOOKING_REJECTED
    if isinstance(command, AskReschedule) and decision.outcome is Outcome.PENDING_APPROVAL:
        return NotificationKind.RESCHEDULE_ASKED
    if isinstance(command, Offer):
        return NotificationKind.SLOT_OFFERED
    if isinstance(command, Book) and decision.outcome is Outcome.BOOKED:
        return NotificationKind.BOOKING_MADE
    if isinstance(command, OfferTime):
        return NotificationKind.TIME_OFFERED
    if decision.before and decision.before.status is BookingStatus.OFFERED and isinstance(command, Expire):
        return None  # the offer itself said until when
    if isinstance(command, Expire | Approve | Reject | AskReschedule):
        return NotificationKind.BOOKING_EXPIRED
    if isinstance(command, Move):
        return NotificationKind.BOOKING_MOVED
    if booking.status is BookingStatus.CANCELLED:
        return NotificationKind.BOOKING_CANCELLED
    return None  # the slot is over: nothing to tell


def notification(
    key: str,
    kind: NotificationKind,
    candidate: Candidate,
    booking: BookingView,
    reason: str,
    correlation_id: str,
    calendar: CalendarEntry | None = None,
) -> Outgoing:
    """News for a candidate about their booking; one per ``key`` and booking. Their calendar's entry follows."""
    message = NotificationCommand(
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
    return Outgoing(NOTIFICATION_COMMAND, message)


def remember(messages: Iterable[Outgoing]) -> None:
    """Note on each booking the news about it, so that its delivery can be told from others'."""
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
