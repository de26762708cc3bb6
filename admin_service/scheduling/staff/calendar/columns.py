"""The calendar's columns: recruiters, places or cities, and what a slot that is put into one of them gets from it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.mongo import Document
from common.scope import scope_of
from common.texts.language import desk_language
from people.models import City, Office, Recruiter
from scheduling.services.store.slots import by_id
from scheduling.staff.calendar.asked import Asked, By
from shared_contracts.venue import room_told
from staffkit.scoping import in_scope

NONE = "none"
ONLINE = "online"
_MOST_CHOICES = 200
_MOST_EMPTY = 8
"""With so many or fewer, those without a slot have their column, too: there are none yet on a new week."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``gives``: the slot form's values for a slot that is made or put here; None: none can be put here."""

    id: str
    title: str
    gives: dict[str, str] | None = field(default=None, hash=False)
    adds: dict[str, str] = field(default_factory=dict, hash=False)
    """What only a new slot gets from it, besides."""

    @property
    def shown(self) -> dict[str, Any]:
        """For the page."""
        return {"id": self.id, "title": self.title, "gives": self.gives, "adds": {**(self.gives or {}), **self.adds}}


def column_of(row: Document, by: By) -> str:
    """The id of a slot's column."""
    match by:
        case By.RECRUITER:
            return str(row["recruiter_id"] or NONE)
        case By.CITY:
            return str(row["city_id"])
        case By.PLACE:
            if row.get("video_link"):
                return ONLINE
            return _place_id(row["city_id"], row.get("office"), row.get("location"), row.get("room"))


def narrowed_to(it: Asked) -> Document:
    """The condition of the slots of the one column that is asked for; of all where none is.

    Raises:
        BadRequest: there is no such column.
    """
    try:
        match it.only and it.by:
            case By.RECRUITER:
                return {"recruiter_id": None if it.only == NONE else ObjectId(it.only)}
            case By.CITY:
                return {"city_id": ObjectId(it.only)}
            case By.PLACE:
                if it.only == ONLINE:
                    return {"video_link": {"$gt": ""}}
                city, office, location, room = json.loads(it.only)
                texts = {"office": str(office), "location": str(location), "room": str(room)}
                return {"city_id": ObjectId(city), "video_link": "", **texts}
    except (InvalidId, TypeError, ValueError) as error:
        raise BadRequest("a column of the calendar can't be read") from error
    return {}


def columns(request: HttpRequest, it: Asked, rows: Iterable[Document]) -> tuple[list[Column], list[Column]]:
    """The columns that are shown of some slots, and all that one can choose from, each by name."""
    taken = {column_of(row, it.by): row for row in rows}
    match it.by:
        case By.RECRUITER:
            every = _recruiters(request, taken)
        case By.CITY:
            every = _cities(request, taken)
        case By.PLACE:
            every = _places(request, taken)
    if it.only:
        shown = [column for column in every if column.id == it.only]
    else:
        few = len(every) <= _MOST_EMPTY
        shown = [one for one in every if one.id in taken or (few and one.id not in {NONE, ONLINE})] or every[:1]
    return shown, every


def _recruiters(request: HttpRequest, taken: dict[str, Document]) -> list[Column]:
    scope = scope_of(request)
    own = Recruiter.objects.filter(pk=scope.recruiter_id) if scope.recruiter_id else None
    offered = in_scope(Recruiter.objects.filter(is_active=True), request) if own is None else own
    people = {str(one.pk): (one.name, str(one.city_id or "")) for one in offered.order_by("name")[:_MOST_CHOICES]}
    for row in by_id("recruiters", [ObjectId(key) for key in taken if key not in people and key != NONE]):
        people[str(row["_id"])] = row["name"], str(row["city_id"] or "")
    found = [
        Column(key, name, {"recruiter": key}, {"city": city} if city else {})
        for key, (name, city) in sorted(people.items(), key=lambda item: item[1])
    ]
    return [*found, Column(NONE, _("No recruiter"), {"recruiter": ""})] if own is None else found


def _cities(request: HttpRequest, taken: dict[str, Document]) -> list[Column]:
    offered = in_scope(City.objects.filter(is_active=True), request).order_by("name")[:_MOST_CHOICES]
    names = {str(one.pk): one.name for one in offered}
    for row in by_id("cities", [ObjectId(key) for key in taken if key not in names]):
        names[str(row["_id"])] = row["name"]
    every = sorted(names.items(), key=lambda item: item[1])
    return [Column(key, name, None, {"city": key}) for key, name in every]


def _places(request: HttpRequest, taken: dict[str, Document]) -> list[Column]:
    cities = {str(one.pk): one.name for one in City.objects.all()}
    offices = in_scope(Office.objects.filter(is_active=True), request)[:_MOST_CHOICES]
    held = {str(row.get("office")) for row in taken.values()}
    places = {_place_id(one.city_id, one.pk, one.location, "") for one in offices if str(one.pk) not in held}
    every = [_place(key, cities) for key in {*places, *taken} if key != ONLINE]
    return [*sorted(every, key=lambda column: column.title), Column(ONLINE, _("Online"))]


def _place(key: str, cities: dict[str, str]) -> Column:
    city, office, location, room = json.loads(key)
    title = " · ".join(filter(None, (location, room_told(room, desk_language()), cities.get(city, ""))))
    where = {"office": office, "location": "" if office else location, "room": room}
    return Column(key, title or _("Without a place"), {"city": city, **where})


def _place_id(city: Any, office: Any, location: Any, room: Any) -> str:
    parts = (str(part or "") for part in (city, office, location, room))
    return json.dumps(list(parts), ensure_ascii=False)
