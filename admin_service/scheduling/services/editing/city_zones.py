"""A city's time zone put right after slots were made there: what shifts, and what becomes of it (FR10)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bson import ObjectId

from common import clock
from common.mongo import Document, collection, current_session, in_transaction
from common.zones import ClockChange, change_at, local
from people.models import City
from people.services.people import save_city
from scheduling.domain.commands import SlotChanges
from scheduling.services.editing.past_slots import Correction, Shift, put_ended_right, put_past_right
from scheduling.services.editing.slot_edits import edit_slots, ended_among
from scheduling.services.editing.zone_readers import tell_readers
from scheduling.services.impact import AS_IT_COMES, Choices
from shared_contracts.venue import VENUE_FIELDS

_DAY_BEGINS, _DAY_ENDS = time(7), time(22)
"""An interview that begins before, or after, is at night."""


class Kept(StrEnum):
    """What of a slot stays: its digits, on the right clocks now, or the moment, which reads otherwise."""

    CLOCK = "clock"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class DoubtfulSlot:
    """A slot whose clock time is no moment in the other zone, or two: staff say when it begins.

    ``slot``: its document; ``starts``: when it may begin then, aware and to come.
    """

    slot: Document
    change: ClockChange
    starts: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class ZoneShift:
    """What another zone concerns.

    Attributes:
        slots, bookings: how many coming slots, and live bookings in them.
        staying: how many of these slots can stay at their clock time.
        past: slots that have begun.
        doubtful: slots whose clock time can't stay, which must be asked about.
        overtaken: documents of coming slots whose clock time has passed there: they keep their moment.
        at_night: documents of coming slots in offices that begin at night there where the moment is kept.
    """

    slots: int
    bookings: int
    staying: int = 0
    past: int = 0
    doubtful: tuple[DoubtfulSlot, ...] = ()
    overtaken: tuple[Document, ...] = ()
    at_night: tuple[Document, ...] = ()


def shift_of(city_id: ObjectId, was: str, zone: str) -> ZoneShift:
    """What would shift if the city's zone were another; slots whose clocks agree in both don't."""
    now = clock.now()
    coming = [slot for slot in _coming(city_id, now) if _differs(slot["starts_at"], was, zone)]
    begun = [slot for slot in _begun(city_id, now) if _differs(slot["starts_at"], was, zone)]
    ids = [slot["_id"] for slot in coming]
    seats = {"live": True, "$or": [{"slot_id": {"$in": ids}}, {"requested_slot_id": {"$in": ids}}]}
    bookings = collection("bookings").count_documents(seats, session=current_session()) if ids else 0
    moved = [(slot, _same_clock(slot["starts_at"], was, zone)) for slot in coming]
    return ZoneShift(
        slots=len(ids),
        bookings=bookings,
        staying=sum(moment is not None and moment > now for _slot, moment in moved),
        past=len(begun),
        doubtful=tuple(_doubtful([*coming, *begun], was, zone, now)),
        overtaken=tuple(slot for slot, moment in moved if moment is not None and moment <= now),
        at_night=tuple(slot for slot in coming if not slot.get("video_link") and _is_at_night(slot, zone)),
    )


def _doubtful(slots: Iterable[Document], was: str, zone: str, now: datetime) -> Iterator[DoubtfulSlot]:
    for slot in slots:
        change = change_at(_digits(slot["starts_at"], was), zone)
        starts = tuple(moment for moment in change.nearest if moment > now) if change else ()
        if change and (starts or slot["starts_at"] > now):
            yield DoubtfulSlot(slot, change, starts)


def _is_at_night(slot: Document, zone: str) -> bool:
    return not _DAY_BEGINS <= local(slot["starts_at"], zone).time() <= _DAY_ENDS


def put_zone_right(
    city: City,
    kept: Kept,
    *,
    actor: str,
    reason: str = "",
    choices: Choices = AS_IT_COMES,
    starts: Mapping[str, datetime] | None = None,
) -> None:
    """Save a city with another zone. Its coming slots are edited, all at once, so that a notice which names another
    slot names it as it is then; those closed for booking too, since whoever comes soonest goes by the clock first.

    Those who are booked are told what is so now, and their calendars with them; so are the city's own people whose
    online interviews start at another time of their clocks. A slot that would lie in the past on the right clocks keeps
    its moment, and so does one whose digits are no moment there, or two, unless ``starts`` says when it begins.

    What has begun by the wrong clocks is put right, too, without a word. Where the digits stay, some of it is still to
    come: whoever is booked there is so again, though the interview was taken for over, and is told as the others are.

    Args:
        city: with its other zone.
        kept: what stays of the slots.
        actor: the staff login.
        reason: those who are told read it.
        choices: of bookings that are moved or ended instead; they never see the change.
        starts: when slots begin, aware, by their id; of those whose digits can't stay.

    Raises:
        ChoiceRefusedError: a booking can't be moved or ended as was chosen. Nothing was changed.
    """

    def work() -> None:
        was = City.objects.get(pk=city.pk).timezone
        save_city(city, actor=actor)
        found, correction = _shifts(city, was, kept, starts or {}), Correction(was, city.timezone, actor, reason)
        put_past_right(found.past, correction)
        again = ended_among(choices)
        edit_slots(found.edits, actor=actor, reason=reason, choices=choices)
        put_ended_right(found.edited, correction, without=again)
        edited = [ObjectId(slot_id) for slot_id, _changes in found.edits]
        tell_readers(city, was, edited, reason, without=choices.commands)

    in_transaction(work)


class _Shifts(NamedTuple):
    """What another zone makes of a city's slots: edits of those to come, with their shifts; and shifts of past ones."""

    edits: list[tuple[str, SlotChanges]]
    edited: list[Shift]
    past: list[Shift]


def _shifts(city: City, was: str, kept: Kept, starts: Mapping[str, datetime]) -> _Shifts:
    found, now = _Shifts([], [], []), clock.now()
    for slot in [*_coming(city.pk, now), *_begun(city.pk, now)]:
        starts_at = slot["starts_at"]
        if not _differs(starts_at, was, city.timezone):
            continue
        moved = starts_at
        if kept is Kept.CLOCK:
            moved = starts.get(str(slot["_id"])) or _same_clock(starts_at, was, city.timezone) or starts_at
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


_READ = dict.fromkeys(("starts_at", *VENUE_FIELDS), 1)


def _coming(city_id: ObjectId, now: datetime) -> Iterator[Document]:
    query = {"city_id": city_id, "starts_at": {"$gt": now}}
    yield from collection("interview_slots").find(query, _READ, session=current_session())


def _begun(city_id: ObjectId, now: datetime) -> Iterator[Document]:
    query = {"city_id": city_id, "starts_at": {"$lte": now}}
    yield from collection("interview_slots").find(query, _READ, session=current_session())


def _differs(moment: datetime, one: str, other: str) -> bool:
    return local(moment, one).utcoffset() != local(moment, other).utcoffset()


def _digits(moment: datetime, was: str) -> datetime:
    """What people were told that a slot begins at."""
    return local(moment, was).replace(tzinfo=None)


def _same_clock(moment: datetime, was: str, zone: str) -> datetime | None:
    """The moment of the same digits in another zone; None where they are none there, or two."""
    digits = _digits(moment, was)
    return None if change_at(digits, zone) else digits.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
