"""Days of interviews, in filters, lists and counts: a day is the day of the slot's city (spec, "Time")."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from common.mongo import Document
from common.zones import MOSCOW, day_start
from people.services.zones import zones_of_cities

_A_DAY = timedelta(days=1)


class Span(NamedTuple):
    """From a moment to before another; None: without that end."""

    begins: datetime | None
    ends: datetime | None

    @property
    def condition(self) -> Document:
        """In MongoDB's words."""
        ends = {"$gte": self.begins, "$lt": self.ends}
        return {name: moment for name, moment in ends.items() if moment is not None}


def spans_of(first: date | None, last: date | None, zones: Iterable[str]) -> dict[str, Span]:
    """When the days from ``first`` to ``last``, both included, begin and end on each zone's clocks."""
    return {
        zone: Span(day_start(first, zone) if first else None, day_start(last + _A_DAY, zone) if last else None)
        for zone in {*zones, MOSCOW}
    }


def bookings_on(first: date, last: date | None = None) -> Document:
    """The MongoDB condition of bookings whose interviews are on a day, or on the days up to ``last``.

    Each is told on the clocks of its snapshot; one whose zone no city has any more goes by Moscow's. The outer bounds
    are for indexes that go on with ``starts_at``.
    """
    spans = spans_of(first, last or first, zones_of_cities().values())
    alone = [{"slot.timezone": zone, "starts_at": span.condition} for zone, span in spans.items()]
    rest = {"slot.timezone": {"$nin": list(spans)}, "starts_at": spans[MOSCOW].condition}
    begins, ends = (sorted(filter(None, bounds)) for bounds in zip(*spans.values(), strict=True))
    return {"starts_at": {"$gte": begins[0], "$lt": ends[-1]}, "$or": [*alone, rest]}


def bookings_on_many(first: date, last: date) -> list[Document]:
    """The same in parts, of which a booking matches one: what is the day everywhere, and where days begin and end.

    The first is told by ``starts_at`` alone, so that an index counts what may be tens of thousands of bookings.
    """
    return _in_parts(bookings_on(first, last), first, last)


def slots_on(first: date, last: date) -> Document:
    """The MongoDB condition of slots on the days from ``first`` to ``last``, both included, each on its city's."""
    cities = zones_of_cities()
    spans = spans_of(first, last, cities.values())
    alone = [
        {"city_id": {"$in": [city for city, its in cities.items() if its == zone]}, "starts_at": span.condition}
        for zone, span in spans.items()
    ]
    begins, ends = (sorted(filter(None, bounds)) for bounds in zip(*spans.values(), strict=True))
    return {"starts_at": {"$gte": begins[0], "$lt": ends[-1]}, "$or": alone}


def slots_on_many(first: date, last: date) -> list[Document]:
    """The same in parts, as ``bookings_on_many``."""
    return _in_parts(slots_on(first, last), first, last)


def _in_parts(every: Document, first: date, last: date) -> list[Document]:
    """The days of ``every``, where all zones have some of them in common."""
    spans = spans_of(first, last, zones_of_cities().values()).values()
    begins, ends = (sorted(filter(None, bounds)) for bounds in zip(*spans, strict=True))
    if begins[-1] > ends[0]:
        return [every]
    edges = [{"$gte": bounds[0], "$lt": bounds[-1]} for bounds in (begins, ends)]
    everywhere = {"starts_at": {"$gte": begins[-1], "$lt": ends[0]}}
    return [everywhere, *({**every, "starts_at": edge} for edge in edges)]
