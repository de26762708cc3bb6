"""Offices in the desk: what people are told of them is kept here, once for all slots."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.scope import Rows
from people.models import Office
from people.staff.forms import offer_open_cities
from scheduling.services.clashes import clashes_in
from scheduling.services.editing.offices import coming_at, save_office
from scheduling.staff.clashes import TICK, require_tick, tick_field
from scheduling.staff.impact.asking import AskingForm
from scheduling.staff.impact.question import EVERY_CHOICE, Question
from scheduling.staff.retiring import PlaceAdmin
from staffkit.pages.filters import ScopedRelatedFilter
from staffkit.views import page_of


class OfficeForm(AskingForm):
    """An office; it stays in its city, whose slots name it."""

    despite_clashes = tick_field(_("Save anyway"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_open_cities(self)
        if self.instance.pk and "city" in self.fields:
            self.fields["city"].disabled = True

    def question(self) -> Question:
        """Whom it concerns, where somebody is booked there."""
        slots = [str(item) for item in coming_at(self.instance)]
        words = _("Change the office"), _("Change")
        return Question(*words, page_of(self.instance), offers=EVERY_CHOICE, slots=slots)

    def carry_out(self) -> None:
        """Save it. Another address may be one at which a room is taken."""
        save_office(self.instance, actor=self.actor, reason=self.why, choices=self.chosen.choices)
        if {"name", "address"} & set(self.changed_data):
            require_tick(self, clashes_in(coming_at(self.instance)), self.request)


@admin.register(Office)
class OfficeAdmin(PlaceAdmin):
    """Offices."""

    when_empty = _("An office is an address with directions that is written once and chosen for many slots.")
    how_to_begin = _("Add the first.")
    form = OfficeForm
    few_rows = True
    rows = Rows(city=("city_id",))
    fieldsets = [
        (
            None,
            {
                "fields": ["city", "name", "address", "map_link", "directions", TICK],
                "description": _("Before a change is saved you see who is booked there, and what each is told."),
            },
        )
    ]
    list_display = ["name", "city_name", "address", "directions", "is_active"]
    list_filter = [("city", ScopedRelatedFilter)]
    search_fields = ["name", "address"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Office]:
        """Cities by one more query, not by a join."""
        found: QuerySet[Office] = super().get_queryset(request).prefetch_related("city")
        return found

    @display(description=_("city"))
    def city_name(self, office: Office) -> str:
        """Where it is."""
        return office.city.name
