"""HTTP reads about interview events, slots and bookings, and booking without a broker."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from bson import ObjectId
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import Field, ValidationError
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from common import clock, correlation, wire
from common.http.api import ProblemError
from common.http.clients import BOOK, READ
from common.http.openapi import documented, problem_responses
from common.http.reads import (
    CURSOR,
    ENTITY,
    ApiView,
    Cursor,
    Moment,
    Position,
    Query,
    answer,
    client_name,
    limit_field,
    next_page,
    parse_query,
    position,
    raise_for,
)
from common.mongo import Document, GuardFailedError, collection
from people.api.lists import ListQuery, page_by_id
from questionnaires.services.reading import published
from scheduling.domain.commands import Actor, ActorKind, Book
from scheduling.domain.model import State
from scheduling.models import WaitingState
from scheduling.services.answers import KeyReusedError
from scheduling.services.batch import decide_one
from scheduling.services.reading.event_cities import cities_of_events
from scheduling.services.requests import Request as BookingRequest
from scheduling.services.serializing import booking_view, slot_views
from scheduling.services.store.loading import REFUSED, booking_from, policy_from
from scheduling.services.store.slots import OFFERED, Names, available, event_words, find_slots, name_slots
from shared_contracts.booking import ConfirmBooking, ConfirmBookingAnswer, Outcome
from shared_contracts.directory import (
    MOST_RESULTS,
    BookingsPage,
    BookingView,
    CityRef,
    FieldError,
    InterviewEvent,
    Page,
    QuestionnaireRef,
    SlotView,
    WaitingPlace,
)
from shared_contracts.fields import EntityId, TelegramUserId
from shared_contracts.transport.envelope import BadMessageError, BadMessageKind, read_json_object

_KEYS = uuid.UUID("0f6c8c2e-6f0d-4b39-9a57-3f4f5a8f2f57")
_MOST_KEY_CHARACTERS = 200


class SlotsQuery(Query):
    """Parameters of ``GET /api/available-slots``."""

    event: EntityId | None = Field(None, description=f"{ENTITY} Without it: slots of all open events.")
    city: EntityId | None = Field(None, description=ENTITY)
    recruiter: EntityId | None = Field(None, description=ENTITY)
    for_move: bool = Field(
        False, description="Slots that who is booked could move to: those of events closed for sign-up, too."
    )
    from_: Moment | None = Field(
        None,
        alias="from",
        description="A time with its offset, such as 2026-03-01T09:00:00Z: slots that start then or later.",
        json_schema_extra={"format": "date-time"},
    )
    cursor: Cursor | None = Field(None, description=CURSOR)
    limit: int = limit_field(100, 200)


class AvailableSlotsView(ApiView):
    """Slots that can be booked now (FR3, FR9)."""

    scope = READ

    @documented(
        "Slots that can be booked now, by start: an event's, or those of all open events",
        Page[SlotView],
        query=SlotsQuery,
    )
    def get(self, request: Request) -> HttpResponse:
        """Active slots with a free seat whose booking has not closed; for a move also those of an event that is."""
        query = parse_query(request, SlotsQuery)
        events = _events_of(query)
        rows = find_slots(offered(query, events, clock.now()), limit=query.limit + 1, index=OFFERED) if events else []
        page, following = rows[: query.limit], None
        if len(rows) > query.limit:
            following = next_page(request, cursor=str(Position(page[-1]["starts_at"], str(page[-1]["_id"]))))
        results = slot_views(name_slots(page))
        return answer(request, Page[SlotView](results=results, next=following))


def offered(query: SlotsQuery, events: Sequence[ObjectId], now: datetime) -> Document:
    """The MongoDB condition of a page of these events' available slots; served by ``OFFERED``."""
    # Booking closes at the start or before: the bound on the start spares walking over past slots.
    earliest = max(now, query.from_) if query.from_ else now
    condition = {**available(events, now), "starts_at": {"$gte": earliest}}
    if query.city:
        condition["city_id"] |= {"$eq": ObjectId(query.city)}
    if query.recruiter:
        condition["recruiter_id"] |= {"$eq": ObjectId(query.recruiter)}
    after = position(query.cursor)
    if after and after.moment >= earliest:
        condition |= after.after("starts_at")
    return condition


def _events_of(query: SlotsQuery) -> list[ObjectId]:
    """The event, or without an id every one; those closed for sign-up are for moves alone."""
    wanted: Document = {"_id": ObjectId(query.event)} if query.event else {}
    if not query.for_move:
        wanted["is_open"] = True
    return [row["_id"] for row in collection("interview_events").find(wanted, {"_id": 1})]


class EventsView(ApiView):
    """Interview events."""

    scope = READ

    @documented("Interview events open for sign-up", Page[InterviewEvent], query=ListQuery)
    def get(self, request: Request) -> HttpResponse:
        """Open ones, oldest first."""
        rows, following = page_by_id(request, "interview_events", parse_query(request, ListQuery), {"is_open": True})
        asked = published(row["questionnaire_id"] for row in rows)
        cities = cities_of_events([row["_id"] for row in rows], clock.now())
        results = wire.views("interview_events", rows, lambda rows: [_event(row, asked, cities) for row in rows])
        return answer(request, Page[InterviewEvent](results=results, next=following))


def _event(
    row: Document, asked: Mapping[ObjectId, QuestionnaireRef], cities: Mapping[ObjectId, Sequence[CityRef]]
) -> InterviewEvent:
    return InterviewEvent(
        id=str(row["_id"]),
        title=wire.line(row["title"]),
        **event_words(row).model_dump(),
        approval_required=row["approval_required"],
        chooses_recruiter=row["chooses_recruiter"],
        questionnaire=asked.get(row["questionnaire_id"]),
        cities=list(cities.get(row["_id"], [])),
    )


class BookingsQuery(Query):
    """Parameters of ``GET /api/bookings``."""

    telegram_id: TelegramUserId = Field(description="A Telegram user id: a positive whole number.")


class BookingsView(ApiView):
    """A person's bookings."""

    scope = READ

    @documented("A person's live bookings that are not over, by start", BookingsPage, query=BookingsQuery)
    def get(self, request: Request) -> HttpResponse:
        """At most one per interview event, so there is one page."""
        query = parse_query(request, BookingsQuery)
        rows = collection("bookings").find(current_bookings(query.telegram_id, clock.now())).sort("starts_at", 1)
        results = wire.views("bookings", list(rows), _bookings)
        page = BookingsPage(
            results=results,
            next=None,
            refused_slot_ids=_refused_slot_ids(query.telegram_id, clock.now()),
            refused_event_ids=_refused_event_ids(query.telegram_id),
            waiting=_waiting(query.telegram_id, clock.now()),
        )
        return answer(request, page)


def _bookings(rows: Sequence[Document]) -> list[BookingView]:
    bookings, names = [booking_from(row) for row in rows], Names()
    named = {slot_id for item in bookings for slot_id in (item.slot_id, item.requested_slot_id, item.proposed_slot_id)}
    slots = name_slots(find_slots({"_id": {"$in": [ObjectId(slot_id) for slot_id in named if slot_id]}}), names)
    policies = {str(event_id): policy_from(row) for event_id, row in names.events.items()}
    state = State(policies=policies, slots={slot.id: slot for slot in slots})
    return [view for item in bookings if (view := booking_view(item, state))]


def _refused_slot_ids(telegram_id: int, now: datetime) -> list[str]:
    """Slots to come that a recruiter has said no to for this person; served by ``bookings_person``."""
    rows = collection("bookings").find(refusals(telegram_id), {"rejected_slot_ids": 1})
    ids = list({slot_id for row in rows for slot_id in row["rejected_slot_ids"]})
    coming = {"_id": {"$in": ids}, "starts_at": {"$gt": now}}
    return [str(row["_id"]) for row in collection("interview_slots").find(coming, {"_id": 1}).limit(MOST_RESULTS)]


def _refused_event_ids(telegram_id: int) -> list[str]:
    """Interview events in which a recruiter has said no to this person; served by ``bookings_person``."""
    rows = collection("bookings").find({"telegram_id": telegram_id, **REFUSED}, {"event_id": 1}).limit(MOST_RESULTS)
    return sorted({str(row["event_id"]) for row in rows})


def _waiting(telegram_id: int, now: datetime) -> list[WaitingPlace]:
    """For what this person is on a waiting list; served by ``waiting_person``."""
    person = collection("users").find_one({"telegram_id": telegram_id}, {"_id": 1})
    if person is None:
        return []
    rows = collection("waiting_list").find(
        {"user_id": person["_id"], "state": WaitingState.WAITING.value}, {"event_id": 1, "city_id": 1}
    )
    places = list(rows.limit(MOST_RESULTS))
    turned_down = _events_with_slots_left(telegram_id, now) if places else set()
    return [
        WaitingPlace(
            event_id=str(row["event_id"]),
            city_id=str(row["city_id"]) if row["city_id"] else None,
            turned_down=row["event_id"] in turned_down,
        )
        for row in places
    ]


def _events_with_slots_left(telegram_id: int, now: datetime) -> set[ObjectId]:
    """Ids of events with a slot to come that this person is not asked about again; served by ``bookings_person``."""
    rows = collection("bookings").find({"telegram_id": telegram_id, "left_slot_ids.0": {"$exists": True}})
    left = {slot_id: row["event_id"] for row in rows for slot_id in row["left_slot_ids"]}
    coming = {"_id": {"$in": list(left)}, "starts_at": {"$gt": now}}
    return {left[slot["_id"]] for slot in collection("interview_slots").find(coming, {"_id": 1})}


def refusals(telegram_id: int) -> Document:
    """The MongoDB condition of a person's bookings with slots that were refused; served by ``bookings_person``."""
    return {"telegram_id": telegram_id, "rejected_slot_ids.0": {"$exists": True}}


def current_bookings(telegram_id: int, now: datetime) -> Document:
    """The MongoDB condition of a person's live bookings; served by ``bookings_person``."""
    return {"telegram_id": telegram_id, "live": True, "ends_at": {"$gt": now}}


_ANSWERS = {
    (201, "application/json"): OpenApiResponse(ConfirmBookingAnswer, description="`booked`"),
    (202, "application/json"): OpenApiResponse(ConfirmBookingAnswer, description="`pending_approval`: a seat is held"),
    (409, "application/json"): OpenApiResponse(
        ConfirmBookingAnswer,
        description="Refused; `outcome` says why, `alternatives` what could be asked for instead",
    ),
}
_STATUSES = {Outcome.BOOKED: 201, Outcome.PENDING_APPROVAL: 202}


class ConfirmBookingView(ApiView):
    """Booking for clients without a broker: the same decision as the chat's."""

    scope = BOOK

    @extend_schema(
        summary="Book a seat, once per Idempotency-Key",
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "pattern": "^[!-~]{1,200}$"},
                OpenApiParameter.HEADER,
                required=True,
                description="Your own key of the request: sent again, it gets the first answer and books nothing more.",
            )
        ],
        request=ConfirmBooking,
        responses={**_ANSWERS, **problem_responses(400, 401, 403, 413, 415, 422, 429, 503)},
    )
    def post(self, request: Request) -> HttpResponse:
        """Decide now and answer with the outcome."""
        parse_query(request, Query)
        key, wanted = _idempotency_key(request), _read_body(request)
        answer = _decide(client_name(request), key, wanted, sha256(request.body).hexdigest())
        return HttpResponse(
            answer.model_dump_json(), status=_STATUSES.get(answer.outcome, 409), content_type="application/json"
        )


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key.isascii() or not key.isprintable() or " " in key or not 0 < len(key) <= _MOST_KEY_CHARACTERS:
        error = FieldError(field="Idempotency-Key", message="Send a header of 1 to 200 visible ASCII characters.")
        raise ProblemError(400, f"{error.field}: {error.message}", [error])
    return key


def _read_body(request: Request) -> ConfirmBooking:
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(request.content_type)
    try:
        read_json_object(request.body)
        return ConfirmBooking.model_validate_json(request.body)
    except BadMessageError as error:
        status = 413 if error.kind is BadMessageKind.TOO_LARGE else 400
        raise ProblemError(status, str(error), [FieldError(field="body", message=error.detail)]) from None
    except ValidationError as error:
        raise_for(error, ConfirmBooking)


def _decide(client: str, key: str, wanted: ConfirmBooking, fingerprint: str) -> ConfirmBookingAnswer:
    command = Book(
        str(uuid.uuid5(_KEYS, f"{client}/{key}")),
        Actor(ActorKind.CANDIDATE, str(wanted.user_telegram_id)),
        wanted.user_telegram_id,
        wanted.event_id,
        wanted.slot_id,
        str(ObjectId()),
    )
    try:
        return decide_one(BookingRequest(command, "api", correlation.current(), fingerprint=fingerprint))
    except KeyReusedError:
        error = FieldError(field="Idempotency-Key", message="It came with another body before. Use a new one.")
        raise ProblemError(422, f"{error.field}: {error.message}", [error]) from None
    except GuardFailedError:
        raise ProblemError(503, "The slot is changing too fast. Try again with the same key.") from None
