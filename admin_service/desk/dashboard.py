"""The numbers that matter, on the desk's first page."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from broadcasts.models import Broadcast
from common import clock
from common.mongo import Document, collection
from desk.attendance import coming_today, days, outcomes_lately
from desk.clocks import day_bounds, day_start, local, said, today
from people.models import MOSCOW
from reminders.summary import undelivered
from scheduling.models import WaitingState

NEXT_INTERVIEWS = 10
LAST_BROADCASTS = 5
LOOK_AHEAD = timedelta(days=7)


def add_numbers(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback: the context with what staff may see."""
    user: Any = request.user
    context["title"] = _("Today")
    if user.has_perm("scheduling.view_booking"):
        context |= {
            "numbers": _numbers(user),
            "next_interviews": _next_interviews(),
            "coming": coming_today(),
            "outcomes": outcomes_lately(),
        }
    if user.has_perm("broadcasts.view_broadcast"):
        context["broadcasts"] = _last_broadcasts()
    return context


def _numbers(user: Any) -> list[dict[str, Any]]:
    bookings = reverse("admin:scheduling_booking_changelist")
    to_come, free, waiting = _count_today(), _free_seats(), _awaiting_approval()
    by_hand, on_list = _count_by_hand(), _count_waiting()
    numbers = [
        _number(
            "today",
            ngettext("interview still to come today", "interviews still to come today", to_come),
            to_come,
            f"{bookings}?status__exact=booked",
        ),
        _number(
            "free",
            ngettext("free seat in the next 7 days", "free seats in the next 7 days", free),
            free,
            _slots_link(),
        ),
        _number(
            "waiting",
            ngettext("request awaits approval", "requests await approval", waiting),
            waiting,
            f"{bookings}?live__exact=1&expires_at__isnull=False",
            alarm=bool(waiting),
        ),
        _number(
            "by-hand",
            ngettext("booking to tell of by hand", "bookings to tell of by hand", by_hand),
            by_hand,
            f"{bookings}?live__exact=1&by_hand=any",
            alarm=bool(by_hand),
        ),
        _number(
            "waiting-list",
            ngettext("person on the waiting list", "people on the waiting list", on_list),
            on_list,
            _waiting_link(),
        ),
    ]
    if user.has_perm("reminders.view_automessage"):
        numbers.append(_undelivered())
    if user.has_perm("messaging.view_outboxmessage"):
        numbers.append(_unsent())
    return numbers


def _undelivered() -> dict[str, Any]:
    yesterday = today() - timedelta(days=1)
    since, until = day_start(yesterday), day_bounds(today())[1]
    count = collection("auto_messages").count_documents(undelivered(since, until))
    link = f"{reverse('admin:reminders_automessage_changelist')}?state__exact=failed&{days('due_at', yesterday)}"
    label = ngettext(
        "automatic message not delivered since yesterday", "automatic messages not delivered since yesterday", count
    )
    return _number("undelivered", label, count, link, alarm=bool(count))


def _unsent() -> dict[str, Any]:
    count = collection("outbox").count_documents({"status": "pending", "due_at": {"$lte": clock.now()}})
    link = f"{reverse('admin:messaging_outboxmessage_changelist')}?status=pending"
    label = ngettext("message not sent yet", "messages not sent yet", count)
    return _number("outbox", label, count, link, alarm=bool(count))


def _number(name: str, label: str, value: int, link: str, *, alarm: bool = False) -> dict[str, Any]:
    return {"id": name, "label": label, "value": value, "link": link, "alarm": alarm}


def _slots_link() -> str:
    return f"{reverse('admin:scheduling_interviewslot_changelist')}?is_active__exact=1"


def _rest_of_today() -> Document:
    return {"live": True, "starts_at": {"$gte": clock.now(), "$lt": day_bounds(today())[1]}}


def _count_today() -> int:
    return collection("bookings").count_documents(_rest_of_today())


def _free_seats() -> int:
    now = clock.now()
    offered = {"is_active": True, "has_room": True, "starts_at": {"$gt": now, "$lt": now + LOOK_AHEAD}}
    free = {"$subtract": ["$max_users", {"$size": "$booked_users"}]}
    found = collection("interview_slots").aggregate(
        [{"$match": {**offered, "closes_at": {"$gt": now}}}, {"$group": {"_id": None, "free": {"$sum": free}}}]
    )
    return int(next(iter(found), {"free": 0})["free"])


def _awaiting_approval() -> int:
    return collection("bookings").count_documents({"live": True, "expires_at": {"$ne": None}})


def _count_by_hand() -> int:
    flagged = [{"recruiter_by_hand": True}, {"candidate_by_hand": True}]
    return collection("bookings").count_documents({"live": True, "$or": flagged})


def _count_waiting() -> int:
    return collection("waiting_list").count_documents({"state": WaitingState.WAITING.value})


def _waiting_link() -> str:
    return f"{reverse('admin:scheduling_waitingentry_changelist')}?state__exact={WaitingState.WAITING.value}"


def _next_interviews() -> list[dict[str, Any]]:
    rows = collection("bookings").find(_rest_of_today()).sort("starts_at", 1).limit(NEXT_INTERVIEWS)
    return [_interview(row) for row in rows]


def _interview(row: Document) -> dict[str, Any]:
    zone = row["slot"]["timezone"]
    there = local(row["starts_at"], zone)
    return {
        "time": f"{there:%H:%M}",
        "zone": "" if zone == MOSCOW else row["slot"]["city"],
        "name": f"{row['user']['first_name']} {row['user']['last_name']}".strip(),
        "place": ", ".join(filter(None, (row["location"], row["slot"]["room"]))),
        "link": reverse("admin:scheduling_booking_change", args=[row["_id"]]),
    }


def _last_broadcasts() -> list[dict[str, Any]]:
    last = Broadcast.objects.order_by("-created_at").prefetch_related("event")[:LAST_BROADCASTS]
    return [
        {
            "when": said(broadcast.created_at, MOSCOW),
            "event": str(broadcast.event),
            "status": broadcast.get_status_display(),
            "counts": counts(broadcast),
            "link": reverse("admin:broadcasts_broadcast_change", args=[broadcast.pk]),
        }
        for broadcast in last
    ]


def counts(broadcast: Broadcast) -> str:
    """How many messages arrived, and how many did not."""
    words = [
        (_("sent"), broadcast.sent),
        (_("blocked"), broadcast.blocked),
        (_("failed"), broadcast.failed),
        (_("uncertain"), broadcast.uncertain),
    ]
    return ", ".join(f"{word} {number}" for word, number in words if number or word == words[0][0])
