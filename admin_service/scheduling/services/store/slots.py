"""Reading slots, with the names that people are told. Inside a transaction all reads see one moment."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache

from bson import ObjectId

from common import wire
from common.mongo import Document, collection, current_session
from people.services.links import default_contact, recruiter_link
from people.services.reach import chat_state
from scheduling.domain.model import City, Place, Recruiter, Slot, State
from shared_contracts.directory import EventWords
from shared_contracts.venue import VENUE_FIELDS, Venue

ALTERNATIVES = 3  # spec: bot.booking.result
OFFERED = "slots_offered"
"""The index of what can be booked: walked once for each event, it gives the slots of several by start, too."""


@dataclass(slots=True)
class Names:
    """Documents of cities, recruiters (their deputies among them) and interview events, by id.

    ``default_contact`` reads the link to the responsible person where it is asked for, once.
    """

    cities: dict[ObjectId, Document] = field(default_factory=dict)
    recruiters: dict[ObjectId, Document] = field(default_factory=dict)
    events: dict[ObjectId, Document] = field(default_factory=dict)
    default_contact: Callable[[], str | None] = field(default_factory=lambda: cache(default_contact))

    def city(self, city_id: ObjectId) -> City:
        """A city as people are told of it, with the default link where it has none of its own."""
        row = self.cities[city_id]
        contact_url = wire.link("cities", row, row["contact_url"]) or self.default_contact()
        return City(str(city_id), wire.line(row["name"]), row["timezone"], contact_url, row.get("is_active", True))

    def recruiter(self, recruiter_id: ObjectId) -> Recruiter:
        """A recruiter as people are told of them."""
        row = self.recruiters[recruiter_id]
        city, deputy = self.cities.get(row["city_id"]), self.recruiters.get(row["deputy_id"])
        return Recruiter(
            id=str(recruiter_id),
            name=wire.line(row["name"]),
            is_active=row["is_active"],
            is_reachable=self.is_reached(row),
            url=recruiter_link(row),
            telegram_id=reached_at(row),
            deputy_telegram_id=reached_at(deputy),
            timezone=city["timezone"] if city else None,
        )

    def is_reached(self, recruiter: Document) -> bool:
        """Whether the bot can write to a recruiter, or to their deputy."""
        return any(map(is_in_reach, (recruiter, self.recruiters.get(recruiter["deputy_id"]))))

    def add_recruiters(self, ids: Iterable[ObjectId | None]) -> None:
        """Read further recruiters and their deputies; what is known is not read again."""
        wanted = {item for item in ids if item}
        self.recruiters |= _missing("recruiters", wanted, self.recruiters)
        deputies = {self.recruiters[item]["deputy_id"] for item in wanted & set(self.recruiters)}
        self.recruiters |= _missing("recruiters", deputies, self.recruiters)

    def add_cities(self, ids: Iterable[ObjectId | None]) -> None:
        """Read further cities; what is known is not read again."""
        missing = {item for item in ids if item} - set(self.cities)
        self.cities |= {row["_id"]: row for row in cities_by_id(missing)}

    def add_events(self, ids: Iterable[ObjectId]) -> None:
        """Read further interview events; what is known is not read again."""
        self.events |= _missing("interview_events", ids, self.events)


def load_slots(query: Document, *, limit: int = 0) -> list[Slot]:
    """Slots by start, with the names people are told. A damaged document is left out."""
    return name_slots(find_slots(query, limit=limit))


def find_slots(query: Document, *, limit: int = 0, index: str | None = None) -> list[Document]:
    """The documents of slots by start; ``index`` names the one to be walked, whatever the server would prefer."""
    found = collection("interview_slots").find(query, session=current_session(), hint=index)
    return list(found.sort([("starts_at", 1), ("_id", 1)]).limit(limit))


def name_slots(rows: Sequence[Document], names: Names | None = None) -> list[Slot]:
    """The documents of slots as domain slots; damaged ones are left out.

    Args:
        rows: the documents.
        names: what is known already; grows by what is read.
    """
    known = Names() if names is None else names
    return wire.views("interview_slots", rows, lambda rows: _named(rows, known)) if rows else []


def _named(rows: Sequence[Document], names: Names) -> list[Slot]:
    """Cities, recruiters and events are read once each."""
    names.add_recruiters(row["recruiter_id"] for row in rows)
    names.add_events({row["event_id"] for row in rows})
    theirs = [row["city_id"] for row in names.recruiters.values()]
    names.add_cities([*(row["city_id"] for row in rows), *theirs])
    cities = {city_id: names.city(city_id) for city_id in {row["city_id"] for row in rows}}
    held = {row["recruiter_id"] for row in rows} & set(names.recruiters)
    recruiters = {recruiter_id: names.recruiter(recruiter_id) for recruiter_id in held}
    return [
        _slot(row, cities[row["city_id"]], recruiters.get(row["recruiter_id"]), names.events[row["event_id"]])
        for row in rows
    ]


def available(event_ids: Iterable[str | ObjectId], now: datetime) -> Document:
    """Which slots of these events can be booked; served by the index ``OFFERED``."""
    gone, closed = (
        [row["_id"] for row in collection(name).find({"is_active": False}, {"_id": 1}, session=current_session())]
        for name in ("recruiters", "cities")
    )
    return {
        "event_id": {"$in": [ObjectId(event_id) for event_id in event_ids]},
        "is_active": True,
        "has_room": True,
        "closes_at": {"$gt": now},
        "recruiter_id": {"$nin": gone},
        "city_id": {"$nin": closed},
    }


def alternatives_for(
    event_id: str, state: State, now: datetime, *, without: AbstractSet[str] = frozenset()
) -> list[Slot]:
    """Up to three slots to offer instead, as they stand after the batch that ``state`` is the end of.

    ``without``: ids of slots that are not to be among them.
    """
    stored = load_slots(available([event_id], now), limit=ALTERNATIVES + len(state.slots) + len(without))
    here = (slot for slot in state.slots.values() if slot.event_id == event_id and slot.is_open(now))
    current = {slot.id: slot for slot in stored if slot.id not in state.slots} | {slot.id: slot for slot in here}
    free = (slot for slot in current.values() if slot.free and slot.id not in without)
    return sorted(free, key=lambda slot: (slot.starts_at, slot.id))[:ALTERNATIVES]


def cities_by_id(ids: Iterable[str | ObjectId | None]) -> list[Document]:
    """Documents of cities. Where there is no such time zone as theirs, Moscow's stands: clocks can't do without."""
    rows = by_id("cities", ids)
    return [{**row, "timezone": wire.zone("cities", row, row["timezone"])} for row in rows]


def by_id(name: str, ids: Iterable[str | ObjectId | None]) -> list[Document]:
    """Documents of a collection; none is asked for where no id is named."""
    wanted = [ObjectId(item) for item in ids if item]
    return list(collection(name).find({"_id": {"$in": wanted}}, session=current_session())) if wanted else []


def reached_at(recruiter: Document | None) -> int | None:
    """The Telegram id of a recruiter who is active and has joined."""
    return recruiter["telegram_id"] if recruiter and recruiter["is_active"] else None


def is_in_reach(recruiter: Document | None) -> bool:
    """Whether the bot can write to a recruiter, by their document."""
    return bool(recruiter and reached_at(recruiter) and chat_state(recruiter) == "started")


def venue_of(slot: Document) -> Venue:
    """Where a slot is held, from its document."""
    return _venue(*(_part(slot, name) for name in VENUE_FIELDS))


@lru_cache(maxsize=256)  # an office's slots are all held in one place
def _venue(*parts: str) -> Venue:
    return Venue(**dict(zip(VENUE_FIELDS, parts, strict=True)))


def event_words(event: Document) -> EventWords:
    """What staff wrote about an interview event, from its document; one made by an earlier version has less of it."""
    return EventWords(**{name: wire.text(event.get(name) or "") for name in EventWords.model_fields})


def _part(slot: Document, name: str) -> str:
    stored = slot.get(name) or ""
    return (wire.link("interview_slots", slot, stored) or "") if name.endswith("_link") else wire.line(stored)


def venue_of_booking(booking: Document) -> Venue:
    """Where a booking's slot was held when it last changed, from the booking's document."""
    return venue_of({**booking["slot"], "location": booking["location"]})


def _missing(name: str, ids: Iterable[ObjectId | None], known: dict[ObjectId, Document]) -> dict[ObjectId, Document]:
    return {row["_id"]: row for row in by_id(name, {item for item in ids if item} - set(known))}


def _slot(row: Document, city: City, recruiter: Recruiter | None, event: Document) -> Slot:
    place = Place(
        city=city.name,
        timezone=city.timezone,
        venue=venue_of(row),
        recruiter=None,
        event=wire.line(event["title"]),
        contact_url=city.contact_url,
        words=event_words(event),
    )
    slot = Slot(
        id=str(row["_id"]),
        event_id=str(row["event_id"]),
        city_id=city.id,
        recruiter_id=str(row["recruiter_id"]) if row["recruiter_id"] else None,
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        closes_at=row["closes_at"],
        capacity=row["max_users"],
        holders=frozenset(str(holder) for holder in row["booked_users"]),
        is_active=row["is_active"],
        place=place,
        recruiter_timezone=city.timezone if row["recruiter_id"] else None,
        city_active=city.is_active,
    )
    return slot.held_by(recruiter) if recruiter else slot
