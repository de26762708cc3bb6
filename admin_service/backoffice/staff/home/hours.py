"""Today's interviews by the hour of their places: how many of the seats are taken, and by whom."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from bson import ObjectId
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.mongo import Document, collection
from common.texts.names import name_in
from common.zones import MOSCOW, local
from people.services.zones import zones_of_cities
from scheduling.services.reading.days import slots_on
from scheduling.services.reading.seats import holders_in, taken_seats
from staffkit.clocks import format_moment, today

MOST_NAMES = 12


@dataclass(slots=True)
class Hour:
    """An hour on a place's clocks, with its seats, and how many are ``taken``.

    ``people``: who has them, of those that the login sees, each with their time and booking's page.
    """

    label: str
    seats: int = 0
    taken: int = 0
    people: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def share(self) -> int:
        """Percent."""
        return min(round(100 * self.taken / self.seats), 100) if self.seats else 100

    @property
    def shown(self) -> list[tuple[str, str, str]]:
        """The first of the people."""
        return self.people[:MOST_NAMES]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.taken - len(self.shown)


def hours_today(slots: Document, bookings: Document) -> list[Hour]:
    """Of the slots and bookings that match; by ``slots_starts`` and ``bookings_slot``."""
    rows = list(collection("interview_slots").find({**slots, **slots_on(today(), today())}).sort("starts_at", 1))
    taken, there = taken_seats(rows, clock.now()), _people(bookings, [row["_id"] for row in rows])
    zones, hours = zones_of_cities(), dict[tuple[datetime, str], Hour]()
    for row in rows:
        if not row["is_active"] and not taken[row["_id"]]:
            continue
        zone, online = zones.get(row["city_id"], MOSCOW), bool(row["video_link"])
        begins = local(row["starts_at"], MOSCOW if online else zone).replace(minute=0, second=0, microsecond=0)
        label = format_moment(begins, zone, ours=online, pattern="H:i")
        hour = hours.setdefault((begins, label), Hour(label))
        hour.seats += row["max_users"]
        hour.taken += taken[row["_id"]]
        time = f"{local(row['starts_at'], MOSCOW if online else zone):%H:%M}"
        hour.people += [(time, name, link) for name, link in there[row["_id"]]]
    return list(hours.values())


def _people(own: Document, slot_ids: list[ObjectId]) -> dict[ObjectId, list[tuple[str, str]]]:
    found: dict[ObjectId, list[tuple[str, str]]] = defaultdict(list)
    for slot_id, row, only_wants in holders_in(slot_ids, own):
        name = f"{name_in(row['user'])} ({_('wants to move here')})" if only_wants else name_in(row["user"])
        found[slot_id].append((name, reverse("admin:scheduling_booking_change", args=[row["_id"]])))
    return found
