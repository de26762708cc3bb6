"""Rows by the hundred thousand for ``bench.lists``, written straight into MongoDB."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from bson import ObjectId
from pymongo import IndexModel, WriteConcern
from pymongo.collection import Collection
from pymongo.database import Database

from bench.rows import CITIES, EVENTS, RECRUITERS, Json, Rows

CHUNK = 5_000
MANY = 20_000
"""Rows from which on making a collection's indexes anew is quicker than keeping them up to date."""
_OF_A_PERSON = ("_id", "telegram_id", "username", "first_name", "last_name", "city_id")
_OF_A_PLACE = ("location", "room", "video_link", "office", "map_link", "directions")
_OF_A_SLOT = ("_id", "event_id", "city_id", "recruiter_id", "starts_at", "ends_at", "duration_minutes", *_OF_A_PLACE)
_OF_A_BOOKING = ("_id", "telegram_id", "starts_at")


@dataclass(frozen=True)
class Scale:
    """How many of what; ``of`` gives those of so many times the smallest."""

    bookings: int
    candidates: int
    audit_entries: int
    others: int

    @classmethod
    def of(cls, times: int) -> "Scale":
        """A hundred times is what the desk is measured by."""
        return cls(
            bookings=10_000 * times, candidates=2_000 * times, audit_entries=10_000 * times, others=1_000 * times
        )


NOTHING = Scale(0, 0, 0, 0)


@dataclass
class Filler:
    """Fills one database, again and again to a larger scale."""

    database: Database[Json]
    rows: Rows = field(default_factory=Rows)
    scale: Scale = NOTHING

    def fill(self, scale: Scale, say: Callable[[str], None]) -> None:
        """Up to ``scale``, the largest collections last."""
        rows = self.rows
        if self.scale == NOTHING:
            rows.cities = self._like("cities", CITIES, lambda n: {"name": f"Город {n}"})
            rows.recruiters = self._like("recruiters", RECRUITERS, rows.recruiter)
            rows.events = self._like("interview_events", EVENTS, lambda n: {"title": f"Набор {n}"})
            rows.names = {row["_id"]: row for row in (*rows.cities, *rows.recruiters)}
            self._insert("broadcasts", map(rows.broadcast, range(2 * EVENTS)))
        parts: tuple[tuple[str, Callable[[Scale], int], Callable[[int], Json]], ...] = (
            ("users", lambda it: it.candidates, rows.person),
            ("interview_slots", lambda it: it.bookings // 5, rows.slot),
            ("bookings", lambda it: it.bookings, rows.booking),
            ("audit_entries", lambda it: it.audit_entries, rows.audit_entry),
            ("auto_messages", lambda it: it.bookings, rows.auto_message),
            ("person_messages", lambda it: it.bookings, rows.message),
            ("person_notes", lambda it: it.candidates, rows.note),
            ("questionnaire_answers", lambda it: it.candidates, rows.answers),
            ("invitations", lambda it: it.candidates, rows.invitation),
            ("waiting_list", lambda it: it.others, rows.waiting),
            ("outbox", lambda it: it.others, rows.outgoing),
            ("inbox", lambda it: it.others, rows.decided),
        )
        for name, how_many, make in parts:
            there, wanted = how_many(self.scale), how_many(scale)
            say(f"{wanted:,} of {name} …")
            with _indexed_afterwards(self.database[name], wanted - there):
                self._insert(name, map(make, range(there, wanted)))
        self.scale = scale

    def _insert(self, name: str, made: Iterable[Json]) -> None:
        kept: dict[str, tuple[list[Json], tuple[str, ...]]] = {
            "users": (self.rows.people, _OF_A_PERSON),
            "interview_slots": (self.rows.slots, _OF_A_SLOT),
            "bookings": (self.rows.bookings, _OF_A_BOOKING),
        }
        known, fields = kept.get(name, ([], ()))
        stamps, rows = {"created_at": self.rows.now, "updated_at": self.rows.now}, iter(made)
        collection = self.database.get_collection(name, write_concern=WriteConcern(1))
        while chunk := [{"_id": ObjectId(), **stamps, **row} for row in islice(rows, CHUNK)]:
            collection.insert_many(chunk, ordered=False)
            known.extend({field: row[field] for field in fields} for row in chunk)

    def _like(self, name: str, count: int, own: Callable[[int], Json]) -> list[Json]:
        """The demo's rows, and as many more like its first."""
        found = list(self.database[name].find())
        more = [{**found[0], "_id": ObjectId(), **own(number)} for number in range(count)]
        self.database[name].insert_many(more)
        return [*found, *more]


@contextmanager
def _indexed_afterwards(collection: Collection[Any], count: int) -> Iterator[None]:
    """Without the collection's indexes in the block, where there is much to add."""
    own = [dict(index) for index in collection.list_indexes() if index["name"] != "_id_"]
    if count < MANY or not own:
        yield
        return
    collection.drop_indexes()
    yield
    collection.create_indexes([IndexModel(index.pop("key").items(), **_options(index)) for index in own])


def _options(index: Json) -> Json:
    return {name: value for name, value in index.items() if name != "v"}
