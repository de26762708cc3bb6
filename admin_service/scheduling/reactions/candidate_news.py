"""What candidates are told of what others did to their bookings."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bson import ObjectId

from common.quiet_hours import next_allowed_time
from messaging.outbox import Outgoing
from scheduling.domain.answering import (
    BookingApproved,
    BookingRejected,
    MoveApproved,
    MoveExpired,
    MoveRejected,
    RequestExpired,
    RescheduleAsked,
    SeatOfferExpired,
)
from scheduling.domain.booking import BookingCancelled, BookingKept, BookingMade, BookingMoved
from scheduling.domain.commands import ActorKind
from scheduling.domain.editing import BookingFollowedSlot, WantedSlotEdited
from scheduling.domain.events import BookingEvent, SlotEdited
from scheduling.domain.model import Candidate, Slot, State
from scheduling.domain.proposals import ProposedSlotEdited, ProposedTimeWithdrawn, TimeProposed
from scheduling.domain.seat_offers import SeatOffered
from scheduling.services.candidate_news import comes_silently, notification, offer_lapsed
from scheduling.services.impact import is_told
from scheduling.services.reacting import Batch, Effects
from scheduling.services.reading.calendar_entries import calendar_change
from scheduling.services.requests import Request
from scheduling.services.serializing import booking_view, slot_view
from shared_contracts.directory import BookingStatus, Rejection, SlotView
from shared_contracts.notification import NotificationCommand, NotificationKind
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
    BookingKept: NotificationKind.BOOKING_KEPT,
    BookingFollowedSlot: NotificationKind.BOOKING_CHANGED,
    WantedSlotEdited: NotificationKind.WANTED_CHANGED,
    RescheduleAsked: NotificationKind.RESCHEDULE_ASKED,
    RequestExpired: NotificationKind.BOOKING_EXPIRED,
    SeatOffered: NotificationKind.SLOT_OFFERED,
    TimeProposed: NotificationKind.TIME_OFFERED,
    ProposedSlotEdited: NotificationKind.PROPOSAL_CHANGED,
    ProposedTimeWithdrawn: NotificationKind.PROPOSAL_ENDED,
}
"""Of everything else candidates know already: they did it themselves, or were told until when."""
_OF_SEAT_OFFERS: dict[type[BookingEvent], NotificationKind] = {
    BookingFollowedSlot: NotificationKind.SLOT_OFFER_CHANGED,
    BookingCancelled: NotificationKind.SLOT_OFFER_ENDED,
}
"""What others did to a seat that is held for somebody: they have no interview yet, and are asked for an answer."""


_BEFORE_INTERVIEW = timedelta(hours=2)


def _kind(event: BookingEvent, batch: Batch) -> NotificationKind | None:
    if isinstance(event, ProposedTimeWithdrawn) and not batch.after.bookings[event.after.id].live:
        return None  # the booking has ended with it, which they are told
    if isinstance(event, BookingRejected) and event.after.rejection is Rejection.TIME:
        return NotificationKind.TIME_REJECTED
    if event.before and event.before.status is BookingStatus.OFFERED:
        return _OF_SEAT_OFFERS.get(type(event), KINDS.get(type(event)))
    if isinstance(event, BookingCancelled) and event.before and event.before.status is BookingStatus.PENDING:
        return _of_ended_request(event, batch)
    return KINDS.get(type(event))


def _of_ended_request(event: BookingEvent, batch: Batch) -> NotificationKind:
    """Who had only asked has no interview that could be cancelled: it won't be at this time, or not at all."""
    person, policy = batch.after.candidates.get(event.after.telegram_id), batch.after.policies.get(event.after.event_id)
    may_ask_again = person and person.allowed and policy and policy.is_open
    return NotificationKind.TIME_REJECTED if may_ask_again else NotificationKind.BOOKING_REJECTED


class News(NamedTuple):
    """What a candidate is to be told. ``slot_before``: what has changed of a slot is told by it, old → new.

    ``along``: the news of their own slot, where this is of one that they ask for or are proposed; told with it.
    """

    request: Request
    event: BookingEvent
    kind: NotificationKind
    slot_before: SlotView | None
    along: "News | None" = None


LeftSlots = dict[tuple[str, str], Slot]
"""Slots as they were when somebody left them, by the ids of their booking and of the slot."""


def _left(event: BookingEvent) -> str | None:
    """The slot whose seat somebody has given up by it."""
    was, now = event.before, event.after
    return was.slot_id if was and not (now.live and now.slot_id == was.slot_id) else None


def _left_before_edits(batch: Batch) -> LeftSlots:
    """The slots that are edited only after bookings have ended or moved away: these people never see the edit.

    Nor does who is booked again by the edit, just to leave: until then the interview seemed to be over.
    """
    found: LeftSlots = {}
    leaving: dict[str, list[str]] = defaultdict(list)
    again: dict[tuple[str, str], Slot] = {}
    edited: dict[str, Slot] = {}
    for _request, event in batch.events(BookingEvent, SlotEdited):
        if isinstance(event, SlotEdited):
            edited[event.before.id] = event.before
            found |= {(booking_id, event.before.id): event.before for booking_id in leaving.pop(event.before.id, ())}
        elif isinstance(event, BookingFollowedSlot) and event.before and not event.before.live:
            again[event.after.id, event.after.slot_id] = edited[event.after.slot_id]
        elif isinstance(event, BookingEvent) and (slot_id := _left(event)):
            leaving[slot_id].append(event.after.id)
            if was := again.get((event.after.id, slot_id)):
                found[event.after.id, slot_id] = was
    return found


def news_of(batch: Batch) -> Iterator[News]:
    """What is news to candidates. What they do in chat they see in the answer; some things staff keep from them.

    Whose slot changes in one go with another that they ask for, or are proposed, is told once, of both.
    """
    every = list(_each_news(batch))
    own = {news.event.after.id: news for news in every if isinstance(news.event, BookingFollowedSlot)}
    others = (news for news in every if isinstance(news.event, WantedSlotEdited | ProposedSlotEdited))
    other = {news.event.after.id: news for news in others}
    for news in every:
        booking_id = news.event.after.id
        if news is other.get(booking_id):
            yield news._replace(along=own.get(booking_id))
        elif booking_id not in other or news is not own.get(booking_id):
            yield news


def _each_news(batch: Batch) -> Iterator[News]:
    edited = {request.command.key: event.before for request, event in batch.events(SlotEdited)}
    left = _left_before_edits(batch)
    for request, event in batch.events(BookingEvent):
        kind = _kind(event, batch)
        in_chat = request.chat and request.command.actor.kind is ActorKind.CANDIDATE
        unseen = isinstance(event, BookingFollowedSlot) and (event.after.id, event.after.slot_id) in left
        if kind is not None and not in_chat and not unseen and is_told(event.after.id):
            before = _slot_before(event, edited.get(request.command.key), batch, left)
            yield News(request, event, kind, slot_view(before) if before else None)


def _slot_before(event: BookingEvent, edited: Slot | None, batch: Batch, left: LeftSlots) -> Slot | None:
    """The slot as it was: of a booking that was moved the one it left, of one that is kept, or not moved, the one that
    was asked for, else the one that was edited.
    """
    if isinstance(event, BookingKept | MoveRejected | MoveExpired) and event.before:
        return batch.before.slots.get(event.before.requested_slot_id or "")
    if isinstance(event, BookingMoved) and event.before:
        return left.get((event.after.id, event.before.slot_id)) or batch.before.slots.get(event.before.slot_id)
    if isinstance(event, ProposedTimeWithdrawn) and event.before:
        return batch.before.slots.get(event.before.proposed_slot_id or "")
    return edited if isinstance(event, BookingFollowedSlot | WantedSlotEdited | ProposedSlotEdited) else None


def _morning(event: BookingEvent, person: Candidate, batch: Batch) -> datetime | None:
    """When somebody is told that nobody answered in time, which leaves them their night; None: at once.

    So is told what people do, and what leaves an interview standing that begins soon.
    """
    slot = batch.after.slots.get(event.after.slot_id)
    if not isinstance(event, RequestExpired | MoveExpired) or slot is None:
        return None
    morning = next_allowed_time(batch.now, person.timezone_for(slot))
    soon = isinstance(event, MoveExpired) and event.after.starts_at < morning + _BEFORE_INTERVIEW
    return None if soon else morning


def _is_silent(event: BookingEvent, person: Candidate, batch: Batch) -> bool:
    before = event.before.starts_at if event.before else event.after.starts_at
    slot = batch.after.slots.get(event.after.slot_id)
    return comes_silently(person, slot, (before, event.after.starts_at), batch.now)


def _with_clocks(message: NotificationCommand, person: Candidate, edit: SlotEdited | None) -> NotificationCommand:
    """Of people of a city whose zone was put right: their own clocks, too, are others than when they were told.

    Who is called off reads only of what they knew.
    """
    if edit is None or edit.changes.clocks_were is None or person.city_id != edit.after.city_id:
        return message
    if message.booking.status is BookingStatus.CANCELLED:
        return message.model_copy(update={"timezone": edit.changes.clocks_were})
    return message.model_copy(update={"timezone": person.timezone, "timezone_before": edit.changes.clocks_were})


def _state_of(event: BookingEvent, batch: Batch, left: LeftSlots) -> State:
    """What is so now; of a booking that has ended with its slot as it was then."""
    slot = None if event.after.live else left.get((event.after.id, event.after.slot_id))
    return replace(batch.after, slots={**batch.after.slots, slot.id: slot}) if slot else batch.after


def tell_candidates(batch: Batch) -> Effects:
    """One message for each event that is news."""
    effects = Effects()
    edits = {request.command.key: event for request, event in batch.events(SlotEdited)}
    of_slots = {event.before.id: event for event in edits.values()}
    left = _left_before_edits(batch)
    for request, event, kind, before, along in news_of(batch):
        # what is told of two slots is told as it is after both edits
        view = booking_view(
            batch.after.bookings[event.after.id] if along else event.after, _state_of(event, batch, left)
        )
        if view is None:
            continue
        key, reason = request.command.key, request.reason_about(event.after.id)
        person = batch.after.candidates[event.after.telegram_id]
        calendar = calendar_change(along.event if along else event, batch.after)
        booked_before = along.slot_before if along else None
        silent = _is_silent(event, person, batch)
        given = (request.correlation_id, calendar, before, booked_before)
        message = notification(key, kind, person, view, reason, *given, silent=silent)
        gone = event.before.slot_id if event.before and (event.after.id, event.before.slot_id) in left else ""
        message = _with_clocks(message, person, edits.get(key) or of_slots.get(gone))
        effects.news[key].append(Outgoing(NOTIFICATION_COMMAND, message, _morning(event, person, batch)))
        effects.notification_ids[event.after.id].append(ObjectId(message.notification_id))
        effects.fields[event.after.id]["last_news"] = message.model_dump_json()
    for request, lapsed in batch.events(SeatOfferExpired):
        if view := booking_view(lapsed.after, batch.after):
            key, telegram_id = request.command.key, lapsed.after.telegram_id
            lapse = offer_lapsed(key, telegram_id, view, request.correlation_id)
            effects.news[key].append(Outgoing(NOTIFICATION_COMMAND, lapse))
    return effects
