"""What candidates are told of what others did to their bookings."""

from bson import ObjectId

from messaging.outbox import Outgoing
from scheduling.domain.answering import (
    BookingApproved,
    BookingRejected,
    MoveApproved,
    MoveExpired,
    MoveRejected,
    RequestExpired,
    RescheduleAsked,
)
from scheduling.domain.booking import BookingCancelled, BookingMade, BookingMoved
from scheduling.domain.commands import ActorKind
from scheduling.domain.editing import BookingFollowedSlot
from scheduling.domain.events import BookingEvent, SlotEdited
from scheduling.domain.model import Slot
from scheduling.domain.proposals import TimeProposed
from scheduling.domain.seat_offers import SeatOffered
from scheduling.services.calendar_entries import calendar_change
from scheduling.services.candidate_news import notification
from scheduling.services.reacting import Batch, Effects
from scheduling.services.serializing import booking_view, slot_view
from shared_contracts.directory import Rejection, SlotView
from shared_contracts.notification import NotificationKind
from shared_contracts.transport.topology import NOTIFICATION_COMMAND

KINDS: dict[type[BookingEvent], NotificationKind] = {
    BookingMade: NotificationKind.BOOKING_MADE,
    BookingApproved: NotificationKind.BOOKING_APPROVED,
    MoveApproved: NotificationKind.MOVE_APPROVED,
    BookingRejected: NotificationKind.BOOKING_REJECTED,
    MoveRejected: NotificationKind.MOVE_REJECTED,
    MoveExpired: NotificationKind.MOVE_EXPIRED,
    BookingMoved: NotificationKind.BOOKING_MOVED,
    BookingCancelled: NotificationKind.BOOKING_CANCELLED,
    BookingFollowedSlot: NotificationKind.BOOKING_CHANGED,
    RescheduleAsked: NotificationKind.RESCHEDULE_ASKED,
    RequestExpired: NotificationKind.BOOKING_EXPIRED,
    SeatOffered: NotificationKind.SLOT_OFFERED,
    TimeProposed: NotificationKind.TIME_OFFERED,
}
"""Of everything else candidates know already: they did it themselves, or were told until when."""


def _kind(event: BookingEvent) -> NotificationKind | None:
    if isinstance(event, BookingRejected) and event.after.rejection is Rejection.TIME:
        return NotificationKind.TIME_REJECTED
    return KINDS.get(type(event))


def _slot_before(event: BookingEvent, slot: Slot | None) -> SlotView | None:
    """Of a booking that followed its slot: the slot as it was, without a video call's old link."""
    if slot is None or not isinstance(event, BookingFollowedSlot):
        return None
    return slot_view(slot)


def tell_candidates(batch: Batch) -> Effects:
    """One message for each event that is news. What candidates do in chat they see in the answer."""
    effects = Effects()
    edited = {request.command.key: event.before for request, event in batch.events(SlotEdited)}
    for request, event in batch.events(BookingEvent):
        kind = _kind(event)
        if kind is None or (request.chat and request.command.actor.kind is ActorKind.CANDIDATE):
            continue
        view = booking_view(event.after, batch.after)
        if view is None:
            continue
        key, reason = request.command.key, request.command.reason
        person, calendar = batch.after.candidates[event.after.telegram_id], calendar_change(event, batch.after)
        before = _slot_before(event, edited.get(key))
        message = notification(key, kind, person, view, reason, request.correlation_id, calendar, before)
        effects.news[key].append(Outgoing(NOTIFICATION_COMMAND, message))
        effects.notification_ids[event.after.id].append(ObjectId(message.notification_id))
    return effects
