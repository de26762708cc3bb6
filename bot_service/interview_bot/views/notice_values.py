"""What a booking fills into the desk's message templates."""

from interview_bot.views.formatting import (
    CLOCK,
    deadline,
    other_slot,
    place,
    slot_day,
    slot_start,
)
from interview_bot.views.texts import Texts
from shared_contracts.directory import BookingView, SlotView

REASON_CHARACTERS = 1_000
"""As long as the desk lets a reason be; a template is checked to fit a message with that."""


def template_values(booking: BookingView, own_zone: str | None, texts: Texts) -> dict[str, str]:
    """What the booking itself fills into a template, plain."""
    slot = booking.slot
    return {
        "event": slot.event.name,
        "date": slot_day(slot, own_zone, texts, "EEEE, d MMMM"),
        "time": slot_start(slot, own_zone, texts, CLOCK),
        "minutes": str(slot.duration_minutes),
        "place": place(slot, texts),
        "city": slot.city.name,
        "recruiter": slot.recruiter.name if slot.recruiter else "",
        "description": booking.description_in(texts.language),
        "bring": booking.bring_in(texts.language),
        "recruiter_link": booking.recruiter_url or "",
        "wanted": wanted_slot(booking, booking.requested_slot, own_zone, texts),
        "until": _until(booking, own_zone, texts),
    }


def wanted_slot(booking: BookingView, slot: SlotView | None, own_zone: str | None, texts: Texts) -> str:
    """The slot that is asked for or proposed: when, and what differs from the booked one; empty where there is none."""
    return other_slot(slot, booking.slot, own_zone, texts) if slot else ""


def _until(booking: BookingView, own_zone: str | None, texts: Texts) -> str:
    if booking.expires_at is None:
        return ""
    return deadline(booking.expires_at, booking, own_zone, texts)
