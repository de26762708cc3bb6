"""Reminding recruiters of requests that wait for them, handing those to deputies, and to who joins late (R3, R4)."""

from datetime import UTC, datetime

from bson import ObjectId

from common import audit
from common.mongo import Document, collection, current_session, in_transaction
from messaging import outbox
from scheduling.services.recruiter_cards.cards import Act, by_hand, show_again
from scheduling.services.recruiter_cards.deck import read_deck
from scheduling.services.store import loading
from scheduling.services.store.booking_notes import note
from shared_contracts.card import CardAttention

AWAITING_APPROVAL: Document = {"live": True, "awaits_approval": True, "expires_at": {"$ne": None}}
"""The MongoDB condition of requests that wait for a recruiter's answer; served by ``bookings_expiring``.

Without seats that are held for somebody on the waiting list: these wait for the candidate.
"""
WHENEVER = {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}
"""Any start: named so that the partial indexes of bookings, which are by start, are looked at."""
TO_TELL_BY_HAND: Document = {
    "$or": [
        {"live": True, "recruiter_by_hand": True, "recruiter_told": False, "starts_at": WHENEVER},
        {"live": True, "candidate_by_hand": True, "starts_at": WHENEVER},
    ]
}
"""The MongoDB condition of bookings of which somebody is to be told who can't be in chat (R4).

Served by ``bookings_by_hand_r`` and ``bookings_by_hand_c``.
"""


def due_reminders(now: datetime) -> Document:
    """The MongoDB condition of requests whose recruiter is to be reminded; served by ``bookings_reminding``."""
    return {
        "live": True,
        "awaits_approval": True,
        "remind_at": {"$ne": None, "$lte": now},
        "expires_at": {"$gt": now},
    }


def out_of_reach(now: datetime) -> Document:
    """The MongoDB condition of requests that nobody could answer in chat; served by ``bookings_expiring``."""
    return {"live": True, "expires_at": {"$gt": now}, "awaits_approval": True, "recruiter_by_hand": True}


def bring(booking_id: str, now: datetime, correlation_id: str) -> bool:
    """Bring a request to a recruiter, or deputy, who has come into chat since it was made (R4); once."""

    def work() -> bool:
        query = {"_id": ObjectId(booking_id), **out_of_reach(now)}
        rows = list(collection("bookings").find(query, session=current_session()))
        loaded = loading.load_around(rows)
        bookings = loaded.state.bookings.values()
        deck = read_deck(loaded, loaded.state, bookings, now)
        if all(by_hand(deck, booking, deck.holders(booking)) for booking in bookings):
            return False
        outbox.add(show_again(query, Act(None, "", correlation_id), now, attention=CardAttention.NEW))
        return True

    return in_transaction(work)


def remind(booking_id: str, now: datetime, correlation_id: str) -> bool:
    """Send a due request's card again, and to the deputy; once, whoever else does it at the same time."""

    def work() -> bool:
        if not note([({"_id": ObjectId(booking_id), **due_reminders(now)}, {"$set": {"remind_at": None}})], now):
            return False
        act = Act(None, "", correlation_id)
        reminder = CardAttention.REMINDER
        outbox.add(show_again({"_id": ObjectId(booking_id)}, act, now, attention=reminder, hand_over=True))
        entry = audit.entry(
            "booking",
            booking_id,
            "reminded",
            actor="system:remind_recruiters",
            via="job",
            now=now,
            correlation_id=correlation_id,
        )
        audit.add([entry])
        return True

    return in_transaction(work)
