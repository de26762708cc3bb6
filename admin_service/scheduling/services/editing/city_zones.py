"""A city's time zone put right after slots were made there: what shifts, and what becomes of it (FR10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bson import ObjectId

from common import clock
from common.mongo import Document, collection, current_session, in_transaction
from common.zones import local
from people.models import City
from people.services.people import save_city
from scheduling.domain.commands import SlotChanges
from scheduling.services.editing.past_slots import Correction, Shift, put_ended_right, put_past_right
from scheduling.services.editing.slot_edits import edit_slots
from scheduling.services.editing.zone_readers import tell_readers
from scheduling.services.impact import AS_IT_COMES, Choices


class Kept(StrEnum):
    """What of a slot stays: its digits, on the right clocks now, or the moment, which reads otherwise."""

    CLOCK = "clock"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class ZoneShift:
    """How many coming slots, and live bookings in them, another zone concerns; ``past``: slots that have begun."""

    slots: int
    bookings: int
    past: int = 0


def shift_of(city_id: ObjectId, was: str, zone: str) -> ZoneShift:
    """What would shift if the city's zone were another; slots whose clocks agree in both don't."""
    ids = [slot["_id"] for slot in _coming(city_id, clock.now()) if _differs(slot["starts_at"], was, zone)]
    seats = {"live": True, "$or": [{"slot_id": {"$in": ids}}, {"requested_slot_id": {"$in": ids}}]}
    bookings = collection("bookings").count_documents(seats, session=current_session()) if ids else 0
    begun = sum(_differs(slot["starts_at"], was, zone) for slot in _begun(city_id, clock.now()))
    return ZoneShift(len(ids), bookings, begun)


def put_zone_right(city: City, kept: Kept, *, actor: str, reason: str = "", choices: Choices = AS_IT_COMES) -> None:
    """Save a city with another zone. Its coming slots are edited, all at once, so that a notice which names another
    slot names it as it is then; those closed for booking too, since whoever comes soonest goes by the clock first.

    Those who are booked are told what is so now, and their calendars with them; so are the city's own people whose
    online interviews start at another time of their clocks. A slot that would lie in the past on the right clocks keeps
    its moment.

    What has begun by the wrong clocks is put right, too, without a word. Where the digits stay, some of it is still to
    come: whoever is booked there is so again, though the interview was taken for over, and is told as the others are.

    Args:
        city: with its other zone.
        kept: what stays of the slots.
        actor: the staff login.
        reason: those who are told read it.
        choices: of bookings that are moved or ended instead; they never see the change.

    Raises:
        ChoiceRefusedError: a booking can't be moved or ended as was chosen. Nothing was changed.
    """

    def work() -> None:
        was = City.objects.get(pk=city.pk).timezone
        save_city(city, actor=actor)
        found, correction = _shifts(city, was, kept, clock.now()), Correction(was, city.timezone, actor, reason)
        put_past_right(found.past, correction)
        edit_slots(found.edits, actor=actor, reason=reason, choices=choices)
        put_ended_right(found.edited, correction)
        edited = [ObjectId(slot_id) for slot_id, _changes in found.edits]
        tell_readers(city, was, edited, reason, without=choices.commands)

    in_transaction(work)


class _Shifts(NamedTuple):
    """What another zone makes of a city's slots: edits of those to come, with their shifts; and shifts of past ones."""

    edits: list[tuple[str, SlotChanges]]
    edited: list[Shift]
    past: list[Shift]


def _shifts(city: City, was: str, kept: Kept, now: datetime) -> _Shifts:
    found = _Shifts([], [], [])
    for slot in [*_coming(city.pk, now), *_begun(city.pk, now)]:
        starts_at = slot["starts_at"]
        if not _differs(starts_at, was, city.timezone):
            continue
        moved = _same_clock(starts_at, was, city.timezone) if kept is Kept.CLOCK else starts_at
        if starts_at <= now and moved <= now:
            found.past.append(Shift(slot["_id"], moved - starts_at))
            continue
        changes = SlotChanges(clocks_were=was, starts_at=moved if now < moved != starts_at else None)
        found.edits.append((str(slot["_id"]), changes))
        found.edited.append(Shift(slot["_id"], (changes.starts_at or starts_at) - starts_at))
    return found


def coming_in(city: City) -> list[ObjectId]:
    """Ids of the coming slots of a city."""
    return [slot["_id"] for slot in _coming(city.pk, clock.now())]


def _coming(city_id: ObjectId, now: datetime) -> Iterator[Document]:
    query = {"city_id": city_id, "starts_at": {"$gt": now}}
    yield from collection("interview_slots").find(query, {"starts_at": 1}, session=current_session())


def _begun(city_id: ObjectId, now: datetime) -> Iterator[Document]:
    query = {"city_id": city_id, "starts_at": {"$lte": now}}
    yield from collection("interview_slots").find(query, {"starts_at": 1}, session=current_session())


def _differs(moment: datetime, one: str, other: str) -> bool:
    return local(moment, one).utcoffset() != local(moment, other).utcoffset()


def _same_clock(moment: datetime, was: str, zone: str) -> datetime:
    return local(moment, was).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
