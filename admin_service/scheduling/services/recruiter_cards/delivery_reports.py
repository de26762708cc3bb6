"""What became of news and cards the bot sent (``admin.delivery.event``): who has to be told by hand (R4).

Runs in the transaction that stores the report; safe to repeat.
"""

from datetime import datetime

from bson import ObjectId

from common.mongo import Document, collection, current_session
from messaging import outbox
from scheduling.services.recruiter_cards.cards import Act, by_hand, show_again
from scheduling.services.recruiter_cards.deck import read_deck
from scheduling.services.recruiter_cards.reached import follow_start, has_come_since
from scheduling.services.store import loading
from scheduling.services.store.booking_notes import note
from scheduling.services.waiting_told import note_arrival
from shared_contracts.broadcast import CardDelivered, DeliveryStatus, NotificationDelivered

_ARRIVED = {DeliveryStatus.SENT: True, DeliveryStatus.BLOCKED: False, DeliveryStatus.FAILED: False}
"""An uncertain one says nothing."""


def store_delivery(item: NotificationDelivered | CardDelivered, now: datetime) -> None:
    """Flag what has to be said by hand, or take the flag back; ``now`` is aware UTC."""
    arrived = _ARRIVED.get(item.delivery.status)
    if arrived is None:
        return
    if isinstance(item, CardDelivered):
        _card(item, arrived, now)
    else:
        _notification(item, arrived, now)


def _notification(item: NotificationDelivered, arrived: bool, now: datetime) -> None:
    """The recruiter's card says whether the candidate can be reached."""
    about = {"notification_ids": ObjectId(item.notification_id)}
    if note([({**about, "candidate_by_hand": arrived}, {"$set": {"candidate_by_hand": not arrived}})], now):
        outbox.add(show_again(about, Act(None, "", item.correlation_id), now, to_holders=True))
    note_arrival(item, arrived, now)
    blocked = item.delivery.status is DeliveryStatus.BLOCKED
    if blocked and has_come_since(item.user_telegram_id, item.occurred_at):  # what shows that was stored before this
        follow_start(item.user_telegram_id, now, item.correlation_id, anew=False)


def _note_reach(item: CardDelivered, arrived: bool, now: datetime) -> None:
    """Whom a card has reached has started the bot, whatever was known of it."""

    def change(condition: Document, facts: Document) -> None:
        theirs = {"telegram_id": item.recruiter_telegram_id, **condition}
        changes = {"$set": {**facts, "updated_at": now}}
        collection("recruiters").update_many(theirs, changes, session=current_session())

    if arrived:
        change({"blocked_at": {"$lt": item.occurred_at}}, {"blocked_at": None})
        change({"started_at": None}, {"started_at": item.occurred_at})
    else:
        change({"blocked_at": None}, {"blocked_at": item.occurred_at})


def _card(item: CardDelivered, arrived: bool, now: datetime) -> None:
    _note_reach(item, arrived, now)
    row = collection("bookings").find_one(
        {"_id": ObjectId(item.booking_id), "card_readers": item.recruiter_telegram_id}, session=current_session()
    )
    if row is None:
        return
    loaded = loading.load_around([row])
    booking = loaded.state.bookings[item.booking_id]
    deck = read_deck(loaded, loaded.state, [booking], now)
    note([({"_id": row["_id"]}, {"$set": {"recruiter_by_hand": by_hand(deck, booking, deck.held(booking))}})], now)
