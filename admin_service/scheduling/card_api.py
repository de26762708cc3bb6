"""HTTP read of the requests that wait for a recruiter (R3)."""

from datetime import datetime

from django.http import HttpResponse
from pydantic import Field
from rest_framework.request import Request

from common import clock
from common.mongo import Document, collection
from common.openapi import documented
from common.reads import (
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
from scheduling import loading
from scheduling.card_views import read_deck
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import Page
from shared_contracts.fields import TelegramUserId


class CardsQuery(Query):
    """Parameters of ``GET /api/recruiter-cards``."""

    telegram_id: TelegramUserId = Field(description="A Telegram user id: a positive whole number.")
    cursor: Cursor | None = Field(None, description=CURSOR)
    limit: int = limit_field(50, 100)


class RecruiterCardsView(ApiView):
    """A recruiter's open requests."""

    @documented("Requests that wait for a recruiter's answer, by start", Page[RecruiterCard], query=CardsQuery)
    def get(self, request: Request) -> HttpResponse:
        """Their own, and those handed to them as a deputy."""
        query = parse_query(request, CardsQuery)
        found = collection("bookings").find(open_requests(query, clock.now()))
        rows = list(found.sort([("starts_at", 1), ("_id", 1)]).limit(query.limit + 1))
        page, following = rows[: query.limit], None
        if len(rows) > query.limit:
            following = next_page(request, cursor=str(Position(page[-1]["starts_at"], str(page[-1]["_id"]))))
        state = loading.state_around(page)
        bookings = [state.bookings[str(row["_id"])] for row in page]
        deck = read_deck(state, bookings)
        cards = [deck.card_for(booking, query.telegram_id) for booking in bookings]
        results = [card for card in cards if card and card.yours]
        return answer(request, Page[RecruiterCard](results=results, next=following))


def open_requests(query: CardsQuery, now: datetime) -> Document:
    """The MongoDB condition of a page of open requests; served by ``bookings_cards``."""
    condition: Document = {"card_readers": query.telegram_id, "awaits_approval": True, "expires_at": {"$gt": now}}
    if after := position(query.cursor):
        condition |= after.after("starts_at")
    return condition
