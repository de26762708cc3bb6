"""The slots of the calendar as its page shows them: where in the grid, in which colour, and in which words."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bson import ObjectId
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.mongo import Document
from common.texts.language import desk_language
from common.zones import MOSCOW, local, zone_name
from people.services.zones import zones_of_cities
from scheduling.domain.clashes import counts
from scheduling.models import InterviewSlot
from scheduling.services.clashes import clashing_with_slots, of_slot
from scheduling.services.reading.calendar_span import (
    MOST_SHOWN,
    Found,
    next_day_after,
    shown_zone,
    slots_in,
    waiting_in,
    wall_clock,
)
from scheduling.services.reading.seats import taken_seats
from scheduling.services.store.slots import by_id, venue_of
from scheduling.staff.calendar.asked import Asked, By, View
from scheduling.staff.calendar.columns import column_of, columns, narrowed_to
from scheduling.staff.calendar.elsewhere import Elsewhere, busy_in_columns, elsewhere
from scheduling.staff.moments import place_of, start_of
from shared_contracts.texts.clocks import clocks_of
from staffkit.clocks import today
from staffkit.scoping import own_rows


@dataclass(frozen=True, slots=True)
class _Names:
    """What the slots of a view are told by."""

    zones: Mapping[ObjectId, str]
    events: Mapping[ObjectId, str]
    recruiters: Mapping[ObjectId, str]
    waiting: Mapping[ObjectId, int]
    taken: Mapping[ObjectId, int]
    elsewhere: Elsewhere
    clashing: Set[str | None]


def what_is_shown(request: HttpRequest, it: Asked, *, may_change: bool) -> dict[str, Any]:
    """The login's own slots of the days that are asked for, with their columns; plain values.

    Raises:
        BadRequest: there is no such column.
    """
    zones = zones_of_cities()
    narrowed = {**(own_rows(request, InterviewSlot) or {}), **narrowed_to(it)}
    found = slots_in(it.first, it.days, zones, narrowed)
    shown, every = columns(request, it, found.rows)
    known = elsewhere(it, shown, found.rows, zones)
    names = _Names(
        zones,
        _texts("interview_events", found.rows, "event_id", "title"),
        _texts("recruiters", found.rows, "recruiter_id", "name"),
        waiting_in([row["_id"] for row in found.rows]),
        taken_seats(found.rows, clock.now()),
        known,
        clashing_with_slots(map(of_slot, found.rows)),
    )
    return {
        "slots": [_shown(row, it, names, may_change) for row in found.rows],
        "columns": [column.shown for column in shown],
        "choices": [[column.id, column.title] for column in every],
        "busy": busy_in_columns(known, it, shown, found.rows, zones),
        "troubles": known.troubles(),
        "cut": _cut() if found.is_cut else "",
        "later": None if _has_enough(it, found) else _later(it, next_day_after(it.last, zones, narrowed)),
    }


def _has_enough(it: Asked, found: Found) -> bool:
    """Whether something here is still to come, or the days are over, and looked at for what was."""
    now = clock.now()
    return found.is_cut or it.last < today() or any(row["ends_at"] > now for row in found.rows)


def _later(it: Asked, day: date | None) -> dict[str, str]:
    """What to say where nothing is left, and the way to the next slots."""
    words = _("Nothing is left on this day.") if it.view is View.DAY else _("Nothing is left in this week.")
    if day is None:
        return {"words": " ".join([words, _("There is nothing after it either.")]), "link": "", "day": ""}
    link = it.other(day=day).address
    return {"words": words, "link": link, "day": _("Next: %(day)s") % {"day": date_format(day, "l, j E")}}


def _cut() -> str:
    text = _("There are more than %(most)s slots here: only the first are shown. Choose one column, or a day.")
    return text % {"most": MOST_SHOWN}


def _shown(row: Document, it: Asked, names: _Names, may_change: bool) -> dict[str, Any]:
    zone, online = shown_zone(row, names.zones), bool(row["video_link"])
    begins = wall_clock(row["starts_at"], zone)
    venue = venue_of(row)
    taken = names.taken[row["_id"]]
    state = _state(row, taken)
    words, waiting = _words(row, state, taken), _waiting(names.waiting[row["_id"]])
    place = names.zones.get(row["city_id"], MOSCOW)
    when = f"{start_of(row['starts_at'], place, venue)}, {_('%(minutes)s min') % {'minutes': row['duration_minutes']}}"
    takes_up = counts(row["is_active"], row["booked_users"], row["ends_at"], clock.now()) and state != "over"
    recruiter, event = names.recruiters.get(row["recruiter_id"], ""), names.events.get(row["event_id"], "")
    about = [*filter(None, (recruiter, place_of(venue) if not online else _("Online"), event))]
    return {
        "id": str(row["_id"]),
        "column": column_of(row, it.by),
        "start": begins.isoformat(timespec="minutes"),
        "end": (begins + timedelta(minutes=row["duration_minutes"])).isoformat(timespec="minutes"),
        "time": _time(row, zone),
        "state": state,
        "words": words,
        "waiting": waiting,
        "elsewhere": _("the recruiter is busy") if takes_up and names.elsewhere.takes(row) else "",
        "when": when,
        "clash": _("clash") if str(row["_id"]) in names.clashing else "",
        "about": " · ".join(about),
        "about_here": " · ".join([*about[1:], about[0]] if recruiter and it.by is By.RECRUITER else about),
        "seen": row["updated_at"].isoformat(),
        "booked": taken,
        "online": online,
        "movable": may_change and row["ends_at"] > clock.now(),
        "link": reverse("admin:scheduling_interviewslot_change", args=[row["_id"]]),
    }


def _state(row: Document, taken: int) -> str:
    """The name of its colour."""
    if not row["is_active"]:
        return "inactive"
    if row["ends_at"] <= clock.now():
        return "over"
    return "full" if taken >= row["max_users"] else "some" if taken else "free"


def _words(row: Document, state: str, taken: int) -> str:
    """How full it is: colours alone are not for everybody."""
    seats = row["max_users"]
    told = _("%(taken)s of %(seats)s") % {"taken": taken, "seats": seats}
    if state in {"inactive", "over"}:
        name = _("inactive") if state == "inactive" else _("over")
        return f"{name} · {told}" if taken else name
    if state == "full":
        return _("full") if seats == 1 else f"{_('full')} · {told}"
    if state == "some":
        return told
    return _("free") if seats == 1 else _("free: %(count)s") % {"count": seats}


def _waiting(count: int) -> str:
    return ngettext("%(count)s request waits", "%(count)s requests wait", count) % {"count": count} if count else ""


def _time(row: Document, zone: str) -> str:
    """When it begins on the slot's clocks, which are named where the company's show another time.

    An hour that comes twice there is told by its offset alone.
    """
    begins = local(row["starts_at"], zone)
    clocks = clocks_of(row["starts_at"], zone, MOSCOW, online=False)
    if not clocks.named:
        return f"{begins:%H:%M}"
    return f"{begins:%H:%M} {clocks.offset or zone_name(zone, desk_language())}"


def _texts(name: str, rows: Any, key: str, text: str) -> dict[ObjectId, str]:
    ids = {row[key] for row in rows if row[key]}
    return {row["_id"]: str(row[text]) for row in by_id(name, ids)}
