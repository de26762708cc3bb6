"""Filters that never join: they compare ids and moments."""

from datetime import date, timedelta
from typing import Any

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import DateField, Form
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from common import clock
from people.models import City, Recruiter
from scheduling.models import ATTENDANCE_LABELS, InterviewEvent
from shared_contracts.directory import BookingStatus
from staffkit.clocks import day_start
from staffkit.inputs import DateInput
from staffkit.scoping import in_scope

_YEARS = range(2000, 2201)  # what BSON and every zone can express

NO_ANSWER = "none"
"""How the list of bookings filters by no answer at all."""


class IdFilter(DropdownFilter):  # type: ignore[misc]
    """A drop-down of documents by which an id field is compared."""

    model: type[Model]
    field: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All that the login may see, by name."""
        every = self.model._default_manager.all()
        return sorted(((str(item.pk), str(item)) for item in in_scope(every, request)), key=lambda row: row[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those with the chosen id; a garbled one matches nothing."""
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(**{self.field: ObjectId(value)}) if ObjectId.is_valid(value) else queryset.none()


class EventFilter(IdFilter):
    """By interview event."""

    title = _("interview event")
    parameter_name = "event"
    field = "event_id"
    model = InterviewEvent


class CityFilter(IdFilter):
    """By city."""

    title = _("city")
    parameter_name = "city"
    field = "city_id"
    model = City


class RecruiterFilter(IdFilter):
    """By recruiter."""

    title = _("recruiter")
    parameter_name = "recruiter"
    field = "recruiter_id"
    model = Recruiter


class ComingFilter(DropdownFilter):  # type: ignore[misc]
    """By whether it is over. The coming ones, unless asked otherwise."""

    title = _("time")
    parameter_name = "time"
    all_option = ["", _("coming")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Besides the coming ones."""
        return [("past", _("past")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Not over yet, or over."""
        if self.value() == "all":
            return queryset
        now = clock.now()
        return queryset.filter(ends_at__lt=now) if self.value() == "past" else queryset.filter(ends_at__gte=now)


class DayRangeForm(Form):
    """From a day to a day."""

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for end, label in (("from", _("From day")), ("to", _("To day"))):
            self.fields[f"{name}_{end}"] = DateField(label=label, required=False, widget=DateInput())


class DayFilter(RangeDateFilter):  # type: ignore[misc]
    """By days in Moscow's zone, the last one included."""

    form_class = DayRangeForm

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A day that can't be read is no limit."""
        if first := self._day("from"):
            queryset = queryset.filter(**{f"{self.field_path}__gte": day_start(first)})
        if last := self._day("to"):
            queryset = queryset.filter(**{f"{self.field_path}__lt": day_start(last + timedelta(days=1))})
        return queryset

    def _day(self, end: str) -> date | None:
        try:
            day: date | None = DateField(required=False).clean(self.used_parameters.get(f"{self.parameter_name}_{end}"))
        except ValidationError:
            return None
        return day if day and day.year in _YEARS else None


class ByHandFilter(DropdownFilter):  # type: ignore[misc]
    """By who has to be told by hand (R4)."""

    title = _("contact by hand")
    parameter_name = "by_hand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Anyone, or either of the two."""
        return [("any", _("anyone")), ("recruiter", _("the recruiter")), ("candidate", _("the candidate"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those with that flag."""
        flagged = {"recruiter": Q(recruiter_by_hand=True), "candidate": Q(candidate_by_hand=True)}
        wanted = {**flagged, "any": flagged["recruiter"] | flagged["candidate"]}.get(self.value() or "")
        return queryset.filter(wanted) if wanted else queryset


class AttendanceFilter(DropdownFilter):  # type: ignore[misc]
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
