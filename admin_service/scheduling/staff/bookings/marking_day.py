"""How the day went: everybody's outcome on one page, saved by one press, each in its own transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import structlog
from bson import ObjectId
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from common import clock, wire
from common.mongo import Document, collection
from common.scope import INTERVIEWS, scope_of
from common.texts.names import name_in
from common.zones import local
from scheduling.models import STATUS_LABELS
from scheduling.services.reading.to_mark import MOST, ToMark, next_to_come, to_mark
from scheduling.services.staff_commands import AlreadyDecidedError, mark_outcome
from scheduling.services.store.slots import venue_of_booking
from scheduling.staff.bookings.marking import MAY_MARK, MarkingAdmin, why_not_marked
from scheduling.staff.bookings.standing import nothing_done_text
from scheduling.staff.moments import place_of, start_of
from scheduling.staff.outcomes import refusal_text
from shared_contracts.booking import MARKS, Outcome
from shared_contracts.directory import BookingStatus
from staffkit.clocks import today
from staffkit.views import login, page, tell_outcome

log = structlog.get_logger(__name__)

_LABELS = dict(STATUS_LABELS)
_CHOICES = [("", _("not marked")), *((mark.value, _LABELS[mark.value]) for mark in MARKS)]
_MARKS = {mark.value for mark in MARKS}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was chosen for a booking, otherwise than it was shown: a mark, or "" to take one back."""

    booking_id: str
    mark: str
    version: str


class MarkingDayAdmin(MarkingAdmin):
    """The list of bookings with the page on which a day's outcomes are marked."""

    actions_list: Any = ["mark_day"]

    @action(description=_("Mark outcomes"), url_path="mark-day", permissions=MAY_MARK, icon="checklist")
    def mark_day(self, request: HttpRequest) -> HttpResponse:
        """Show what is to be marked, or save what was chosen; what could not be saved stays on the page with why."""
        why = dict[str, str]()
        if request.method == "POST":
            asked = _asked(request.POST)
            why = _mark_all(request, asked)
            _tell(request, len(asked) - len(why), len(why))
            if not why:
                return HttpResponseRedirect(reverse("admin:scheduling_booking_mark_day"))
        own, now = INTERVIEWS.match(scope_of(request)), clock.now()
        found = to_mark(own, today(), now)
        days = _days(found, why, request.POST)
        return page(
            self,
            request,
            "scheduling/mark_day.html",
            title=_("How did the interviews go?"),
            days=days,
            coming=None if days else _coming(own, now),
            unmarked=sum(row["status"] == BookingStatus.UNMARKED.value for row in (*found.today, *found.before)),
            left_out=MOST if found.left_out else 0,
            marks=_CHOICES[1:],
            back=reverse("admin:scheduling_booking_changelist"),
        )


def _asked(sent: QueryDict) -> list[Asked]:
    """What differs from what the page showed; of a colleague's change nothing is undone unasked."""
    ids = [name.removeprefix("mark-") for name in sent if name.startswith("mark-")]
    every = (Asked(one, sent.get(f"mark-{one}", ""), sent.get(f"version-{one}", "")) for one in ids[: 2 * MOST + 2])
    return [one for one in every if one.mark != sent.get(f"was-{one.booking_id}", "")]


def _mark_all(request: HttpRequest, asked: Sequence[Asked]) -> dict[str, str]:
    """Mark one after the other, and say of which bookings it was not done and why."""
    ids = [ObjectId(one.booking_id) for one in asked if ObjectId.is_valid(one.booking_id)]
    within = {**INTERVIEWS.match(scope_of(request)), "_id": {"$in": ids}}
    own = {str(row["_id"]) for row in collection("bookings").find(within, {"_id": 1})}
    why = dict[str, str]()
    for one in asked:
        found = one.booking_id in own
        if not_done := _mark(one, login(request)) if found else refusal_text(Outcome.BOOKING_NOT_FOUND):
            why[one.booking_id] = not_done
    return why


def _mark(one: Asked, actor: str) -> str:
    """Why it was not done; empty where it is so now."""
    if one.mark not in {"", *_MARKS} or not (one.version.isascii() and one.version.isdigit()):
        return refusal_text(Outcome.FAILED)
    mark = BookingStatus(one.mark) if one.mark else None
    try:
        outcome = mark_outcome(one.booking_id, mark, expected_version=int(one.version[:18]), actor=actor)
        return "" if outcome is Outcome.BOOKED else why_not_marked(outcome, ObjectId(one.booking_id))
    except AlreadyDecidedError:
        return nothing_done_text(ObjectId(one.booking_id))
    except Exception:  # one of them never stops the others
        log.exception("marking_failed", booking_id=one.booking_id)
        return refusal_text(Outcome.FAILED)


def _tell(request: HttpRequest, done: int, not_done: int) -> None:
    if done:
        text = ngettext("%(count)s outcome is saved.", "%(count)s outcomes are saved.", done)
        tell_outcome(request, True, text % {"count": done})
    if not_done:
        text = ngettext(
            "%(count)s is not saved; beside it is why.", "%(count)s are not saved; beside them is why.", not_done
        )
        tell_outcome(request, False, text % {"count": not_done})
    if not done and not not_done:
        tell_outcome(request, True, _now("Nothing was changed."))


def _days(found: ToMark, why: dict[str, str], sent: QueryDict) -> list[dict[str, Any]]:
    """Today first, then the days before, each with its people by the hour. A damaged booking is left out."""

    def rows(bookings: Sequence[Document]) -> list[dict[str, Any]]:
        return wire.views("bookings", bookings, lambda some: [_row(row, why, sent) for row in some])

    days = [{"name": _now("Today"), "rows": rows(found.today), "is_today": True}]
    before = rows(found.before)
    for day in sorted({row["day"] for row in before}, reverse=True):
        theirs = [row for row in before if row["day"] == day]
        days.append({"name": date_format(day, "l, j E"), "rows": theirs, "is_today": False})
    return [day for day in days if day["rows"]]


def _coming(own: Document, now: datetime) -> dict[str, str] | None:
    """When there will be something to mark, and the way to that day's bookings."""
    row = next_to_come(own, now)
    if row is None:
        return None
    zone = row["slot"]["timezone"]
    day = f"{local(row['starts_at'], zone):%Y-%m-%d}"
    query = urlencode({"starts_at_from": day, "starts_at_to": day})
    listed = f"{reverse('admin:scheduling_booking_changelist')}?{query}"
    return {"when": start_of(row["starts_at"], zone, venue_of_booking(row)), "link": listed}


def _row(row: Document, why: dict[str, str], sent: QueryDict) -> dict[str, Any]:
    booking_id, venue = str(row["_id"]), venue_of_booking(row)
    was = row["status"] if row["status"] in _MARKS else ""
    chosen = sent.get(f"mark-{booking_id}", was) if booking_id in why else was
    return {
        "id": booking_id,
        "day": local(row["starts_at"], row["slot"]["timezone"]).date(),
        "version": row["version"],
        "was": was,
        "who": name_in(row["user"]),
        "link": reverse("admin:scheduling_booking_change", args=[booking_id]),
        "about": " · ".join(_about(row, start_of(row["starts_at"], row["slot"]["timezone"], venue), place_of(venue))),
        "choices": [(value, capfirst(str(label)), value == chosen) for value, label in _CHOICES],
        "why": why.get(booking_id, ""),
    }


def _about(row: Document, start: str, place: str) -> Iterable[str]:
    return filter(None, (start, row["slot"]["recruiter"], place))
