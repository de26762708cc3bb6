"""HTTP reads for recruiters: what waits for them (R3, R8), and their interviews around now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bson import ObjectId
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
from shared_contracts.booking import INTERVIEW_STATUSES
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import BookingStatus, Page
from shared_contracts.fields import TelegramUserId


class CardsQuery(Query):
    """Parameters of ``GET /api/recruiter-cards``."""

    telegram_id: TelegramUserId = Field(description="A Telegram user id: a positive whole number.")
    cursor: Cursor | None = Field(None, description=CURSOR)
    limit: int = limit_field(50, 100)


INTERVIEWS_BEFORE, INTERVIEWS_AHEAD = timedelta(days=1), timedelta(days=9)
"""Of which interviews a recruiter's days are made: wide enough for today and the next week on any clock."""
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
        return _page_of(request, query, waiting(query, now), now)


class RecruiterInterviewsView(ApiView):
    """A recruiter's interviews around now."""

    scope = READ

    @documented(
        "A recruiter's interviews from a day ago to nine days ahead, by start", Page[RecruiterCard], query=CardsQuery
    )
    def get(self, request: Request) -> HttpResponse:
        """Their own, and those of the recruiters whom they stand in for; to come, under way or over."""
        query = parse_query(request, CardsQuery)
        now = clock.now()
        return _page_of(request, query, interviews(query, _stood_in_for(query.telegram_id), now), now)


def _stood_in_for(telegram_id: int) -> list[ObjectId]:
    """Ids of the active recruiter with that Telegram id, and of those whose deputy they are."""
    own = [row["_id"] for row in collection("recruiters").find({"telegram_id": telegram_id, "is_active": True})]
    others = collection("recruiters").find({"deputy_id": {"$in": own}, "is_active": True})
    return [*own, *(row["_id"] for row in others)]


def interviews(query: CardsQuery, recruiter_ids: Sequence[ObjectId], now: datetime) -> Document:
    """The MongoDB condition of a page of these recruiters' interviews; served by ``bookings_recruiter``."""
    earliest = now - INTERVIEWS_BEFORE
    condition: Document = {
        "recruiter_id": {"$in": list(recruiter_ids)},
        "starts_at": {"$gte": earliest, "$lt": now + INTERVIEWS_AHEAD},
        "status": {"$in": sorted(INTERVIEW_STATUSES)},
    }
    after = position(query.cursor)
    if after and after.moment >= earliest:
        condition["$and"] = [after.after("starts_at")]
    return condition


def _page_of(request: Request, query: CardsQuery, condition: Document, now: datetime) -> HttpResponse:
    rows = list(collection("bookings").find(condition).sort([("starts_at", 1), ("_id", 1)]).limit(query.limit + 1))
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
