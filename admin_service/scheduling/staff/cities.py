"""Cities in the desk: another time zone asks first what becomes of the slots there."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from common.zones import zone_names
from people.models import City
from people.staff.places import CityForm, CityPage
from scheduling.services.clashes import clashes_in
from scheduling.services.editing.city_zones import Kept, ZoneShift, coming_in, put_zone_right, shift_of
from scheduling.staff.clashes import TICK, require_tick, tick_field
from scheduling.staff.retiring import PlaceAdmin

_LABELS = {
    Kept.CLOCK: _("Keep the clock: 10:00 stays 10:00, at another moment"),
    Kept.INSTANT: _("Keep the moment: the same instant, told on the right clocks"),
}


class CityZoneForm(CityForm):
    """A city. ``keep`` is asked where another zone shifts slots; its values carry what the page said would shift."""

    keep = forms.ChoiceField(label=_("What stays"), required=False, widget=UnfoldAdminRadioSelectWidget())
    despite_clashes = tick_field(_("Save anyway"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shift = self._shift()
        field: Any = self.fields.get("keep")
        if field is None:
            return
        if self.shift is None:
            field.widget = forms.HiddenInput()
            return
        field.required = True
        field.choices = [(f"{kept}.{self.shift.slots}.{self.shift.bookings}", label) for kept, label in _LABELS.items()]
        field.error_messages = dict.fromkeys(("required", "invalid_choice"), _told(self.shift))

    def carry_out(self) -> None:
        """Save it, with what was chosen for its slots."""
        if self.shift is None:
            super().carry_out()
        else:
            kept = Kept(self.cleaned_data["keep"].partition(".")[0])
            put_zone_right(self.instance, kept, actor=self.actor)
            if kept is Kept.CLOCK:
                require_tick(self, clashes_in(coming_in(self.instance)), self.request)

    def _shift(self) -> ZoneShift | None:
        """What the zone that is sent would shift; None where nothing does."""
        zone = str(self.data.get(self.add_prefix("timezone"), "")).strip()
        if not self.is_bound or not self.instance.pk or zone not in zone_names() or zone == self.instance.timezone:
            return None
        shift = shift_of(self.instance.pk, self.instance.timezone, zone)
        return shift if shift.slots else None


@admin.register(City)
class CityAdmin(PlaceAdmin, CityPage):
    """Cities."""

    form = CityZoneForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The question only where there is something to change."""
        every: list[Any] = list(super().get_fields(request, obj))
        return (
            every
            if obj and self.has_change_permission(request, obj)
            else [name for name in every if name not in {"keep", TICK}]
        )


def _told(shift: ZoneShift) -> str:
    told = _now("This zone shifts: slots %(slots)s, bookings %(bookings)s. Choose what stays; those booked are told.")
    closed = _now("Closed for booking, they stay as they are: %(closed)s.") if shift.closed else ""
    return f"{told} {closed}".strip() % {"slots": shift.slots, "bookings": shift.bookings, "closed": shift.closed}
