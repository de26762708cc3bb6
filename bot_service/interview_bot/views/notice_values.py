"""What a booking fills into the desk's message templates."""

from babel.dates import format_datetime

from interview_bot.views.formatting import DAY_AND_TIME, clock_time, moment, place, reader_zone
from interview_bot.views.texts import Texts
from shared_contracts.directory import BookingView, SlotView

REASON_CHARACTERS = 1_000
"""As long as the desk lets a reason be; a template is checked to fit a message with that."""


def template_values(booking: BookingView, own_zone: str | None, texts: Texts) -> dict[str, str]:
    """What the booking itself fills into a template, plain; times in the reader's zone."""
    slot = booking.slot
    zone = reader_zone(own_zone, slot)
    return {
        "event": slot.event.name,
        "date": format_datetime(slot.starts_at, "EEEE, d MMMM", tzinfo=zone, locale=texts.locale),
        "time": clock_time(slot.starts_at, zone, texts),
        "minutes": str(slot.duration_minutes),
        "place": place(slot, texts),
        "city": slot.city.name,
        "recruiter": slot.recruiter.name if slot.recruiter else "",
        "recruiter_link": booking.recruiter_url or "",
        "wanted": wanted_time(booking.requested_slot, own_zone, texts),
        "until": moment(booking.expires_at, zone, texts, DAY_AND_TIME) if booking.expires_at else "",
    }


def wanted_time(slot: SlotView | None, own_zone: str | None, texts: Texts) -> str:
    """When the slot that is asked for or proposed starts; empty where there is none."""
    return moment(slot.starts_at, reader_zone(own_zone, slot), texts) if slot else ""
