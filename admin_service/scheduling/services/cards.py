"""Sending recruiters the cards of requests (R3, R4). All of it joins the transaction of what the cards tell."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from bson import Int64, ObjectId
from pymongo import UpdateOne

from common.mongo import Document, collection, current_session
from messaging.outbox import Outgoing
from reminders.domain.occasions import occasion
from scheduling.domain.model import Actor, ActorKind, Booking, Decision, State
from scheduling.domain.requesting import reminder
from scheduling.services import loading
from scheduling.services.candidate_news import derived_id
from scheduling.services.card_deck import Deck, Holder, empty_deck, read_deck
from shared_contracts.booking import Outcome
from shared_contracts.card import CardAttention, CardCommand, CardOccasion
from shared_contracts.directory import BookingStatus
from shared_contracts.topology import CARD_COMMAND

if TYPE_CHECKING:
    from scheduling.services.batch import Asked


class Act(NamedTuple):
    """What a card last tells of: who did something, and why. No actor: what was last done stands."""

    actor: Actor | None
    reason: str
    correlation_id: str


class Notice(NamedTuple):
    """What a card that comes as a notice is about, and which automatic message it is."""

    occasion: CardOccasion
    auto_message_id: str


def after_decisions(
    before: State, after: State, decided: Sequence[tuple["Asked", Decision]], now: datetime
) -> tuple[Deck, list[Outgoing]]:
    """The cards of what a batch changed, one for each holder; recruiters who asked get theirs as their answer.

    Returns:
        What the cards show now, for those answers, and the messages to the others.
    """
    acts: dict[str, Act] = {}
    answered: set[tuple[str, int]] = set()
    announced: set[str] = set()
    for item, decision in decided:
        booking, actor = decision.after, item.command.actor
        if booking and actor.kind is ActorKind.RECRUITER:
            answered.add((booking.id, int(actor.ref)))
        if booking and decision.changed and (decision.before or _asks_approval(after, booking)):
            acts[booking.id] = _act(item, decision)
        if booking and occasion(decision):
            announced.add(booking.id)
    concerned = acts.keys() | {booking_id for booking_id, _telegram_id in answered}
    if not concerned:
        return empty_deck(after, now), []
    deck = read_deck(after, [state.bookings.get(item) for item in concerned for state in (before, after)], now)
    shown = {item: act for item, act in acts.items() if _has_card(deck, after.bookings[item])}
    _set_reminders(before, after, shown, now)
    return deck, show(deck, shown, now, answered=answered, announced=announced)


def show(
    deck: Deck,
    acts: Mapping[str, Act],
    now: datetime,
    *,
    answered: AbstractSet[tuple[str, int]] = frozenset(),
    announced: AbstractSet[str] = frozenset(),
    attention: CardAttention = CardAttention.UPDATE,
    hand_over: bool = False,
    about: Notice | None = None,
) -> list[Outgoing]:
    """Send the cards of bookings as they stand, one revision up; ``deck`` follows.

    Args:
        deck: what they show.
        acts: by booking id, what happened.
        now: aware UTC.
        answered: booking and Telegram ids of who gets the card as an answer instead.
        announced: ids of bookings of which a notice follows: that one brings the card to who is to have it now.
        attention: for those who hold the card already.
        hand_over: to the deputy too.
        about: what it is about, for a notice, which is one to all.
    """
    messages, updates = [], []
    for booking_id, act in acts.items():
        booking = deck.state.bookings[booking_id]
        held, concerned = deck.held(booking), deck.holders(booking, hand_over=hand_over)
        holders = held if booking_id in announced else concerned
        if not _is_news(booking, about):  # what has ended is no news to who never had it
            holders = [holder for holder in holders if holder in held]
        fields = _next_fields(deck, booking, holders, act)
        fields["recruiter_by_hand"] = by_hand(deck, booking, concerned)
        deck.stored[booking_id] |= fields
        updates.append(UpdateOne({"_id": ObjectId(booking_id)}, {"$set": {**fields, **_readers(holders, now)}}))
        gone = [item for item in held if item.telegram_id not in {holder.telegram_id for holder in holders}]
        for holder in (*holders, *gone):
            if (booking_id, holder.telegram_id) not in answered:
                loud = _loudness(attention, about, was=holder in held, stays=holder not in gone)
                messages += _command(deck, booking, holder, loud, act, about, now)
    if updates:
        collection("bookings").bulk_write(updates, session=current_session())
    return messages


def show_again(query: Document, act: Act, now: datetime, **how: object) -> list[Outgoing]:
    """Send the cards of the bookings that match, where there are cards; arguments as for ``show``."""
    rows = list(collection("bookings").find(query, session=current_session()))
    state = loading.state_around(rows)
    deck = read_deck(state, [state.bookings[str(row["_id"])] for row in rows], now)
    acts = {str(row["_id"]): act for row in rows if _has_card(deck, state.bookings[str(row["_id"])])}
    return show(deck, acts, now, **how)  # type: ignore[arg-type]


def notice(
    booking_id: str, occasion: CardOccasion, auto_message_id: str, correlation_id: str, now: datetime
) -> list[Outgoing]:
    """The card of a booking as a message of its own, to its recruiter and to whose it no longer is.

    From then on they hold it, and it follows what becomes of the booking.

    Args:
        booking_id: of a booking in any state.
        occasion: what it is about.
        auto_message_id: the automatic message it is, for its report.
        correlation_id: of the message.
        now: aware UTC.

    Returns:
        No notice among them where there is nobody to tell: no recruiter in chat, or what has ended was never shown.
    """
    rows = list(collection("bookings").find({"_id": ObjectId(booking_id)}, session=current_session()))
    state = loading.state_around(rows)
    deck = read_deck(state, state.bookings.values(), now)
    acts = dict.fromkeys(state.bookings, Act(None, "", correlation_id))
    return show(deck, acts, now, about=Notice(occasion, auto_message_id))


def by_hand(deck: Deck, booking: Booking, holders: Sequence[Holder]) -> bool:
    """Whether nobody can answer the request in chat, so that staff have to call the recruiter (R4)."""
    asks = _goes_on(booking) and _asks_approval(deck.state, booking)
    return asks and not any(deck.reachable(holder) for holder in holders)


def _act(item: "Asked", decision: Decision) -> Act:
    """A request that a late press finds expired was ended by nobody who pressed."""
    if decision.outcome is Outcome.EXPIRED:
        return Act(Actor(ActorKind.SYSTEM, "expiry"), "", item.correlation_id)
    return Act(item.command.actor, item.command.reason, item.correlation_id)


def _has_card(deck: Deck, booking: Booking) -> bool:
    if booking.status is BookingStatus.OFFERED:
        return False  # nobody has asked for anything yet
    return _asks_approval(deck.state, booking) or bool(deck.stored[booking.id]["card_holders"])


def _asks_approval(state: State, booking: Booking) -> bool:
    policy = state.policies.get(booking.event_id)
    return policy is not None and policy.approval_required


def _goes_on(booking: Booking) -> bool:
    return booking.live and booking.status is not BookingStatus.OFFERED


def _is_news(booking: Booking, about: Notice | None) -> bool:
    """Whether people who have never seen its card are to see it now: how an interview went is asked once it is over."""
    return _goes_on(booking) or (about is not None and booking.status is BookingStatus.UNMARKED)


def _loudness(attention: CardAttention, about: Notice | None, *, was: bool, stays: bool) -> CardAttention:
    """How loudly a card comes to who held it (``was``), and goes on holding it (``stays``)."""
    if not stays:
        told = about is not None and about.occasion in {CardOccasion.MOVED, CardOccasion.CHANGED}
        return CardAttention.NOTICE if told else CardAttention.UPDATE
    if about:
        return CardAttention.NOTICE
    return attention if was else CardAttention.NEW


def _next_fields(deck: Deck, booking: Booking, holders: Sequence[Holder], act: Act) -> Document:
    stored = deck.stored[booking.id]
    fields: Document = {
        "card_revision": Int64(stored["card_revision"] + 1),
        "card_holders": [holder.stored() for holder in holders],
    }
    if act.actor:
        name = deck.name_of(act.actor.ref) if act.actor.kind is ActorKind.RECRUITER else ""
        fields["last_act"] = {"kind": act.actor.kind.value, "name": name, "reason": act.reason}
    return fields


def _readers(holders: Sequence[Holder], now: datetime) -> Document:
    return {"card_readers": [Int64(holder.telegram_id) for holder in holders], "updated_at": now}


def _command(
    deck: Deck,
    booking: Booking,
    holder: Holder,
    attention: CardAttention,
    act: Act,
    about: Notice | None,
    now: datetime,
) -> list[Outgoing]:
    card = deck.card(booking, holder)
    if card is None:
        return []
    told = about if attention is CardAttention.NOTICE else None
    message = CardCommand(
        message_id=derived_id(f"{booking.id}/{card.revision}", f"card/{holder.telegram_id}"),
        correlation_id=act.correlation_id,
        occurred_at=now,
        recruiter_telegram_id=holder.telegram_id,
        attention=attention,
        card=card,
        occasion=told.occasion if told else None,
        auto_message_id=told.auto_message_id if told else None,
    )
    return [Outgoing(CARD_COMMAND, message)]


def _set_reminders(before: State, after: State, booking_ids: Mapping[str, Act], now: datetime) -> None:
    """When each request's recruiter is to be reminded; a request that waits for its candidate needs none."""
    updates = []
    for booking_id in booking_ids:
        booking, was = after.bookings[booking_id], before.bookings.get(booking_id)
        if not booking.awaits_approval or booking.reschedule_asked or booking.expires_at is None:
            moment = None
        elif was and was.awaits_approval and was.expires_at == booking.expires_at:
            continue
        else:
            moment = reminder(booking.expires_at, after.policies[booking.event_id], now)
        updates.append(UpdateOne({"_id": ObjectId(booking_id)}, {"$set": {"remind_at": moment, "updated_at": now}}))
    if updates:
        collection("bookings").bulk_write(updates, session=current_session())
