"""A slot dragged to another time: the slot's own form, filled in with it, to be looked at and sent as ever.

So a drag is a change like any other: its clashes need a tick, whoever is booked is named first, and what a colleague
has changed meanwhile is not undone.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from common.mongo import Document, collection
from common.zones import MOSCOW, local
from people.models import Office, Recruiter
from people.services.zones import zones_of_cities
from scheduling.models import InterviewSlot
from scheduling.services.clashes import clashes_of, of_slot
from scheduling.services.reading.calendar_span import shown_zone
from scheduling.services.store.slots import venue_of
from scheduling.staff.calendar.asked import back_to_calendar
from scheduling.staff.clashes import is_ticked, named_clashes
from scheduling.staff.moments import place_of, start_of
from staffkit.clocks import from_wall_clock
from staffkit.sending.once import new_key
from staffkit.sending.seen import seen_token
from staffkit.views import find, page_of

_GIVEN = ("recruiter", "city", "office", "location", "room")
"""What a column may give to a slot that is put into it, by the names of the form's fields."""


def ask_to_move(staff_page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The form of a slot that was dragged, or why it can't be dragged there (409).

    The address says ``to``: the digits where it was dropped; ``seen``: which state of the slot was dragged; and what
    its new column gives.

    Raises:
        BadRequest: the digits can't be read.
    """
    slot = find(InterviewSlot, object_id)
    stored = collection("interview_slots").find_one({"_id": slot.pk}) or {}
    if not stored or stored["updated_at"].isoformat() != request.GET.get("seen"):
        return _refused(_("Somebody has just changed this slot. Nothing is moved: here it is as it is now."))
    given = {name: request.GET[name] for name in _GIVEN if name in request.GET}
    try:
        moved = _moved(stored, request.GET["to"], given)
    except ValidationError as error:
        return _refused(" ".join(error.messages))
    form = staff_page.get_form(request, slot, change=True)(instance=slot)
    zone = zones_of_cities().get(moved["city_id"], MOSCOW)
    starts_at = local(moved["starts_at"], zone).replace(tzinfo=None)
    form.initial |= {**given, "starts_at": starts_at}
    clashes = clashes_of([of_slot(moved)])
    if clashes:
        is_ticked(form, clashes, request)
    context = {
        "slot": slot,
        "form": form,
        "before": _told(stored),
        "after": _told(moved),
        "booked": len(stored["booked_users"]),
        "clashes": named_clashes(clashes, request) if clashes else "",
        "action": f"{request.path}?{urlencode({'from': request.GET.get('from', '')})}",
        "back": back_to_calendar(request, page_of(slot)),
        "seen": seen_token([form]),
        "once": new_key(request),
    }
    return render(request, "scheduling/move_slot.html", context)


def _moved(stored: Document, dropped_at: str, given: dict[str, str]) -> Document:
    """The slot's document as it would be.

    Raises:
        BadRequest: something of it can't be read.
        ValidationError: there is no such time there, or there are two.
    """
    moved: Document = {**stored, **{name: given[name] for name in ("office", "location", "room") if name in given}}
    try:
        digits = parse_datetime(dropped_at)
        if "recruiter" in given:
            moved["recruiter_id"] = ObjectId(given["recruiter"]) if given["recruiter"] else None
        if "city" in given:
            moved["city_id"] = ObjectId(given["city"])
        office = Office.objects.filter(pk=ObjectId(moved["office"])).first() if given.get("office") else None
    except (InvalidId, ValueError) as error:
        raise BadRequest("where a slot was dropped can't be read") from error
    if digits is None or digits.tzinfo is not None:
        raise BadRequest("where a slot was dropped can't be read")
    if office:
        moved["location"] = office.location
    starts_at = from_wall_clock(digits, shown_zone(moved, zones_of_cities()))
    return {**moved, "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=stored["duration_minutes"])}


def _told(row: Document) -> list[str]:
    """When, where and by whom."""
    zone, venue = zones_of_cities().get(row["city_id"], MOSCOW), venue_of(row)
    recruiter = Recruiter.objects.filter(pk=row["recruiter_id"]).first() if row["recruiter_id"] else None
    return [start_of(row["starts_at"], zone, venue), *filter(None, (place_of(venue), str(recruiter or "")))]


def _refused(why: str) -> HttpResponse:
    return JsonResponse({"why": why}, status=HTTPStatus.CONFLICT)
