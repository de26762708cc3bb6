"""Sending recruiters the cards of requests (R3, R4). All of it joins the transaction of what the cards tell."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from bson import Int64, ObjectId

from common.mongo import Document, collection, current_session
from messaging.outbox import Outgoing
from scheduling.domain.commands import Actor, ActorKind
from scheduling.domain.model import Booking, State
from scheduling.services.candidate_news import derived_id
from scheduling.services.recruiter_cards.deck import Deck, Holder, read_deck
from scheduling.services.recruiter_cards.nights import Night, mornings, over_night
from scheduling.services.store import loading
from scheduling.services.store.booking_notes import note
from shared_contracts.card import CardAttention, CardCommand, CardOccasion, MoveEnd
from shared_contracts.directory import BookingStatus, SlotView
from shared_contracts.notification import NotificationKind
from shared_contracts.transport.topology import CARD_COMMAND


class Act(NamedTuple):
    """What a card last tells of: who did something, and why. No actor: what was last done stands.

    ``move_end``: it was a move that was asked for and not made. ``told``: what the candidate is told of it;
    ``slot_before``: with the slot as it was before, ``booked_before``: with the booked one, where both changed.
    ``handed_over``: ids of the recruiter who had it, and of who has it now. ``slot_withdrawn``: whether its time was
    taken off offer, None where that was not wanted; ``slot_left``: it was cancelled, and its time stays on offer.
    """

    actor: Actor | None
    reason: str
    correlation_id: str
    move_end: MoveEnd | None = None
    told: NotificationKind | None = None
    slot_before: SlotView | None = None
    booked_before: SlotView | None = None
    handed_over: tuple[ObjectId | None, ObjectId] | None = None
    slot_withdrawn: bool | None = None
    slot_left: bool = False


class Shown(NamedTuple):
    """The messages that bring cards, and the fields that bookings' documents keep of them, by booking id.

    ``asleep``: Telegram ids of who is still to get a notice, once they wake.
    """

    messages: list[Outgoing]
    fields: dict[str, Document]
    asleep: set[int]


class Notice(NamedTuple):
    """What a card that comes as a notice is about, and which automatic message it is.

    ``asleep``: Telegram ids of who is in their quiet hours: they are told later, and what they hold they keep so long.
    """

    occasion: CardOccasion
    auto_message_id: str
    asleep: AbstractSet[int] = frozenset()

    def wakes(self, holder: Holder) -> bool:
        """Whether it would reach them in their quiet hours."""
        return holder.telegram_id in self.asleep


class NoticeResult(NamedTuple):
    """The messages of a notice, and when (aware UTC) those are to be told whom it would have woken; None: nobody."""

    messages: list[Outgoing]
    again_at: datetime | None = None


_ALOUD = Night({}, frozenset(), frozenset(), {})
"""What the hour does not hold back: notices have waited already, reminders and what somebody comes into chat for."""


def show(
    deck: Deck,
    acts: Mapping[str, Act],
    now: datetime,
    *,
    answered: AbstractSet[tuple[str, int]] = frozenset(),
    announced: AbstractSet[str] = frozenset(),
    asking: AbstractSet[str] = frozenset(),
    attention: CardAttention = CardAttention.UPDATE,
    hand_over: bool = False,
    about: Notice | None = None,
) -> Shown:
    """The cards of bookings as they stand, one revision up; ``deck`` follows.

    Args:
        deck: what they show.
        acts: by booking id, what happened.
        now: aware UTC.
        answered: booking and Telegram ids of who gets the card as an answer instead.
        announced: ids of bookings whose cards a notice brings to who is to have them now.
        asking: ids of bookings that ask anew, or ask somebody else: their cards come as those of new requests do.
        attention: for those who hold the card already.
        hand_over: to the deputy too.
        about: what it is about, for a notice, which is one to all.
    """
    shown = Shown([], {}, set())
    for booking_id, act in acts.items():
        booking = deck.state.bookings[booking_id]
        held, concerned = deck.held(booking), deck.holders(booking, hand_over=hand_over)
        keeping = deck.keeping(booking, takes_over=about is not None and about.occasion is CardOccasion.HANDED_OVER)
        holders = held if booking_id in announced else [*concerned, *keeping]
        if not _is_news(booking, about):  # what has ended is no news to who never had it
            holders = [holder for holder in holders if holder in held]
        usual = CardAttention.NEW if booking_id in asking else attention
        loud = _recipients(deck, held, holders, usual, about)
        if keeping:
            loud |= {item: _loudness_at_move(item in keeping, about) or loud[item] for item in loud}
        asleep = {item for item in loud if about and loud[item] is CardAttention.NOTICE and about.wakes(item)}
        night = _ALOUD
        if about is None and attention is CardAttention.UPDATE:
            asked = [item for item in concerned if item in holders and (booking_id, item.telegram_id) not in answered]
            by_candidate = act.actor is not None and act.actor.kind is ActorKind.CANDIDATE
            night = over_night(deck, booking, loud, asked, now, by_candidate=by_candidate)
            loud = night.loud
        quiet = asleep | night.waiting
        stay = [item for item in loud if (item in held if item in quiet else item in holders)]
        fields = _next_fields(deck, booking, stay, act) | ({} if about else night.fields())
        fields["recruiter_by_hand"] = by_hand(deck, booking, concerned)
        if act.actor is not None and (booking_id in announced or asks_approval(deck.state, booking)):
            fields["recruiter_told"] = False  # there is something new to tell
        deck.stored[booking_id] |= fields
        shown.fields[booking_id] = fields
        shown.asleep.update(holder.telegram_id for holder in asleep)
        for holder in loud:
            if holder not in quiet and (booking_id, holder.telegram_id) not in answered:
                silent = holder in night.silent
                shown.messages.extend(_command(deck, booking, holder, loud[holder], act, about, now, silent=silent))
    return shown


def show_again(
    query: Document,
    act: Act,
    now: datetime,
    *,
    attention: CardAttention = CardAttention.UPDATE,
    hand_over: bool = False,
    to_holders: bool = False,
) -> list[Outgoing]:
    """The cards of the bookings that match, where there are cards, noted on the bookings; arguments as for ``show``.

    ``to_holders``: of what stands only to who has the card; to who has none yet a notice brings it, or did not.
    """
    rows = list(collection("bookings").find(query, session=current_session()))
    loaded = loading.load_around(rows)
    bookings = list(loaded.state.bookings.values())
    deck = read_deck(loaded, loaded.state, bookings, now)
    acts = {booking.id: act for booking in bookings if has_card(deck, booking)}
    standing = {booking.id for booking in bookings if to_holders and not booking.awaits_approval}
    return _noted(show(deck, acts, now, announced=standing, attention=attention, hand_over=hand_over), now)


def notice(
    booking_id: str, occasion: CardOccasion, auto_message_id: str, correlation_id: str, now: datetime, *, waits: bool
) -> NoticeResult:
    """The card of a booking as a message of its own, to its recruiter and to whose it no longer is.

    From then on they hold it, and it follows what becomes of the booking. To be called again for those it waits for:
    whom it has reached it does not reach twice.

    Args:
        booking_id: of a booking in any state.
        occasion: what it is about.
        auto_message_id: the automatic message it is, for its report.
        correlation_id: of the message.
        now: aware UTC.
        waits: whether it waits for who is in their quiet hours.

    Returns:
        No notice among them where there is nobody to tell: no recruiter in chat, or what has ended was never shown.
    """
    rows = list(collection("bookings").find({"_id": ObjectId(booking_id)}, session=current_session()))
    loaded = loading.load_around(rows)
    deck = read_deck(loaded, loaded.state, loaded.state.bookings.values(), now)
    wake_at = wakes_at(deck, booking_id, now) if waits else {}
    acts = dict.fromkeys(loaded.state.bookings, Act(None, "", correlation_id))
    shown = show(deck, acts, now, about=Notice(occasion, auto_message_id, wake_at.keys()))
    again_at = min((wake_at[telegram_id] for telegram_id in shown.asleep), default=None)
    return NoticeResult(_noted(shown, now) if shown.messages or not again_at else [], again_at)


def wakes_at(deck: Deck, booking_id: str, now: datetime, *, hand_over: bool = False) -> dict[int, datetime]:
    """Of those around a booking's card who are in their quiet hours, by Telegram id, when these end.

    ``hand_over``: the deputy among them, as for ``show``.
    """
    booking = deck.state.bookings.get(booking_id)
    if booking is None:
        return {}
    return mornings(deck, booking, (*deck.holders(booking, hand_over=hand_over), *deck.held(booking)), now)


def by_hand(deck: Deck, booking: Booking, holders: Sequence[Holder]) -> bool:
    """Whether nobody can be told of it in chat, so that staff have to call the recruiter (R4).

    Where nobody is to approve it, a slot without a recruiter has nobody to tell.
    """
    if not _goes_on(booking) or any(deck.reachable(holder) for holder in holders):
        return False
    slot = deck.asked_slot(booking)
    return asks_approval(deck.state, booking) or bool(slot and slot.recruiter_id)


def _noted(shown: Shown, now: datetime) -> list[Outgoing]:
    """Write the cards' fields of bookings that change in nothing else."""
    note((({"_id": ObjectId(booking_id)}, {"$set": fields}) for booking_id, fields in shown.fields.items()), now)
    return shown.messages


def has_card(deck: Deck, booking: Booking) -> bool:
    """Whether recruiters see the booking, so that their card follows what becomes of it, or staff are to tell them."""
    if booking.status is BookingStatus.OFFERED:
        return False  # nobody has asked for anything yet
    stored = deck.stored[booking.id]
    known = asks_approval(deck.state, booking) or stored["card_holders"] or stored["recruiter_by_hand"]
    return bool(known) or by_hand(deck, booking, deck.holders(booking))


def asks_approval(state: State, booking: Booking) -> bool:
    """Whether a recruiter approves bookings of its event."""
    policy = state.policies.get(booking.event_id)
    return policy is not None and policy.approval_required


def _goes_on(booking: Booking) -> bool:
    return booking.live and booking.status is not BookingStatus.OFFERED


def _is_news(booking: Booking, about: Notice | None) -> bool:
    """Whether people who have never seen its card are to see it now: how an interview went is asked once it is over."""
    return _goes_on(booking) or (about is not None and booking.status is BookingStatus.UNMARKED)


def _recipients(
    deck: Deck, held: Sequence[Holder], holders: Sequence[Holder], attention: CardAttention, about: Notice | None
) -> dict[Holder, CardAttention]:
    """Who gets a card, those among them who held it and are to hold it no more, and how loudly it comes.

    Who holds no interviews any more is told so once, for all that they held.
    """
    ids = {holder.telegram_id for holder in holders}
    gone = [item for item in held if item.telegram_id not in ids]
    loud = {item: _loudness(attention, about, was=item in held, stays=True) for item in holders}
    left = {item: about if deck.recruiters[item.reader_id]["is_active"] else None for item in gone}
    return loud | {item: _loudness(attention, left[item], was=True, stays=False) for item in gone}


_TAKES_AWAY = frozenset({CardOccasion.MOVED, CardOccasion.CHANGED, CardOccasion.HANDED_OVER})


def _loudness(attention: CardAttention, about: Notice | None, *, was: bool, stays: bool) -> CardAttention:
    """How loudly a card comes to who held it (``was``), and goes on holding it (``stays``)."""
    if not stays:
        told = about is not None and about.occasion in _TAKES_AWAY
        return CardAttention.NOTICE if told else CardAttention.UPDATE
    if about:
        return CardAttention.NOTICE
    return attention if was else CardAttention.NEW


def _loudness_at_move(keeps: bool, about: Notice | None) -> CardAttention | None:
    """How loudly a card comes while a move to another recruiter is asked for; None: as it does otherwise.

    A notice is about the interview that stands until then: it is for who holds that (``keeps``).
    """
    if about is None:
        return CardAttention.UPDATE if keeps else None
    return CardAttention.NOTICE if keeps else CardAttention.UPDATE


def _next_fields(deck: Deck, booking: Booking, holders: Sequence[Holder], act: Act) -> Document:
    stored = deck.stored[booking.id]
    fields: Document = {
        "card_revision": Int64(stored["card_revision"] + 1),
        "card_holders": [holder.stored() for holder in holders],
        "card_readers": [Int64(holder.telegram_id) for holder in holders],
    }
    if act.actor:
        name = deck.name_of(act.actor.ref) if act.actor.kind is ActorKind.RECRUITER else ""
        fields["last_act"] = {
            "kind": act.actor.kind.value,
            "name": name,
            "reason": act.reason,
            "move_end": act.move_end or "",
            "told": act.told.value if act.told else "",
            "slot_before": act.slot_before.model_dump_json() if act.slot_before else "",
            "booked_before": act.booked_before.model_dump_json() if act.booked_before else "",
            "handed_over": list(act.handed_over or ()),
            "slot_withdrawn": act.slot_withdrawn,
            "slot_left": act.slot_left,
        }
    return fields


def _command(
    deck: Deck,
    booking: Booking,
    holder: Holder,
    attention: CardAttention,
    act: Act,
    about: Notice | None,
    now: datetime,
    *,
    silent: bool,
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
        silent=silent,
        occasion=told.occasion if told else None,
        auto_message_id=told.auto_message_id if told else None,
    )
    return [Outgoing(CARD_COMMAND, message)]
