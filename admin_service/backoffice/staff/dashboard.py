"""The numbers that matter, on the desk's first page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.staff.attendance import coming_today, days, outcomes_lately
from broadcasts.models import Broadcast
from broadcasts.staff.broadcasts import counts
from common import clock
from common.mongo import Document, collection
from common.texts.names import name_in
from common.zones import MOSCOW, day_start
from messaging.models import OutboxMessage
from reminders.models import AutoMessage
from reminders.services.summary import undelivered
from scheduling.models import Booking, InterviewSlot, WaitingEntry, WaitingState
from scheduling.services.days import bookings_on
from scheduling.services.recruiter_cards.request_reminders import AWAITING_APPROVAL, TO_TELL_BY_HAND
from scheduling.services.store.slots import venue_of_booking
from staffkit.clocks import day_bounds, format_moment, today
from staffkit.scoping import in_scope, own_rows

NEXT_INTERVIEWS = 10
LAST_BROADCASTS = 5
LOOK_AHEAD = timedelta(days=7)


def add_numbers(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback: the context with what the login may see, counted among its own rows."""
    context |= {"title": _("Today"), "numbers": []}
    for model, number in _NUMBERS:
        if (own := own_rows(request, model)) is not None:
            context["numbers"].append(number(own))
    if (own := own_rows(request, Booking)) is not None:
        context |= {
            "next_interviews": _next_interviews(own),
            "coming": coming_today(own),
            "outcomes": outcomes_lately(own),
        }
    if own_rows(request, Broadcast) is not None:
        context["broadcasts"] = _last_broadcasts(request)
    return context


def _today(own: Document) -> dict[str, Any]:
    count = collection("bookings").count_documents({**own, **_rest_of_today()})
    label = ngettext("interview still to come today", "interviews still to come today", count)
    return _number("today", label, count, f"{_bookings()}?status__exact=booked")


def _free(own: Document) -> dict[str, Any]:
    count = _free_seats(own)
    label = ngettext("free seat in the next 7 days", "free seats in the next 7 days", count)
    return _number("free", label, count, f"{reverse('admin:scheduling_interviewslot_changelist')}?is_active__exact=1")


def _awaiting_approval(own: Document) -> dict[str, Any]:
    count = collection("bookings").count_documents({**own, **AWAITING_APPROVAL})
    label = ngettext("request awaits approval", "requests await approval", count)
    link = f"{_bookings()}?live__exact=1&awaits_approval__exact=1"
    return _number("waiting", label, count, link, alarm=bool(count))


def _by_hand(own: Document) -> dict[str, Any]:
    count = collection("bookings").count_documents({**own, **TO_TELL_BY_HAND})
    label = ngettext("booking to tell of by hand", "bookings to tell of by hand", count)
    return _number("by-hand", label, count, f"{_bookings()}?live__exact=1&by_hand=any", alarm=bool(count))


def _on_waiting_list(own: Document) -> dict[str, Any]:
    count = collection("waiting_list").count_documents({**own, "state": WaitingState.WAITING.value})
    label = ngettext("person on the waiting list", "people on the waiting list", count)
    link = f"{reverse('admin:scheduling_waitingentry_changelist')}?state__exact={WaitingState.WAITING.value}"
    return _number("waiting-list", label, count, link)


def _undelivered(own: Document) -> dict[str, Any]:
    yesterday = today() - timedelta(days=1)
    since, until = day_start(yesterday), day_bounds(today())[1]
    count = collection("auto_messages").count_documents({**own, **undelivered(since, until)})
    link = f"{reverse('admin:reminders_automessage_changelist')}?state__exact=failed&{days('due_at', yesterday)}"
    label = ngettext(
        "automatic message not delivered since yesterday", "automatic messages not delivered since yesterday", count
    )
    return _number("undelivered", label, count, link, alarm=bool(count))


def _unsent(own: Document) -> dict[str, Any]:
    count = collection("outbox").count_documents({**own, "status": "pending", "due_at": {"$lte": clock.now()}})
    link = f"{reverse('admin:messaging_outboxmessage_changelist')}?status=pending"
    label = ngettext("message not sent yet", "messages not sent yet", count)
    return _number("outbox", label, count, link, alarm=bool(count))


_NUMBERS: list[tuple[type[Model], Callable[[Document], dict[str, Any]]]] = [
    (Booking, _today),
    (InterviewSlot, _free),
    (Booking, _awaiting_approval),
    (Booking, _by_hand),
    (WaitingEntry, _on_waiting_list),
    (AutoMessage, _undelivered),
    (OutboxMessage, _unsent),
]
"""What is counted, in the order of the page, and whose list it belongs to."""


def _number(name: str, label: str, value: int, link: str, *, alarm: bool = False) -> dict[str, Any]:
    return {"id": name, "label": label, "value": value, "link": link, "alarm": alarm}


def _bookings() -> str:
    return reverse("admin:scheduling_booking_changelist")


def _rest_of_today() -> Document:
    day = bookings_on(today())
    return {"live": True, **day, "starts_at": {**day["starts_at"], "$gte": clock.now()}}


def _free_seats(own: Document) -> int:
    now = clock.now()
    offered = {**own, "is_active": True, "has_room": True, "starts_at": {"$gt": now, "$lt": now + LOOK_AHEAD}}
    free = {"$subtract": ["$max_users", {"$size": "$booked_users"}]}
    found = collection("interview_slots").aggregate(
        [{"$match": {**offered, "closes_at": {"$gt": now}}}, {"$group": {"_id": None, "free": {"$sum": free}}}]
    )
    return int(next(iter(found), {"free": 0})["free"])


def _next_interviews(own: Document) -> list[dict[str, Any]]:
    rows = collection("bookings").find({**own, **_rest_of_today()}).sort("starts_at", 1).limit(NEXT_INTERVIEWS)
    return [_interview(row) for row in rows]


def _interview(row: Document) -> dict[str, Any]:
    venue, zone = venue_of_booking(row), row["slot"]["timezone"]
    start = format_moment(row["starts_at"], zone, ours=bool(venue.video_link), pattern="H:i")
    time, _blank, clocks = start.partition(" ")
    return {
        "time": time,
        "clocks": clocks,
        "city": row["slot"]["city"] if clocks else "",
        "name": name_in(row["user"]),
        "place": venue.line,
        "link": reverse("admin:scheduling_booking_change", args=[row["_id"]]),
    }


def _last_broadcasts(request: HttpRequest) -> list[dict[str, Any]]:
    seen = in_scope(Broadcast.objects.order_by("-created_at"), request)
    last = seen.prefetch_related("event")[:LAST_BROADCASTS]
    return [
        {
            "when": format_moment(broadcast.created_at, MOSCOW),
            "event": str(broadcast.event),
            "status": broadcast.get_status_display(),
            "counts": counts(broadcast),
            "link": reverse("admin:broadcasts_broadcast_change", args=[broadcast.pk]),
        }
        for broadcast in last
    ]
