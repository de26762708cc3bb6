"""Bookings for spreadsheets."""

from typing import Any

from django.utils.translation import gettext as _

from common.texts.language import desk_language
from common.zones import MOSCOW, local, zone_told
from scheduling.models import Booking
from scheduling.staff.forms.venues import booking_venue, venue_labels, venue_values
from staffkit.clocks import format_done


def state_of(booking: Booking) -> tuple[str, str]:
    """The status that stands for a booking, and in words what it is, or what it waits for."""
    if booking.live and booking.reschedule_asked:
        return "pending", _("the candidate chooses another time")
    if booking.live and booking.requested_slot_id:
        return "pending", _("a move awaits approval")
    return booking.status, str(booking.get_status_display())


def coming_of(booking: Booking, *, dated: bool = False) -> str:
    """What the candidate has said about coming (R8), in words; empty where they have said nothing.

    Args:
        dated: with when they said so.
    """
    return "; ".join(f"{words} · {format_done(at)}" if dated and at else words for words, at in booking.said())


def booking_titles() -> list[Any]:
    """The header of a table of bookings."""
    return [
        _("Date"),
        _("Time"),
        _("Time zone"),
        _("Status"),
        _("Will come"),
        _("Telegram id"),
        _("Username"),
        _("First name"),
        _("Last name"),
        _("City"),
        *venue_labels(),
        _("Recruiter"),
        _("Interview event"),
        _("Minutes"),
        _("Id"),
    ]


def booking_row(booking: Booking) -> list[Any]:
    """A booking, its time as the list tells it: of its place, or online ours."""
    user, slot, venue = booking.user, booking.slot, booking_venue(booking)
    zone = MOSCOW if venue.video_link else slot.timezone
    there = local(booking.starts_at, zone)
    return [
        there.date(),
        there.time(),
        zone_told(booking.starts_at, zone, desk_language()),
        state_of(booking)[1],
        coming_of(booking),
        str(booking.telegram_id),
        user.username,
        user.first_name,
        user.last_name,
        slot.city,
        *venue_values(venue),
        slot.recruiter,
        slot.event,
        slot.duration_minutes,
        booking.pk,
    ]
