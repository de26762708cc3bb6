"""Interviews for people's calendars (iCalendar, RFC 5545): the file that goes with a booking.

Calendars take an interview's files for one by their UID, and the one with the highest SEQUENCE for the latest.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from icalendar import Calendar, Event

from common import clock
from scheduling.domain.model import Booking, Decision, Slot, State
from shared_contracts.directory import BookingStatus
from shared_contracts.invite import CalendarFile

_METHODS: dict[BookingStatus, Literal["PUBLISH", "CANCEL"]] = {
    BookingStatus.BOOKED: "PUBLISH",
    BookingStatus.CANCELLED: "CANCEL",
}


class Interview(NamedTuple):
    """What a calendar shows. ``stamp``: when this was so; all moments are aware UTC."""

    booking_id: str
    version: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: tuple[str, ...]
    description: tuple[str, ...]
    stamp: datetime
    is_on: bool = True


def calendar_file(booking: Booking, slot: Slot) -> CalendarFile | None:
    """The candidate's file: the interview as booked, or that it is off; None where there is none to attend (yet).

    Args:
        booking: as it is now; one that awaits approval has no file.
        slot: its own, not a requested one.
    """
    method = _METHODS.get(booking.status)
    if method is None:
        return None
    place = slot.place
    recruiter = ": ".join(filter(None, (place.recruiter, place.recruiter_url)))
    interview = Interview(
        booking_id=booking.id,
        version=booking.version,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary=place.event,
        place=(place.location, place.room, place.city),
        description=(recruiter, place.contact_url or ""),
        stamp=clock.now(),
        is_on=method == "PUBLISH",
    )
    # No ORGANIZER: that is an e-mail address, which nobody here has. Calendars import the file without.
    content = calendar_of([interview], {"method": method})
    return CalendarFile(uid=uid(booking.id), sequence=booking.version, method=method, content=content)


def calendar_change(decision: Decision, after: State) -> CalendarFile | None:
    """The file that tells the candidate's calendar of a decision; None where it shows the interview as it is."""
    was, booking = decision.before, decision.after
    if booking is None or booking.slot_id not in after.slots:
        return None
    had = was is not None and was.status is BookingStatus.BOOKED
    if booking.status is BookingStatus.CANCELLED and not had:
        return None  # a request given up, which no calendar has
    if had and was and booking.status is BookingStatus.BOOKED and booking.slot_id == was.slot_id:
        return None
    return calendar_file(booking, after.slots[booking.slot_id])


def calendar_of(interviews: Iterable[Interview], properties: Mapping[str, object]) -> str:
    """A calendar with these interviews and properties of its own. Lines are folded and texts escaped."""
    calendar = Calendar()
    for name, value in {"version": "2.0", "prodid": "-//Slotdesk//Slotdesk//EN", **properties}.items():
        calendar.add(name, value)
    for interview in interviews:
        calendar.add_component(_event(interview))
    text: bytes = calendar.to_ical()
    return text.decode()


def uid(booking_id: str) -> str:
    """The same for a booking's whole life."""
    return f"{booking_id}@slotdesk"


def _event(interview: Interview) -> Event:
    event = Event()
    event.add("uid", uid(interview.booking_id))
    event.add("sequence", interview.version)
    event.add("status", "CONFIRMED" if interview.is_on else "CANCELLED")
    event.add("dtstamp", interview.stamp)
    event.add("dtstart", interview.starts_at)
    event.add("dtend", interview.ends_at)
    event.add("summary", interview.summary)
    event.add("location", ", ".join(filter(None, interview.place)))
    if description := "\n".join(filter(None, interview.description)):
        event.add("description", description)
    return event
