"""Where slots and bookings are held, as staff read it."""

from collections.abc import Container, Mapping
from typing import Any

from django import forms
from django.contrib.admin.utils import label_for_field
from django.utils.text import capfirst
from unfold.widgets import UnfoldAdminTextInputWidget

from scheduling.models import Booking, InterviewSlot
from scheduling.services.slot_loading import venue_of
from shared_contracts.venue import Venue

VENUE_SHOWN = ("location", "room", "video_link")
"""What staff read of a venue."""
VENUE_INPUTS = VENUE_SHOWN
"""What they give of it."""
SHOWN_ROWS = (("location", "room"), "video_link")
"""A venue to look at, as the rows of a page."""
INPUT_ROWS = SHOWN_ROWS
"""The same to be given."""


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
    widgets: dict[str, Any] = {name: UnfoldAdminTextInputWidget() for name in VENUE_INPUTS}
    return forms.fields_for_model(InterviewSlot, VENUE_INPUTS, widgets=widgets)


def given_venue(data: Mapping[str, Any], given: Container[str] = VENUE_INPUTS) -> dict[str, str]:
    """The values for a slot's document that a form's data stand for, of those inputs that are ``given``."""
    return {name: data[name] for name in VENUE_INPUTS if name in given}
