"""Interviews for people's calendars: the entry that goes with a booking. Who sends it makes the file.

Calendars take an interview's entries for one by their UID, and the one with the highest SEQUENCE for the latest.
"""

from collections.abc import Iterable

from common import clock
from scheduling.domain.editing import BookingFollowedSlot
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import Booking, Slot, State
from scheduling.services.serializing import venue_for
from shared_contracts.calendars import CalendarEntry, CalendarMethod, uid_of
from shared_contracts.directory import BookingStatus

_METHODS: dict[BookingStatus, CalendarMethod] = {
    BookingStatus.BOOKED: "PUBLISH",
    BookingStatus.CANCELLED: "CANCEL",
}


def calendar_entry(booking: Booking, slot: Slot, language: str) -> CalendarEntry | None:
    """The candidate's entry: the interview as booked, or that it is off; None where there is none to attend (yet).

    Args:
        booking: as it is now; one that awaits approval has no entry.
        slot: its own, not a requested one.
        language: the candidate's.
    """
    method = _METHODS.get(booking.status)
    if method is None:
        return None
    place = slot.place
    recruiter = ": ".join(filter(None, (place.recruiter, place.recruiter_url)))
    return CalendarEntry(
        uid=uid_of(booking.id),
        sequence=booking.version,
        method=method,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary=place.event,
        place=venue_for(booking, slot).in_city(place.city, language),
        description=in_lines((recruiter, place.contact_url)),
        stamp=clock.now(),
    )


def calendar_change(event: BookingEvent, after: State) -> CalendarEntry | None:
    """The entry that tells the candidate's calendar of an event; None where it shows the interview as it is."""
    booking = event.after
    if booking.slot_id not in after.slots:
        return None
    if booking.status is BookingStatus.CANCELLED and not event.was_booked:
        return None  # a request given up, which no calendar has
    was_in = event.before.slot_id if event.before and event.was_booked else None
    stays = booking.status is BookingStatus.BOOKED and booking.slot_id == was_in
    if stays and not isinstance(event, BookingFollowedSlot):
        return None
    return calendar_entry(booking, after.slots[booking.slot_id], after.candidates[booking.telegram_id].language)


def in_lines(parts: Iterable[str | None]) -> str:
    """A description: a line for each of its parts that there are."""
    return "\n".join(filter(None, parts))
