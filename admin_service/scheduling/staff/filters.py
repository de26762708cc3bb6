"""Filters of slots and bookings; none joins."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from common import clock
from common.mongo import Document, collection
from common.scope import scope_of
from common.zones import MOSCOW
from people.services.zones import zones_of_cities
from scheduling.models import ATTENDANCE_LABELS
from scheduling.models.slots import LONGEST_MINUTES
from scheduling.services.reading.days import Span, bookings_on, spans_of
from scheduling.services.recruiter_cards.request_reminders import WHENEVER
from shared_contracts.directory import LIVE_STATUSES, BookingStatus
from staffkit import errands
from staffkit.clocks import today
from staffkit.pages.filters import DayFilter, IdFilter

LONGEST = timedelta(minutes=LONGEST_MINUTES)
_LOOKS = frozenset({"o", "p", "all", "_export", "_changelist_filters"})
"""Parameters of a list that ask for nothing else to be in it."""
_WAITING = ("now", "by_hand", "attendance", "awaits_approval__exact", "starts_at_from", "starts_at_to")
"""Parameters that ask for some days, or for what still waits for something."""
_LIVE = frozenset({BookingStatus.UNMARKED.value, *(status.value for status in LIVE_STATUSES)})
NO_ANSWER = "none"
"""How the list of bookings filters by no answer at all."""
AWAITING = "approval"
"""How it filters by requests that await a recruiter's answer: of these there may be many, so they are not looked up."""
STILL_TODAY = "today"
"""How it filters by what is still to come today."""


class EventFilter(IdFilter):
    """By interview event."""

    title = _("interview event")
    parameter_name = "event"
    field = "event_id"
    model = "scheduling.InterviewEvent"


class CityFilter(IdFilter):
    """By city."""

    title = _("city")
    parameter_name = "city"
    field = "city_id"
    model = "people.City"


class RecruiterFilter(IdFilter):
    """By recruiter."""

    title = _("recruiter")
    parameter_name = "recruiter"
    field = "recruiter_id"
    model = "people.Recruiter"


class SlotDayFilter(DayFilter):
    """By days of the slots' cities."""

    def within(self, first: date | None, last: date | None) -> Q:
        """Each city's days are its own."""
        cities = zones_of_cities()
        found = Q()
        spans = spans_of(first, last, cities.values())
        for zone, span in spans.items():
            found |= Q(city_id__in=[city for city, its in cities.items() if its == zone]) & _starts(span)
        return found & _at_most(spans.values())


class BookingDayFilter(DayFilter):
    """By days of the bookings' cities, as their snapshots have them; of a zone that no city has any more, Moscow's."""

    def within(self, first: date | None, last: date | None) -> Q:
        """Each is found under the day that the list tells."""
        spans = spans_of(first, last, zones_of_cities().values())
        found = ~Q(slot__timezone__in=list(spans)) & _starts(spans[MOSCOW])
        for zone, span in spans.items():
            found |= Q(slot__timezone=zone) & _starts(span)
        return found & _at_most(spans.values())


def _at_most(spans: Collection[Span]) -> Q:
    """From the first of them to the last: what an index over all moments can be walked by."""
    begins, ends = [span.begins for span in spans], [span.ends for span in spans]
    known_begins, known_ends = [one for one in begins if one], [one for one in ends if one]
    first = min(known_begins) if len(known_begins) == len(begins) else None
    last = max(known_ends) if len(known_ends) == len(ends) else None
    return _starts(Span(first, last))


def _starts(span: Span) -> Q:
    begins = Q(starts_at__gte=span.begins) if span.begins else Q()
    return begins & Q(starts_at__lt=span.ends) if span.ends else begins


class ComingFilter(DropdownFilter):
    """By whether it is over. The coming ones, unless asked otherwise."""

    title = _("time")
    parameter_name = "time"
    all_option = None
    whole = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Each can be chosen."""
        return [("coming", _("coming")), ("past", _("past")), (self.whole, _("all"))]

    def value(self) -> str:
        """As asked for."""
        return super().value() or "coming"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Not over yet, or over; when it begins says as much, and has an index."""
        if self.value() == self.whole:
            return queryset
        now = clock.now()
        if self.value() == "past":
            return queryset.filter(starts_at__lt=now, ends_at__lt=now)
        return queryset.filter(starts_at__gte=now - LONGEST, ends_at__gte=now)


class BookingTimeFilter(ComingFilter):
    """The same of bookings: the coming ones are all that is shown until something is asked for."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self._unless_asked = asked_time(request)
        super().__init__(request, *args, **kwargs)

    def value(self) -> str:
        """As asked for. A search or another filter looks everywhere, unless told otherwise."""
        return self.used_parameters.get(self.parameter_name) or self._unless_asked


def asked_time(request: HttpRequest) -> str:
    """Which bookings are shown where the address does not say: see ``BookingTimeFilter``."""
    asks = any(values[0] for name, values in request.GET.lists() if name not in _LOOKS)
    return request.GET.get(BookingTimeFilter.parameter_name) or ("all" if asks else "coming")


def soonest_first(request: HttpRequest, time: str) -> list[str]:
    """The order of a list: what comes next is at the top; of what is over, and of everything, the latest.

    Of some days, and of what still waits for something, the soonest is at the top whenever it was or will be.
    """
    asked = request.GET
    waits = any(asked.get(name) for name in _WAITING) or asked.get("status__exact") in _LIVE
    is_whole = time in ("past", "all") and (bool(asked.get(ComingFilter.parameter_name)) or not waits)
    return ["-starts_at"] if is_whole else ["starts_at"]


def _just(found: Collection[tuple[ObjectId, datetime]]) -> Q:
    """Those of some ids and starts, of which there are never many.

    By both, an index that goes by the start gives them in its order, reading no other: by ids alone MongoDB would
    rather read all bookings in their order than sort these.
    """
    ids, starts = zip(*found, strict=True) if found else ((), ())
    return Q(pk__in=ids, starts_at__in=sorted(set(starts)))


class ByHandFilter(DropdownFilter):
    """By who has to be told by hand (R4)."""

    title = _("contact by hand")
    parameter_name = "by_hand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Anyone, or either of the two."""
        return [("any", _("anyone")), ("recruiter", _("the recruiter")), ("candidate", _("the candidate"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those with that flag."""
        flagged = {
            "recruiter": Q(recruiter_by_hand=True, recruiter_told=False, starts_at__gt=WHENEVER["$gt"]),
            "candidate": Q(candidate_by_hand=True, starts_at__gt=WHENEVER["$gt"]),
        }
        if self.value() != "any":
            return queryset.filter(flagged.get(self.value() or "", Q()))
        # Of either flag MongoDB would rather read all bookings in their order.
        found = [row for wanted in flagged.values() for row in queryset.filter(wanted).values_list("pk", "starts_at")]
        return queryset.filter(_just(found))


class AttendanceFilter(DropdownFilter):
    """By what the candidate said about coming (R8); no answer is told of bookings that still can have one."""

    title = _("will they come?")
    parameter_name = "attendance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The answers, and none."""
        return [*ATTENDANCE_LABELS, (NO_ANSWER, _("no answer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those with that answer."""
        value = self.value()
        if value == NO_ANSWER:
            return queryset.filter(attendance="", status=BookingStatus.BOOKED.value)
        return queryset.filter(attendance=value) if value in dict(ATTENDANCE_LABELS) else queryset


def rest_of_today() -> Document:
    """The MongoDB condition of interviews that are still to come on this day of their cities.

    By the statuses that are live, since ``bookings_status`` goes on with the start: of all that is live there is much.
    """
    day = bookings_on(today())
    live = {"$in": sorted(status.value for status in LIVE_STATUSES)}
    return {"status": live, **day, "starts_at": {**day["starts_at"], "$gte": clock.now()}}


class NowFilter(DropdownFilter):
    """By what waits for staff at this moment, as the first page counts it; by ids, since it is never much."""

    title = _("now")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """What is still to come today, and the errands about bookings that no other filter finds."""
        return [(STILL_TODAY, _("still to come today")), *((kind.name, kind.label) for kind in self._errands())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that wait."""
        if self.value() == AWAITING:
            return queryset.filter(live=True, awaits_approval=True, expires_at__gt=WHENEVER["$gt"])
        scope = scope_of(request)
        conditions = {kind.name: kind.read_by(scope).condition for kind in self._errands()}
        if self.value() == STILL_TODAY:
            condition = rest_of_today()
        elif self.value() in conditions:
            condition = conditions[str(self.value())](clock.now())
        else:
            return queryset
        rows = collection("bookings").find(condition, {"starts_at": 1})
        return queryset.filter(_just([(row["_id"], row["starts_at"]) for row in rows]))

    def _errands(self) -> list[errands.ErrandKind]:
        return [kind for kind in errands.EVERY.values() if kind.query() == f"{self.parameter_name}={kind.name}"]


class SeatsFilter(DropdownFilter):
    """By whether a slot can be booked now."""

    title = _("free seats")
    parameter_name = "seats"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Free ones only."""
        return [("free", _("can be booked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of ``free_slots``."""
        if self.value() != "free":
            return queryset
        return queryset.filter(is_active=True, has_room=True, closes_at__gt=clock.now())


def free_slots(now: datetime) -> Document:
    """The MongoDB condition of slots that can be booked; with the start's, served by ``slots_active``."""
    return {"is_active": True, "has_room": True, "closes_at": {"$gt": now}}
