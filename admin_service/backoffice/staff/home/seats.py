"""How full the next two weeks are: seats and who has them, by day, by city and by recruiter.

Active slots count, with those of today that are over; days are the cities'.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common import clock
from common.mongo import Document, collection
from people.services.zones import zones_of_cities
from scheduling.services.reading.days import slots_on, spans_of
from scheduling.services.reading.seats import taken_seats
from staffkit.clocks import today

DAYS = 14
MOST_ROWS = 12
_NEEDED = ("starts_at", "booked_users", "city_id", "recruiter_id")


@dataclass(frozen=True, slots=True)
class Filling:
    """``slots`` are what the list behind ``link`` shows; without one where there is none."""

    label: str
    short: str
    slots: int
    seats: int
    taken: int
    link: str

    @property
    def share(self) -> int:
        """Percent of the seats that are taken."""
        return round(100 * self.taken / self.seats) if self.seats else 0


@dataclass(frozen=True, slots=True)
class NextDays:
    """The same seats by day, by city and by recruiter."""

    days: list[Filling]
    cities: list[Filling]
    recruiters: list[Filling]


def next_days(own: Document) -> NextDays:
    """Of the slots that match ``own``; found by ``slots_city``."""
    first, last = today(), today() + timedelta(days=DAYS - 1)
    rows = [*_counted(own, first, last), *_used_today(own)]
    days = [first + timedelta(days=number) for number in range(DAYS)]
    by_day, by_city, by_recruiter = (_summed(rows, part) for part in ("day", "city_id", "recruiter_id"))
    filled = [
        _filling(by_day[f"{day:%Y-%m-%d}"], _words(day, "D j M"), _words(day, "j"), _link(day, day)) for day in days
    ]
    return NextDays(
        filled,
        _named(by_city, "cities", lambda item: _link(first, last, city=item)),
        _named(by_recruiter, "recruiters", lambda item: _link(first, last, recruiter=item)),
    )


def _counted(own: Document, first: date, last: date) -> list[Document]:
    cities = zones_of_cities()
    found: list[Document] = []
    for zone, span in spans_of(first, last, cities.values()).items():
        here = {"$in": [city for city, its in cities.items() if its == zone]}
        day = {"$dateToString": {"date": "$starts_at", "format": "%Y-%m-%d", "timezone": zone}}
        group = {
            "_id": {"day": day, "city_id": "$city_id", "recruiter_id": "$recruiter_id"},
            "slots": {"$sum": 1},
            "seats": {"$sum": "$max_users"},
            "taken": {"$sum": {"$size": "$booked_users"}},
        }
        match = {**own, "city_id": here, "starts_at": span.condition, "is_active": True}
        found += collection("interview_slots").aggregate([{"$match": match}, {"$group": group}])
    return found


def _used_today(own: Document) -> list[Document]:
    """Today's seats that are free again since their interviews are over, in the same shape."""
    match = {**own, **slots_on(today(), today()), "is_active": True}
    rows = list(collection("interview_slots").find(match, dict.fromkeys(_NEEDED, 1)))
    taken = taken_seats(rows, clock.now())
    return [
        {
            "_id": {"day": f"{today():%Y-%m-%d}", "city_id": row["city_id"], "recruiter_id": row["recruiter_id"]},
            "slots": 0,
            "seats": 0,
            "taken": taken[row["_id"]] - len(row["booked_users"]),
        }
        for row in rows
    ]


def _summed(rows: list[Document], part: str) -> dict[Any, list[int]]:
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        mine = sums[row["_id"].get(part)]
        for place, name in enumerate(("slots", "seats", "taken")):
            mine[place] += row[name]
    return sums


def _named(sums: dict[Any, list[int]], name: str, link: Callable[[Any], str]) -> list[Filling]:
    rows = collection(name).find({"_id": {"$in": [item for item in sums if item]}}, {"name": 1})
    names = {row["_id"]: row["name"] for row in rows}
    largest = sorted(sums.items(), key=lambda pair: -pair[1][1])[:MOST_ROWS]
    return [
        _filling(found, names.get(item, _("no recruiter")), "", link(item) if item else "") for item, found in largest
    ]


def _filling(found: list[int], label: str, short: str, link: str) -> Filling:
    slots, seats, taken = found
    return Filling(label, short, slots, seats, taken, link)


def _words(day: date, pattern: str) -> str:
    return date_format(day, pattern)


def _link(first: date, last: date, **query: Any) -> str:
    days = {"starts_at_from": f"{first:%Y-%m-%d}", "starts_at_to": f"{last:%Y-%m-%d}"}
    asked = urlencode({"is_active__exact": 1, "time": "all", **days, **query})
    return f"{reverse('admin:scheduling_interviewslot_changelist')}?{asked}"
