"""What a move that awaits approval would change, as staff decide on it: old → new of all that differs."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.mongo import Document
from common.zones import MOSCOW, local
from scheduling.domain.model import Slot
from scheduling.models import Booking
from scheduling.services.store.slots import load_slots
from scheduling.staff.moments import differences, start_of

_CLOCK = "H:i"


def answer_labels(move: object) -> tuple[Any, Any]:
    """What the buttons say that answer a request, or a wish to move; lazy."""
    if move:
        return gettext_lazy("Approve the move"), gettext_lazy("Reject the move")
    return gettext_lazy("Approve"), gettext_lazy("Reject")


def moves_of(rows: Sequence[Document]) -> dict[ObjectId, str]:
    """Of the documents of bookings those that ask for a move, by id, with what it would change, in a line."""
    return {key: _("move: %(changes)s") % {"changes": changes} for key, changes in _changes_of(rows).items()}


def move_of(booking: Booking) -> str:
    """The same of one booking; empty where it asks for none."""
    return moves_of([_row(booking)]).get(booking.pk, "")


def changes_of_move(booking: Booking) -> str:
    """What alone would change, as "10:00 → 12:00"; empty where it asks for no move."""
    return _changes_of([_row(booking)]).get(booking.pk, "")


def _row(booking: Booking) -> Document:
    return {"_id": booking.pk, **{name: getattr(booking, name) for name in ("live", "slot_id", "requested_slot_id")}}


def _changes_of(rows: Sequence[Document]) -> dict[ObjectId, str]:
    asking = [row for row in rows if row["live"] and row.get("requested_slot_id")]
    if not asking:
        return {}
    ids = {row[name] for row in asking for name in ("slot_id", "requested_slot_id")}
    slots = {ObjectId(slot.id): slot for slot in load_slots({"_id": {"$in": list(ids)}})}
    pairs = ((row["_id"], slots.get(row["slot_id"]), slots.get(row["requested_slot_id"])) for row in asking)
    return {booking_id: _changes(was, wanted) for booking_id, was, wanted in pairs if was and wanted}


def _changes(was: Slot, wanted: Slot) -> str:
    changes = ", ".join(f"{old} → {new}" for old, new in [*_times(was, wanted), *differences(was, wanted)])
    return changes or _("to another slot just like it")


def _times(was: Slot, wanted: Slot) -> list[tuple[str, str]]:
    """When it is and would be: the hours alone where the day is the same."""
    if (was.starts_at, _clocks(was)) == (wanted.starts_at, _clocks(wanted)):
        return []
    days = [local(slot.starts_at, _clocks(slot)).date() for slot in (was, wanted)]
    pattern = {"pattern": _CLOCK} if days[0] == days[1] else {}
    old, new = (start_of(it.starts_at, it.place.timezone, it.place.venue, **pattern) for it in (was, wanted))
    return [(old, new)]


def _clocks(slot: Slot) -> str:
    return MOSCOW if slot.place.venue.video_link else slot.place.timezone
