"""Filters of lists that never join: they compare ids and moments, and offer what the login may see."""

from datetime import date, timedelta
from typing import Any

from bson import ObjectId
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import DateField, Form
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, RelatedDropdownFilter

from common.zones import day_start
from staffkit.forms.inputs import DateInput
from staffkit.scoping import in_scope

_YEARS = range(2000, 2201)  # what BSON and every zone can express


class ScopedRelatedFilter(RelatedDropdownFilter):
    """A drop-down of related documents, those that the login may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """By name."""
        every = in_scope(field.related_model._default_manager.all(), request)
        return sorted(((item.pk, str(item)) for item in every), key=lambda row: row[1])


class IdFilter(DropdownFilter):
    """A drop-down of documents by which an id field is compared."""

    model: str  # as ``app.Model``, so that an app can filter by what belongs to one above it
    field: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All that the login may see, by name."""
        every = apps.get_model(self.model)._default_manager.all()
        return sorted(((str(item.pk), str(item)) for item in in_scope(every, request)), key=lambda row: row[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those with the chosen id; a garbled one matches nothing."""
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(**{self.field: ObjectId(value)}) if ObjectId.is_valid(value) else queryset.none()


class DayRangeForm(Form):
    """From a day to a day."""

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for end, label in (("from", _("From day")), ("to", _("To day"))):
            self.fields[f"{name}_{end}"] = DateField(label=label, required=False, widget=DateInput())


class DayFilter(RangeDateFilter):
    """By days in Moscow's zone, the last one included."""

    form_class = DayRangeForm

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A day that can't be read is no limit."""
        first, last = self._day("from"), self._day("to")
        return queryset.filter(self.within(first, last)) if first or last else queryset

    def within(self, first: date | None, last: date | None) -> Q:
        """The moments of the days from ``first`` to ``last``; None: without that end."""
        begins = Q(**{f"{self.field_path}__gte": day_start(first)}) if first else Q()
        return begins & Q(**{f"{self.field_path}__lt": day_start(last + timedelta(days=1))}) if last else begins

    def _day(self, end: str) -> date | None:
        try:
            day: date | None = DateField(required=False).clean(self.used_parameters.get(f"{self.parameter_name}_{end}"))
        except ValidationError:
            return None
        return day if day and day.year in _YEARS else None
