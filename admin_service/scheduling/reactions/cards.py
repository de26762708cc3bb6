"""Recruiters' cards follow what becomes of bookings (R3, R4)."""

from datetime import datetime

from bson import ObjectId

from common.mongo import Document
from scheduling.domain.answering import MoveExpired, MoveRejected, MoveWithdrawn, RequestExpired
from scheduling.domain.booking import BookingCancelled, BookingKept, Cancel, MoveRequested
from scheduling.domain.commands import Actor, ActorKind
from scheduling.domain.editing import BookingFollowedSlot, WantedSlotEdited
from scheduling.domain.events import BookingEvent, SlotEdited
from scheduling.domain.model import Slot
from scheduling.domain.requesting import reminder
from scheduling.reactions.candidate_news import news_of
from scheduling.services.reacting import Batch, Effects
from scheduling.services.recruiter_cards.cards import Act, asks_approval, has_card, show
from scheduling.services.recruiter_cards.deck import read_deck
from scheduling.services.requests import Request
from scheduling.services.store.slots import is_in_reach, reached_at
from shared_contracts.card import CardOccasion, MoveEnd

_MOVE_ENDS: dict[type[BookingEvent], MoveEnd] = {
    MoveRejected: "rejected",
    MoveExpired: "expired",
    MoveWithdrawn: "withdrawn",
}


def show_recruiters(batch: Batch) -> Effects:
    """The cards of what a batch changed, one for each holder; recruiters who asked get theirs with the answer."""
    answered = _answered(batch)
    acts = _acts(batch)
    concerned = acts.keys() | {booking_id for booking_id, _telegram_id in answered.values()}
    if not concerned:
        return Effects()
    both = [state.bookings.get(item) for item in concerned for state in (batch.before, batch.after)]
    deck = read_deck(batch.loaded, batch.after, both, batch.now)
    acts = {item: act for item, act in acts.items() if has_card(deck, batch.after.bookings[item])}
    announced = {event.after.id for _request, event in batch.events(BookingEvent) if occasion_of(event, batch)}
    asking = {event.after.id for _request, event in batch.events(MoveRequested)}
    asking |= {item for item in acts if _asks_another(batch, item)}
    shown = show(deck, acts, batch.now, answered=set(answered.values()), announced=announced, asking=asking)
    effects = Effects(messages=shown.messages)
    for booking_id in acts:
        effects.fields[booking_id] |= shown.fields[booking_id] | _next_reminder(batch, booking_id)
    for booking_id, moment in _shifted_reminders(batch).items():
        effects.fields[booking_id]["remind_at"] = moment
    for key, (booking_id, telegram_id) in answered.items():
        if card := deck.card_for(batch.after.bookings[booking_id], telegram_id):
            effects.cards[key] = card
    return effects


def occasion_of(event: BookingEvent, batch: Batch) -> CardOccasion | None:
    """What the event is to the booking's recruiter by a message of its own.

    Nothing where the card of a request tells it anyway: a move that asks who has just been handed the interview, too.
    """
    if event.occasion is CardOccasion.HANDED_OVER and _asks_another(batch, event.after.id):
        booking = batch.after.bookings[event.after.id]
        own, asked = (batch.after.slots.get(item or "") for item in (booking.slot_id, booking.requested_slot_id))
        return None if own and asked and own.recruiter_id == asked.recruiter_id else event.occasion
    return event.occasion


def _asks_another(batch: Batch, booking_id: str) -> bool:
    """Whether a request that stood before is another recruiter's to answer now."""
    was, booking = batch.before.bookings.get(booking_id), batch.after.bookings[booking_id]
    if was is None or not (was.awaits_approval and booking.awaits_approval):
        return False
    before = batch.before.slots.get(was.requested_slot_id or was.slot_id)
    asked = batch.after.slots.get(booking.requested_slot_id or booking.slot_id)
    return before is not None and asked is not None and before.recruiter_id != asked.recruiter_id


def _answered(batch: Batch) -> dict[str, tuple[str, int]]:
    """By request: the booking and the Telegram id of the recruiter who gets its card as the answer."""
    return {
        request.command.key: (decision.booking.id, int(request.command.actor.ref))
        for request, decision in batch.decided
        if decision.booking and request.command.actor.kind is ActorKind.RECRUITER
    }


def _acts(batch: Batch) -> dict[str, Act]:
    """By booking, what its card last tells of."""
    acts: dict[str, Act] = {}
    for request, event in batch.events(BookingEvent):
        if event.before or asks_approval(batch.after, event.after) or _by_hand(batch, event.after.slot_id):
            withdrawn, left = _slot_withdrawn(request, event), _slot_left(event, batch)
            acts[event.after.id] = _act(request, event)._replace(slot_withdrawn=withdrawn, slot_left=left)
    for request, edited in batch.events(SlotEdited):
        if edited.shows:
            act = Act(request.command.actor, request.command.reason, request.correlation_id)
            act = act._replace(handed_over=_handed_over(edited))
            acts |= dict.fromkeys(_around(batch, edited.after.id), act)
    for news in news_of(batch):
        if act_told := acts.get(news.event.after.id):
            booked_before = news.along.slot_before if news.along else None
            acts[news.event.after.id] = act_told._replace(
                told=news.kind, slot_before=news.slot_before, booked_before=booked_before
            )
    return acts


def _by_hand(batch: Batch, slot_id: str) -> bool:
    """Whether the slot has a recruiter whom the bot can't write to."""
    slot = batch.after.slots[slot_id]
    return slot.recruiter_id is not None and not is_in_reach(
        batch.loaded.names.recruiters.get(ObjectId(slot.recruiter_id))
    )


def _act(request: Request, event: BookingEvent) -> Act:
    """A request that a late press finds expired was ended by nobody who pressed."""
    actor, reason = request.command.actor, request.reason_about(event.after.id)
    if isinstance(event, RequestExpired | MoveExpired):
        actor, reason = Actor(ActorKind.SYSTEM, "expiry"), ""
    if isinstance(event, BookingKept):  # why they are off the list is for them
        withdrawn: MoveEnd = "withdrawn"
        return Act(actor if event.gives_up_move else None, "", request.correlation_id, withdrawn)
    return Act(actor, reason, request.correlation_id, _MOVE_ENDS.get(type(event)))


def _slot_withdrawn(request: Request, event: BookingEvent) -> bool | None:
    """That the slot is off offer as was wanted along with the event; None: that was not wanted."""
    wanted = isinstance(request.command, Cancel) and request.command.withdraws_slot
    return True if wanted and isinstance(event, BookingCancelled) else None


def _slot_left(event: BookingEvent, batch: Batch) -> bool:
    """Whether others can book the time of an interview that its recruiter, or staff, have cancelled."""
    by_us = event.actor.kind in {ActorKind.RECRUITER, ActorKind.STAFF}
    cancelled = by_us and isinstance(event, BookingCancelled)
    return cancelled and batch.after.slots[event.after.slot_id].is_open(batch.now)


def _handed_over(edited: SlotEdited) -> tuple[ObjectId | None, ObjectId] | None:
    was, now_is = edited.before.recruiter_id, edited.after.recruiter_id
    if not edited.hands_over or now_is is None:
        return None
    return ObjectId(was) if was else None, ObjectId(now_is)


def _around(batch: Batch, slot_id: str) -> list[str]:
    """Ids of the bookings that hold a seat in a slot."""
    live = (booking for booking in batch.after.bookings.values() if booking.live)
    return [booking.id for booking in live if slot_id in {booking.slot_id, booking.requested_slot_id}]


def _next_reminder(batch: Batch, booking_id: str) -> Document:
    """When the request's recruiter is to be reminded; a request that waits for its candidate needs none."""
    booking, was = batch.after.bookings[booking_id], batch.before.bookings.get(booking_id)
    if not booking.awaits_approval or booking.reschedule_asked or booking.expires_at is None:
        return {"remind_at": None}
    if was and was.awaits_approval and was.expires_at == booking.expires_at:
        return {}
    slot = batch.after.slots.get(booking.requested_slot_id or booking.slot_id)
    zone, policy = slot.recruiter_timezone if slot else None, batch.after.policies[booking.event_id]
    moment = reminder(booking.expires_at, policy, batch.now, zone, _deputys_zone(batch, slot))
    return {"remind_at": moment, "reminded": False}


def _deputys_zone(batch: Batch, slot: Slot | None) -> str | None:
    """On whose clocks the deputy of a slot's recruiter reads; None where nobody in chat stands in for them."""
    names = batch.loaded.names
    recruiter = names.recruiters.get(ObjectId(slot.recruiter_id)) if slot and slot.recruiter_id else None
    deputy = names.recruiters.get(recruiter["deputy_id"]) if recruiter else None
    if slot is None or deputy is None or reached_at(deputy) is None:
        return None
    city = names.cities.get(deputy["city_id"])
    return city["timezone"] if city else slot.place.timezone


def _shifted_reminders(batch: Batch) -> dict[str, datetime]:
    """A request that a slot's new time has answered sooner: its reminder comes as long before that as it did."""
    shifted = {}
    for _request, event in batch.events(BookingFollowedSlot, WantedSlotEdited):
        was, due = event.before, batch.loaded.bookings[event.after.id]["remind_at"]
        if due and was and was.expires_at and event.after.expires_at:
            shifted[event.after.id] = due - (was.expires_at - event.after.expires_at)
    return shifted
