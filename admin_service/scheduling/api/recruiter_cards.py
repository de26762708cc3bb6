"""HTTP read of what waits for a recruiter: requests, wishes for another time, outcomes to mark (R3, R8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import HttpResponse
from pydantic import Field
from rest_framework.request import Request

from common import clock, wire
from common.http.clients import READ
from common.http.openapi import documented
from common.http.reads import (
    CURSOR,
    ApiView,
    Cursor,
    Position,
    Query,
    answer,
    limit_field,
    next_page,
    parse_query,
    position,
)
from common.mongo import Document, collection
from scheduling.domain.marking import UNMARKED
from scheduling.services.recruiter_cards.deck import read_deck
from scheduling.services.store import loading
from shared_contracts.attendance import Attendance
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import BookingStatus, Page
from shared_contracts.fields import TelegramUserId


class CardsQuery(Query):
    """Parameters of ``GET /api/recruiter-cards``."""

    telegram_id: TelegramUserId = Field(description="A Telegram user id: a positive whole number.")
    cursor: Cursor | None = Field(None, description=CURSOR)
    limit: int = limit_field(50, 100)


MARKED_WITHIN = timedelta(days=3)
"""An interview whose outcome nobody has marked for so long is not asked about any more."""


class RecruiterCardsView(ApiView):
    """What waits for a recruiter."""

    scope = READ

    @documented("Bookings that wait for a recruiter, by start", Page[RecruiterCard], query=CardsQuery)
    def get(self, request: Request) -> HttpResponse:
        """Their own, and those handed to them as a deputy."""
        query = parse_query(request, CardsQuery)
        now = clock.now()
        found = collection("bookings").find(waiting(query, now))
        rows = list(found.sort([("starts_at", 1), ("_id", 1)]).limit(query.limit + 1))
        page, following = rows[: query.limit], None
        if len(rows) > query.limit:
            following = next_page(request, cursor=str(Position(page[-1]["starts_at"], str(page[-1]["_id"]))))
        results = wire.views("bookings", page, lambda rows: _cards(rows, query.telegram_id, now))
        return answer(request, Page[RecruiterCard](results=results, next=following))


def _cards(rows: Sequence[Document], telegram_id: int, now: datetime) -> list[RecruiterCard]:
    loaded = loading.load_around(rows)
    bookings = [loaded.state.bookings[str(row["_id"])] for row in rows]
    deck = read_deck(loaded, loaded.state, bookings, now)
    cards = [deck.card_for(booking, telegram_id) for booking in bookings]
    return [card for card in cards if card and card.yours]


def waiting(query: CardsQuery, now: datetime) -> Document:
    """The MongoDB condition of a page of what waits for a recruiter; served by ``bookings_cards``."""
    earliest = now - MARKED_WITHIN
    waits: list[Document] = [
        {"awaits_approval": True, "expires_at": {"$gt": now}},
        {
            "status": BookingStatus.BOOKED.value,
            "attendance": Attendance.RESCHEDULE_ASKED.value,
            "offered_slot_id": None,
            "starts_at": {"$gt": now},
        },
        {"status": {"$in": sorted(UNMARKED)}, "starts_at": {"$lte": now}},
    ]
    condition: Document = {"card_readers": query.telegram_id, "starts_at": {"$gte": earliest}, "$and": [{"$or": waits}]}
    after = position(query.cursor)
    if after and after.moment >= earliest:
        condition |= after.after("starts_at")
    return condition
