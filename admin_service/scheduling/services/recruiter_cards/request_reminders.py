"""Reminding recruiters of requests that wait for them, handing those to deputies, and to who joins late (R3, R4)."""

from datetime import datetime

from bson import ObjectId

from common import audit
from common.indexes import BEFORE_ALL
from common.mongo import Document, collection, current_session, in_transaction
from messaging import outbox
from scheduling.services.recruiter_cards.cards import Act, by_hand, show_again, wakes_at
from scheduling.services.recruiter_cards.deck import read_deck
from scheduling.services.store import loading
from scheduling.services.store.booking_notes import note
from scheduling.services.store.slots import Names
from shared_contracts.card import CardAttention

WHENEVER = {"$gt": BEFORE_ALL}
"""Any moment: named so that the partial indexes of bookings are looked at."""
AWAITING_APPROVAL: Document = {"live": True, "awaits_approval": True, "expires_at": WHENEVER}
"""The MongoDB condition of requests that wait for a recruiter's answer; served by ``bookings_expiring``.

Without seats that are held for somebody on the waiting list: these wait for the candidate.
"""


def to_tell_by_hand(now: datetime) -> Document:
    """The MongoDB condition of bookings of which somebody is to be told who can't be in chat (R4).

    That an interview to come is off has to be told, too. Served by ``bookings_by_hand_r`` and ``bookings_by_hand_c``.
    """
    recruiters = {"live": True, "recruiter_by_hand": True, "recruiter_told": False, "starts_at": WHENEVER}
    return {"$or": [recruiters, *candidates_by_hand(now)["$or"]]}


def candidates_by_hand(now: datetime) -> Document:
    """The same of those whose candidate is to be told: nobody tells themselves what they see."""
    return {
        "$or": [
            {"live": True, "candidate_by_hand": True, "starts_at": WHENEVER},
            {"live": False, "candidate_by_hand": True, "starts_at": {"$gt": now}},
        ]
    }


def due_reminders(now: datetime) -> Document:
    """The MongoDB condition of requests whose recruiter is to be reminded; served by ``bookings_reminding``."""
    return {
        "live": True,
        "awaits_approval": True,
        "remind_at": {"$ne": None, "$lte": now},
        "expires_at": {"$gt": now},
    }


def due_rings(now: datetime) -> Document:
    """The MongoDB condition of requests that came in a night that is over; served by ``bookings_ringing``."""
    return {
        "live": True,
        "awaits_approval": True,
        "ring_at": {"$ne": None, "$lte": now},
        "expires_at": {"$gt": now},
    }


def out_of_reach(now: datetime) -> Document:
    """The MongoDB condition of bookings to come that no recruiter in chat knows of; served by ``bookings_by_hand_r``.

    Those that were answered in the desk meanwhile, too; without requests that are about to expire.
    """
    to_come = {"live": True, "recruiter_by_hand": True, "starts_at": {"$gt": now}}
    return {**to_come, "expires_at": {"$not": {"$lte": now}}}


def joined_since(now: datetime) -> Document:
    """The MongoDB condition of those of them whose recruiter, or deputy, is in chat by now.

    Of a move that is asked for it is the recruiter of the other time: those are all looked at.
    """
    untold, names = out_of_reach(now), Names()
    names.add_recruiters(collection("bookings").distinct("recruiter_id", untold))
    joined = [key for key, row in names.recruiters.items() if names.is_reached(row)]
    return {**untold, "$or": [{"recruiter_id": {"$in": joined}}, {"requested_slot_id": {"$ne": None}}]}


def bring(booking_id: str, now: datetime, correlation_id: str, *, silent: bool = False) -> bool:
    """Bring a booking to a recruiter, or deputy, who has come into chat since it was made (R4); once.

    ``silent``: without a sound.
    """

    def work() -> bool:
        query = {"_id": ObjectId(booking_id), **out_of_reach(now)}
        rows = list(collection("bookings").find(query, session=current_session()))
        loaded = loading.load_around(rows)
        bookings = loaded.state.bookings.values()
        deck = read_deck(loaded, loaded.state, bookings, now)
        if all(by_hand(deck, booking, deck.holders(booking)) for booking in bookings):
            return False
        cards = show_again(query, Act(None, "", correlation_id), now, attention=CardAttention.NEW)
        hush = {"silent": True} if silent else {}
        outbox.add([card._replace(message=card.message.model_copy(update=hush)) for card in cards])
        return True

    return in_transaction(work)


def ring(booking_id: str, now: datetime, correlation_id: str) -> bool:
    """Tell of a request aloud, in the morning, those who slept when it came; once, whoever does it at the same time."""

    def work() -> bool:
        query = {"_id": ObjectId(booking_id), **due_rings(now)}
        messages = show_again(query, Act(None, "", correlation_id), now)
        outbox.add(messages)
        return bool(messages)

    return in_transaction(work)


def remind(booking_id: str, now: datetime, correlation_id: str) -> bool:
    """Send a due request's card again, and to the deputy; once, whoever else does it at the same time.

    Each in their waking hours: it waits for a recruiter who sleeps, and a deputy who sleeps gets it later than they.
    """

    def work() -> bool:
        query = {"_id": ObjectId(booking_id), **due_reminders(now)}
        row = collection("bookings").find_one(query, session=current_session())
        if row is None:
            return False
        reminded = bool(row.get("reminded"))
        waits, deputy_sleeps = _who_sleeps(row, now)
        told = reminded or not waits
        again_at = deputy_sleeps if told else waits
        again_at = again_at if again_at and again_at < row["expires_at"] else None
        if not note([(query, {"$set": {"remind_at": again_at, "reminded": told}})], now) or not told:
            return False
        attention = CardAttention.UPDATE if reminded else CardAttention.REMINDER
        act = Act(None, "", correlation_id)
        outbox.add(show_again({"_id": row["_id"]}, act, now, attention=attention, hand_over=deputy_sleeps is None))
        if not reminded:
            audit.add([_reminded(booking_id, now, correlation_id)])
        return True

    return in_transaction(work)


def _who_sleeps(row: Document, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When the quiet hours end that a request's recruiter, and their deputy, are in; None for whom it would not wake.

    Where only the deputy is in chat they stand for the recruiter.
    """
    loaded = loading.load_around([row])
    deck = read_deck(loaded, loaded.state, loaded.state.bookings.values(), now)
    booking_id = str(row["_id"])
    asleep = wakes_at(deck, booking_id, now, hand_over=True)
    holders = deck.holders(loaded.state.bookings[booking_id], hand_over=True)
    wake_at = [asleep.get(holder.telegram_id) for holder in holders]
    return (*wake_at, None, None)[0], (*wake_at[1:], None)[0]


def _reminded(booking_id: str, now: datetime, correlation_id: str) -> Document:
    return audit.entry(
        "booking",
        booking_id,
        "reminded",
        actor="system:remind_recruiters",
        via="job",
        now=now,
        correlation_id=correlation_id,
    )
