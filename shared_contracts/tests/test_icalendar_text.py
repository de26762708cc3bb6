"""Calendar files stand still: a phone that has an interview takes the next file of it for the same."""

from pathlib import Path

import pytest
from icalendar import Calendar, Event

from shared_contracts.calendars import CalendarEntry
from shared_contracts.texts.icalendar_text import calendar_file, calendar_text
from tests.examples import CALENDAR_ENTRY

GOLDEN = Path(__file__).parent / "golden"
OFF = CALENDAR_ENTRY.model_copy(update={"sequence": 3, "method": "CANCEL", "description": ""})


@pytest.mark.parametrize(("name", "entry"), [("interview", CALENDAR_ENTRY), ("interview_off", OFF)])
def test_a_file_is_its_golden_file_byte_for_byte(name: str, entry: CalendarEntry) -> None:
    file = calendar_file(entry)

    assert (file.uid, file.sequence, file.method) == (entry.uid, entry.sequence, entry.method)
    assert file.content.encode() == (GOLDEN / f"{name}.ics").read_bytes()


def test_a_calendar_holds_every_entry_and_its_own_properties() -> None:
    text = calendar_text([CALENDAR_ENTRY, OFF], {"method": "PUBLISH", "x-wr-calname": "Slotdesk · Ольга"})

    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    assert (str(calendar["METHOD"]), str(calendar["X-WR-CALNAME"])) == ("PUBLISH", "Slotdesk · Ольга")
    assert [_read(event) for event in calendar.events] == [
        (2, "CONFIRMED", CALENDAR_ENTRY.description),
        (3, "CANCELLED", ""),
    ]


def _read(event: Event) -> tuple[int, str, str]:
    return event.sequence, str(event["STATUS"]), str(event.get("DESCRIPTION", ""))
