"""Where slots and bookings are held, as staff read and give it."""

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any

from bson import ObjectId
from django import forms
from django.contrib.admin.utils import label_for_field
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from common.refusals import RefusedError
from people.models import Office
from scheduling.models import Booking, InterviewSlot
from scheduling.services.editing.offices import venue_at
from scheduling.services.store.slots import venue_of
from shared_contracts.venue import Venue

VENUE_SHOWN = ("location", "room", "video_link")
"""What staff read of a venue."""
VENUE_INPUTS = ("office", *VENUE_SHOWN)
"""What they give of it."""
SHOWN_ROWS = (("location", "room"), "video_link")
"""A venue to look at, as the rows of a page."""
INPUT_ROWS = ("office", *SHOWN_ROWS)
"""The same to be given."""


if TYPE_CHECKING:
    _OfficeChoice = forms.ModelChoiceField[Office]
else:
    _OfficeChoice = forms.ModelChoiceField
_NO_WAY = {"map_link": "", "directions": ""}


class OfficeField(_OfficeChoice):
    """An office to choose, whose value is its id, or empty."""

    def __init__(self) -> None:
        super().__init__(
            Office.objects.filter(is_active=True).select_related("city").order_by("city__name", "name"),
            label=_("Office"),
            required=False,
            widget=UnfoldAdminSelectWidget(),
            help_text=_("Candidates are told its address and the way there. Any other place: the location below."),
        )

    def label_from_instance(self, obj: Any) -> str:
        """With its city and address."""
        return f"{obj.city}: {obj.location}"

    def clean(self, value: Any) -> str:
        """The id."""
        office = super().clean(value)
        return str(office.pk) if office else ""


def slot_venue(slot: InterviewSlot) -> Venue:
    """Where a slot is held."""
    return venue_of(vars(slot))


def booking_venue(booking: Booking) -> Venue:
    """Where a booking's slot was held when it last changed."""
    return venue_of({**vars(booking.slot), "location": booking.location})


def venue_labels() -> list[str]:
    """What the fields of a venue are called, in the order of ``venue_values``."""
    return [capfirst(str(label_for_field(name, InterviewSlot))) for name in VENUE_SHOWN]


def venue_values(venue: Venue) -> list[str]:
    """A venue field by field, empty where there is none."""
    return [getattr(venue, name) or "" for name in VENUE_SHOWN]


def venue_inputs() -> dict[str, forms.Field]:
    """A form's fields for a venue, with the model's labels and limits."""
    widgets: dict[str, Any] = {name: UnfoldAdminTextInputWidget() for name in VENUE_SHOWN}
    return {"office": OfficeField(), **forms.fields_for_model(InterviewSlot, VENUE_SHOWN, widgets=widgets)}


def given_venue(data: Mapping[str, Any], given: Container[str] = VENUE_INPUTS) -> dict[str, str]:
    """The values for a slot's document that a form's data stand for, of those inputs that are ``given``.

    Raises:
        RefusedError: naming the field, where the office is another city's or its address was typed over.
    """
    venue = {name: data[name] for name in VENUE_INPUTS if name in given}
    office = Office.objects.filter(pk=ObjectId(data["office"])).first() if data["office"] else None
    if office is None:
        return {**venue, **(_NO_WAY if "office" in given else {})}
    if office.city_id != data["city"].pk:
        raise RefusedError({"office": _now("This office is in another city.")})
    if "location" in given and data["location"] not in {"", office.location}:
        raise RefusedError({"location": _now("The office's own address is told: clear this, or the office.")})
    return venue if data["video_link"] else {**venue, **venue_at(office)}
