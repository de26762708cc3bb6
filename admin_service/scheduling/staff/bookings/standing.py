"""How a booking stands now, for whoever came too late to decide about it."""

from typing import Any

from django.utils.translation import gettext as _

from scheduling.models import Booking
from scheduling.staff.bookings.export import state_of
from scheduling.staff.moments import booking_start
from shared_contracts.directory import BookingStatus
from staffkit.audit_trail import trail

_NO_DECISIONS = ("reminded", "told_by_hand", "kept_untold")


def nothing_done_text(booking_id: Any) -> str:
    """That it is decided already: how it stands, by whom and since when."""
    booking = Booking.objects.get(pk=booking_id)
    if booking.status == BookingStatus.OFFERED:
        text = _("Nothing was done: they have yet to take or pass the seat. Now: %(stands)s.")
    else:
        text = _("Already decided: %(stands)s. Nothing was done.")
    return text % {"stands": _stands(booking)}


def changed_text(booking_id: Any) -> str:
    """That it has changed since it was looked at, and what it is now."""
    text = _("The booking has changed since you opened this page. Now: %(stands)s. Look again, then decide.")
    return text % {"stands": _stands(Booking.objects.get(pk=booking_id))}


def _stands(booking: Booking) -> str:
    """Its status and time, with the last thing that was done to it, by the audit trail."""
    now = f"{state_of(booking)[1]}, {booking_start(booking)}"
    last = trail(str(booking.pk), booking.slot.timezone, but=_NO_DECISIONS, most=1)
    return now if not last else f"{now} ({last[0]['action']}: {last[0]['who']}, {last[0]['when']})"
