"""The waiting list (R7): who joins and leaves, and who is next for a free seat.

A person's bookings say which slots they are not asked about again: those they passed on, let expire or gave up, since
they last asked to be told.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice
from typing import Literal
from uuid import uuid4

from bson import Int64, ObjectId

from common import audit
from common.mongo import Document, collection, current_session
from common.quiet_hours import is_quiet
from common.texts.names import name_in
from messaging.dialogs import DialogAnswer
from scheduling.domain.commands import Actor, ActorKind
from scheduling.domain.model import Slot, State
from scheduling.domain.seat_offers import OfferSeat
from scheduling.models import WaitingState
from scheduling.services.saving import lock_people
from scheduling.services.store.booking_notes import note
from scheduling.services.store.loading import REFUSED, candidate_from
from scheduling.services.store.slots import Names, available, cities_by_id, load_slots
from shared_contracts.dialog import DialogOutcome, WaitingListJoined, WaitingListLeft

SPARES = 20
"""So many more are asked for than there are seats: the rules may refuse some, whose other interviews overlap."""
CHUNK = 100
MOST_SLOTS = 200

_OFFERER = Actor(ActorKind.SYSTEM, "offer_seats")


def join(item: WaitingListJoined, now: datetime) -> DialogAnswer:
    """Put a candidate on an event's list, in the transaction under way; joining again changes the city, if anything.

    Whoever asks to be told of a free seat is told of any, whatever they gave up or passed on before.
    """
    person = collection("users").find_one(
        {"telegram_id": item.user_telegram_id, "is_allowed": True}, session=current_session()
    )
    event = collection("interview_events").find_one({"_id": ObjectId(item.event_id)}, session=current_session())
    cities = cities_by_id([item.city_id])
    if person is None or event is None or bool(item.city_id) != bool(cities):
        return DialogAnswer(DialogOutcome.NOT_ALLOWED, event_id=item.event_id)
    if not event["is_open"] or not all(row.get("is_active", True) for row in cities):
        closed: Literal["event", "city"] = "city" if event["is_open"] else "event"
        return DialogAnswer(DialogOutcome.NOT_ALLOWED, event_id=item.event_id, closed=closed)
    lock_people({str(person["_id"])}, now)
    pair = {"user_id": person["_id"], "event_id": event["_id"]}
    if collection("bookings").find_one({**pair, "live": True}, {"_id": 1}, session=current_session()):
        return DialogAnswer(DialogOutcome.ALREADY_BOOKED, event_id=item.event_id)
    if collection("bookings").find_one({**pair, **REFUSED}, {"_id": 1}, session=current_session()):
        return DialogAnswer(DialogOutcome.NOT_ALLOWED, event_id=item.event_id)  # nothing would ever be offered
    _forget_left_slots(pair, now)
    city = cities[0] if cities else None
    wish = {"city_id": city["_id"] if city else None, "city": city["name"] if city else "", "updated_at": now}
    known = collection("waiting_list").update_one(
        {**pair, "state": WaitingState.WAITING.value}, {"$set": wish}, session=current_session()
    )
    if known.matched_count:
        return DialogAnswer(DialogOutcome.ALREADY_JOINED, event_id=item.event_id)
    _add({**pair, **wish, "event": event["title"]}, person, item.correlation_id, now)
    return DialogAnswer(DialogOutcome.JOINED, event_id=item.event_id)


def leave(item: WaitingListLeft, now: datetime) -> DialogAnswer:
    """Take a candidate off an event's list, in the transaction under way; leaving twice is as leaving once."""
    person = collection("users").find_one({"telegram_id": item.user_telegram_id}, {"_id": 1}, session=current_session())
    if person:
        lock_people({str(person["_id"])}, now)
        entry = collection("waiting_list").find_one_and_update(
            {"user_id": person["_id"], "event_id": ObjectId(item.event_id), "state": WaitingState.WAITING.value},
            {"$set": {"state": WaitingState.LEFT.value, "updated_at": now}},
            session=current_session(),
        )
        if entry:
            _record(entry["_id"], "waiting_left", item.user_telegram_id, item.correlation_id, now)
    return DialogAnswer(DialogOutcome.LEFT, event_id=item.event_id)


def offers_for(slot_ids: Iterable[str], now: datetime) -> list[OfferSeat]:
    """Offers of the free seats of slots as they are stored; see ``offers_of``."""
    ids = [ObjectId(slot_id) for slot_id in slot_ids]
    return offers_of(load_slots({"_id": {"$in": ids}}) if ids else [], now)


def offers_of(
    slots: Sequence[Slot],
    now: datetime,
    *,
    state: State | None = None,
    left: AbstractSet[tuple[str, str]] = frozenset(),
) -> list[OfferSeat]:
    """Offers of the free seats of slots, first come first; the rules take as many as there are seats.

    None to who is in their quiet hours: those wait for the scan of their next morning.

    Args:
        slots: as they are.
        now: aware UTC.
        state: of bookings that have changed and are not stored yet.
        left: (candidate id, slot id) of who has just given a seat up.
    """
    open_slots = [slot for slot in slots if slot.free and slot.is_open(now)]
    if not is_waited_for({slot.event_id for slot in open_slots}):
        return []
    return [
        OfferSeat(str(uuid4()), _OFFERER, row["telegram_id"], slot.event_id, slot.id, str(ObjectId()))
        for slot in open_slots
        for row in islice(_next_in_line(slot, state or State(), left, now), slot.free + SPARES)
    ]


def is_waited_for(event_ids: Iterable[str]) -> bool:
    """Whether anybody is on the list of one of these events."""
    ids = [ObjectId(item) for item in event_ids]
    waiting = {"state": WaitingState.WAITING.value, "event_id": {"$in": ids}}
    return bool(ids and collection("waiting_list").find_one(waiting, {"_id": 1}, session=current_session()))


def waiting_entries(candidate_ids: Iterable[str]) -> list[Document]:
    """Who of these people waits, and for which event."""
    query = {"user_id": {"$in": [ObjectId(item) for item in candidate_ids]}, "state": WaitingState.WAITING.value}
    return list(collection("waiting_list").find(query, {"user_id": 1, "event_id": 1}, session=current_session()))


def wanted_slots(now: datetime) -> list[str]:
    """Ids of slots with a free seat that someone waits for, soonest first."""
    found: list[str] = []
    waiting = {"state": WaitingState.WAITING.value}
    for event_id in collection("waiting_list").distinct("event_id", waiting):
        query = available([event_id], now)
        cities = collection("waiting_list").distinct("city_id", {**waiting, "event_id": event_id})
        if None not in cities:
            query["city_id"] |= {"$in": cities}
        rows = collection("interview_slots").find(query, {"_id": 1}).sort([("starts_at", 1), ("_id", 1)])
        found += [str(row["_id"]) for row in rows.limit(MOST_SLOTS)]
    return found


def line_for(slot: Slot) -> Document:
    """The MongoDB condition of who waits for such a slot; served by ``waiting_order``."""
    return {
        "state": WaitingState.WAITING.value,
        "event_id": ObjectId(slot.event_id),
        "city_id": {"$in": [None, ObjectId(slot.city_id)]},
    }


def _next_in_line(slot: Slot, state: State, left: AbstractSet[tuple[str, str]], now: datetime) -> Iterator[Document]:
    """Who waits for such a slot, can be told of it now and has not turned it down, in the order of joining."""
    line = collection("waiting_list").find(line_for(slot), session=current_session())
    rows = iter(line.sort([("joined_at", 1), ("_id", 1)]))
    while chunk := list(islice(rows, CHUNK)):
        ids = [row["user_id"] for row in chunk]
        told = _can_be_told(ids, slot, now)
        not_again = _not_again(slot, ids, state) | {ObjectId(person) for person, slot_id in left if slot_id == slot.id}
        yield from (row for row in chunk if row["user_id"] in told and row["user_id"] not in not_again)


def _can_be_told(ids: Sequence[ObjectId], slot: Slot, now: datetime) -> set[ObjectId]:
    """Which of the people are let in, can be written to, and are not in their quiet hours."""
    query = {"_id": {"$in": ids}, "is_allowed": True, "blocked_at": None}
    people, names = list(collection("users").find(query, session=current_session())), Names()
    names.add_cities(row["city_id"] for row in people)
    return {row["_id"] for row in people if not is_quiet(now, candidate_from(row, names).timezone_for(slot))}


def _not_again(slot: Slot, ids: Sequence[ObjectId], state: State) -> set[ObjectId]:
    """Who of the people has a booking in the slot's event, has left the slot before, or was told no by a recruiter."""
    slot_id = ObjectId(slot.id)
    settled = [{"left_slot_ids": slot_id}, {"rejected_slot_ids": slot_id}, REFUSED]
    theirs = {"user_id": {"$in": ids}, "event_id": ObjectId(slot.event_id)}
    bookings, session = collection("bookings"), current_session()
    ended = [ObjectId(item.id) for item in state.bookings.values() if not item.live]
    lives = {"live": True, "_id": {"$nin": ended}}
    return set(bookings.distinct("user_id", {**theirs, "$or": [lives, *settled]}, session=session))


def _forget_left_slots(pair: Document, now: datetime) -> None:
    note([({**pair, "left_slot_ids": {"$ne": []}}, {"$set": {"left_slot_ids": []}})], now)


def _add(entry: Document, person: Document, correlation_id: str, now: datetime) -> None:
    row = {
        "_id": ObjectId(),
        **entry,
        "joined_at": now,
        "state": WaitingState.WAITING.value,
        "telegram_id": Int64(person["telegram_id"]),
        "name": name_in(person),
        "username": person["username"],
        "created_at": now,
    }
    collection("waiting_list").insert_one(row, session=current_session())
    _record(row["_id"], "waiting_joined", person["telegram_id"], correlation_id, now)


def _record(entry_id: ObjectId, action: str, telegram_id: int, correlation_id: str, now: datetime) -> None:
    actor = str(Actor(ActorKind.CANDIDATE, str(telegram_id)))
    audit.add(
        [audit.entry("waiting", str(entry_id), action, actor=actor, via="chat", now=now, correlation_id=correlation_id)]
    )
