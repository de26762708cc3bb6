"""The steps of people's way in words, and the filter of the allow list by them, as the first page counts."""

from typing import Any

from bson import ObjectId
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from common import clock
from common.mongo import collection
from scheduling.services.reading.funnel import STEPS, reached, since

LABELS = {
    "invited": _("invited"),
    "started": _("have started the bot"),
    "answered": _("answered questions"),
    "requested": _("asked for a time"),
    "approved": _("time approved"),
    "confirmed": _("said they will come"),
    "came": _("came"),
}

_OF_PEOPLE: dict[str, dict[str, Any]] = {"invited": {}, "started": {"started_at__isnull": False}}
"""The steps that a person's own document tells of."""


class StepFilter(DropdownFilter):
    """By how far those of the last 30 days came: ``step``, or ``step.recruiter`` for their bookings with one."""

    title = _("the last 30 days: how far they came")
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The steps; with a recruiter, the one that was asked for."""
        step, _dot, recruiter = (request.GET.get("step") or "").partition(".")
        row = collection("recruiters").find_one({"_id": _id(recruiter)}) if recruiter else None
        asked = [(f"{step}.{recruiter}", f"{LABELS[step]} · {row['name']}")] if row and step in LABELS else []
        return [*((name, LABELS[name]) for name in STEPS), *asked]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those who have come so far; a step that there is not matches nobody."""
        if not self.value():
            return queryset
        step, _dot, recruiter = str(self.value()).partition(".")
        if not recruiter and step in _OF_PEOPLE:  # thousands, whom their own index finds
            return queryset.filter(created_at__gte=since(clock.now()), **_OF_PEOPLE[step])
        return queryset.filter(pk__in=reached(step, clock.now(), _id(recruiter) if recruiter else None))


def _id(text: str) -> ObjectId:
    return ObjectId(text) if ObjectId.is_valid(text) else ObjectId("0" * 24)
