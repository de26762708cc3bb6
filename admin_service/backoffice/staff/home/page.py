"""The desk's first page, and the part of it that a page that is open fetches anew while it is looked at."""

from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.staff.home.attendance import coming_today, outcomes_lately
from backoffice.staff.home.checklist import checklist
from backoffice.staff.home.errand_list import errand_rows
from backoffice.staff.home.funnel import funnel
from backoffice.staff.home.hours import hours_today
from backoffice.staff.home.numbers import numbers, waiting
from backoffice.staff.home.seats import next_days
from backoffice.staff.messages import given_up
from broadcasts.models import Broadcast
from broadcasts.staff.broadcasts import counts
from common import clock
from common.zones import MOSCOW
from scheduling.models import Booking, InterviewSlot
from staffkit.changes import mark_of_changes
from staffkit.clocks import format_moment
from staffkit.scoping import in_scope, own_rows
from staffkit.who_can import administrators_line

LAST_BROADCASTS = 5


def show_home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback: the context with what the login may see, counted among its own rows."""
    return {**context, "title": _("Today"), **_now(request), **_ahead(request)}


def what_is_new(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes; nothing (204) where it is as the page that asks has it already."""
    context = _now(request)
    if request.GET.get("stamp") == context["stamp"]:
        return HttpResponse(status=204)
    return render(request, "backoffice/now.html", context)


def what_is_ahead(request: HttpRequest) -> HttpResponse:
    """The way of candidates and the next two weeks; nothing (204) where nothing has happened since it was asked."""
    if request.GET.get("stamp") == mark_of_changes():
        return HttpResponse(status=204)
    return render(request, "backoffice/ahead.html", _ahead(request))


def _now(request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    own = own_rows(request, Booking)
    slots = own_rows(request, InterviewSlot)
    shown = {
        "checklist": checklist(request),
        "numbers": numbers(request),
        "waiting": waiting(request, now),
        "errands": errand_rows(request, now),
        "given_up": given_up(request),
        "hours": None if own is None or slots is None else hours_today(slots, own),
        "coming": None if own is None else coming_today(own),
        "outcomes": None if own is None else outcomes_lately(own),
        "broadcasts": None if own_rows(request, Broadcast) is None else _last_broadcasts(request),
    }
    return {**shown, "stamp": _stamp(shown), "administrators": administrators_line}


def _ahead(request: HttpRequest) -> dict[str, Any]:
    slots = own_rows(request, InterviewSlot)
    return {
        "ahead_stamp": mark_of_changes(),
        "funnel": funnel(request, clock.now()),
        "next_days": None if slots is None else next_days(slots),
    }


def _stamp(shown: dict[str, Any]) -> str:
    """Tells whether anything has changed; one-time keys, which always have, are no part of it."""
    bare = {**shown, "errands": [(row.errand, row.waits) for row in shown["errands"]]}
    return blake2b(repr(bare).encode(), digest_size=12).hexdigest()


def _last_broadcasts(request: HttpRequest) -> list[dict[str, Any]]:
    seen = in_scope(Broadcast.objects.filter(is_test=False).order_by("-created_at"), request)
    last = seen.prefetch_related("event")[:LAST_BROADCASTS]
    return [
        {
            "when": format_moment(broadcast.created_at, MOSCOW),
            "event": str(broadcast.event),
            "status": str(broadcast.get_status_display()),
            "counts": counts(broadcast),
            "link": reverse("admin:broadcasts_broadcast_change", args=[broadcast.pk]),
        }
        for broadcast in last
    ]
