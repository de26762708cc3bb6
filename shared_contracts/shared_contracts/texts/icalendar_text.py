"""Calendar entries as iCalendar text (RFC 5545): the file that goes to a candidate, the feed that a recruiter reads."""

from collections.abc import Iterable, Mapping

from icalendar import Calendar, Event

from shared_contracts.calendars import CalendarEntry, CalendarFile


def calendar_file(entry: CalendarEntry) -> CalendarFile:
    """The file of one entry.

    Without ORGANIZER: that is an e-mail address, which nobody here has. Calendars import the file without.
    """
    content = calendar_text([entry], {"method": entry.method})
    return CalendarFile(uid=entry.uid, sequence=entry.sequence, method=entry.method, content=content)


def calendar_text(entries: Iterable[CalendarEntry], properties: Mapping[str, object]) -> str:
    """A calendar with these entries and properties of its own. Lines are folded and texts escaped."""
    calendar = Calendar()
    for name, value in {"version": "2.0", "prodid": "-//Slotdesk//Slotdesk//EN", **properties}.items():
        calendar.add(name, value)
    for entry in entries:
        calendar.add_component(_event(entry))
    text: bytes = calendar.to_ical()
    return text.decode()


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.method == "CANCEL" else "CONFIRMED")
    event.add("dtstamp", entry.stamp)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.summary)
    event.add("location", entry.place)
    if entry.description:
        event.add("description", entry.description)
    return event
