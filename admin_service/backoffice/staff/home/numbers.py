"""The numbers on the first page. Each counts, among the login's own rows, just what the list behind it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from backoffice.staff.home.attendance import days
from common import clock
from common.mongo import Document, collection
from common.scope import scope_of
from common.zones import day_start
from reminders.models import AutoMessage
from reminders.services.summary import undelivered
from scheduling.models import Booking, InterviewSlot, WaitingEntry, WaitingState
from scheduling.services.reading.days import slots_on_many
from scheduling.staff.filters import STILL_TODAY, free_slots, rest_of_today
from staffkit.clocks import day_bounds, today
from staffkit.errands import EVERY, ErrandKind
from staffkit.scoping import own_rows

LOOK_AHEAD_DAYS = 7
ORDER = (
    *("approval", "by-hand", "waiting-ended", "wish", "silent", "marking", "outbox"),
    *("dead-letters", "bot-dead-letters"),
)
"""In which order the kinds of errands are named; others follow."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the list it counts."""

    id: str
    label: str
    value: int
    link: str
    alarm: bool = False


def numbers(request: HttpRequest) -> list[Number]:
    """What is counted for the login, of the lists that are open to it."""
    return [number(own) for model, number in _NUMBERS if (own := own_rows(request, model)) is not None]


def kinds(request: HttpRequest) -> list[tuple[ErrandKind, Document]]:
    """The kinds of errands of which the login may see any, each with the condition of its own rows."""
    every = sorted(EVERY.values(), key=lambda kind: (*ORDER, kind.name).index(kind.name))
    scope = scope_of(request)
    return [(kind.read_by(scope), own) for kind in every if (own := own_rows(request, kind.rows_of)) is not None]


def waiting(request: HttpRequest, now: datetime) -> list[Number]:
    """How many errands of each kind there are."""
    counted = [(kind, kind.count(own, now)) for kind, own in kinds(request)]
    return [
        Number(kind.name, kind.counted(count), count, kind.page(request) or kind.link, bool(count))
        for kind, count in counted
    ]


def _today(own: Document) -> Number:
    count = _count(Booking, own, rest_of_today())
    label = ngettext("interview still to come today", "interviews still to come today", count)
    return Number("today", label, count, _list(Booking, f"now={STILL_TODAY}"))


def _free(own: Document) -> Number:
    first, last = today(), today() + timedelta(days=LOOK_AHEAD_DAYS - 1)
    free = free_slots(clock.now())
    count = sum(_count(InterviewSlot, own, {**free, **days}) for days in slots_on_many(first, last))
    label = ngettext("slot to book in the next 7 days", "slots to book in the next 7 days", count)
    dates = {"starts_at_from": f"{first:%Y-%m-%d}", "starts_at_to": f"{last:%Y-%m-%d}"}
    return Number("free", label, count, _list(InterviewSlot, urlencode({"seats": "free", **dates})))


def _on_waiting_list(own: Document) -> Number:
    state = WaitingState.WAITING.value
    count = _count(WaitingEntry, own, {"state": state})
    label = ngettext("person on the waiting list", "people on the waiting list", count)
    return Number("waiting-list", label, count, _list(WaitingEntry, f"state__exact={state}"))


def _undelivered(own: Document) -> Number:
    yesterday = today() - timedelta(days=1)
    count = _count(AutoMessage, own, undelivered(day_start(yesterday), day_bounds(today())[1]))
    label = ngettext(
        "automatic message not delivered since yesterday", "automatic messages not delivered since yesterday", count
    )
    link = _list(AutoMessage, f"state__exact=failed&{days('due_at', yesterday)}")
    return Number("undelivered", label, count, link, bool(count))


_NUMBERS: list[tuple[type[Model], Callable[[Document], Number]]] = [
    (Booking, _today),
    (InterviewSlot, _free),
    (WaitingEntry, _on_waiting_list),
    (AutoMessage, _undelivered),
]
"""What is counted besides errands, in the order of the page, and whose list it belongs to."""


def _count(model: type[Model], own: Document, condition: Document) -> int:
    return collection(model._meta.db_table).count_documents({**own, **condition})


def _list(model: type[Model], query: str) -> str:
    return f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_changelist')}?{query}"
