"""Reading what commands touch, as the rules want it. Inside a transaction all reads see one moment."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta
from typing import NamedTuple

from bson import ObjectId

from common import wire
from common.mongo import Document, collection, current_session
from people.services.links import default_contact
from questionnaires.services import reading
from scheduling.domain.model import (
    AnswerTime,
    AnyCommand,
    Book,
    Booking,
    BookingCommand,
    Candidate,
    Move,
    OfferTime,
    Place,
    Policy,
    Slot,
    State,
)
from shared_contracts.directory import Attendance, BookingStatus
from shared_contracts.venue import VENUE_FIELDS, Venue

ALTERNATIVES = 3  # spec: bot.booking.result


def load_state(commands: Sequence[AnyCommand]) -> State:
    """All that ``commands`` touch: people with their live bookings, slots, events' rules."""
    booking_ids = {command.booking_id for command in commands if isinstance(command, BookingCommand)}
    telegram_ids = {command.telegram_id for command in commands if isinstance(command, Book)}
    named = _find("bookings", {"_id": {"$in": _object_ids(booking_ids)}})
    people = _find(
        "users",
        {
            "$or": [
                {"telegram_id": {"$in": list(telegram_ids)}},
                {"_id": {"$in": [row["user_id"] for row in named]}},
            ]
        },
    )
    live = _find("bookings", {"user_id": {"$in": [row["_id"] for row in people]}, "live": True})
    bookings = {row["_id"]: row for row in (*named, *live)}.values()
    return state_around(
        list(bookings),
        people,
        {command.slot_id for command in commands if isinstance(command, Book | Move | OfferTime | AnswerTime)},
        {command.event_id for command in commands if isinstance(command, Book)},
    )


def state_around(
    bookings: Sequence[Document],
    people: Sequence[Document] | None = None,
    slot_ids: Set[str] = frozenset(),
    event_ids: Set[str] = frozenset(),
) -> State:
    """Documents of bookings with their slots, events' rules and people, and the further ones that are named."""
    if people is None:
        people = _by_id("users", {row["user_id"] for row in bookings})
    slot_ids = slot_ids | {
        str(row[key]) for row in bookings for key in ("slot_id", "requested_slot_id", "offered_slot_id") if row.get(key)
    }
    slots = load_slots({"_id": {"$in": _object_ids(slot_ids)}}) if slot_ids else []
    event_ids = event_ids | {slot.event_id for slot in slots} | {str(row["event_id"]) for row in bookings}
    policies = {str(row["_id"]): _policy(row) for row in _by_id("interview_events", event_ids)}
    asking = _object_ids(policy.id for policy in policies.values() if policy.questionnaire_required)
    return State(
        candidates={row["telegram_id"]: candidate_from(row) for row in people},
        policies=policies,
        slots={slot.id: slot for slot in slots},
        bookings={str(row["_id"]): booking_from(row) for row in bookings},
        screened=reading.screened([row["_id"] for row in people], asking) if asking else set(),
    )


def load_slots(query: Document, *, limit: int = 0) -> list[Slot]:
    """Slots by start, with the names people are told. A damaged document is left out."""
    return name_slots(find_slots(query, limit=limit))


def find_slots(query: Document, *, limit: int = 0) -> list[Document]:
    """The documents of slots by start."""
    cursor = collection("interview_slots").find(query, session=current_session()).sort([("starts_at", 1), ("_id", 1)])
    return list(cursor.limit(limit))


def name_slots(rows: Sequence[Document]) -> list[Slot]:
    """The documents of slots as domain slots; damaged ones are left out."""
    return wire.views("interview_slots", rows, _named) if rows else []


def _named(rows: Sequence[Document]) -> list[Slot]:
    """Cities, recruiters and events are read once each."""
    cities = {row["_id"]: row for row in cities_by_id({row["city_id"] for row in rows})}
    recruiters = {row["_id"]: row for row in _by_id("recruiters", {row["recruiter_id"] for row in rows})}
    events = {row["_id"]: row for row in _by_id("interview_events", {row["event_id"] for row in rows})}
    deputies = {row["_id"]: row for row in _by_id("recruiters", {row["deputy_id"] for row in recruiters.values()})}
    default = default_contact()
    told = {city_id: _told(city, default) for city_id, city in cities.items()}
    urls = {recruiter_id: _recruiter_url(row) for recruiter_id, row in recruiters.items()}
    slots = []
    for row in rows:
        recruiter = recruiters.get(row["recruiter_id"])
        deputy = deputies.get(recruiter["deputy_id"]) if recruiter else None
        place = _place(row, told[row["city_id"]], events[row["event_id"]], recruiter, urls.get(row["recruiter_id"]))
        slots.append(_slot(row, place, recruiter, deputy))
    return slots


class _City(NamedTuple):
    name: str
    timezone: str
    contact_url: str | None


def _told(city: Document, default: str | None) -> _City:
    """A city as people are told of it."""
    contact_url = wire.link("cities", city, city["contact_url"]) or default
    return _City(wire.line(city["name"]), city["timezone"], contact_url)


def available(event_id: str, now: datetime) -> Document:
    """Which slots of an event can be booked; served by the index ``slots_offered``."""
    gone = [row["_id"] for row in _find("recruiters", {"is_active": False})]
    return {
        "event_id": ObjectId(event_id),
        "is_active": True,
        "has_room": True,
        "closes_at": {"$gt": now},
        "recruiter_id": {"$nin": gone},
    }


def alternatives_for(event_id: str, state: State, now: datetime) -> list[Slot]:
    """Up to three slots to offer instead, as they stand after the batch that ``state`` is the end of."""
    stored = load_slots(available(event_id, now), limit=ALTERNATIVES + len(state.slots))
    current = [state.slots.get(slot.id, slot) for slot in stored]
    return [slot for slot in current if slot.free][:ALTERNATIVES]


def booking_from(row: Document) -> Booking:
    """A booking's document as the rules see it."""
    return Booking(
        id=str(row["_id"]),
        candidate_id=str(row["user_id"]),
        telegram_id=row["telegram_id"],
        event_id=str(row["event_id"]),
        slot_id=str(row["slot_id"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        status=BookingStatus(row["status"]),
        version=row["version"],
        moves=row["moves"],
        requested_slot_id=str(row["requested_slot_id"]) if row.get("requested_slot_id") else None,
        expires_at=row.get("expires_at"),
        reschedule_asked=row["reschedule_asked"],
        ended_by=row.get("ended_by", ""),
        reason=row.get("reason", ""),
        attendance=Attendance(row["attendance"]) if row["attendance"] else None,
        attendance_at=row["attendance_at"],
        offered_slot_id=str(row["offered_slot_id"]) if row["offered_slot_id"] else None,
        marked_at=row["marked_at"],
    )


def recruiters_by_id(ids: Iterable[ObjectId | None]) -> list[Document]:
    """Documents of recruiters."""
    return _by_id("recruiters", ids)


def cities_by_id(ids: Iterable[str | ObjectId | None]) -> list[Document]:
    """Documents of cities. Where there is no such time zone as theirs, Moscow's stands: clocks can't do without."""
    rows = _by_id("cities", ids)
    return [{**row, "timezone": wire.zone("cities", row, row["timezone"])} for row in rows]


def people_by_id(ids: Sequence[ObjectId]) -> list[Document]:
    """Documents of candidates."""
    return _by_id("users", ids)


def _find(name: str, query: Document) -> list[Document]:
    return list(collection(name).find(query, session=current_session()))


def _by_id(name: str, ids: Iterable[str | ObjectId | None]) -> list[Document]:
    wanted = _object_ids(ids)
    return _find(name, {"_id": {"$in": wanted}}) if wanted else []


def _object_ids(ids: Iterable[str | ObjectId | None]) -> list[ObjectId]:
    return [ObjectId(item) for item in ids if item]


def candidate_from(row: Document) -> Candidate:
    """A candidate's document as the rules see it."""
    return Candidate(
        id=str(row["_id"]),
        telegram_id=row["telegram_id"],
        allowed=row["is_allowed"],
        username=wire.username("users", row, row["username"]),
        first_name=row["first_name"],
        last_name=row["last_name"],
        city_id=str(row["city_id"]) if row["city_id"] else None,
        reachable=bool(row["started_at"]) and not row["blocked_at"],
    )


def _policy(row: Document) -> Policy:
    return Policy(
        id=str(row["_id"]),
        is_open=row["is_open"],
        approval_required=row["approval_required"],
        move_cutoff=timedelta(minutes=row["move_cutoff_minutes"]),
        cancel_cutoff=timedelta(minutes=row["cancel_cutoff_minutes"]),
        pending_for=timedelta(hours=row["pending_hours"]),
        reminder=timedelta(minutes=row["reminder_minutes"]),
        move_limit=row["move_limit"],
        questionnaire_required=row["questionnaire_id"] is not None,
    )


def reached_at(recruiter: Document | None) -> int | None:
    """The Telegram id of a recruiter who is active and has joined."""
    return recruiter["telegram_id"] if recruiter and recruiter["is_active"] else None


def _recruiter_url(recruiter: Document) -> str | None:
    if own := wire.link("recruiters", recruiter, recruiter["contact_url"]):
        return own
    username = wire.username("recruiters", recruiter, recruiter.get("username"))
    return f"https://t.me/{username}" if username else None


def venue_of(slot: Document) -> Venue:
    """Where a slot is held, from its document."""
    return Venue(**{name: wire.line(slot[name]) for name in VENUE_FIELDS})


def venue_of_booking(booking: Document) -> Venue:
    """Where a booking's slot was held when it last changed, from the booking's document."""
    return venue_of({**booking["slot"], "location": booking["location"]})


def _place(row: Document, city: _City, event: Document, recruiter: Document | None, recruiter_url: str | None) -> Place:
    return Place(
        city=city.name,
        timezone=city.timezone,
        venue=venue_of(row),
        recruiter=wire.line(recruiter["name"]) if recruiter else None,
        event=wire.line(event["title"]),
        contact_url=city.contact_url,
        recruiter_url=recruiter_url,
    )


def _slot(row: Document, place: Place, recruiter: Document | None, deputy: Document | None) -> Slot:
    return Slot(
        id=str(row["_id"]),
        event_id=str(row["event_id"]),
        city_id=str(row["city_id"]),
        recruiter_id=str(row["recruiter_id"]) if row["recruiter_id"] else None,
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        closes_at=row["closes_at"],
        capacity=row["max_users"],
        holders=frozenset(str(holder) for holder in row["booked_users"]),
        is_active=row["is_active"],
        place=place,
        recruiter_telegram_id=reached_at(recruiter),
        recruiter_deputy_telegram_id=reached_at(deputy),
        recruiter_active=recruiter["is_active"] if recruiter else True,
    )
