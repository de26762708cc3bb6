"""The slots of some days for a calendar, each day as its interview's clocks show it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bson import ObjectId

from common.mongo import Document, collection
from common.zones import MOSCOW, day_start, local
from shared_contracts.directory import BookingStatus

MOST_SHOWN = 600
"""Slots of one view; more can be neither read nor dragged."""
_A_DAY = timedelta(days=1)
_READ = (
    "starts_at",
    "ends_at",
    "duration_minutes",
    "max_users",
    "booked_users",
    "is_active",
    "updated_at",
    "city_id",
    "recruiter_id",
    "event_id",
    "office",
    "location",
    "room",
    "video_link",
)


@dataclass(frozen=True, slots=True)
class Found:
    """Slots by start, as they are stored. ``is_cut``: there are more than are shown."""

    rows: Sequence[Document]
    is_cut: bool


def shown_zone(row: Document, zones: Mapping[ObjectId, str]) -> str:
    """On whose clocks staff are told a slot's time: the place's, online the company's (``staff.moments``)."""
    return MOSCOW if row.get("video_link") else zones.get(row["city_id"], MOSCOW)


def span_of(first: date, days: int, zones: Iterable[str]) -> tuple[datetime, datetime]:
    """The first moment of these days on any of the zones' clocks, and the first after them on all."""
    every = {*zones, MOSCOW}
    return min(day_start(first, zone) for zone in every), max(day_start(first + days * _A_DAY, z) for z in every)


def span_query(first: date, days: int, zones: Iterable[str], narrowed: Document) -> Document:
    """The condition of slots that may be on these days on any of the zones' clocks; ``narrowed``: which of them."""
    begins, ends = span_of(first, days, zones)
    return {**narrowed, "starts_at": {"$gte": begins, "$lt": ends}}


def slots_in(first: date, days: int, zones: Mapping[ObjectId, str], narrowed: Document) -> Found:
    """The slots that begin on these days, at most ``MOST_SHOWN``."""
    query = span_query(first, days, zones.values(), narrowed)
    found = collection("interview_slots").find(query, dict.fromkeys(_READ, 1)).sort([("starts_at", 1), ("_id", 1)])
    rows = list(found.limit(MOST_SHOWN + 1))
    last = first + (days - 1) * _A_DAY
    shown = [row for row in rows if first <= local(row["starts_at"], shown_zone(row, zones)).date() <= last]
    return Found(shown[:MOST_SHOWN], len(rows) > MOST_SHOWN)


def next_day_after(last: date, zones: Mapping[ObjectId, str], narrowed: Document) -> date | None:
    """The first day after this one on which a slot begins, as its interview's clocks show it; None: there is none."""
    begins, _ends = span_of(last + _A_DAY, 1, zones.values())
    read = dict.fromkeys(("starts_at", "city_id", "video_link"), 1)
    later = collection("interview_slots").find({**narrowed, "starts_at": {"$gte": begins}}, read)
    days = (
        local(row["starts_at"], shown_zone(row, zones)).date() for row in later.sort([("starts_at", 1), ("_id", 1)])
    )
    return next((day for day in days if day > last), None)


def waiting_in(slot_ids: Sequence[ObjectId]) -> Counter[ObjectId]:
    """How many requests wait for a recruiter's answer, for a seat or for a move to it, by slot."""
    bookings = collection("bookings")
    asked = bookings.find(
        {"slot_id": {"$in": slot_ids}, "live": True, "status": BookingStatus.PENDING.value}, {"slot_id": 1}
    )
    moves = bookings.find({"requested_slot_id": {"$in": slot_ids}, "live": True}, {"requested_slot_id": 1})
    return Counter([*(row["slot_id"] for row in asked), *(row["requested_slot_id"] for row in moves)])


def wall_clock(moment: datetime, zone: str) -> datetime:
    """The digits that a zone's clocks show, naive."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
