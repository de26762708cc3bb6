"""The calendar's page, and its slots as the page asks for them, again and again while it is looked at."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from common import clock
from scheduling.staff.calendar.asked import Asked, By, View, asked, from_here
from scheduling.staff.calendar.showing import what_is_shown
from staffkit.changes import mark_of_changes
from staffkit.clocks import today
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.views import page

VIEWS = {View.DAY: _("Day"), View.WEEK: _("Week")}
_OVER_AFTER_SECONDS = 60
"""How long a slot that has ended may look as if it had not."""
COLUMNS = {By.RECRUITER: _("Recruiters"), By.PLACE: _("Offices and rooms"), By.CITY: _("Cities")}


def show_calendar(staff_page: UseCaseAdmin, request: HttpRequest) -> HttpResponse:
    """The frame of the calendar; the page's script fills it."""
    it = asked(request.GET)
    slots_page = reverse("admin:scheduling_interviewslot_changelist")
    days = f"starts_at_from={it.first.isoformat()}&starts_at_to={it.last.isoformat()}"
    return page(
        staff_page,
        request,
        "scheduling/calendar.html",
        title=_("Calendar"),
        opts=None,  # by which the header would name the list of slots
        content_title=_("Calendar"),
        asked=it,
        heading=_heading(it),
        earlier=it.later(-1).address,
        later=it.later(1).address,
        now=it.other(day=today()).address,
        views=[(view, label, it.other(view=view).address) for view, label in VIEWS.items()],
        columns=COLUMNS.items(),
        data=f"{reverse('admin:scheduling_interviewslot_calendar_slots')}?{it.query}",
        add=reverse("admin:scheduling_interviewslot_add") if staff_page.has_add_permission(request) else "",
        origin=from_here(it),
        listed=f"{slots_page}?time=all&{days}",
    )


def calendar_slots(staff_page: UseCaseAdmin, request: HttpRequest) -> HttpResponse:
    """The slots of the days that are asked for, as JSON; nothing (204) where nothing has happened since."""
    stamp = f"{mark_of_changes()}-{clock.now().timestamp() // _OVER_AFTER_SECONDS:.0f}"
    it = asked(request.GET)
    if request.GET.get("stamp") == stamp:
        return HttpResponse(status=204)
    shown = what_is_shown(request, it, may_change=staff_page.has_change_permission(request))
    return JsonResponse({**shown, "stamp": stamp})


def first_values(initial: dict[str, Any]) -> dict[str, Any]:
    """What the form of a new slot begins with: an address gives its start as the digits on the city's clocks."""
    if "starts_at" not in initial:
        return initial
    try:
        start = datetime.fromisoformat(initial["starts_at"]).replace(tzinfo=None)
    except ValueError:
        start = None
    return {**initial, "starts_at": start}


def _heading(it: Asked) -> str:
    if it.view is View.DAY:
        return date_format(it.first, "l, j E Y")
    return f"{date_format(it.first, 'j E')} – {date_format(it.last, 'j E Y')}"
