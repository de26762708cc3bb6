"""The slots to which people can be moved, by the name under which they are found: when, with whom, where."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from common import clock
from common.scope import INTERVIEWS, scope_of
from scheduling.domain.model import Slot
from scheduling.services.clashes import clashing_among, of_slot
from scheduling.services.store.slots import available, by_id, load_slots
from scheduling.staff.moments import name_of

MOST = 500


@dataclass(frozen=True)
class Targets:
    """Slots of one event with a free seat. ``seats``: how many are free, and whether it clashes, by the slot's name."""

    ids: Mapping[str, str]
    seats: Mapping[str, str]


def targets_for(request: HttpRequest, event_ids: Iterable[str], without: Collection[str]) -> dict[str, Targets]:
    """Of each event the slots that can be booked, of those the login may see, soonest first.

    Args:
        without: ids of those that the change concerns itself.
    """
    own = INTERVIEWS.match(scope_of(request))
    found = {}
    for event_id in sorted(set(event_ids)):
        query: dict[str, Any] = {"$and": [own, available([event_id], clock.now())]}
        slots = [slot for slot in load_slots(query, limit=MOST) if slot.id not in without]
        found[event_id] = _named(slots)
    return found


def _named(slots: Sequence[Slot]) -> Targets:
    ids, seats = dict[str, str](), dict[str, str]()
    clashing = clashing_among(map(of_slot, by_id("interview_slots", [slot.id for slot in slots])))
    for slot in slots:
        name = name_of(slot)
        number = 2
        while name in ids:
            name, number = f"{name_of(slot)} ({number})", number + 1
        ids[name] = slot.id
        free = _("free: %(free)s of %(seats)s") % {"free": slot.free, "seats": slot.capacity}
        seats[name] = f"{free} · {_('clash')}" if slot.id in clashing else free
    return Targets(ids, seats)
